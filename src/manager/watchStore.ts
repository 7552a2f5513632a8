import type { Clock } from '../objects/clock';
import { disposable, type Disposable } from '../objects/disposable';
import { Callers } from './callers';
import { cancelledReading, notRegistered, type ResourceName } from './storeFailures';
import { FollowedObject } from './followedObject';
import { ItemMap } from './itemMap';
import type { ListWatch, WatchedObject } from '../objects/listWatch';
import type { Inspection, Reading } from './reading';
import { ReferenceCount } from './referenceCount';
import type { KubeletRules } from './rules';
import type { KeyChanged, Store } from './store';

export interface WatchStoreOptions<T> {
  readonly source: ListWatch<T>;
  readonly resource: ResourceName;
  /** Read for each new item and before each request. */
  readonly rules: () => Pick<KubeletRules, 'counting' | 'following' | 'watchSeconds'>;
  /** The clock of requests, waits and pauses. */
  readonly clock: Clock;
  /** Milliseconds of a clock that is never set back. It tells how long an object was not read. */
  readonly now: () => number;
  /** In [0, 1). Spreads pauses and the time limits of watches. */
  readonly random: () => number;
  /** Milliseconds. An object that was not read for longer is no longer watched. At least a minute. */
  readonly maxIdleMs?: number;
  readonly changed?: KeyChanged;
}

/** How long a get waits for a list, in milliseconds. */
const syncWaitMs = 1_000;
const sweepPeriodMs = 60_000;
const leastIdleMs = 60_000;
/** Five times the kubelet's sync period. */
const usualIdleMs = 5 * 60_000;

interface Item<T extends WatchedObject> {
  readonly references: ReferenceCount;
  holds: number;
  /** Absent until the first reference, get or refresh: holds alone follow nothing, since a manifest may hold thousands. */
  followed: FollowedObject<T> | undefined;
  /** When the item was made, in milliseconds of the clock. */
  readonly madeAt: number;
}

/**
 * The store of the kubelet's `Watch` strategy. Mirrors `objectCache` in
 * `pkg/kubelet/util/manager/watch_based_manager.go`, 1.25. A list answers the waiting gets at once, where the kubelet polls
 * every 10 ms.
 */
export class WatchStore<T extends WatchedObject> implements Store<T> {
  readonly #options: WatchStoreOptions<T>;
  readonly #items = new ItemMap<Item<T>>();
  readonly #callers = new Callers<T>();
  readonly #maxIdleMs: number;
  readonly #startedAt: number;
  /** Runs only while an object is followed. */
  #sweepTimer: Disposable | undefined;
  #shutDown = false;
  #disposed = false;

  constructor(options: WatchStoreOptions<T>) {
    this.#options = options;
    this.#startedAt = options.clock.now();
    this.#maxIdleMs = Math.max(options.maxIdleMs ?? usualIdleMs, leastIdleMs);
  }

