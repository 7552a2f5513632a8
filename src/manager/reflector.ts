import type { Clock } from '../objects/clock';
import type { Disposable } from '../objects/disposable';
import type { Answer, Failure } from '../objects/failure';
import { Backoff } from './backoff';
import { askFor } from './failures';
import type { Listing, ListWatch, WatchedObject, WatchEvents } from '../objects/listWatch';
import type { ReadKind, WatchProgress } from './reading';

/** Where a reflector tells what it learns. None of these may call it back but to stop it. */
export interface ReflectorListener<T> {
  /** What a list brought. `undefined`: there is no such object. */
  listed(object: T | undefined, read: ReadKind): void;
  /** What an event brought. `undefined`: the object was removed. */
  changed(object: T | undefined): void;
  /** A list or a watch failed and is tried again later. */
  failed(failure: Failure): void;
  /** Its progress is another than before. */
  moved(): void;
}

export interface ReflectorOptions<T> {
  readonly source: ListWatch<T>;
  readonly namespace: string;
  readonly name: string;
  readonly listener: ReflectorListener<T>;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** A watch is asked to end after this many seconds at least, and before twice as many. */
  readonly watchSeconds: () => number;
}

/** How far a reflector that was not stopped has come. */
export type ReflectorProgress = Extract<WatchProgress, { readonly state: 'syncing' | 'live' | 'retrying' }>;

/** A watch that ends sooner and brought nothing counts as failed. */
const shortMs = 1_000;

/**
 * Lists one object, then watches it, and goes on through every failure until it is stopped: client-go's reflector
 * (`tools/cache/reflector.go`, 1.25) for a single object.
 */
