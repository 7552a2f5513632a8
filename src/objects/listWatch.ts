import type { Answer } from './failure';

/** The fields of an object that a reflector reads. */
export interface WatchedObject {
  readonly metadata: { readonly name: string; readonly resourceVersion?: string };
  /** True if the object can never change, this field included. */
  readonly immutable?: boolean;
}

export interface Listing<T> {
  /** At most one object is wanted. A reflector checks the names all the same. */
  readonly objects: readonly T[];
  /** The version of the list, from which a watch goes on. */
  readonly resourceVersion: string;
}

/**
 * How a watch begins. `events`: with the events after the version. `state`: with the state as of the version or later (an
 * empty version means the newest). The state comes as an added event for each object, and a bookmark ends it.
 */
export interface WatchStart {
  readonly begin: 'events' | 'state';
  readonly resourceVersion: string;
}

/** Called while a watch is open. The state that a watch begins with comes only after the call of `watch` returned. */
export interface WatchEvents<T> {
  /** The server accepted the watch. */
  opened(): void;
  /** Added or modified. */
  changed(object: T): void;
  /** @param object The last state of the object, with the version of the removal. */
  removed(object: T): void;
  /**
   * The server's version moved on without an event.
   * @param ends `state`: the state that the watch begins with is complete.
   */
  bookmark(resourceVersion: string, ends?: 'state'): void;
}

/**
 * `ended`: the server ended the watch as usual, or the connection was reset. `silent`: nothing came for longer than an open
 * watch stays silent, so the reader closed the stream. After both, a reflector goes on from its last version.
 */
export type WatchEnd = 'ended' | 'silent';

/** The two requests that follow one object, by the field selector `metadata.name=NAME`. Neither ever rejects. */
export interface ListWatch<T> {
  /** @param resourceVersion The option of the request: `0`, a version, or empty for the newest state. */
  list(namespace: string, name: string, resourceVersion: string, signal: AbortSignal): Promise<Answer<Listing<T>>>;
  /** Asks for bookmarks as well. Fails if the watch cannot be opened, and with the failure of an `ERROR` event. */
  watch(
    namespace: string,
    name: string,
    start: WatchStart,
    timeoutSeconds: number,
    events: WatchEvents<T>,
    signal: AbortSignal,
  ): Promise<Answer<WatchEnd>>;
}