  addReference(namespace: string, name: string, podUid = ''): void {
    if (this.#disposed) return;
    const item = this.#findOrAdd(namespace, name);
    if (item.references.none) {
      // The kubelet would have nothing of an object that is only held, so a first reference follows it anew.
      const former = item.followed;
      former?.stop();
      item.followed = this.#follow(namespace, name);
      if (former !== undefined) item.followed.takeOverWaiting(former);
    }
    item.references.add(podUid);
  }

  deleteReference(namespace: string, name: string, podUid = ''): void {
    const item = this.#items.find(namespace, name);
    // An item that is only held has no reference to take back.
    if (item === undefined || item.references.none) return;
    item.references.delete(podUid);
    this.#removeIfUnused(namespace, name, item);
  }

  hold(namespace: string, name: string): Disposable {
    if (this.#disposed) return disposable(() => undefined);
    const item = this.#findOrAdd(namespace, name);
    item.holds += 1;
    return disposable(() => {
      item.holds -= 1;
      this.#removeIfUnused(namespace, name, item);
    });
  }

  /** Counts as a get, so that what is read in this way is not idle. Follows nothing that is not followed. */
  getIfFresh(namespace: string, name: string): T | undefined {
    const followed = this.#items.find(namespace, name)?.followed;
    if (followed?.synced !== true) return undefined;
    followed.lastReadAt = this.#options.now();
    const reading = followed.serve('hit');
    return reading.outcome === 'failed' ? undefined : reading.object;
  }

  get(namespace: string, name: string, signal?: AbortSignal): Promise<Reading<T>> {
    if (this.#disposed) return Promise.resolve(cancelledReading);
    const item = this.#items.find(namespace, name);
    if (item === undefined) return Promise.resolve({ outcome: 'failed', failure: notRegistered(namespace, name) });
    if (item.followed?.synced !== true && signal?.aborted === true) return Promise.resolve(cancelledReading);
    const followed = (item.followed ??= this.#follow(namespace, name));
    followed.lastReadAt = this.#options.now();
    if (!this.#shutDown) this.#startIfStopped(followed);
    if (followed.synced) return Promise.resolve(followed.serve('hit'));
    return this.#callers.wait(signal, (settle) => followed.awaitList(settle, syncWaitMs));
  }

  /**
   * Lists the object by quorum at once, even while its watch is open or pauses after a failure. An immutable object is
   * answered as to a get, since it can never change.
   */
  refresh(namespace: string, name: string, signal?: AbortSignal): Promise<Reading<T>> {
    const item = this.#items.find(namespace, name);
    if (item === undefined || item.followed?.immutable === true || this.#shutDown) {
      return this.get(namespace, name, signal);
    }
    if (signal?.aborted === true) return Promise.resolve(cancelledReading);
    const followed = (item.followed ??= this.#makeFollowed(namespace, name));
    followed.lastReadAt = this.#options.now();
    this.#scheduleSweep();
    return this.#callers.wait(signal, (settle) => followed.relist(settle));
  }

  inspect(namespace: string, name: string): Inspection<T> | undefined {
    const item = this.#items.find(namespace, name);
    if (item === undefined) return undefined;
    const { holds, followed } = item;
    const references = item.references.total;
    if (followed === undefined) {
      const upkeep = { by: 'watch', synced: false, state: 'idle', since: item.madeAt } as const;
      return { references, holds, reading: false, content: { state: 'none' }, setback: undefined, upkeep };
    }
    const { content, listing: reading, upkeep } = followed;
    const setback = upkeep.state === 'retrying' ? { at: upkeep.failedAt, because: upkeep.failure } : undefined;
    return { references, holds, reading, content, setback, upkeep };
  }

  keys(): Iterable<{ readonly namespace: string; readonly name: string }> {
    return this.#items.keys();
  }

  ttlMs(): number {
    return Infinity;
  }

  /** Stops following the objects that were not read for long. The store calls it each minute. */
  sweep(): void {
    const now = this.#options.now();
    for (const { followed } of this.#items.values()) {
      // An object without a list is not stopped, since the next get would only send the list again.
      if (followed?.synced === true && now > followed.lastReadAt + this.#maxIdleMs) followed.stop();
    }
  }

  retry(): void {
    for (const { followed } of this.#items.values()) followed?.retry();
  }

  rest(): void {
    this.#sweepTimer?.dispose();
    this.#sweepTimer = undefined;
    for (const { followed } of this.#items.values()) followed?.stop();
  }

  /** Follows nothing any longer, as the kubelet when it ends. Immutable objects are still served. */
  shutDown(): void {
    this.#shutDown = true;
    this.rest();
  }

  /** Ends every get as cancelled, ends every watch, and forgets everything. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.shutDown();
    this.#items.clear();
    this.#callers.dispose();
  }

  #findOrAdd(namespace: string, name: string): Item<T> {
    const { rules, clock } = this.#options;
    return this.#items.findOrAdd(namespace, name, () => ({
      references: new ReferenceCount(rules().counting),
      holds: 0,
      followed: undefined,
      madeAt: clock.now(),
    }));
  }

  #follow(namespace: string, name: string): FollowedObject<T> {
    const followed = this.#makeFollowed(namespace, name);
    if (!this.#shutDown) {
      followed.start();
      this.#scheduleSweep();
    }
    return followed;
  }

  #makeFollowed(namespace: string, name: string): FollowedObject<T> {
    const { source, resource, clock, random, rules, changed } = this.#options;
    return new FollowedObject<T>({
      source,
      namespace,
      name,
      resource,
      clock,
      random,
      rules,
      changed: () => changed?.(namespace, name),
    });
  }

  #startIfStopped(followed: FollowedObject<T>): void {
    if (!followed.stopped) return;
    followed.startIfStopped();
    this.#scheduleSweep();
  }

  #removeIfUnused(namespace: string, name: string, item: Item<T>): void {
    if (!item.references.none || item.holds > 0) return;
    item.followed?.stop();
    this.#items.remove(namespace, name);
  }

  #scheduleSweep(): void {
    const { clock } = this.#options;
    // Sweeps are whole periods after the start of the store, as in the kubelet.
    const sinceLast = (clock.now() - this.#startedAt) % sweepPeriodMs;
    this.#sweepTimer ??= clock.after(sweepPeriodMs - sinceLast, () => {
      this.#sweepTimer = undefined;
      this.sweep();
      for (const { followed } of this.#items.values()) {
        if (followed?.stopped === false) this.#scheduleSweep();
      }
    });
  }
}
