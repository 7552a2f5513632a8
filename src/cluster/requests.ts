import type { OutgoingHttpHeaders } from 'node:http';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { answered, failed, type Answer, type Failure } from '../objects/failure';
import type { Disposable } from '../objects/disposable';
import type { WatchEnd } from '../objects/listWatch';
import type { ClusterHost } from './contract';
import { certificateProblem, type Credentials, type Identity } from './credentials';
import { cancelled, failureOfAnswer, failureOfError, invalid, timedOut } from './requestFailures';
import { Ending } from './ending';
import { ItemSplitter } from './items';
import { listIn, objectIn } from './json';
import { LineSplitter } from './lines';
import { Permits } from './permits';
import type { Reply, Wire } from './wire';

/** A question to the API server. */
export interface Question {
  /** Below the server's address, with every segment encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** What is asked for, in the words of the API server's messages: `secrets "db" in namespace "shop"`. */
  readonly subject: string;
  readonly signal?: AbortSignal | undefined;
  /** Instead of `application/json`. */
  readonly accept?: string;
  /** The longest body, or line of a watch, in bytes. */
  readonly mostBytes: number;
}

export interface WatchReader {
  /** The server accepted the watch. */
  opened(): void;
  /** One event; a failure ends the watch. */
  event(value: unknown): Failure | undefined;
  /** After this many milliseconds without data the watch ends as `silent`. */
  readonly silenceMs: number;
}

const mostStatusBytes = 64 * 1024;

/** Reads an answer. To dispose `answering` says that it is no longer awaited, though it goes on. */
type Read<T> = (reply: Reply, answering: Disposable, ending: Ending) => Promise<Answer<T>>;

type RequestHost = Pick<ClusterHost, 'clock' | 'log' | 'requestTimeoutMs'>;

/** Sends questions with credentials, renews refused ones once, and turns whatever happens into an answer. */
export class Requests implements Disposable {
  readonly #wire: Wire;
  readonly #credentials: Credentials;
  readonly #host: RequestHost;
  readonly #permits: Permits;
  /** Of the questions that are under way. Thousands of listeners of one signal would take long to add and remove. */
  readonly #endings = new Set<Ending>();
  #disposed = false;

  /** @param mostParallel How many questions wait for their answers at a time. A watch that is open has its answer. */
  constructor(wire: Wire, credentials: Credentials, host: RequestHost, mostParallel: number) {
    this.#wire = wire;
    this.#credentials = credentials;
    this.#host = host;
    this.#permits = new Permits(mostParallel);
  }

  /** The JSON of one object. The time limit covers connecting, headers and body. */
  get(question: Question): Promise<Answer<unknown>> {
    return this.#ask(question, (reply) => readJson(reply, question));
  }

  /**
   * The JSON of one page of a list without its items, which `take` gets a few at a time as they arrive; a failure that
   * it answers ends the request. The time limit is that of `get`.
   */
  getItems(question: Question, take: (items: readonly unknown[]) => Failure | undefined): Promise<Answer<unknown>> {
    return this.#ask(question, (reply) => readItems(reply, question, take));
  }

  /** Reads a watch until it ends. The time limit covers connecting and headers. */
  watch(question: Question, reader: WatchReader): Promise<Answer<WatchEnd>> {
    return this.#ask(question, async (reply, answering, ending) => {
      answering.dispose();
      reader.opened();
      return this.#readEvents(reply, question, reader, ending);
    });
  }

  dispose(): void {
    this.#disposed = true;
    for (const ending of this.#endings) ending.cancel();
    this.#credentials.dispose();
    this.#wire.dispose();
  }

  #ask<T>(question: Question, read: Read<T>): Promise<Answer<T>> {
    return this.#withCredentials(question, async (identity, ending) => {
      const permit = await this.#permits.acquire(ending.signal);
      if (permit === undefined) return failed(ending.failure ?? cancelled(question.subject));
      try {
        return await this.#exchange(question, identity, ending, permit, read);
      } finally {
        permit.dispose();
      }
    });
  }

  async #withCredentials<T>(
    question: Question,
    attempt: (identity: Identity, ending: Ending) => Promise<Answer<T>>,
  ): Promise<Answer<T>> {
    const ending = new Ending(question.subject);
    this.#endings.add(ending);
    if (this.#disposed) ending.cancel();
    const stopListening = ending.cancelOn(question.signal);
    try {
      // Before the credentials are asked for: that may run a plugin.
      if (ending.failure !== undefined) return failed(ending.failure);
      const identity = await ending.race(this.#credentials.current());
      if (!identity.ok) return identity;
      const first = await attempt(identity.value, ending);
      if (first.ok || first.failure.kind !== 'unauthorized') return first;
      const newer = await ending.race(this.#credentials.newerThan(identity.value));
      if (!newer.ok) return newer;
      const last = newer.value === identity.value ? first : await attempt(newer.value, ending);
      if (last.ok || last.failure.kind !== 'unauthorized') return last;
      const problem = certificateProblem(newer.value, this.#host.clock.wallTime());
      return problem === undefined ? last : failed({ kind: 'tls', message: problem });
    } finally {
      stopListening();
      this.#endings.delete(ending);
    }
  }

  async #exchange<T>(
    question: Question,
    identity: Identity,
    ending: Ending,
    permit: Disposable,
    read: Read<T>,
  ): Promise<Answer<T>> {
    const { clock, log, requestTimeoutMs } = this.#host;
    const path = question.path + queryOf(question);
    const started = clock.now();
    const limit = clock.after(requestTimeoutMs, () => {
      ending.end(timedOut(question.subject, requestTimeoutMs));
      this.#wire.doubt();
    });
    const answering: Disposable = {
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
          // So that a cluster's administrator can tell these requests in the audit log.
          'User-Agent': 'kubefresh',
          // Compression would hold back the events of a watch.
          'Accept-Encoding': question.query?.['watch'] === undefined ? 'gzip' : 'identity',
        };
        const reply = await this.#wire.get(signed.value, path, headers, ending.signal);
        ({ code } = reply);
        answer = code === 200 ? await read(reply, answering, ending) : await this.#refusal(reply, question);
      }
    } catch (error) {
      answer = failed(ending.failure ?? failureOfError(error, question.subject, this.#wire.destination));
    }
    answering.dispose();
    const outcome = answer.ok || answer.failure.status !== undefined ? String(code) : answer.failure.kind;
    log.request(`GET ${shownPath(path)} ${outcome} ${Math.round(clock.now() - started)} ms`);
    return answer;
  }

  async #refusal({ code, headers, body: whole }: Reply, question: Question): Promise<Answer<never>> {
    const body = await readBody(whole, mostStatusBytes);
    const { 'content-type': contentType, 'retry-after': retryAfter } = headers;
    const refused = { code, contentType, retryAfter, body: body?.toString('utf8') ?? '' };
    return failed(failureOfAnswer(refused, question.subject, this.#host.clock.wallTime()));
  }

  async #readEvents(reply: Reply, question: Question, reader: WatchReader, ending: Ending): Promise<Answer<WatchEnd>> {
    const lines = new LineSplitter(question.mostBytes);
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
          if (ending.failure !== undefined) return failed(ending.failure);
          const event = parse(line);
          if (event === undefined) return failed(notJson(reply, question, 'a line of the watch is not JSON'));
          const failure = reader.event(event.value);
          if (failure !== undefined) return failed(failure);
        }
      }
    } catch (error) {
      if (!silent) throw error;
    } finally {
      silence.dispose();
      reply.close();
    }
    if (ending.failure !== undefined) return failed(ending.failure);
    return answered(silent ? 'silent' : 'ended');
  }
}

