import { BlockList, isIP } from 'node:net';
import { answered, failed, type Answer } from '../objects/failure';
import { configuration } from './requestFailures';

type Environment = Readonly<Record<string, string | undefined>>;

const schemes: ReadonlySet<string> = new Set(['http:', 'https:', 'socks5:', 'socks5h:']);

/**
 * The proxy for requests to a server, as kubectl chooses it. `proxy-url` of the kubeconfig comes first, whatever
 * `NO_PROXY` says. Then come `HTTPS_PROXY` or `HTTP_PROXY`, unless `NO_PROXY` names the server or the server is this
 * machine. Undefined: no proxy. Fails if the chosen value is not the address of a proxy.
 */
export function chooseProxy(server: URL, proxyUrl: string | undefined, env: Environment): Answer<string | undefined> {
  if (proxyUrl !== undefined && proxyUrl !== '') return proxyAddress(proxyUrl, 'proxy-url in the kubeconfig');
  const variable = server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const value = variableIn(env, variable);
  if (value === undefined || !isProxied(server, variableIn(env, 'NO_PROXY') ?? '')) return answered(undefined);
  // Go takes a bare `host:port` for an HTTP proxy.
  return proxyAddress(/^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`, variable);
}

function variableIn(env: Environment, name: string): string | undefined {
  return [env[name], env[name.toLowerCase()]].find((value) => value !== undefined && value !== '');
}

function proxyAddress(value: string, origin: string): Answer<string> {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || url.hostname === '')
    return failed(configuration(`${origin} is not the address of a proxy.`));
  if (!schemes.has(url.protocol)) {
    return failed(
      configuration(`${origin} names a proxy of the kind ${url.protocol.slice(0, -1)}; use http, https or socks5.`),
    );
  }
  // Go lets the proxy resolve names for `socks5` as well. The library does so only for `socks5h`.
  return answered(value.replace(/^socks5:/i, 'socks5h:'));
}

/** Mirrors `useProxy` of Go's `golang.org/x/net/http/httpproxy`. */
function isProxied(server: URL, noProxy: string): boolean {
  const host = server.hostname
    .replace(/^\[|\]$/g, '')
    .toLowerCase()
    .replace(/\.$/, '');
  const port = server.port === '' ? (server.protocol === 'https:' ? '443' : '80') : server.port;
  const family = isIP(host);
  if (host === 'localhost' || (family !== 0 && isLoopback(host))) return false;
  for (const entry of noProxy.split(',')) {
    const rule = entry.trim().toLowerCase();
    if (rule === '') continue;
    if (rule === '*') return false;
    if (family === 0 ? matchesName(rule, host, port) : matchesAddress(rule, host, port)) return false;
  }
  return true;
}

function isLoopback(address: string): boolean {
  return contains('127.0.0.0', 8, address) || contains('::1', 128, address);
}

function matchesAddress(rule: string, address: string, port: string): boolean {
  const [network, bits] = rule.split('/', 2);
  if (network !== undefined && bits !== undefined) return contains(network, Number(bits), address);
  const { host, port: onlyPort } = splitPort(rule);
  return (onlyPort === undefined || onlyPort === port) && isIP(host) !== 0 && contains(host, bitsOf(host), address);
}

/** `example.com` matches the domain and its subdomains, `.example.com` and `*.example.com` only the subdomains. */
function matchesName(rule: string, name: string, port: string): boolean {
  const { host, port: onlyPort } = splitPort(rule.startsWith('*.') ? rule.slice(1) : rule);
  if (host === '' || (onlyPort !== undefined && onlyPort !== port)) return false;
  return host.startsWith('.') ? name.endsWith(host) : name === host || name.endsWith(`.${host}`);
}

function splitPort(rule: string): { readonly host: string; readonly port?: string } {
  const bracketed = /^\[(.*)\](?::(\d+))?$/.exec(rule) ?? (isIP(rule) === 6 ? undefined : /^(.*):(\d+)$/.exec(rule));
  const [, host, port] = bracketed ?? [];
  if (host === undefined) return { host: rule };
  return port === undefined ? { host } : { host, port };
}

function bitsOf(address: string): number {
  return isIP(address) === 6 ? 128 : 32;
}

function contains(network: string, bits: number, address: string): boolean {
  if (isIP(network) === 0 || !Number.isInteger(bits) || bits < 0 || bits > bitsOf(network)) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, isIP(network) === 6 ? 'ipv6' : 'ipv4');
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
