import { failureOfStatus, type Answer, type Failure } from '../../src/objects/failure';
import type { Reading } from '../../src/manager/reading';
import type { FetchObject } from '../../src/manager/store';
import { TtlStore } from '../../src/manager/ttlStore';
import { settle } from '../connection/fakeClock';

/** An object with nothing but a version. */
export interface Token {
  readonly metadata: { readonly resourceVersion: string };
}

export function token(version: string): Token {
  return { metadata: { resourceVersion: version } };
}

export function object(version: string): Answer<Token> {
  return { ok: true, value: token(version) };
}

export function failing(failure: Failure): Answer<Token> {
  return { ok: false, failure };
}

export const notFound = failureOfStatus({ code: 404, reason: 'NotFound', message: 'secrets "db" not found' });
export const notFoundAgain = failureOfStatus({ code: 404, reason: 'NotFound', message: 'secrets "db" is still away' });
export const serverError = failureOfStatus({ code: 500, reason: 'InternalError', message: 'boom' });
export const cancelled: Failure = { kind: 'cancelled', message: 'the request was cancelled' };

/** One GET that the store sent. */
export interface SentRequest {
  readonly key: string;
  readonly resourceVersion: '' | '0';
  readonly signal: AbortSignal | undefined;
  /** Answers it and lets those who wait for it run. */
  readonly answer: (answer: Answer<Token>) => Promise<void>;
}

/** An API server that answers when it is told to, or at once where `atOnce` is set. */
export class ScriptedFetch {
  /** Every request so far. */
  readonly sent: SentRequest[] = [];
  /** Those that are not answered yet. */
  readonly open = new Set<SentRequest>();
  atOnce: ((key: string) => Answer<Token>) | undefined;

  readonly fetch: FetchObject<Token> = (namespace, name, resourceVersion, signal) => {
    const key = `${namespace}/${name}`;
    return new Promise((resolve) => {
      const request: SentRequest = {
        key,
        resourceVersion,
        signal,
        answer: (answer) => {
          this.open.delete(request);
          resolve(answer);
          return settle();
        },
      };
      this.sent.push(request);
      if (this.atOnce === undefined) this.open.add(request);
      else resolve(this.atOnce(key));
    });
  };

  /** The request that was sent last. */
  get last(): SentRequest {
    const last = this.sent.at(-1);
    if (last === undefined) throw new Error('nothing was requested');
    return last;
  }

  /** The requests since the last call, as `namespace/name` or, from the server's cache, `namespace/name 0`. */
  take(): string[] {
    const lines = this.sent.map(({ key, resourceVersion }) => `${key} ${resourceVersion}`.trimEnd());
    this.sent.splice(0);
    return lines;
  }
}

/** A store with everything it depends on in the hands of the test. */
export class StoreBench {
  now = 1_000_000;
  ttlMs = 60_000;
  /** Keys that the store reported as changed. */
  readonly changes: string[] = [];
  readonly server = new ScriptedFetch();
  readonly store = new TtlStore<Token>({
    fetchObject: this.server.fetch,
    ttlMs: () => this.ttlMs,
    now: () => this.now,
    changed: (namespace, name) => this.changes.push(`${namespace}/${name}`),
  });

  /** Calls get, and has its request answered if it sends one. */
  async read(answer: Answer<Token>, key = 'ns/db'): Promise<Reading<Token>> {
    const [namespace = '', name = ''] = key.split('/');
    const reading = this.store.get(namespace, name);
    await this.#answerOpen(answer);
    return reading;
  }

  async refresh(answer: Answer<Token>): Promise<Reading<Token>> {
    const reading = this.store.refresh('ns', 'db');
    await this.#answerOpen(answer);
    return reading;
  }

  takeChanges(): string[] {
    return this.changes.splice(0);
  }

  async #answerOpen(answer: Answer<Token>): Promise<void> {
    for (const request of [...this.server.open]) await request.answer(answer);
  }
}

/** What a promise came to, seen without waiting for it. */
export interface Watched<T> {
  readonly settled: T[];
}

export function watch<T>(promise: Promise<T>): Watched<T> {
  const settled: T[] = [];
  void promise.then((value) => settled.push(value));
  return { settled };
}

/** A reading in a few words, for comparing. */
export function brief(reading: Reading<Token>): string {
  if (reading.outcome !== 'failed') return `${reading.outcome} ${reading.object.metadata.resourceVersion}`;
  return `failed ${reading.failure.kind}`;
}
