import { once } from 'node:events';
import http, { ClientRequest, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { disposable, type Disposable } from '../../src/objects/disposable';

/** A request as rules see it. */
export interface Asked {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly isWatch: boolean;
}

/** What happens to a request instead of being passed on. */
export type Fault =
  /** It is passed on, but later. */
  | { readonly does: 'delay'; readonly ms: number }
  /** The proxy answers by itself. */
  | { readonly does: 'answer'; readonly code: number; readonly headers?: OutgoingHttpHeaders; readonly body: string }
  /** The server's answer with another body. */
  | { readonly does: 'rewrite'; readonly change: (body: string) => string }
  /** The connection is reset, before the answer or in the middle of its body. */
  | { readonly does: 'reset'; readonly at: 'request' | 'body' }
  /** The connection stays open and nothing comes, from the beginning or from the middle of the body on. */
  | { readonly does: 'silence'; readonly at: 'request' | 'body' }
  /** The body comes a byte at a time. */
  | { readonly does: 'drip'; readonly everyMs: number }
  /** Bytes that are no HTTP come, and the connection ends. */
  | { readonly does: 'garbage'; readonly bytes: string };

export interface Rule {
  /** Which requests; all without it. */
  readonly on?: (asked: Asked) => boolean;
  readonly fault: Fault;
}

export interface FaultProxyOptions {
  /** The server behind it, such as `https://127.0.0.2:6443`. */
  readonly upstream: string;
  /** The authority of an https server behind it, in PEM. */
  readonly upstreamAuthority?: string;
  /** A loopback address. */
  readonly address: string;
  /** What it serves TLS with, in PEM; without it it serves plain HTTP. */
  readonly certificate?: Certificate;
}

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const proxy = new FaultProxy(options);
  await proxy.accept();
  return proxy;
}

/**
 * Stands before an API server and passes everything on, watches as they come, but for what its rules say. Of the
 * rules that are in force, the first that is about a request counts.
 */
export class FaultProxy {
  /** Every request that reached it, in order. */
  readonly requests: Asked[] = [];
  readonly #options: FaultProxyOptions;
  readonly #server: http.Server;
  readonly #tls: https.Server | undefined;
  readonly #agent: http.Agent;
  readonly #rules = new Set<Rule>();
  readonly #sockets = new Set<Socket>();
  /** Answers that are due. */
  readonly #answers = new Set<ServerResponse>();
  /** Answers that are being passed on, and how to stop that. */
  readonly #passing = new Map<ServerResponse, () => void>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #port = 0;

