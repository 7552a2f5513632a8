import { disposable, type Disposable } from '../objects/disposable';
import type { Answer, Failure } from '../objects/failure';
import { askFor, cancelledReading, notRegistered } from './storeFailures';
import { ItemMap } from './itemMap';
import type { Content, Inspection, KeptBecause, Reading, ReadKind, Upkeep } from './reading';
import { isOlderVersion } from './resourceVersion';
import type { FetchObject, KeyChanged, Store, StoredObject } from './store';

/** A get that waits for its turn at an item, or whose request is under way. */
interface Turn<T> {
  /** A refresh: it reads even if the copy is fresh. */
  readonly force: boolean;
  /** Whether its caller may cancel it. */
  readonly cancellable: boolean;
  /** False once the caller cancelled. */
  wanted: boolean;
  readonly settle: (reading: Reading<T>) => void;
}

/** The gets of an item: the current one, whose request is under way, and the waiting ones in order of arrival. */
interface Queue<T> {
  current: Turn<T> | undefined;
  abort: AbortController | undefined;
  readonly waiting: Turn<T>[];
}

/**
 * An item together with its slot, in one flat record to save memory. A new reference never empties an item with a read under
 * way. It puts a successor in its place: the read ends on the old item, and later gets see the new one only.
 */
class Item<T> {
  references = 0;
  holds = 0;
  object: T | undefined = undefined;
  /** The last answer, if it was "not found". `object` is absent then. */
  notFound: Failure | undefined = undefined;
  /** When `object` or `notFound` was stored, in milliseconds. Without meaning while both are absent. */
  readAt = 0;
  read: ReadKind = 'quorum';
  setback: { readonly at: number; readonly because: KeptBecause } | undefined = undefined;
  queue: Queue<T> | undefined = undefined;
}

export interface TtlStoreOptions<T> {
  readonly fetchObject: FetchObject<T>;
  /** Milliseconds. Read at each check of freshness. */
  readonly ttlMs: () => number;
  /** Milliseconds of a clock that is never set back. */
  readonly now: () => number;
  readonly changed?: KeyChanged;
}

/**
 * The store of the kubelet's `Cache` strategy. Mirrors `objectStore` in `pkg/kubelet/util/manager/cache_based_manager.go`,
 * alike from 1.25 to 1.32.
 */
export class TtlStore<T extends StoredObject> implements Store<T> {
  readonly #items = new ItemMap<Item<T>>();
  readonly #fetchObject: FetchObject<T>;
  readonly #ttlMs: () => number;
  readonly #now: () => number;
  readonly #changed: KeyChanged | undefined;
  readonly #inUse = new Set<Queue<T>>();
  #disposed = false;

  constructor(options: TtlStoreOptions<T>) {
    this.#fetchObject = options.fetchObject;
    this.#ttlMs = options.ttlMs;
    this.#now = options.now;
    this.#changed = options.changed;
  }

