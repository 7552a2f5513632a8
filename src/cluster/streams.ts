import { type OutgoingHttpHeaders, validateHeaderValue } from 'node:http';
import { Agent } from 'node:https';
import type { Answer } from '../objects/failure';
import type { ClusterHost } from './contract';
import type { Identity } from './credentials';
import { unlessAborted } from './ending';
import type { Destination } from './requestFailures';
import { openSecureSocket } from './secureSocket';
import { StreamSession } from './streamSession';
import { addressOf, type Transport } from './transport';
import type { Reply, Signed, Wire } from './wire';

/** A session may end as a stream is opened on it: the request is sent on another one so many times at most. */
const mostTries = 4;

/**
 * Requests as streams of HTTP/2 sessions: thousands of watches over a few sockets. What cannot go over HTTP/2 goes over
 * sockets, one a request: to a server without it or without TLS, and through a SOCKS proxy.
 */
export class Streams implements Wire {
  readonly destination: Destination;
  readonly #server: URL;
  readonly #transport: Transport;
  readonly #host: Pick<ClusterHost, 'clock' | 'requestTimeoutMs'>;
  /** Those of an agent of former certificates are not used any more, and end with their streams. */
  readonly #sessions = new Map<StreamSession, Agent>();
  readonly #opening = new Map<Agent, Promise<void>>();
  /** Those whose server chose HTTP/1.1. */
  readonly #withoutStreams = new WeakSet<Agent>();
  readonly #disposal = new AbortController();

  constructor(server: URL, transport: Transport, host: Pick<ClusterHost, 'clock' | 'requestTimeoutMs'>) {
    this.#server = server;
    this.#transport = transport;
    this.#host = host;
    this.destination = transport.destination;
  }

  sign(identity: Identity): Promise<Answer<Signed>> {
    return this.#transport.sign(identity);
  }

  async get(signed: Signed, path: string, headers: OutgoingHttpHeaders, signal: AbortSignal): Promise<Reply> {
    const { agent } = signed;
    // The agent of a SOCKS proxy opens sockets in a way of its own.
    if (this.#server.protocol === 'https:' && agent instanceof Agent) {
      const all = { ...headers, ...signed.headers };
      for (const [name, value] of Object.entries(all)) validateHeaderValue(name, String(value));
      const reply = await this.#getByStream(agent, addressOf(this.#server).prefix + path, all, signal);
      if (reply !== undefined) return reply;
    }
    return this.#transport.get(signed, path, headers, signal);
  }

  doubt(): void {
    for (const session of this.#sessions.keys()) session.doubt();
    this.#transport.doubt();
  }

  dispose(): void {
    this.#disposal.abort();
    for (const session of this.#sessions.keys()) session.dispose();
    this.#transport.dispose();
  }

  /** Undefined if the server chose HTTP/1.1. */
  async #getByStream(
    agent: Agent,
    path: string,
    headers: OutgoingHttpHeaders,
    signal: AbortSignal,
  ): Promise<Reply | undefined> {
    for (let tries = 1; !this.#withoutStreams.has(agent);) {
      const session = this.#freeSession(agent);
      if (session === undefined) {
        await unlessAborted(this.#open(agent), signal);
        continue;
      }
      try {
        return await session.get(path, headers, signal);
      } catch (error) {
        // No answer had begun, so to ask again changes nothing.
        if (signal.aborted || !session.isOver || tries >= mostTries) throw error;
        tries += 1;
      }
    }
    return undefined;
  }

  /** One that has room: the oldest, so that the others run empty. */
  #freeSession(agent: Agent): StreamSession | undefined {
    for (const [session, ofAgent] of this.#sessions) if (ofAgent === agent && session.isFree) return session;
    return undefined;
  }

  /** Opens a session for all who wait for one: a server that is away is not asked by each of them. */
  #open(agent: Agent): Promise<void> {
    const under = this.#opening.get(agent);
    if (under !== undefined) return under;
    const opening = this.#openOne(agent).finally(() => {
      this.#opening.delete(agent);
    });
    this.#opening.set(agent, opening);
    return opening;
  }

  async #openOne(agent: Agent): Promise<void> {
    const ending = new AbortController();
    const end = (): void => {
      ending.abort();
    };
    const limit = this.#host.clock.after(this.#host.requestTimeoutMs, end);
    this.#disposal.signal.addEventListener('abort', end, { once: true });
    try {
      if (this.#disposal.signal.aborted) end();
      const socket = await openSecureSocket(agent, this.#server, ending.signal);
      if (socket.alpnProtocol !== 'h2') {
        socket.destroy();
        this.#withoutStreams.add(agent);
        return;
      }
      ending.signal.addEventListener('abort', () => void socket.destroy(), { once: true });
      const session = await StreamSession.over(socket, this.#server, this.#host.clock);
      this.#sessions.set(session, agent);
      session.onClose(() => this.#sessions.delete(session));
    } catch (error) {
      throw ending.signal.aborted ? Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' }) : error;
    } finally {
      limit.dispose();
      this.#disposal.signal.removeEventListener('abort', end);
    }
  }
}
