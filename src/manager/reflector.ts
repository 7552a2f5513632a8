import type { Clock } from '../objects/clock';
import type { Disposable } from '../objects/disposable';
import { isAboutTheServer, type Answer, type Failure } from '../objects/failure';
import { Backoff } from './backoff';
import { askFor } from './storeFailures';
import type { Listing, ListWatch, WatchedObject, WatchStart } from '../objects/listWatch';
import type { ReadKind, WatchProgress } from './reading';
import type { KubeletRules } from './rules';
import { WatchRun, type WatchListener, type WatchOutcome } from './watchRun';

/** Who is told what a reflector learns. The listener may stop the reflector, and call nothing else of it. */
export interface ReflectorListener<T> {
  /** A list came, or the state that a watch began with. `undefined`: there is no such object. */
  listed(object: T | undefined, read: ReadKind): void;
  /** An event came. `undefined`: the object was removed. */
  changed(object: T | undefined): void;
  /** A list or a watch failed. The reflector tries again later. */
  failed(failure: Failure): void;
  /** The reflector's progress changed. */
  progressed(): void;
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

/** The kubelet's rules for following an object. They are read before each request. */
export type FollowingRules = Pick<KubeletRules, 'following' | 'watchSeconds'>;

/** The progress of a reflector that is not stopped. */
export type ReflectorProgress = Extract<WatchProgress, { readonly state: 'syncing' | 'live' | 'retrying' }>;

/**
 * Follows one object through every failure until it is stopped. It lists the object and then watches it, or it opens a watch
 * that begins with the state. Mirrors client-go's reflector (`tools/cache/reflector.go`, 1.25 and 1.37) for a single object.
 */
export class Reflector<T extends WatchedObject> {
  readonly #options: ReflectorOptions<T>;
  readonly #backoff: Backoff;
  #run: AbortController | undefined;
  #pause: { readonly timer: Disposable; readonly end: () => void } | undefined;
  #progress: ReflectorProgress = { state: 'syncing' };
  #listing = false;
  /** The last version seen. A stop does not reset it. */
  #version = '';
  /** Whether the server refused the last version. Lists then ask for the newest state until one succeeds. */
  #versionLost = false;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#backoff = new Backoff(() => options.clock.now(), options.random);
  }

  get progress(): ReflectorProgress {
    return this.#progress;
  }

  /** Whether a list is under way, or a watch whose state did not come yet. */
  get listing(): boolean {
    return this.#listing;
  }

  /** Follows the object from now on. Answers to requests of an earlier run are ignored. */
  start(): void {
    this.#progress = { state: 'syncing' };
    this.#begin();
  }

  /** Asks for the newest state at once, and ends what is under way. */
  relist(): void {
    if (this.#run === undefined) this.#progress = { state: 'syncing' };
    this.#versionLost = true;
    this.#begin();
  }

  /** The server answers again: what it did not answer is asked at once. */
  retry(): void {
    if (this.#progress.state === 'retrying' && isAboutTheServer(this.#progress.failure)) this.#endPause();
  }

  #endPause(): void {
    const pause = this.#pause;
    this.#pause = undefined;
    pause?.timer.dispose();
    pause?.end();
  }

  stop(): void {
    this.#run?.abort();
    this.#run = undefined;
    this.#pause?.timer.dispose();
    this.#pause = undefined;
    this.#listing = false;
  }

  #begin(): void {
    this.stop();
    this.#run = new AbortController();
    void this.#follow(this.#run.signal);
  }

