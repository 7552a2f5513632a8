import http2 from 'node:http2';
import net, { type AddressInfo, type Socket } from 'node:net';
import { after } from 'node:test';
import { inTime } from './support';

/** A request as an HTTP/2 server sees it. */
export interface Asked {
  readonly path: string;
  readonly headers: http2.IncomingHttpHeaders;
  readonly stream: http2.ServerHttp2Stream;
}

/** An HTTP/2 server on loopback, with TLS, that is closed when the test ends. */
export class StreamServer {
  readonly #server: http2.Http2SecureServer;
  readonly #sockets = new Set<Socket>();
  readonly sessions = new Set<http2.ServerHttp2Session>();
  /** Sessions that there ever were. */
  opened = 0;
  readonly asked: Asked[] = [];
  /** Codes with which streams were closed. */
  readonly closed: number[] = [];
  handler: (asked: Asked) => void = ({ stream }) => {
    stream.respond({ ':status': 200 });
  };
  #waiters: (() => void)[] = [];

  constructor(tls: http2.SecureServerOptions, mostStreams = 100) {
    this.#server = http2.createSecureServer({ ...tls, settings: { maxConcurrentStreams: mostStreams } });
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        this.#wake();
      });
    });
    this.#server.on('session', (session) => {
      this.opened += 1;
      this.sessions.add(session);
      session.on('error', () => undefined);
      session.on('close', () => {
        this.sessions.delete(session);
        this.#wake();
      });
    });
    this.#server.on('stream', (stream, headers) => {
      stream.on('error', () => undefined);
      stream.on('close', () => {
        this.closed.push(stream.rstCode);
        this.#wake();
      });
      const asked = { path: String(headers[':path']), headers, stream };
      this.asked.push(asked);
      this.#wake();
      this.handler(asked);
    });
    after(() => {
      this.close();
    });
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => void this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Sockets that are open. */
  get open(): number {
    return this.#sockets.size;
  }

  /** Watches that are open. */
  get watches(): readonly Asked[] {
    return this.asked.filter(({ path, stream }) => path.includes('watch=true') && !stream.destroyed);
  }

  async until(ready: () => boolean): Promise<void> {
    while (!ready()) {
      const change = new Promise<void>((resolve) => this.#waiters.push(resolve));
      await inTime(change, () => `${ready.toString()}; ${this.asked.length} streams, ${this.#sockets.size} sockets`);
    }
  }

  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.#server.close();
    this.dropConnections();
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter();
  }
}

/** Answers with JSON and ends. */
export function answerJson({ stream }: Asked, value: object, code = 200): void {
  stream.respond({ ':status': code, 'content-type': 'application/json' });
  stream.end(JSON.stringify(value));
}

/** Passes connections on until it is told to pass nothing more, as a link does that is dead. */
export class Relay {
  readonly #server: net.Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  connections = 0;

  constructor(port: number) {
    this.#server = net.createServer((client) => {
      this.connections += 1;
      const upstream = net.connect(port, '127.0.0.1');
      this.#pairs.add([client, upstream]);
      for (const [one, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        one.pipe(other);
        one.on('error', () => other.destroy());
        one.on('close', () => other.destroy());
      }
    });
    after(() => {
      this.#server.close();
      for (const [client] of this.#pairs) client.destroy();
    });
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => void this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The connections that there are pass nothing on any more; later ones do. */
  hush(): void {
    for (const [client, upstream] of this.#pairs) {
      client.unpipe(upstream);
      upstream.unpipe(client);
    }
    this.#pairs.clear();
  }
}
