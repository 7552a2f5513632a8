import type { OutgoingHttpHeaders } from 'node:http';
import { answered, failed, type Answer, type Failure } from '../objects/failure';
import type { Disposable } from '../objects/disposable';
import type { WatchEnd } from '../objects/listWatch';
import type { ClusterHost } from './contract';
import { certificateProblem, type Credentials, type Identity } from './credentials';
import { cancelled, failureOfAnswer, failureOfError, invalid, isReset, timedOut } from './requestFailures';
import { RequestAbort } from './requestAbort';
import { LineSplitter } from './lines';
import { Permits } from './permits';
import { notJson, parseJson, readBody, readItems, readJson, type ExpectedBody } from './replyBody';
import type { Reply, Wire } from './wire';

/** A GET request to the API server. */
export interface Question extends ExpectedBody {
  /** The path below the server's address, with every segment encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
  /** The `Accept` header. Absent: `application/json`. */
  readonly accept?: string;
}

export interface WatchReader {
  /** The server accepted the watch. */
  opened(): void;
  /** One event; a failure ends the watch. */
  event(value: unknown): Failure | undefined;
  /** The watch ends as `silent` after this time without data, in milliseconds. */
  readonly silenceMs: number;
}

const maxStatusBytes = 64 * 1024;

/**
 * Reads an answer. Disposing `wait` ends the time limit and gives the permit back: a watch goes on without them once it
 * is open.
 */
type ReadReply<T> = (reply: Reply, wait: Disposable, abort: RequestAbort) => Promise<Answer<T>>;

type RequestHost = Pick<ClusterHost, 'clock' | 'log' | 'requestTimeoutMs'>;

/** Sends requests with credentials, renews credentials that are refused, and turns every error into a failure. */
export class Requests implements Disposable {
  readonly #wire: Wire;
  readonly #credentials: Credentials;
  readonly #host: RequestHost;
  readonly #permits: Permits;
  /** One for each request under way. Adding and removing thousands of listeners of one signal would take long. */
  readonly #aborts = new Set<RequestAbort>();
  #disposed = false;

  /** @param maxParallel Requests that may wait for an answer at the same time. An open watch has its answer. */
  constructor(wire: Wire, credentials: Credentials, host: RequestHost, maxParallel: number) {
    this.#wire = wire;
    this.#credentials = credentials;
    this.#host = host;
    this.#permits = new Permits(maxParallel);
  }

  /** The JSON of one object. The time limit covers connecting, headers and body. */
  get(question: Question): Promise<Answer<unknown>> {
    return this.#ask(question, (reply) => readJson(reply, question));
  }

  /**
   * The JSON of one page of a list without its items, which `take` gets a few at a time as they arrive. A failure of
   * `take` ends the request. The time limit is that of `get`.
   */
  getItems(question: Question, take: (items: readonly unknown[]) => Failure | undefined): Promise<Answer<unknown>> {
    return this.#ask(question, (reply) => readItems(reply, question, take));
  }