  addReference(namespace: string, name: string): void {
    if (this.#disposed) return;
    const item = this.#items.findOrAdd(namespace, name, newItem<T>);
    item.references += 1;
    if (item.queue === undefined) empty(item);
    else this.#items.put(namespace, name, successorOf(item));
  }

  deleteReference(namespace: string, name: string): void {
    const item = this.#items.find(namespace, name);
    // An item that is only held has no reference to take back.
    if (item === undefined || item.references === 0) return;
    item.references -= 1;
    this.#removeIfUnused(namespace, name, item);
  }

  hold(namespace: string, name: string): Disposable {
    if (this.#disposed) return disposable(() => undefined);
    const item = this.#items.findOrAdd(namespace, name, newItem<T>);
    item.holds += 1;
    return disposable(() => {
      const held = this.#items.find(namespace, name);
      if (held === undefined) return;
      held.holds -= 1;
      this.#removeIfUnused(namespace, name, held);
    });
  }

  getIfFresh(namespace: string, name: string): T | undefined {
    const item = this.#items.find(namespace, name);
    return item !== undefined && this.#isHit(item) ? item.object : undefined;
  }

  get(namespace: string, name: string, signal?: AbortSignal): Promise<Reading<T>> {
    return this.#get(namespace, name, false, signal);
  }

  refresh(namespace: string, name: string, signal?: AbortSignal): Promise<Reading<T>> {
    return this.#get(namespace, name, true, signal);
  }

  inspect(namespace: string, name: string): Inspection<T> | undefined {
    const item = this.#items.find(namespace, name);
    if (item === undefined) return undefined;
    const { references, holds, queue, setback } = item;
    return { references, holds, reading: queue !== undefined, content: contentOf(item), setback, upkeep: byTtl };
  }

  keys(): Iterable<{ readonly namespace: string; readonly name: string }> {
    return this.#items.keys();
  }

  ttlMs(): number {
    return this.#ttlMs();
  }

  retry(): void {
    // Nothing waits here: each get tries by itself.
  }

  rest(): void {
    // The store reads nothing by itself.
  }

  /** Ends every get as cancelled, aborts what is under way and answers nothing more. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#items.clear();
    for (const queue of this.#inUse) {
      queue.abort?.abort();
      for (const turn of queue.waiting.splice(0)) turn.settle(cancelledReading);
      queue.current?.settle(cancelledReading);
    }
    this.#inUse.clear();
  }

  #get(namespace: string, name: string, force: boolean, signal: AbortSignal | undefined): Promise<Reading<T>> {
    if (this.#disposed) return Promise.resolve(cancelledReading);
    const item = this.#items.find(namespace, name);
    if (item === undefined) return Promise.resolve({ outcome: 'failed', failure: notRegistered(namespace, name) });
    if (!force && this.#isHit(item)) return Promise.resolve(hit(item));
    if (signal?.aborted === true) return Promise.resolve(cancelledReading);
    return new Promise((resolve) => {
      if (signal === undefined) {
        this.#enqueue(namespace, name, item, { force, cancellable: false, wanted: true, settle: resolve });
        return;
      }
      const cancel = (): void => {
        this.#cancel(item, turn);
      };
      const turn: Turn<T> = {
        force,
        cancellable: true,
        wanted: true,
        settle: (reading) => {
          signal.removeEventListener('abort', cancel);
          resolve(reading);
        },
      };
      signal.addEventListener('abort', cancel);
      this.#enqueue(namespace, name, item, turn);
    });
  }

  #enqueue(namespace: string, name: string, item: Item<T>, turn: Turn<T>): void {
    if (item.queue !== undefined) {
      item.queue.waiting.push(turn);
    } else {
      item.queue = { current: undefined, abort: undefined, waiting: [turn] };
      this.#inUse.add(item.queue);
      this.#advance(namespace, name, item, item.queue);
    }
  }

  /** Serves the waiting gets one at a time. Each sees what the one before it stored. */
  #advance(namespace: string, name: string, item: Item<T>, queue: Queue<T>): void {
    for (let turn = queue.waiting.shift(); turn !== undefined; turn = queue.waiting.shift()) {
      if (!turn.force && this.#isFresh(item)) {
        turn.settle(hit(item));
        continue;
      }
      queue.current = turn;
      queue.abort = turn.cancellable ? new AbortController() : undefined;
      this.#changed?.(namespace, name);
      void this.#read(namespace, name, item, queue, turn);
      return;
    }
    item.queue = undefined;
    this.#inUse.delete(queue);
    this.#changed?.(namespace, name);
  }

  async #read(namespace: string, name: string, item: Item<T>, queue: Queue<T>, turn: Turn<T>): Promise<void> {
    const read: ReadKind = item.object !== undefined && !turn.force ? 'cache' : 'quorum';
    const answer = await askFor(name, () =>
      this.#fetchObject(namespace, name, read === 'cache' ? '0' : '', queue.abort?.signal),
    );
    if (this.#disposed) return;
    turn.settle(this.#storeAnswer(item, read, answer));
    queue.current = undefined;
    this.#advance(namespace, name, item, queue);
  }

  #cancel(item: Item<T>, turn: Turn<T>): void {
    turn.wanted = false;
    turn.settle(cancelledReading);
    const queue = item.queue;
    if (queue === undefined) return;
    const place = queue.waiting.indexOf(turn);
    if (place >= 0) queue.waiting.splice(place, 1);
    // A waiting get would send the same request again, so the request goes on while anybody waits.
    if (queue.current?.wanted === false && queue.waiting.length === 0) queue.abort?.abort();
  }

  /** Stores an answer by the kubelet's rules, and returns what the caller gets. */
  #storeAnswer(item: Item<T>, read: ReadKind, answer: Answer<T>): Reading<T> {
    if (answer.ok) {
      const held = item.object;
      if (held !== undefined && isOlderVersion(versionOf(answer.value), versionOf(held))) {
        item.setback = { at: this.#now(), because: 'older' };
        return { outcome: 'kept', object: held, readAt: item.readAt, read, because: 'older' };
      }
      item.object = answer.value;
      item.notFound = undefined;
      item.readAt = this.#now();
      item.read = read;
      item.setback = undefined;
      return { outcome: 'fetched', object: answer.value, readAt: item.readAt, read };
    }
    const failure = answer.failure;
    if (failure.kind === 'notFound') {
      item.object = undefined;
      item.notFound = failure;
      item.readAt = this.#now();
      item.read = read;
      item.setback = undefined;
      return { outcome: 'failed', failure, read };
    }
    if (failure.kind !== 'cancelled') item.setback = { at: this.#now(), because: failure };
    if (item.object !== undefined) {
      return { outcome: 'kept', object: item.object, readAt: item.readAt, read, because: failure };
    }
    return item.notFound === undefined
      ? { outcome: 'failed', failure, read }
      : { outcome: 'failed', failure: item.notFound, read, because: failure };
  }

  /** Whether a get is answered without waiting. */
  #isHit(item: Item<T>): boolean {
    return item.queue === undefined && this.#isFresh(item);
  }

  #isFresh(item: Item<T>): boolean {
    return item.object !== undefined && this.#now() < item.readAt + this.#ttlMs();
  }

  #removeIfUnused(namespace: string, name: string, item: Item<T>): void {
    if (item.references > 0 || item.holds > 0) return;
    this.#items.remove(namespace, name);
  }
}

const byTtl: Upkeep = { by: 'ttl' };

function newItem<T>(): Item<T> {
  return new Item();
}

function empty<T>(item: Item<T>): void {
  item.object = undefined;
  item.notFound = undefined;
  item.setback = undefined;
}

function successorOf<T>({ references, holds }: Item<T>): Item<T> {
  return Object.assign(new Item<T>(), { references, holds });
}

function hit<T>(item: Item<T>): Reading<T> {
  return { outcome: 'hit', object: item.object as T, readAt: item.readAt };
}

function contentOf<T>(item: Item<T>): Content<T> {
  if (item.object !== undefined) return { state: 'object', object: item.object, readAt: item.readAt, read: item.read };
  if (item.notFound !== undefined) return { state: 'notFound', failure: item.notFound, readAt: item.readAt };
  return { state: 'none' };
}

function versionOf(object: StoredObject): string {
  return object.metadata.resourceVersion ?? '';
}
