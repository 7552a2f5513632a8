import type { OutgoingHttpHeaders } from 'node:http';
import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream, type Settings } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../objects/clock';
import { disposable, type Disposable } from '../objects/disposable';
import type { Reply } from './wire';

/** Streams of one session at most; a server may allow fewer. */
const mostStreams = 100;
/** As client-go: after so long a server is asked for a sign of life, and that has to come within so long. */
const pingMs = 30_000;
const pongMs = 15_000;
/** A session without a stream is closed after this. */
const unusedMs = 10_000;
/** What a server may send ahead of its reader: in one stream, and in all of a session. */
const streamWindowBytes = 256 * 1024;
const sessionWindowBytes = 1024 * 1024;

/** One HTTP/2 session: many requests at a time over one socket. */
export class StreamSession implements Disposable {
  readonly #session: ClientHttp2Session;
  readonly #authority: string;
  readonly #clock: Clock;
  #capacity = 0;
  #streams = 0;
  /** Whether the next sign of life is waited for before the session is used again. */
  #doubted = false;
  #ping: Disposable | undefined;
  #pong: Disposable | undefined;
  #unused: Disposable | undefined;

  private constructor(socket: TLSSocket, { host, origin }: URL, clock: Clock) {
    this.#authority = host;
    this.#clock = clock;
    this.#session = connect(origin, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: streamWindowBytes },
    });
    // Whoever waits for an answer hears of it.
    this.#session.on('error', () => undefined);
    this.#session.on('remoteSettings', ({ maxConcurrentStreams }: Settings) => {
      this.#capacity = Math.min(mostStreams, maxConcurrentStreams ?? mostStreams);
    });
    this.#session.once('close', () => {
      this.#stopTimers();
    });
  }

  /** Waits for what the server allows. Rejects with the error of the connection. */
  static async over(socket: TLSSocket, server: URL, clock: Clock): Promise<StreamSession> {
    const made = new StreamSession(socket, server, clock);
    const session = made.#session;
    await new Promise<void>((resolve, reject) => {
      session.once('remoteSettings', () => {
        resolve();
      });
      session.on('error', reject);
      session.once('close', () => {
        reject(brokenOff());
      });
    });
    session.setLocalWindowSize(sessionWindowBytes);
    made.#keepAlive();
    made.#closeIfUnused();
    return made;
  }

  /** Whether it is over: of no more use, though streams may be under way. */
  get isOver(): boolean {
    return this.#session.closed || this.#session.destroyed;
  }

  /** Whether another stream may be opened. */
  get isFree(): boolean {
    return !this.isOver && !this.#doubted && this.#streams < this.#capacity;
  }

  /** Runs when nothing goes over it any more. */
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
        if (!answered) reject(brokenOff());
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

  /** Opens no further stream before the server has given a sign of life. */
  doubt(): void {
    if (this.#doubted || this.isOver) return;
    this.#doubted = true;
    this.#askForLife();
  }

  dispose(): void {
    this.#session.destroy();
    this.#stopTimers();
  }

  #stopTimers(): void {
    for (const timer of [this.#ping, this.#pong, this.#unused]) timer?.dispose();
  }

  /** Throws if the session cannot take it any more. */
  #begin(path: string, headers: OutgoingHttpHeaders): ClientHttp2Stream {
    const { HTTP2_HEADER_AUTHORITY: authority, HTTP2_HEADER_PATH: target } = constants;
    const stream = this.#session.request(
      { ...headers, [authority]: this.#authority, [target]: path },
      { endStream: true },
    );
    this.#unused?.dispose();
    this.#streams += 1;
    return stream;
  }

  #release(): void {
    this.#streams -= 1;
    this.#closeIfUnused();
  }

  #closeIfUnused(): void {
    if (this.#streams > 0 || this.isOver) return;
    this.#unused = this.#clock.after(unusedMs, () => {
      this.#session.close();
    });
  }

  /** A dead link takes all streams of a session with it, and none of them would notice for long. */
  #keepAlive(): void {
    this.#ping = this.#clock.after(pingMs, () => {
      this.#askForLife();
      this.#keepAlive();
    });
  }

  #askForLife(): void {
    if (this.#pong !== undefined || this.#session.destroyed) return;
    this.#pong = this.#clock.after(pongMs, () => {
      this.#session.destroy(brokenOff());
    });
    this.#session.ping((error) => {
      if (error !== null) return;
      this.#pong?.dispose();
      this.#pong = undefined;
      this.#doubted = false;
    });
  }
}

/** Node takes the end of the connection for the end of an answer. */
async function* chunksOf(stream: ClientHttp2Stream): AsyncGenerator<Buffer> {
  for await (const chunk of stream) yield chunk as Buffer;
  if (stream.rstCode !== constants.NGHTTP2_NO_ERROR) throw brokenOff();
}

function brokenOff(): Error {
  return Object.assign(new Error('the session was closed'), { code: 'ECONNRESET' });
}
