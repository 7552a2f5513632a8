import type { OutgoingHttpHeaders } from 'node:http';
import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream, type Settings } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../objects/clock';
import { disposable, type Disposable } from '../objects/disposable';
import type { Reply } from './wire';

/** Streams of one session. A server may allow fewer. */
const maxStreams = 100;
/** Between two pings, and from a ping to its answer: the times of client-go. */
const pingEveryMs = 30_000;
const pingTimeoutMs = 15_000;
/** A session without a stream is closed after this time. */
const closeUnusedAfterMs = 10_000;
/** How much a server may send before it is read: of one stream, and of all streams of a session. */
const streamWindowBytes = 256 * 1024;
const sessionWindowBytes = 1024 * 1024;

/** One HTTP/2 session: many requests at a time over one socket. */
export class StreamSession implements Disposable {
  readonly #session: ClientHttp2Session;
  readonly #authority: string;
  readonly #clock: Clock;
  /** The number of streams that the server allows. */
  #capacity = 0;
  #openStreams = 0;
  /** Whether the session may be dead, so that it is not used before the answer to a ping. */
  #isSuspect = false;
  #nextPing: Disposable | undefined;
  #pingTimeout: Disposable | undefined;
  #closingUnused: Disposable | undefined;

  private constructor(socket: TLSSocket, { host, origin }: URL, clock: Clock) {
    this.#authority = host;
    this.#clock = clock;
    this.#session = connect(origin, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: streamWindowBytes },
    });
    // Each stream passes the error on to whoever waits for its answer.
    this.#session.on('error', () => undefined);
    this.#session.on('remoteSettings', ({ maxConcurrentStreams }: Settings) => {
      this.#capacity = Math.min(maxStreams, maxConcurrentStreams ?? maxStreams);
    });
    this.#session.once('close', () => {
      this.#stopTimers();
    });
  }

  /** Opens a session and waits for the server's settings. Rejects with the error of the connection. */
  static async over(socket: TLSSocket, server: URL, clock: Clock): Promise<StreamSession> {
    const opened = new StreamSession(socket, server, clock);
    const session = opened.#session;
    await new Promise<void>((resolve, reject) => {
      session.once('remoteSettings', () => {
        resolve();
      });
      session.on('error', reject);
      session.once('close', () => {
        reject(connectionReset());
      });
    });
    session.setLocalWindowSize(sessionWindowBytes);
    opened.#pingRegularly();
    opened.#closeIfUnused();
    return opened;
  }

  /** Whether no more streams can be opened. Streams may still be open. */
  get isOver(): boolean {
    return this.#session.closed || this.#session.destroyed;
  }

  /** Whether another stream may be opened now. */
  get isFree(): boolean {
    return !this.isOver && !this.#isSuspect && this.#openStreams < this.#capacity;
  }

  /** Runs the function when the last stream has ended and the session is closed. */
  onClose(run: () => void): void {
    if (this.#session.destroyed) run();
    else this.#session.once('close', run);
  }

  /** Sends a GET and waits for the head of the answer. Rejects with the error of the stream, or of the session. */
  async get(path: string, headers: OutgoingHttpHeaders, signal: AbortSignal): Promise<Reply> {
    const stream = this.#begin(path, headers);
    const slot = disposable(() => {
      this.#release();
    });
    const giveUp = (): void => {
      stream.close(constants.NGHTTP2_CANCEL);
      stream.destroy(new Error('aborted'));
    };
    return new Promise((resolve, reject) => {
      let answered = false;
      stream.on('error', reject);
      stream.once('end', () => {
        slot.dispose();
      });
      stream.once('close', () => {
        signal.removeEventListener('abort', giveUp);
        slot.dispose();
        if (!answered) reject(connectionReset());
      });
      stream.once('response', (received) => {
        answered = true;
        const body = chunksOf(stream);
        resolve({ code: received[':status'] ?? 0, headers: received, body, close: giveUp });
      });
      if (signal.aborted) giveUp();
      else signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  /** Asks the server for a sign of life, and opens no further stream before it comes. */
  suspect(): void {
    if (this.#isSuspect || this.isOver) return;
    this.#isSuspect = true;
    this.#sendPing();
  }

  dispose(): void {
    this.#session.destroy();
    this.#stopTimers();
  }

  #stopTimers(): void {
    for (const timer of [this.#nextPing, this.#pingTimeout, this.#closingUnused]) timer?.dispose();
  }

  /** Opens a stream. Throws if the session is over. */
  #begin(path: string, headers: OutgoingHttpHeaders): ClientHttp2Stream {
    const { HTTP2_HEADER_AUTHORITY: authority, HTTP2_HEADER_PATH: target } = constants;
    const stream = this.#session.request(
      { ...headers, [authority]: this.#authority, [target]: path },
      { endStream: true },
    );
    this.#closingUnused?.dispose();
    this.#openStreams += 1;
    return stream;
  }

  #release(): void {
    this.#openStreams -= 1;
    this.#closeIfUnused();
  }

  #closeIfUnused(): void {
    if (this.#openStreams > 0 || this.isOver) return;
    this.#closingUnused = this.#clock.after(closeUnusedAfterMs, () => {
      this.#session.close();
    });
  }

  /** Finds a dead connection, which the streams themselves would not notice for a long time. */
  #pingRegularly(): void {
    this.#nextPing = this.#clock.after(pingEveryMs, () => {
      this.#sendPing();
      this.#pingRegularly();
    });
  }

  #sendPing(): void {
    if (this.#pingTimeout !== undefined || this.#session.destroyed) return;
    this.#pingTimeout = this.#clock.after(pingTimeoutMs, () => {
      this.#session.destroy(Object.assign(new Error('no answer to a ping'), { code: 'ETIMEDOUT' }));
    });
    this.#session.ping((error) => {
      if (error !== null) return;
      this.#pingTimeout?.dispose();
      this.#pingTimeout = undefined;
      this.#isSuspect = false;
    });
  }
}

/** The body of an answer. Throws if the connection ends first, which Node reports as the end of the body. */
async function* chunksOf(stream: ClientHttp2Stream): AsyncGenerator<Buffer> {
  for await (const chunk of stream) yield chunk as Buffer;
  if (stream.rstCode !== constants.NGHTTP2_NO_ERROR) throw connectionReset();
}

function connectionReset(): Error {
  return Object.assign(new Error('the session was closed'), { code: 'ECONNRESET' });
}