export class Reflector<T extends WatchedObject> {
  readonly #options: ReflectorOptions<T>;
  readonly #listPauses: Backoff;
  readonly #watchPauses: Backoff;
  #run: AbortController | undefined;
  #pause: Disposable | undefined;
  #progress: ReflectorProgress = { state: 'syncing' };
  #listing = false;
  /** The last version seen; it outlives a stop. */
  #version = '';
  /** The server no longer serves the last version: lists ask for the newest state until one succeeds. */
  #versionLost = false;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    const { clock, random } = options;
    this.#listPauses = new Backoff(() => clock.now(), random);
    this.#watchPauses = new Backoff(() => clock.now(), random);
  }

  get progress(): ReflectorProgress {
    return this.#progress;
  }

  /** Whether a list is under way. */
  get listing(): boolean {
    return this.#listing;
  }

  /** Lists and watches from now on. What a former run is still waiting for is not taken any more. */
  start(): void {
    this.#progress = { state: 'syncing' };
    this.#begin();
  }

  /** Lists at once, and the newest state, whatever is under way. */
  relist(): void {
    if (this.#run === undefined) this.#progress = { state: 'syncing' };
    this.#versionLost = true;
    this.#begin();
  }

  stop(): void {
    this.#run?.abort();
    this.#run = undefined;
    this.#pause?.dispose();
    this.#listing = false;
  }

  #begin(): void {
    this.stop();
    this.#run = new AbortController();
    void this.#follow(this.#run.signal);
  }

  async #follow(signal: AbortSignal): Promise<void> {
    while (!isOver(signal)) {
      const failure = (await this.#list(signal)) ?? (await this.#watch(signal));
      if (failure !== undefined && !isOver(signal)) await this.#pauseAfter(failure, this.#listPauses);
    }
  }

  async #list(signal: AbortSignal): Promise<Failure | undefined> {
    const { name, listener } = this.#options;
    this.#listing = true;
    this.#try();
    let version = this.#versionLost ? '' : this.#version === '' ? '0' : this.#version;
    let answer = await this.#askForList(version, signal);
    if (!answer.ok && isVersionLost(answer.failure) && !isOver(signal)) {
      this.#versionLost = true;
      version = '';
      answer = await this.#askForList(version, signal);
    }
    if (isOver(signal)) return undefined;
    this.#listing = false;
    if (!answer.ok) return answer.failure;
    this.#versionLost = false;
    this.#version = answer.value.resourceVersion;
    const object = answer.value.objects.find(({ metadata }) => metadata.name === name);
    listener.listed(object, version === '' ? 'quorum' : 'cache');
    return undefined;
  }

  #askForList(version: string, signal: AbortSignal): Promise<Answer<Listing<T>>> {
    const { source, namespace, name } = this.#options;
    return askFor(name, () => source.list(namespace, name, version, signal));
  }

  /** Watches, again and again, for as long as the last version is of use. */
  async #watch(signal: AbortSignal): Promise<Failure | undefined> {
    while (!isOver(signal)) {
      const failure = await this.#watchOnce(signal);
      if (failure === undefined || isOver(signal)) continue;
      if (!keepsVersion(failure)) return failure;
      await this.#pauseAfter(failure, this.#watchPauses);
    }
    return undefined;
  }

  async #watchOnce(signal: AbortSignal): Promise<Failure | undefined> {
    const { source, namespace, name, listener, clock, random, watchSeconds } = this.#options;
    this.#try();
    const startedAt = clock.now();
    let opened = false as boolean;
    let received = false as boolean;
    const take = (version: string | undefined): void => {
      received = true;
      if (version !== undefined) this.#version = version;
      this.#hear();
    };
    const events: WatchEvents<T> = {
      opened: () => {
        if (isOver(signal)) return;
        opened = true;
        this.#hear();
      },
      changed: (object) => {
        if (isOver(signal)) return;
        take(object.metadata.resourceVersion);
        if (object.metadata.name === name) listener.changed(object);
      },
      removed: ({ metadata }) => {
        if (isOver(signal)) return;
        take(metadata.resourceVersion);
        if (metadata.name === name) listener.changed(undefined);
      },
      bookmark: (version) => {
        if (!isOver(signal)) take(version);
      },
    };
    const timeoutSeconds = Math.floor(watchSeconds() * (1 + random()));
    const end = await askFor(name, () => source.watch(namespace, name, this.#version, timeoutSeconds, events, signal));
    // An open stream that breaks off has ended, as for client-go.
    if (!end.ok && !(opened && end.failure.kind === 'unreachable')) return end.failure;
    if (received || clock.now() - startedAt >= shortMs) return undefined;
    return { kind: 'server', message: `the server ends each watch of ${name} at once` };
  }

  #pauseAfter(failure: Failure, pauses: Backoff): Promise<void> {
    const { clock, listener } = this.#options;
    const ms = Math.max(pauses.next(), failure.retryAfterMs ?? 0);
    const failedAt = clock.now();
    const since = this.#progress.state === 'retrying' ? this.#progress.since : failedAt;
    this.#progress = { state: 'retrying', failure, since, failedAt, nextTryAt: failedAt + ms };
    // Once stopped nothing goes on after the pause, so its promise need not settle.
    const over = new Promise<void>((resolve) => {
      this.#pause = clock.after(ms, resolve);
    });
    listener.failed(failure);
    return over;
  }

  /** A list or a watch begins. */
  #try(): void {
    if (this.#progress.state === 'retrying') this.#progress = { ...this.#progress, nextTryAt: undefined };
    this.#options.listener.moved();
  }

  /** The watch gave a sign of life. */
  #hear(): void {
    const heardAt = this.#options.clock.now();
    if (this.#progress.state === 'live') {
      this.#progress = { ...this.#progress, heardAt };
      return;
    }
    this.#progress = { state: 'live', since: heardAt, heardAt };
    this.#options.listener.moved();
  }
}

function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Whether the server cannot list as of the version asked for: it is too old, or the server has not come as far. */
function isVersionLost({ kind, status }: Failure): boolean {
  return kind === 'gone' || (kind === 'timeout' && status?.message.includes('Too large resource version') === true);
}

/** Whether a watch can go on from the last version once the server can be reached, without a list. */
function keepsVersion({ kind, status }: Failure): boolean {
  return kind === 'unreachable' || kind === 'throttled' || status?.code === 429;
}
