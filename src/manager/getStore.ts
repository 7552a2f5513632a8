import { disposable, type Disposable } from '../objects/disposable';
import type { Answer } from '../objects/failure';
import { Callers } from './callers';
import { askFor } from './storeFailures';
import { ItemMap } from './itemMap';
import type { Content, Inspection, KeptBecause, Reading } from './reading';
import { isOlderVersion } from './resourceVersion';
import type { FetchObject, KeyChanged, Store, StoredObject } from './store';

/** What the gets of one name brought. It is there to be inspected, and answers no get. */
class Item<T> {
  references = 0;
  holds = 0;
  /** How many gets are under way. */
  reads = 0;
  content: Content<T> = { state: 'none' };
  setback: { readonly at: number; readonly because: KeptBecause } | undefined = undefined;
  /** The number of the last get that had begun when `content` came. */
  begunBefore = 0;
}

export interface GetStoreOptions<T> {
  readonly fetchObject: FetchObject<T>;
  /** Milliseconds of a clock that is never set back. */
  readonly now: () => number;
  readonly changed?: KeyChanged;
}

/**
 * The store of the kubelet's `Get` strategy: the simple manager of `pkg/kubelet/secret/secret_manager.go` and
 * `pkg/kubelet/configmap/configmap_manager.go`, 1.25. Each get is one quorum read, also of a name without a reference.
 * References and holds only decide which answers are kept for inspection.
 */
export class GetStore<T extends StoredObject> implements Store<T> {
  readonly #items = new ItemMap<Item<T>>();
  readonly #callers = new Callers<T>();
  readonly #fetchObject: FetchObject<T>;
  readonly #now: () => number;
  readonly #changed: KeyChanged | undefined;
  #begun = 0;
  #disposed = false;

  constructor(options: GetStoreOptions<T>) {
    this.#fetchObject = options.fetchObject;
    this.#now = options.now;
    this.#changed = options.changed;
  }

  addReference(namespace: string, name: string): void {
    if (this.#disposed) return;
    this.#items.findOrAdd(namespace, name, () => new Item()).references += 1;
  }

  deleteReference(namespace: string, name: string): void {
    const item = this.#items.find(namespace, name);
    if (item === undefined || item.references === 0) return;
    item.references -= 1;
    this.#removeIfUnused(namespace, name, item);
  }

  hold(namespace: string, name: string): Disposable {
    if (this.#disposed) return disposable(() => undefined);
    const item = this.#items.findOrAdd(namespace, name, () => new Item());
    item.holds += 1;
    return disposable(() => {
      item.holds -= 1;
      this.#removeIfUnused(namespace, name, item);
    });
  }

  getIfFresh(): T | undefined {
    return undefined;
  }

  get(namespace: string, name: string, signal?: AbortSignal): Promise<Reading<T>> {
    return this.#callers.wait(signal, (settle) => {
      const abort = new AbortController();
      void this.#read(namespace, name, abort.signal).then(settle);
      return () => {
        abort.abort();
      };
    });
  }

  refresh(namespace: string, name: string, signal?: AbortSignal): Promise<Reading<T>> {
    return this.get(namespace, name, signal);
  }

  inspect(namespace: string, name: string): Inspection<T> | undefined {
    const item = this.#items.find(namespace, name);
    if (item === undefined) return undefined;
    const { references, holds, reads, content, setback } = item;
    return { references, holds, reading: reads > 0, content, setback, upkeep: { by: 'get' } };
  }

  keys(): Iterable<{ readonly namespace: string; readonly name: string }> {
    return this.#items.keys();
  }

  ttlMs(): number {
    return 0;
  }

  retry(): void {
    // Nothing waits here: each get tries by itself.
  }

  rest(): void {
    // The store reads nothing by itself.
  }

  /** Ends every get as cancelled, aborts what is under way and answers nothing more. */
  dispose(): void {
    this.#disposed = true;
    this.#items.clear();
    this.#callers.dispose();
  }

  async #read(namespace: string, name: string, signal: AbortSignal): Promise<Reading<T>> {
    this.#begun += 1;
    const number = this.#begun;
    const item = this.#items.find(namespace, name);
    if (item !== undefined) {
      item.reads += 1;
      this.#changed?.(namespace, name);
    }
    const answer = await askFor(name, () => this.#fetchObject(namespace, name, '', signal));
    if (item !== undefined && !this.#disposed) {
      item.reads -= 1;
      this.#remember(item, number, answer);
      this.#changed?.(namespace, name);
    }
    return answer.ok
      ? { outcome: 'fetched', object: answer.value, readAt: this.#now(), read: 'quorum' }
      : { outcome: 'failed', failure: answer.failure, read: 'quorum' };
  }

  /**
   * Keeps an answer for inspection. Where two gets overlap, their answers may come in the wrong order, so only a newer
   * version replaces the content. The answer to a get that began after the content came always replaces it.
   */
  #remember(item: Item<T>, number: number, answer: Answer<T>): void {
    const readAt = this.#now();
    const { content } = item;
    const overlaps = content.state !== 'none' && number <= item.begunBefore;
    if (!answer.ok && answer.failure.kind !== 'notFound') {
      if (answer.failure.kind !== 'cancelled' && !overlaps) item.setback = { at: readAt, because: answer.failure };
      return;
    }
    if (overlaps && !(answer.ok && content.state === 'object' && isNewer(answer.value, content.object))) return;
    item.content = answer.ok
      ? { state: 'object', object: answer.value, readAt, read: 'quorum' }
      : { state: 'notFound', failure: answer.failure, readAt };
    item.setback = undefined;
    item.begunBefore = this.#begun;
  }

  #removeIfUnused(namespace: string, name: string, item: Item<T>): void {
    if (item.references === 0 && item.holds === 0) this.#items.remove(namespace, name);
  }
}

function isNewer(candidate: StoredObject, held: StoredObject): boolean {
  return isOlderVersion(held.metadata.resourceVersion ?? '', candidate.metadata.resourceVersion ?? '');
}