  /** Reads a watch until it ends. The time limit covers connecting and headers. */
  watch(question: Question, reader: WatchReader): Promise<Answer<WatchEnd>> {
    return this.#ask(question, async (reply, wait, abort) => {
      wait.dispose();
      reader.opened();
      return this.#readEvents(reply, question, reader, abort);
    });
  }

  dispose(): void {
    this.#disposed = true;
    for (const abort of this.#aborts) abort.cancel();
    this.#credentials.dispose();
    this.#wire.dispose();
  }

  #ask<T>(question: Question, read: ReadReply<T>): Promise<Answer<T>> {
    return this.#withCredentials(question, async (identity, abort) => {
      const permit = await this.#permits.acquire(abort.signal);
      if (permit === undefined) return failed(abort.failure ?? cancelled(question.subject));
      try {
        return await this.#exchange(question, identity, abort, permit, read);
      } finally {
        permit.dispose();
      }
    });
  }

  async #withCredentials<T>(
    question: Question,
    attempt: (identity: Identity, abort: RequestAbort) => Promise<Answer<T>>,
  ): Promise<Answer<T>> {
    const abort = new RequestAbort(question.subject);
    this.#aborts.add(abort);
    if (this.#disposed) abort.cancel();
    const stopListening = abort.cancelOn(question.signal);
    try {
      // Reading the credentials may run a plugin, so nobody who has given up gets that far.
      if (abort.failure !== undefined) return failed(abort.failure);
      const identity = await abort.race(this.#credentials.current());
      if (!identity.ok) return identity;
      const first = await attempt(identity.value, abort);
      if (first.ok || first.failure.kind !== 'unauthorized') return first;
      const newer = await abort.race(this.#credentials.newerThan(identity.value));
      if (!newer.ok) return newer;
      const last = newer.value === identity.value ? first : await attempt(newer.value, abort);
      if (last.ok || last.failure.kind !== 'unauthorized') return last;
      const problem = certificateProblem(newer.value, this.#host.clock.wallTime());
      return problem === undefined ? last : failed({ kind: 'tls', message: problem });
    } finally {
      stopListening();
      this.#aborts.delete(abort);
    }
  }

  async #exchange<T>(
    question: Question,
    identity: Identity,
    abort: RequestAbort,
    permit: Disposable,
    read: ReadReply<T>,
  ): Promise<Answer<T>> {
    const { clock, log, requestTimeoutMs } = this.#host;
    const path = question.path + queryOf(question);
    const started = clock.now();
    const limit = clock.after(requestTimeoutMs, () => {
      abort.because(timedOut(question.subject, requestTimeoutMs));
      this.#wire.suspectDeadConnections();
    });
    const wait: Disposable = {
      dispose: () => {
        limit.dispose();
        permit.dispose();
      },
    };
    let code: number | undefined;
    let answer: Answer<T>;
    try {
      const signed = await this.#wire.sign(identity);
      if (!signed.ok) {
        answer = signed;
      } else {
        const headers: OutgoingHttpHeaders = {
          Accept: question.accept ?? 'application/json',
          // Tells these requests from others in the cluster's audit log.
          'User-Agent': 'kubefresh',
          // Compression would delay the events of a watch.
          'Accept-Encoding': question.query?.['watch'] === undefined ? 'gzip' : 'identity',
        };
        const reply = await this.#wire.get(signed.value, path, headers, abort.signal);
        ({ code } = reply);
        answer = code === 200 ? await read(reply, wait, abort) : await this.#refusal(reply, question);
      }
    } catch (error) {
      answer = failed(abort.failure ?? failureOfError(error, question.subject, this.#wire.destination));
    }
    wait.dispose();
    const outcome = answer.ok || answer.failure.status !== undefined ? String(code) : answer.failure.kind;
    log.request(`GET ${pathForLog(path)} ${outcome} ${Math.round(clock.now() - started)} ms`);
    return answer;
  }

  async #refusal({ code, headers, body }: Reply, question: Question): Promise<Answer<never>> {
    const status = await readBody(body, maxStatusBytes);
    const { 'content-type': contentType, 'retry-after': retryAfter } = headers;
    const refused = { code, contentType, retryAfter, body: status?.toString('utf8') ?? '' };
    return failed(failureOfAnswer(refused, question.subject, this.#host.clock.wallTime()));
  }

  async #readEvents(
    reply: Reply,
    question: Question,
    reader: WatchReader,
    abort: RequestAbort,
  ): Promise<Answer<WatchEnd>> {
    const lines = new LineSplitter(question.maxBytes);
    let silent = false as boolean;
    const arm = (): Disposable =>
      this.#host.clock.after(reader.silenceMs, () => {
        silent = true;
        reply.close();
      });
    let silence = arm();
    try {
      for await (const chunk of reply.body) {
        silence.dispose();
        silence = arm();
        const complete = lines.add(chunk);
        if (complete === undefined) return failed(invalid(question.subject, 'a line of the watch is too long'));
        for (const line of complete) {
          if (abort.failure !== undefined) return failed(abort.failure);
          const event = parseJson(line);
          if (event === undefined) return failed(notJson(reply, question, 'a line of the watch is not JSON'));
          const failure = reader.event(event.value);
          if (failure !== undefined) return failed(failure);
        }
      }
    } catch (error) {
      // As for client-go, a watch that is reset has ended (apimachinery `pkg/watch/streamwatcher.go`).
      if (!silent && !isReset(error)) throw error;
    } finally {
      silence.dispose();
      reply.close();
    }
    if (abort.failure !== undefined) return failed(abort.failure);
    return answered(silent ? 'silent' : 'ended');
  }
}

function queryOf({ query }: Question): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) parameters.set(name, value);
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

/** Leaves out the continue token, which is long and says nothing. */
function pathForLog(path: string): string {
  return path.replace(/continue=[^&]*/, 'continue=…');
}
