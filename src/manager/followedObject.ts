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
  /** Called when something that can be inspected may have changed. */
  readonly changed: () => void;
}

/** Takes the reading that a caller waits for. */
export type Settle<T> = (reading: Reading<T>) => void;

/**
 * One object that is followed from its first reference to the last, and those who wait to hear of it: `objectCacheItem`
 * in `pkg/kubelet/util/manager/watch_based_manager.go`, 1.25.
 */
export class FollowedObject<T extends WatchedObject> implements ReflectorListener<T> {
  /** When it was last read, whatever came of it. */
  lastReadAt = -Infinity;
  readonly #options: FollowedObjectOptions<T>;
  readonly #reflector: Reflector<T>;
  /** What the last list or event said. */
  #known: { readonly object: T | undefined; readonly at: number; readonly read: ReadKind } | undefined;
  /** A list was stored since the start: gets are served from what is known. */
  #synced = false;
  /** An object was served that can never change, so it is served for ever. */
  #immutable = false;
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
    if (this.#known === undefined) return { state: 'none' };
    const { object, at: readAt, read } = this.#known;
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

  /** What is known is kept, but not served before the next list; but for what can never change. */
  stop(): void {
    if (this.#stoppedAt !== undefined) return;
    this.#stoppedAt = this.#options.clock.now();
    this.#synced = this.#immutable;
    this.#reflector.stop();
    for (const settle of [...this.#refreshing]) settle(cancelledReading);
    this.#options.changed();
  }

  startIfStopped(): void {
    if (this.#stoppedAt === undefined || this.#immutable) return;
    this.#stoppedAt = undefined;
    this.#reflector.start();
  }

  /** Takes over those who wait for a list of another follower of the same object. */
  adopt(former: FollowedObject<T>): void {
    this.#waiting = former.#waiting;
  }

  /** What a get is answered once there is a list. What can never change need not be followed any more. */
  serve(outcome: 'hit' | 'fetched'): Reading<T> {
    const known = this.#known;
    if (known?.object === undefined) return { outcome: 'failed', failure: this.#notFound() };
    const { object, at: readAt, read } = known;
    if (object.immutable === true) {
      this.#immutable = true;
      this.stop();
    }
    return outcome === 'hit' ? { outcome, object, readAt } : { outcome, object, readAt, read };
  }

  /** Answers with what the next list brings, or fails at the limit. @returns what ends the wait. */
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

  /** Lists anew, by quorum. Those who come while that is under way share the list. @returns what ends the wait. */
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
    this.#known = { object, at: this.#options.clock.now(), read };
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
    this.#known = { object, at: this.#options.clock.now(), read: 'cache' };
    this.#options.changed();
  }

  failed(because: Failure): void {
    for (const settle of [...this.#refreshing]) settle(this.#kept(because));
    this.#options.changed();
  }

  moved(): void {
    this.#options.changed();
  }

  /** What a refresh is answered that failed. */
  #kept(because: Failure): Reading<T> {
    const read = 'quorum';
    if (!this.#synced || this.#known === undefined) return { outcome: 'failed', failure: because, read };
    const { object, at: readAt } = this.#known;
    return object === undefined
      ? { outcome: 'failed', failure: this.#notFound(), read, because }
      : { outcome: 'kept', object, readAt, read, because };
  }

  #notFound(): Failure {
    return notListed(this.#options.resource, this.#options.name);
  }
}
