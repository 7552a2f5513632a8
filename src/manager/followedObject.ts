import type { Clock } from '../objects/clock';
import type { Failure } from '../objects/failure';
import { cancelledReading, notListed, notSynced, type ResourceName } from './storeFailures';
import type { ListWatch, WatchedObject } from '../objects/listWatch';
import type { Content, Reading, ReadKind, Upkeep } from './reading';
import { Reflector, type FollowingRules, type ReflectorListener } from './reflector';

export interface FollowedObjectOptions<T> {
  readonly source: ListWatch<T>;
  readonly namespace: string;
  readonly name: string;
  readonly resource: ResourceName;
  readonly clock: Clock;
  readonly random: () => number;
  readonly rules: () => FollowingRules;
  /** Called when the content, the reading or the upkeep may have changed. */
  readonly changed: () => void;
}

/** Answers a caller that waits for a reading. */
export type Settle<T> = (reading: Reading<T>) => void;

/**
 * One object that a reflector follows, and the callers that wait for its list. Mirrors `objectCacheItem` in
 * `pkg/kubelet/util/manager/watch_based_manager.go`, 1.25.
 */
export class FollowedObject<T extends WatchedObject> implements ReflectorListener<T> {
  /** When a caller last asked for it, in milliseconds of the store's clock for idle objects. */
  lastReadAt = -Infinity;
  readonly #options: FollowedObjectOptions<T>;
  readonly #reflector: Reflector<T>;
  /** What the last list or event brought. */
  #latest: { readonly object: T | undefined; readonly at: number; readonly read: ReadKind } | undefined;
  /** Whether a list came since the start. Gets are then served at once. */
  #synced = false;
  /** Whether a served object was immutable. It is then served until the last reference goes. */
  #immutable = false;
  /** In milliseconds of the clock. Absent while the object is followed. */
  #stoppedAt: number | undefined;
  /** Gets that wait for a list. */
  #waiting = new Set<Settle<T>>();
  /** Refreshes that wait for a list or its failure. */
  readonly #refreshing = new Set<Settle<T>>();

  constructor(options: FollowedObjectOptions<T>) {
    this.#options = options;
    this.#reflector = new Reflector({ ...options, listener: this });
  }

  get synced(): boolean {
    return this.#synced;
  }

  get immutable(): boolean {
    return this.#immutable;
  }

  get stopped(): boolean {
    return this.#stoppedAt !== undefined;
  }

  /** Whether a list is under way. */
  get listing(): boolean {
    return this.#reflector.listing;
  }

  get content(): Content<T> {
    if (this.#latest === undefined) return { state: 'none' };
    const { object, at: readAt, read } = this.#latest;
    return object === undefined
      ? { state: 'notFound', failure: this.#notFound(), readAt }
      : { state: 'object', object, readAt, read };
  }

  get upkeep(): Upkeep & { readonly by: 'watch' } {
    const by = 'watch';
    const synced = this.#synced;
    if (this.#stoppedAt === undefined) return { by, synced, ...this.#reflector.progress };
    return { by, synced, state: this.#immutable ? 'immutable' : 'idle', since: this.#stoppedAt };
  }

  start(): void {
    this.#reflector.start();
  }

  /** Keeps the copy. It is served again after the next list, or at once if it is immutable. */
  stop(): void {
    if (this.#stoppedAt !== undefined) return;
    this.#stoppedAt = this.#options.clock.now();
    this.#synced = this.#immutable;
    this.#reflector.stop();
    for (const settle of [...this.#refreshing]) settle(cancelledReading);
    this.#options.changed();
  }

  retry(): void {
    this.#reflector.retry();
  }

  startIfStopped(): void {
    if (this.#stoppedAt === undefined || this.#immutable) return;
    this.#stoppedAt = undefined;
    this.#reflector.start();
  }

  /** Takes over the callers that wait for a list of the same object. */
  takeOverWaiting(former: FollowedObject<T>): void {
    this.#waiting = former.#waiting;
  }

  /** Answers a get after a list came. An immutable object is not followed any longer. */
  serve(outcome: 'hit' | 'fetched'): Reading<T> {
    const latest = this.#latest;
    if (latest?.object === undefined) return { outcome: 'failed', failure: this.#notFound() };
    const { object, at: readAt, read } = latest;
    if (object.immutable === true) {
      this.#immutable = true;
      this.stop();
    }
    return outcome === 'hit' ? { outcome, object, readAt } : { outcome, object, readAt, read };
  }

  /** Answers with the next list, or fails after `limitMs`. @returns a function that ends the wait. */
  awaitList(settle: Settle<T>, limitMs: number): () => void {
    const waiting = this.#waiting;
    waiting.add(settle);
    const limit = this.#options.clock.after(limitMs, () => {
      const { progress } = this.#reflector;
      settle({
        outcome: 'failed',
        failure: notSynced(this.#options.resource),
        ...(progress.state === 'retrying' ? { because: progress.failure } : {}),
      });
    });
    return () => {
      limit.dispose();
      waiting.delete(settle);
    };
  }

  /** Lists again by quorum. Callers that come meanwhile share the list. @returns a function that ends the wait. */
  relist(settle: Settle<T>): () => void {
    const refreshing = this.#refreshing;
    refreshing.add(settle);
    if (refreshing.size === 1) {
      this.#stoppedAt = undefined;
      this.#reflector.relist();
    }
    return () => {
      refreshing.delete(settle);
    };
  }

  listed(object: T | undefined, read: ReadKind): void {
    this.#latest = { object, at: this.#options.clock.now(), read };
    this.#synced = true;
    const callers = [...this.#refreshing, ...this.#waiting];
    this.#refreshing.clear();
    if (callers.length > 0) {
      const reading = this.serve('fetched');
      for (const settle of callers) settle(reading);
    }
    this.#options.changed();
  }

  changed(object: T | undefined): void {
    // Events come from the API server's watch cache.
    this.#latest = { object, at: this.#options.clock.now(), read: 'cache' };
    this.#options.changed();
  }

  failed(because: Failure): void {
    for (const settle of [...this.#refreshing]) settle(this.#failedRefresh(because));
    this.#options.changed();
  }

  progressed(): void {
    this.#options.changed();
  }

  /** The answer to a refresh that failed. */
  #failedRefresh(because: Failure): Reading<T> {
    const read = 'quorum';
    if (!this.#synced || this.#latest === undefined) return { outcome: 'failed', failure: because, read };
    const { object, at: readAt } = this.#latest;
    return object === undefined
      ? { outcome: 'failed', failure: this.#notFound(), read, because }
      : { outcome: 'kept', object, readAt, read, because };
  }

  #notFound(): Failure {
    return notListed(this.#options.resource, this.#options.name);
  }
}
