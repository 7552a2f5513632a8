import type { Disposable } from '../objects/disposable';
import type { Answer } from '../objects/failure';
import type { Inspection, Reading } from './reading';

/** What a store needs to know of the objects it keeps. */
export interface StoredObject {
  readonly metadata: { readonly resourceVersion?: string };
}

/** One GET. `resourceVersion` is the option of the request: `0` or none. Never rejects. */
export type FetchObject<T> = (
  namespace: string,
  name: string,
  resourceVersion: '' | '0',
  signal: AbortSignal | undefined,
) => Promise<Answer<T>>;

/**
 * Called with each key whose content, reading or upkeep changed by itself. Whoever adds or takes back a reference or a
 * hold knows that, and is not told. Must not call back into the store.
 */
export type KeyChanged = (namespace: string, name: string) => void;

/**
 * Keeps the objects that are referenced, and no others. (`Store`, `pkg/kubelet/util/manager/manager.go`, 1.25)
 * The second half is Kubefresh's own and leaves the first as the kubelet has it.
 */
export interface Store<T> extends Disposable {
  /**
   * Counts a reference. Drops what is cached under the name, but for a store that is told of every change.
   * @param podUid Of the pod that refers to it, for those that count by pod.
   */
  addReference(namespace: string, name: string, podUid?: string): void;
  /** Takes a reference back; with the last one the object is forgotten. Unknown names are ignored. */
  deleteReference(namespace: string, name: string, podUid?: string): void;
  /** The object, from the cache if fresh, else from the API server. */
  get(namespace: string, name: string, signal?: AbortSignal): Promise<Reading<T>>;

  /** The object if it can be had without waiting: the hit of {@link get} without its promise. */
  getIfFresh(namespace: string, name: string): T | undefined;
  /** A quorum read, whatever is cached, unless the object can never change. It replaces what any other read would. */
  refresh(namespace: string, name: string, signal?: AbortSignal): Promise<Reading<T>>;
  /** Keeps a name readable without being a reference and without dropping what is cached. */
  hold(namespace: string, name: string): Disposable;
  inspect(namespace: string, name: string): Inspection<T> | undefined;
  /** Every name that is referenced or held. */
  keys(): Iterable<{ readonly namespace: string; readonly name: string }>;
  /** Ends what the store does by itself, as nobody looks. A get starts it again for its object. */
  rest(): void;
  /**
   * How long an object counts as fresh after it was read, in milliseconds. 0 or less: not at all. Infinite: for as long
   * as it is watched.
   */
  ttlMs(): number;
}
