import { type OutgoingHttpHeaders, validateHeaderValue } from 'node:http';
import { Agent } from 'node:https';
import type { Answer } from '../objects/failure';
import type { ClusterHost } from './contract';
import type { Identity } from './credentials';
import { unlessAborted } from './requestAbort';
import type { Destination } from './requestFailures';
import { openSecureSocket } from './secureSocket';
import { StreamSession } from './streamSession';
import { addressOf, type Transport } from './transport';
import type { Reply, Signed, Wire } from './wire';

/** If a session ends while a stream is opened, the request is sent over another one. It is sent this often at most. */
const maxTries = 4;

/**
 * Sends requests as streams of HTTP/2 sessions, so that thousands of watches share a few sockets. Each request takes a
 * socket of its own if the server has no HTTP/2 or no TLS, or if the way leads through a SOCKS proxy.
 */
export class Streams implements Wire {
  readonly destination: Destination;
  readonly #server: URL;
  readonly #transport: Transport;
  readonly #host: Pick<ClusterHost, 'clock' | 'requestTimeoutMs'>;
  /** The sessions with the agents that opened them. After a change of certificates, those of the old agent run empty. */
  readonly #sessions = new Map<StreamSession, Agent>();
  readonly #opening = new Map<Agent, Promise<void>>();
  /** The agents for which the server chose HTTP/1.1. */
  readonly #http1Agents = new WeakSet<Agent>();
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
    // The agent of a SOCKS proxy is of another class, and cannot open a socket for a session.
    if (this.#server.protocol === 'https:' && agent instanceof Agent) {
      const all = { ...headers, ...signed.headers };
      for (const [name, value] of Object.entries(all)) validateHeaderValue(name, String(value));
      const reply = await this.#getByStream(agent, addressOf(this.#server).prefix + path, all, signal);
      if (reply !== undefined) return reply;
    }
    return this.#transport.get(signed, path, headers, signal);
  }

  suspectDeadConnections(): void {
    for (const session of this.#sessions.keys()) session.suspect();
    this.#transport.suspectDeadConnections();
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
    for (let tries = 1; !this.#http1Agents.has(agent);) {
      const session = this.#freeSession(agent);
      if (session === undefined) {
        await unlessAborted(this.#open(agent), signal);
        continue;
      }
      try {
        return await session.get(path, headers, signal);
      } catch (error) {
        // No answer has begun, and a GET changes nothing: it can be sent again.
        if (signal.aborted || !session.isOver || tries >= maxTries) throw error;
        tries += 1;
      }
    }
    return undefined;
  }

  /** The oldest session that has room, so that the younger ones run empty. */
  #freeSession(agent: Agent): StreamSession | undefined {
    for (const [session, ofAgent] of this.#sessions) if (ofAgent === agent && session.isFree) return session;
    return undefined;
  }

  /** Opens one session for all callers that wait, so that an unreachable server is not asked by each of them. */
  #open(agent: Agent): Promise<void> {
    const pending = this.#opening.get(agent);
    if (pending !== undefined) return pending;
    const opening = this.#openOne(agent).finally(() => {
      this.#opening.delete(agent);
    });
    this.#opening.set(agent, opening);
    return opening;
  }

  async #openOne(agent: Agent): Promise<void> {
    const abort = new AbortController();
    const giveUp = (): void => {
      abort.abort();
    };
    const limit = this.#host.clock.after(this.#host.requestTimeoutMs, giveUp);
    this.#disposal.signal.addEventListener('abort', giveUp, { once: true });
    try {
      if (this.#disposal.signal.aborted) giveUp();
      const socket = await openSecureSocket(agent, this.#server, abort.signal);
      if (socket.alpnProtocol !== 'h2') {
        socket.destroy();
        this.#http1Agents.add(agent);
        return;
      }
      abort.signal.addEventListener('abort', () => void socket.destroy(), { once: true });
      const session = await StreamSession.over(socket, this.#server, this.#host.clock);
      this.#sessions.set(session, agent);
      session.onClose(() => this.#sessions.delete(session));
    } catch (error) {
      throw abort.signal.aborted ? Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' }) : error;
    } finally {
      limit.dispose();
      this.#disposal.signal.removeEventListener('abort', giveUp);
    }
  }
}
