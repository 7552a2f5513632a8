import { ClientRequest, type AgentOptions, type ClientRequestArgs, type OutgoingHttpHeaders } from 'node:http';
import { Agent } from 'node:https';
import { connect, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

/** A further option for opening a socket. */
export interface ConnectSignal {
  /** Aborted when nobody waits for the socket any more. */
  readonly connectSignal?: AbortSignal;
}

/** An answer of a proxy to `CONNECT` other than 200. */
export class ProxyRefusal extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`The proxy answered ${status}.`);
    this.status = status;
  }
}

type OnSocket = (error: Error | null, socket?: Duplex) => void;

/** Connections to an API server through an HTTP proxy, which is asked to `CONNECT`. */
export class TunnelAgent extends Agent {
  readonly #proxy: URL;

  constructor(proxy: URL, options: AgentOptions & ConnectionOptions) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(
    options: ClientRequestArgs & ConnectionOptions & ConnectSignal,
    onSocket: OnSocket,
  ): undefined {
    const { host, port, protocol, connectSignal } = options;
    const target = `${isIP(host ?? '') === 6 ? `[${host ?? ''}]` : (host ?? '')}:${port ?? ''}`;
    // The class, not `http.request`: VS Code replaces that function with one that uses its own proxy settings.
    const request = new ClientRequest({
      method: 'CONNECT',
      path: target,
      headers: { Host: target, Connection: 'keep-alive', ...authorization(this.#proxy) },
      createConnection: () => connectToProxy(this.#proxy),
    });
    const giveUp = (): void => void request.destroy(new Error('aborted'));
    connectSignal?.addEventListener('abort', giveUp, { once: true });
    request.on('error', (error) => {
      connectSignal?.removeEventListener('abort', giveUp);
      onSocket(error);
    });
    request.on('connect', ({ statusCode = 0 }, socket) => {
      connectSignal?.removeEventListener('abort', giveUp);
      if (statusCode === 200) {
        const overTunnel: ConnectionOptions = { ...options, socket };
        onSocket(null, protocol === 'http:' ? socket : (super.createConnection(overTunnel) ?? undefined));
        return;
      }
      socket.destroy();
      onSocket(new ProxyRefusal(statusCode));
    });
    request.end();
    return undefined;
  }
}

function connectToProxy({ protocol, hostname, port }: URL): Socket {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (protocol === 'http:') return connect(port === '' ? 80 : Number(port), host);
  const name = isIP(host) === 0 ? { servername: host } : {};
  return connectTls({ host, port: port === '' ? 443 : Number(port), ...name });
}

function authorization({ username, password }: URL): OutgoingHttpHeaders {
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'Proxy-Authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}
