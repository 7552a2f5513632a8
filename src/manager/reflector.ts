import type { Clock } from '../objects/clock';
import type { Disposable } from '../objects/disposable';
import type { Answer, Failure } from '../objects/failure';
import { Backoff } from './backoff';
import { askFor } from './storeFailures';
import type { Listing, ListWatch, WatchedObject, WatchStart } from '../objects/listWatch';
import type { ReadKind, WatchProgress } from './reading';
import type { KubeletRules } from './rules';
import { WatchRun, type WatchListener, type WatchOutcome } from './watchRun';

/** Where a reflector tells what it learns. None of these may call it back but to stop it. */
export interface ReflectorListener<T> {
  /** What a list, or a watch that began with the state, brought. `undefined`: there is no such object. */
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
  readonly rules: () => FollowingRules;
}

/** What a reflector needs to know of the kubelet; asked for with each request. */
export type FollowingRules = Pick<KubeletRules, 'following' | 'watchSeconds'>;

/** How far a reflector that was not stopped has come. */
export type ReflectorProgress = Extract<WatchProgress, { readonly state: 'syncing' | 'live' | 'retrying' }>;

/**
 * Lists one object, then watches it, or has a watch begin with its state, and goes on through every failure until it is
 * stopped: client-go's reflector (`tools/cache/reflector.go`, 1.25 and 1.37) for a single object.
 */
export class Reflector<T extends WatchedObject> {
  readonly #options: ReflectorOptions<T>;
  readonly #backoff: Backoff;
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
    this.#backoff = new Backoff(() => options.clock.now(), options.random);
  }

  get progress(): ReflectorProgress {
    return this.#progress;
  }

  /** Whether the state is asked for. */
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
      const failure = await this.#listAndWatch(signal);
      if (failure !== undefined && !isOver(signal)) await this.#pauseAfter(failure);
    }
  }

  async #listAndWatch(signal: AbortSignal): Promise<Failure | undefined> {
    const streamed = this.#options.rules().following === '1.35' ? await this.#stream(signal) : undefined;
    if (streamed !== undefined) return this.#watch(signal, streamed);
    return (await this.#list(signal)) ?? this.#watch(signal);
  }

  /** Watches from the state on, again and again until that came. @returns undefined: it is to be listed for once. */
  async #stream(signal: AbortSignal): Promise<WatchOutcome | undefined> {
    while (!isOver(signal)) {
      const resourceVersion = this.#versionLost ? '' : this.#version;
      const outcome = await this.#watchOnce({ begin: 'state', resourceVersion }, signal);
      const { told, failure } = outcome;
      if (told || isOver(signal)) return outcome;
      if (failure === undefined) continue;
      const lost = isVersionLost(failure);
      if (!lost && !keepsVersion(failure)) return undefined;
      // The newest state is never too old. client-go would ask again at once, and again.
      if (!lost || resourceVersion === '') await this.#pauseAfter(failure);
      if (lost) this.#versionLost = true;
    }
    return undefined;
  }

  async #list(signal: AbortSignal): Promise<Failure | undefined> {
    if (isOver(signal)) return undefined;
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
    const { objects, resourceVersion } = answer.value;
    const object = objects.find(({ metadata }) => metadata.name === this.#options.name);
    this.#take(object, resourceVersion, version);
    return undefined;
  }

  /** The state came. @param asked The version that it was asked for with. */
  #take(object: T | undefined, version: string, asked: string): void {
    this.#versionLost = false;
    this.#version = version;
    this.#options.listener.listed(object, asked === '' ? 'quorum' : 'cache');
  }

  #askForList(version: string, signal: AbortSignal): Promise<Answer<Listing<T>>> {
    const { source, namespace, name } = this.#options;
    return askFor(name, () => source.list(namespace, name, version, signal));
  }

  /**
   * Watches, again and again, for as long as the last version is of use.
   * @param streamed How a watch that brought the state has ended.
   */
  async #watch(signal: AbortSignal, streamed?: WatchOutcome): Promise<Failure | undefined> {
    for (let ended = streamed; !isOver(signal); ended = undefined) {
      const start = { begin: 'events', resourceVersion: this.#version } as const;
      const { failure } = ended ?? (await this.#watchOnce(start, signal));
      if (failure === undefined || isOver(signal)) continue;
      if (!keepsVersion(failure)) return failure;
      await this.#pauseAfter(failure);
    }
    return undefined;
  }

  async #watchOnce(start: WatchStart, signal: AbortSignal): Promise<WatchOutcome> {
    const { source, namespace, name, listener, clock, random, rules } = this.#options;
    this.#listing = start.begin === 'state';
    this.#try();
    const takes: WatchListener<T> = {
      heard: (version) => {
        if (version !== undefined) this.#version = version;
        this.#hear();
      },
      told: (object, version) => {
        this.#listing = false;
        this.#take(object, version, start.resourceVersion);
        // Whoever was told may have stopped it.
        if (!isOver(signal)) this.#hear();
      },
      changed: (object) => {
        listener.changed(object);
      },
    };
    const run = new WatchRun<T>(start.begin, name, clock, takes, signal);
    const timeoutSeconds = Math.floor(rules().watchSeconds * (1 + random()));
    const end = await askFor(name, () => source.watch(namespace, name, start, timeoutSeconds, run, signal));
    if (!isOver(signal)) this.#listing = false;
    return run.outcome(end);
  }

  #pauseAfter(failure: Failure): Promise<void> {
    const { clock, listener } = this.#options;
    const ms = Math.max(this.#backoff.next(), failure.retryAfterMs ?? 0);
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
