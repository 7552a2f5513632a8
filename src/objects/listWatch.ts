import type { Answer } from './failure';

/** What a reflector needs to know of the objects it follows. */
export interface WatchedObject {
  readonly metadata: { readonly name: string; readonly resourceVersion?: string };
  /** Present and true: neither the object nor this can be changed any more. */
  readonly immutable?: boolean;
}

export interface Listing<T> {
  /** At most one, but a reflector looks at the names. */
  readonly objects: readonly T[];
  /** Of the list: where a watch goes on from. */
  readonly resourceVersion: string;
}

/**
 * What a watch tells first. `events`: what happened after a version. `state`: the state as of the version or a later one,
 * the newest for an empty version, as an added event for each object and a bookmark that ends it.
 */
export interface WatchStart {
  readonly begin: 'events' | 'state';
  readonly resourceVersion: string;
}

/** Called during a watch, and never after it has ended. A state that it begins with comes once `watch` has returned. */
export interface WatchEvents<T> {
  /** The server accepted the watch. */
  opened(): void;
  /** Added or modified. */
  changed(object: T): void;
  /** @param object Its last state, with the version of its removal. */
  removed(object: T): void;
  /**
   * The server's version moved on without an event.
   * @param ends All of the state was told that the watch was asked to begin with.
   */
  bookmark(resourceVersion: string, ends?: 'state'): void;
}

/**
 * `ended`: by the server, or by a reset of the connection. `silent`: nothing was heard for longer than an open watch is silent, so whoever
 * reads the stream closed it. A reflector goes on from its last version after both.
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
