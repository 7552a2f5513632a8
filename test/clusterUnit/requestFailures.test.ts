import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureOfAnswer, failureOfError, retryAfterMs } from '../../src/cluster/requestFailures';
import { ProxyRefusal } from '../../src/cluster/tunnel';
import { redact, redactedFirstLine } from '../../src/cluster/redaction';
import { status } from './support';

const subject = 'secrets "x" in namespace "shop"';
const direct = { server: 'api.test:6443', proxy: undefined };

function refused(
  code: number,
  body: string,
  contentType = 'text/html',
  retryAfter?: string,
): ReturnType<typeof failureOfAnswer> {
  return failureOfAnswer({ code, body, contentType, retryAfter }, subject, 0);
}

test('a Status keeps the words of the server', () => {
  const failure = refused(404, JSON.stringify(status(404, 'NotFound', 'secrets "x" not found')), 'application/json');
  assert.equal(failure.kind, 'notFound');
  assert.equal(failure.message, 'secrets "x" not found');
  assert.deepEqual(failure.status, { code: 404, reason: 'NotFound', message: 'secrets "x" not found' });
  const silent = refused(403, '{"kind":"Status"}', 'application/json');
  assert.deepEqual([silent.kind, silent.message], ['forbidden', `Asked for ${subject}, the API server answered 403.`]);
});

test('a Status that does not name what was asked for is told with it, and not at any length', () => {
  const told = (code: number, reason: string, message: string): string =>
    refused(code, JSON.stringify(status(code, reason, message)), 'application/json').message;
  const asked = `Asked for ${subject}, the API server answered`;
  assert.equal(told(401, 'Unauthorized', 'Unauthorized'), `${asked} 401 Unauthorized.`);
  assert.equal(told(500, 'InternalError', 'leader changed'), `${asked} 500 InternalError: leader changed`);
  assert.equal(told(403, 'Forbidden', 'User "a" cannot get "x"'), 'User "a" cannot get "x"');
  assert.equal(told(503, '', 'x'.repeat(60_000)), `${asked} 503: ${'x'.repeat(500)}…`);
});

test('an answer without a Status is never taken for a missing object, and its body is not repeated', () => {
  const table: [code: number, kind: string][] = [
    [301, 'invalid'],
    [400, 'invalid'],
    [401, 'unauthorized'],
    [403, 'invalid'],
    [404, 'invalid'],
    [429, 'throttled'],
    [502, 'server'],
  ];
  for (const [code, kind] of table) {
    const failure = refused(code, '<h1>hunter2</h1>');
    assert.equal(failure.kind, kind, String(code));
    assert.ok(failure.message.includes(subject) && failure.message.includes(`HTTP ${code} with text/html`));
    assert.doesNotMatch(failure.message, /hunter2/);
    assert.equal(failure.status, undefined);
  }
});

test('Retry-After is read as seconds or as a date', () => {
  assert.equal(
    refused(429, JSON.stringify(status(429, 'TooManyRequests')), 'application/json', '7').retryAfterMs,
    7000,
  );
  assert.equal(retryAfterMs('Thu, 01 Jan 1970 00:01:00 GMT', 10_000), 50_000);
  assert.equal(retryAfterMs('Thu, 01 Jan 1970 00:00:01 GMT', 10_000), 0);
  assert.equal(retryAfterMs('soon', 0), undefined);
  assert.equal(retryAfterMs('86400', 0), 300_000);
  assert.equal(retryAfterMs('Thu, 01 Jan 1970 01:00:00 GMT', 0), 300_000);
  assert.equal(retryAfterMs(undefined, 0), undefined);
});

test('errors of sockets, TLS and HTTP become kinds, with what to do', () => {
  const table: [code: string, message: string, kind: string, words: RegExp][] = [
    ['ECONNREFUSED', '', 'unreachable', /was refused/],
    ['ENOTFOUND', '', 'unreachable', /cannot be resolved/],
    ['ECONNRESET', '', 'unreachable', /broke off/],
    ['EHOSTUNREACH', '', 'unreachable', /cannot be reached/],
    ['', 'Socks5 proxy rejected connection - NotAllowed', 'unreachable', /NotAllowed/],
    ['SELF_SIGNED_CERT_IN_CHAIN', '', 'tls', /not signed by an authority/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', '', 'tls', /not signed by an authority/],
    ['CERT_HAS_EXPIRED', '', 'tls', /has expired/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'Hostname/IP does not match', 'tls', /tls-server-name/],
    ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', 'alert certificate expired', 'tls', /client certificate has expired/],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'tlsv13 alert certificate required', 'tls', /client certificate/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', '', 'tls', /does not speak TLS/],
    ['EPROTO', 'write EPROTO', 'tls', /TLS handshake failed/],
    ['HPE_INVALID_CONSTANT', 'Parse Error', 'invalid', /not HTTP/],
    ['ERR_INVALID_CHAR', 'Invalid character in header content ["Authorization"]', 'credentials', /token/],
  ];
  for (const [code, message, kind, words] of table) {
    const error = Object.assign(new Error(message), code === '' ? {} : { code });
    const failure = failureOfError(error, subject, direct);
    assert.equal(failure.kind, kind, code);
    assert.ok(failure.message.startsWith(`Could not ask api.test:6443 for ${subject}: `), failure.message);
    assert.match(failure.message, words);
  }
  const refusal = failureOfError(new ProxyRefusal(407), subject, { ...direct, proxy: 'p:1' });
  assert.match(refusal.message, /the proxy p:1 refused with HTTP 407/);
  const several = new AggregateError([Object.assign(new Error(), { code: 'ECONNREFUSED' })]);
  assert.match(failureOfError(several, subject, direct).message, /was refused/);
});

test('what looks like a credential is redacted', () => {
  const jwt = 'eyJhbGciOi.eyJzdWIi.c2ln';
  for (const said of [
    `got ${jwt}`,
    'Authorization: Bearer abc',
    'bearer abc-def',
    'token=abc',
    '"password": "abc"',
    'secret abc1',
    'https://me:abc@proxy',
    'id abcdefghij0123456789ABC',
    'sig AbCdEfGhIj/KlMnOpQrSt0123456789+x==',
  ]) {
    assert.doesNotMatch(redact(said), /abc|AbC|eyJ/, said);
    assert.match(redact(said), /\[redacted\]/);
  }
  const harmless = 'error: token expired, run "az login" in /home/me/.azure (code 12)';
  assert.equal(redact(harmless), harmless);
  assert.equal(redactedFirstLine('\n\n  first \nsecond'), 'first');
  assert.equal(redactedFirstLine('word '.repeat(100)).length, 200);
});
