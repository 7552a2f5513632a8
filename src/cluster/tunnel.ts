import { ClientRequest, type AgentOptions, type ClientRequestArgs, type OutgoingHttpHeaders } from 'node:http';
import { Agent } from 'node:https';
import { connect, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

/** What a request says of the socket that is opened for it. */
export interface SocketWish {
  /** Aborted when nobody waits for the socket any more. */
  readonly wanted?: AbortSignal;
}

/** An answer of a proxy to `CONNECT` other than 200. */
export class ProxyRefusal extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`The proxy answered ${status}.`);
    this.status = status;
  }
}

type Opened = (error: Error | null, socket?: Duplex) => void;

/** Connections to an API server through an HTTP proxy, which is asked to `CONNECT`. */
export class TunnelAgent extends Agent {
  readonly #proxy: URL;

  constructor(proxy: URL, options: AgentOptions & ConnectionOptions) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(options: ClientRequestArgs & ConnectionOptions & SocketWish, opened: Opened): undefined {
    const { host, port, protocol, wanted } = options;
    const target = `${isIP(host ?? '') === 6 ? `[${host ?? ''}]` : (host ?? '')}:${port ?? ''}`;
    // The class: the editor replaces the functions, and would send this through a proxy of its own.
    const request = new ClientRequest({
      method: 'CONNECT',
      path: target,
      headers: { Host: target, Connection: 'keep-alive', ...authorization(this.#proxy) },
      createConnection: () => toProxy(this.#proxy),
    });
    const giveUp = (): void => void request.destroy(new Error('aborted'));
    wanted?.addEventListener('abort', giveUp, { once: true });
    request.on('error', (error) => {
      wanted?.removeEventListener('abort', giveUp);
      opened(error);
    });
    request.on('connect', ({ statusCode = 0 }, socket) => {
      wanted?.removeEventListener('abort', giveUp);
      if (statusCode === 200) {
        const above: ConnectionOptions = { ...options, socket };
        opened(null, protocol === 'http:' ? socket : (super.createConnection(above) ?? undefined));
        return;
      }
      socket.destroy();
      opened(new ProxyRefusal(statusCode));
    });
    request.end();
    return undefined;
  }
}

function toProxy({ protocol, hostname, port }: URL): Socket {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (protocol === 'http:') return connect(port === '' ? 80 : Number(port), host);
  const name = isIP(host) === 0 ? { servername: host } : {};
  return connectTls({ host, port: port === '' ? 443 : Number(port), ...name });
}

function authorization({ username, password }: URL): OutgoingHttpHeaders {
  if (username === '' && password === '') return {};
  const both = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'Proxy-Authorization': `Basic ${Buffer.from(both).toString('base64')}` };
}