  async #follow(signal: AbortSignal): Promise<void> {
    while (!isStopped(signal)) {
      const failure = await this.#listAndWatch(signal);
      if (failure !== undefined && !isStopped(signal)) await this.#pauseAfter(failure);
    }
  }

  async #listAndWatch(signal: AbortSignal): Promise<Failure | undefined> {
    const first = this.#options.rules().following === '1.35' ? await this.#watchFromState(signal) : undefined;
    if (first !== undefined) return this.#watch(signal, first);
    return (await this.#list(signal)) ?? this.#watch(signal);
  }

  /** Opens watches that begin with the state, until the state came. @returns undefined if a list has to bring it. */
  async #watchFromState(signal: AbortSignal): Promise<WatchOutcome | undefined> {
    while (!isStopped(signal)) {
      const resourceVersion = this.#versionLost ? '' : this.#version;
      const outcome = await this.#watchOnce({ begin: 'state', resourceVersion }, signal);
      const { stateArrived, failure } = outcome;
      if (stateArrived || isStopped(signal)) return outcome;
      if (failure === undefined) continue;
      const lost = isVersionLost(failure);
      if (!lost && !keepsVersion(failure)) return undefined;
      // The newest state cannot be too old, so another request at once would fail as well. client-go does not pause here.
      if (!lost || resourceVersion === '') await this.#pauseAfter(failure);
      if (lost) this.#versionLost = true;
    }
    return undefined;
  }

  async #list(signal: AbortSignal): Promise<Failure | undefined> {
    if (isStopped(signal)) return undefined;
    this.#listing = true;
    this.#noteAttempt();
    let version = this.#versionLost ? '' : this.#version === '' ? '0' : this.#version;
    let answer = await this.#askForList(version, signal);
    if (!answer.ok && isVersionLost(answer.failure) && !isStopped(signal)) {
      this.#versionLost = true;
      version = '';
      answer = await this.#askForList(version, signal);
    }
    if (isStopped(signal)) return undefined;
    this.#listing = false;
    if (!answer.ok) return answer.failure;
    const { objects, resourceVersion } = answer.value;
    const object = objects.find(({ metadata }) => metadata.name === this.#options.name);
    this.#storeState(object, resourceVersion, version);
    return undefined;
  }

  /** @param requestedVersion The option of the request that brought the state: empty for the newest state. */
  #storeState(object: T | undefined, version: string, requestedVersion: string): void {
    this.#versionLost = false;
    this.#version = version;
    this.#options.listener.listed(object, requestedVersion === '' ? 'quorum' : 'cache');
  }

  #askForList(version: string, signal: AbortSignal): Promise<Answer<Listing<T>>> {
    const { source, namespace, name } = this.#options;
    return askFor(name, () => source.list(namespace, name, version, signal));
  }

  /**
   * Watches again and again, while the server can go on from the last version.
   * @param first How the watch that brought the state ended, if a watch did.
   * @returns the failure after which a list is needed.
   */
  async #watch(signal: AbortSignal, first?: WatchOutcome): Promise<Failure | undefined> {
    for (let ended = first; !isStopped(signal); ended = undefined) {
      const start = { begin: 'events', resourceVersion: this.#version } as const;
      const { failure } = ended ?? (await this.#watchOnce(start, signal));
      if (failure === undefined || isStopped(signal)) continue;
      if (!keepsVersion(failure)) return failure;
      await this.#pauseAfter(failure);
    }
    return undefined;
  }

  async #watchOnce(start: WatchStart, signal: AbortSignal): Promise<WatchOutcome> {
    const { source, namespace, name, listener, clock, random, rules } = this.#options;
    this.#listing = start.begin === 'state';
    this.#noteAttempt();
    const watchListener: WatchListener<T> = {
      alive: (version) => {
        if (version !== undefined) this.#version = version;
        this.#noteAlive();
      },
      stateArrived: (object, version) => {
        this.#listing = false;
        this.#storeState(object, version, start.resourceVersion);
        // The listener may have stopped the reflector.
        if (!isStopped(signal)) this.#noteAlive();
      },
      changed: (object) => {
        listener.changed(object);
      },
    };
    const run = new WatchRun<T>(start.begin, name, clock, watchListener, signal);
    const timeoutSeconds = Math.floor(rules().watchSeconds * (1 + random()));
    const end = await askFor(name, () => source.watch(namespace, name, start, timeoutSeconds, run, signal));
    if (!isStopped(signal)) this.#listing = false;
    return run.outcome(end);
  }

  #pauseAfter(failure: Failure): Promise<void> {
    const { clock, listener } = this.#options;
    const ms = Math.max(this.#backoff.next(), failure.retryAfterMs ?? 0);
    const failedAt = clock.now();
    const since = this.#progress.state === 'retrying' ? this.#progress.since : failedAt;
    this.#progress = { state: 'retrying', failure, since, failedAt, nextTryAt: failedAt + ms };
    // A stop disposes the timer. The promise then never settles, and nothing waits for it but the run that ended.
    const over = new Promise<void>((resolve) => {
      const timer = clock.after(ms, () => {
        this.#endPause();
      });
      this.#pause = { timer, end: resolve };
    });
    listener.failed(failure);
    return over;
  }

  /** A list or a watch begins. */
  #noteAttempt(): void {
    if (this.#progress.state === 'retrying') this.#progress = { ...this.#progress, nextTryAt: undefined };
    this.#options.listener.progressed();
  }

  /** The watch gave a sign of life. */
  #noteAlive(): void {
    const heardAt = this.#options.clock.now();
    if (this.#progress.state === 'live') {
      this.#progress = { ...this.#progress, heardAt };
      return;
    }
    this.#progress = { state: 'live', since: heardAt, heardAt };
    this.#options.listener.progressed();
  }
}

function isStopped(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Whether the server cannot serve the requested version: it is too old, or the server has not reached it yet. */
function isVersionLost({ kind, status }: Failure): boolean {
  return kind === 'gone' || (kind === 'timeout' && status?.message.includes('Too large resource version') === true);
}

/** Whether the next watch can go on from the last version without a list before it. */
function keepsVersion({ kind, status }: Failure): boolean {
  return kind === 'unreachable' || kind === 'throttled' || status?.code === 429;
}