  constructor(options: FaultProxyOptions) {
    const { certificate, upstream, upstreamAuthority } = options;
    this.#options = options;
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      this.#answer(request, response);
    };
    this.#tls = certificate === undefined ? undefined : https.createServer(certificate, answer);
    this.#server = this.#tls ?? http.createServer(answer);
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#agent = upstream.startsWith('https:')
      ? new https.Agent({ keepAlive: true, ...(upstreamAuthority === undefined ? {} : { ca: upstreamAuthority }) })
      : new http.Agent({ keepAlive: true });
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    const { address, certificate } = this.#options;
    return `${certificate === undefined ? 'http' : 'https'}://${address}:${this.#port}`;
  }

  /** How many clients are connected. */
  get open(): number {
    return this.#sockets.size;
  }

  /** Puts a rule in force until it is disposed. What is under way goes on. */
  impose(rule: Rule): Disposable {
    this.#rules.add(rule);
    return disposable(() => void this.#rules.delete(rule));
  }

  /** Resets every connection. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Resets the connections on which no answer is due. */
  cutIdle(): void {
    const busy = new Set([...this.#answers].map(({ socket }) => socket?.remotePort));
    for (const socket of this.#sockets) if (!busy.has(socket.remotePort)) socket.resetAndDestroy();
  }

  /** Sends nothing more of the answers that have begun, and leaves their connections open. */
  hush(): void {
    for (const stop of this.#passing.values()) stop();
    this.#passing.clear();
  }

  /** Stops listening and resets every connection: further ones are refused. */
  refuse(): void {
    this.#server.close();
    this.cut();
  }

  /** Listens, at the same port each time. */
  async accept(): Promise<void> {
    this.#server.listen(this.#port, this.#options.address);
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Serves TLS with another certificate from the next connection on. */
  present(certificate: Certificate): void {
    this.#tls?.setSecureContext(certificate);
    this.cut();
  }

  stop(): void {
    if (this.#server.listening) this.#server.close();
    for (const timer of this.#timers) clearTimeout(timer);
    this.cut();
    this.#agent.destroy();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.#options.upstream);
    const asked: Asked = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      isWatch: url.searchParams.get('watch') === 'true',
    };
    this.requests.push(asked);
    response.on('error', () => undefined);
    this.#answers.add(response);
    response.on('close', () => this.#answers.delete(response));
    const rule = [...this.#rules].find(({ on }) => on?.(asked) ?? true);
    if (rule === undefined) this.#pass(request, response);
    else this.#fail(request, response, rule.fault);
  }

  #fail(request: IncomingMessage, response: ServerResponse, fault: Fault): void {
    switch (fault.does) {
      case 'delay':
        this.#after(fault.ms, () => {
          this.#pass(request, response);
        });
        return;
      case 'answer':
        response.writeHead(fault.code, fault.headers).end(fault.body);
        return;
      case 'garbage':
        request.socket.end(fault.bytes);
        return;
      case 'reset':
        if (fault.at === 'request') this.#reset(request);
        else {
          this.#half(request, response, () => {
            this.#reset(request);
          });
        }
        return;
      case 'silence':
        if (fault.at === 'body') this.#half(request, response, () => undefined);
        return;
      case 'rewrite':
        this.#ask(request, response, (answer) => {
          void textOf(answer).then((text) => {
            response.writeHead(answer.statusCode ?? 502, { 'content-type': answer.headers['content-type'] });
            response.end(fault.change(text));
          });
        });
        return;
      case 'drip':
        this.#ask(request, response, (answer) => {
          void textOf(answer).then((text) => {
            response.writeHead(answer.statusCode ?? 502, { 'content-type': answer.headers['content-type'] });
            const next = (at: number): void => {
              if (at === text.length || response.destroyed) return void response.end();
              response.write(text[at]);
              this.#after(fault.everyMs, () => {
                next(at + 1);
              });
            };
            next(0);
          });
        });
        return;
    }
  }

  /** Passes on the head of the answer and half of its body. */
  #half(request: IncomingMessage, response: ServerResponse, then: () => void): void {
    this.#ask(request, response, (answer) => {
      void textOf(answer).then((text) => {
        response.writeHead(answer.statusCode ?? 502, {
          'content-type': answer.headers['content-type'],
          'content-length': Buffer.byteLength(text),
        });
        response.write(text.slice(0, text.length / 2), then);
      });
    });
  }

  #pass(request: IncomingMessage, response: ServerResponse): void {
    this.#ask(request, response, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      // The head of a watch is due at once, its first event perhaps much later.
      response.flushHeaders();
      answer.pipe(response);
      this.#passing.set(response, () => answer.unpipe(response));
      response.on('close', () => {
        this.#passing.delete(response);
        answer.destroy();
      });
      answer.on('error', () => response.destroy());
    });
  }

  #ask(request: IncomingMessage, response: ServerResponse, take: (answer: IncomingMessage) => void): void {
    const { protocol, hostname, port } = new URL(this.#options.upstream);
    // The class: the functions are replaced where this runs inside the extension host.
    const outgoing = new ClientRequest({
      protocol,
      host: hostname,
      port,
      path: request.url,
      method: request.method,
      // What is cut, rewritten or dripped must not be compressed.
      headers: { ...request.headers, 'accept-encoding': 'identity' },
      agent: this.#agent,
    });
    outgoing.on('response', take);
    outgoing.on('error', () => response.destroy());
    response.on('close', () => outgoing.destroy());
    request.pipe(outgoing);
  }

  /** The socket of a request may be one of TLS, which cannot be reset itself. */
  #reset({ socket: { remotePort } }: IncomingMessage): void {
    for (const socket of this.#sockets) if (socket.remotePort === remotePort) socket.resetAndDestroy();
  }

  #after(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
  }
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of answer) chunks.push(chunk as Buffer);
  } catch {
    // The client or the server went; what came is passed on to nobody.
  }
  return Buffer.concat(chunks).toString('utf8');
}