async function readJson(reply: Reply, question: Question): Promise<Answer<unknown>> {
  try {
    const body = await readBody(plain(reply), question.mostBytes);
    return body === undefined ? tooLong(question) : jsonIn(body.toString('utf8'), reply, question);
  } catch (error) {
    return brokenCompression(error, question);
  }
}

async function readItems(
  reply: Reply,
  question: Question,
  take: (items: readonly unknown[]) => Failure | undefined,
): Promise<Answer<unknown>> {
  const splitter = new ItemSplitter();
  let size = 0;
  try {
    for await (const chunk of plain(reply)) {
      size += chunk.length;
      if (size > question.mostBytes) return tooLong(question);
      const items: unknown[] = [];
      for (const text of splitter.add(chunk)) {
        const item = jsonIn(text, reply, question);
        if (!item.ok) return item;
        items.push(item.value);
      }
      const failure = items.length === 0 ? undefined : take(items);
      if (failure !== undefined) return failed(failure);
    }
  } catch (error) {
    return brokenCompression(error, question);
  }
  const list = jsonIn(splitter.end(), reply, question);
  const scalars = list.ok ? listIn(objectIn(list.value)?.['items']) : [];
  return scalars.length === 0 ? list : failed(invalid(question.subject, 'an item of the list is no object'));
}

/** The body without its compression, in chunks of some milliseconds' work. */
function plain({ headers, body }: Reply): AsyncIterable<Buffer> {
  if (headers['content-encoding'] !== 'gzip') return body;
  // Whoever reads it sees the errors of both, and ends both by not reading on.
  return pipeline(body, createGunzip({ chunkSize: 64 * 1024 }), () => undefined);
}

function jsonIn(text: string, reply: Reply, question: Question): Answer<unknown> {
  const parsed = parse(text);
  if (parsed !== undefined) return answered(parsed.value);
  return failed(notJson(reply, question, 'it is not complete JSON'));
}

function notJson({ headers }: Reply, { subject }: Question, otherwise: string): Failure {
  const type = headers['content-type']?.split(';')[0]?.trim() ?? '';
  return invalid(subject, type === '' || type === 'application/json' ? otherwise : `it is ${type} instead of JSON`);
}

function tooLong({ subject, mostBytes }: Question): Answer<never> {
  return failed(invalid(subject, `it is longer than ${Math.round(mostBytes / 1024 / 1024)} MiB`));
}

/** Throws what is no error of the decompression. */
function brokenCompression(error: unknown, { subject }: Question): Answer<never> {
  if ((error as NodeJS.ErrnoException).code?.startsWith('Z_') !== true) throw error;
  return failed(invalid(subject, 'its compression is broken'));
}

/** The whole body; undefined if it is longer than allowed, and then the socket is closed. */
async function readBody(body: AsyncIterable<Buffer>, most: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    // Leaving the loop ends the request.
    if (size > most) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/** V8 copies the strings of parsed JSON, so what is kept of an answer does not keep its whole text. */
function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

function queryOf({ query }: Question): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) parameters.set(name, value);
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

/** A continue token is long and says nothing. */
function shownPath(path: string): string {
  return path.replace(/continue=[^&]*/, 'continue=…');
}
