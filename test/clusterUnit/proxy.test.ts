import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseProxy } from '../../src/cluster/proxy';
import { failureOf, valueOf } from './support';

const proxy = 'http://proxy.corp:3128';

function chosen(server: string, env: Record<string, string>, proxyUrl?: string): string | undefined {
  return valueOf(chooseProxy(new URL(server), proxyUrl, env));
}

test('NO_PROXY is read as Go reads it', () => {
  const table: [noProxy: string, server: string, proxied: boolean][] = [
    ['', 'https://api.example.com', true],
    ['*', 'https://api.example.com', false],
    ['example.com', 'https://api.example.com', false],
    ['example.com', 'https://example.com', false],
    ['EXAMPLE.com', 'https://API.example.COM', false],
    ['example.com', 'https://badexample.com', true],
    ['.example.com', 'https://api.example.com', false],
    ['.example.com', 'https://example.com', true],
    ['*.example.com', 'https://example.com', true],
    ['*.example.com', 'https://a.example.com', false],
    ['example.com:6443', 'https://example.com:6443', false],
    ['example.com:6443', 'https://example.com', true],
    ['example.com:443', 'https://example.com', false],
    ['other.org, example.com ,', 'https://example.com', false],
    ['10.0.0.0/8', 'https://10.1.2.3:6443', false],
    ['10.0.0.0/8', 'https://11.1.2.3:6443', true],
    ['10.0.0.0/8', 'https://ten.example.com', true],
    ['10.1.2.3', 'https://10.1.2.3', false],
    ['10.1.2.3:6443', 'https://10.1.2.3:6443', false],
    ['10.1.2.3:6443', 'https://10.1.2.3', true],
    ['10.1.2.3/33', 'https://10.1.2.3', true],
    ['fd00::/8', 'https://[fd00::1]:6443', false],
    ['fd00::1', 'https://[fd00::1]', false],
    ['[fd00::1]:6443', 'https://[fd00::1]:6443', false],
    ['[fd00::1]:6443', 'https://[fd00::1]:8443', true],
    ['', 'https://localhost:6443', false],
    ['', 'https://127.0.0.2:6443', false],
    ['', 'https://[::1]:6443', false],
  ];
  for (const [noProxy, server, proxied] of table) {
    const found = chosen(server, { HTTPS_PROXY: proxy, NO_PROXY: noProxy });
    assert.equal(found, proxied ? proxy : undefined, `NO_PROXY=${noProxy} ${server}`);
  }
});

test('the variable depends on the scheme of the server, and upper case wins', () => {
  const env = { HTTPS_PROXY: 'http://a:1', https_proxy: 'http://b:1', http_proxy: 'http://c:1' };
  assert.equal(chosen('https://x.test', env), 'http://a:1');
  assert.equal(chosen('http://x.test', env), 'http://c:1');
  assert.equal(chosen('https://x.test', { https_proxy: 'http://b:1', no_proxy: 'x.test' }), undefined);
  assert.equal(chosen('https://x.test', { HTTP_PROXY: 'http://c:1' }), undefined);
  assert.equal(chosen('https://x.test', { HTTPS_PROXY: '', https_proxy: 'b:1' }), 'http://b:1');
});

test('proxy-url of the kubeconfig wins over the variables and over NO_PROXY, also for this machine', () => {
  assert.equal(chosen('https://127.0.0.1:6443', { NO_PROXY: '*', HTTPS_PROXY: 'http://a:1' }, proxy), proxy);
  assert.equal(chosen('https://x.test', {}, 'socks5://p:1080'), 'socks5h://p:1080');
});

test('what is no proxy is refused, without repeating it', () => {
  for (const value of ['ftp://p:1', 'http://', 'not a url']) {
    const failure = failureOf(chooseProxy(new URL('https://x.test'), value, {}));
    assert.equal(failure.kind, 'configuration');
    assert.match(failure.message, /proxy-url in the kubeconfig/);
  }
  const failure = failureOf(chooseProxy(new URL('https://x.test'), undefined, { HTTPS_PROXY: 'ftp://me:hunter2@p:1' }));
  assert.match(failure.message, /^HTTPS_PROXY/);
  assert.doesNotMatch(failure.message, /hunter2/);
});
