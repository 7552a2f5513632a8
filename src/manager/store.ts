import type { Disposable } from '../objects/disposable';
import type { Answer } from '../objects/failure';
import type { Inspection, Reading } from './reading';

/** What a store needs to know of the objects it keeps. */
export interface StoredObject {
  readonly metadata: { readonly resourceVersion?: string };
}

/** Sends one GET. `resourceVersion` is an option of the request: `0` or none. Never rejects. */
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
 * Keeps copies of the objects that are referenced or held. The first three methods are the kubelet's (`Store`,
 * `pkg/kubelet/util/manager/manager.go`, 1.25). The others are Kubefresh's own and do not change what the first three do.
 */
export interface Store<T> extends Disposable {
  /**
   * Adds a reference. Drops the copy, except in a store that watches.
   * @param podUid The uid of the pod. Only a store that counts by pod needs it.
   */
  addReference(namespace: string, name: string, podUid?: string): void;
  /** Takes a reference back. With the last one, the object is forgotten. Unknown names are ignored. */
  deleteReference(namespace: string, name: string, podUid?: string): void;
  /** The object: the copy if it is fresh, otherwise from the API server. */
  get(namespace: string, name: string, signal?: AbortSignal): Promise<Reading<T>>;

  /** The object that {@link get} would answer without a request, or `undefined`. Starts nothing. */
  getIfFresh(namespace: string, name: string): T | undefined;
  /** Reads by quorum even if the copy is fresh, unless the object can never change. Stores the answer as a get does. */
  refresh(namespace: string, name: string, signal?: AbortSignal): Promise<Reading<T>>;
  /** Adds a hold: the name can be read, but gains no reference, and its copy stays. Sends no request. */
  hold(namespace: string, name: string): Disposable;
  inspect(namespace: string, name: string): Inspection<T> | undefined;
  /** Every name that is referenced or held. */
  keys(): Iterable<{ readonly namespace: string; readonly name: string }>;
  /** Tries at once what waits for its next try, since the server answers again. */
  retry(): void;
  /** Ends all watches, for when nobody looks. A get starts the watch of its object again. */
  rest(): void;
  /**
   * How long an object is fresh after it was read, in milliseconds. 0 or less: never. Infinite: while it is watched.
   */
  ttlMs(): number;
}
