import type { Clock } from '../objects/clock';
import { DisposableList, type Disposable } from '../objects/disposable';
import type { ApiObject } from './apiObject';
import type { ListOptions } from './listOptions';
import { withVersion, type Change, type ObjectStore } from './objectStore';
import type { Resource } from './resources';
import { expired, type Status } from './status';

export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: ApiObject }
  | { readonly type: 'BOOKMARK'; readonly object: object }
  | { readonly type: 'ERROR'; readonly object: Status };

/** Receives the events of a watch. */
export interface WatchReader {
  event(event: WatchEvent): void;
  /** Called last. */
  ended(): void;
}

/** The objects that a watch covers. */
export interface Watched {
  readonly resource: Resource;
  readonly selects: (object: ApiObject) => boolean;
  readonly options: Pick<ListOptions, 'resourceVersion' | 'initialEvents' | 'timeoutSeconds'>;
}

/** Milliseconds between bookmarks. */
const bookmarkMs = 60_000;
/** The last bookmark comes this long before the end, in milliseconds. */
const beforeEndMs = 2_000;
/** The time limit of a watch whose client sets none, in seconds. */
const longestSeconds = 30 * 60;

/**
 * Starts a watch. It begins with the state if the options want that, or ask for no version or version 0. If the version is no
 * longer kept, the watch consists of an error.
 * @returns What ends the watch without telling the reader.
 */
export function startWatch(store: ObjectStore, clock: Clock, watched: Watched, reader: WatchReader): Disposable {
  const watch = new Watch(store, clock, watched, reader);
  watch.start();
  return watch;
}

class Watch implements Disposable {
  readonly #store: ObjectStore;
  readonly #clock: Clock;
  readonly #watched: Watched;
  readonly #reader: WatchReader;
  readonly #endsAt: number;
  readonly #owned = new DisposableList();
  /** The reader knows all changes up to this version. */
  #from = 0;
  #timer: Disposable | undefined;

  constructor(store: ObjectStore, clock: Clock, watched: Watched, reader: WatchReader) {
    this.#store = store;
    this.#clock = clock;
    this.#watched = watched;
    this.#reader = reader;
    this.#endsAt = clock.now() + (watched.options.timeoutSeconds ?? longestSeconds) * 1000;
  }

  start(): void {
    const { resource, options } = this.#watched;
    const { resourceVersion: version } = options;
    if (options.initialEvents || version === 0) {
      this.#sendAll();
    } else if (version < this.#store.oldestVersion) {
      this.#reader.event({ type: 'ERROR', object: expired(version, this.#store.oldestVersion) });
      this.#reader.ended();
      return;
    } else {
      this.#from = version;
      for (const change of this.#store.since(resource, version)) this.#send(change);
    }
    this.#owned.add(
      this.#store.onChange((change) => {
        if (change.resource === resource) this.#send(change);
      }),
    );
    this.#wait();
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#owned.dispose();
  }

  #sendAll(): void {
    const { resource, selects } = this.#watched;
    this.#from = this.#store.version;
    for (const object of this.#store.list(resource)) {
      if (selects(object)) this.#reader.event({ type: 'ADDED', object });
    }
    this.#bookmark({ 'k8s.io/initial-events-end': 'true' });
  }

  /** Sends a change as a selection sees it: an object that leaves the selection is deleted, in its former state. */
  #send({ version, before, after }: Change): void {
    const { selects } = this.#watched;
    const was = before !== undefined && selects(before);
    const is = after !== undefined && selects(after);
    if (is) this.#reader.event({ type: was ? 'MODIFIED' : 'ADDED', object: after });
    else if (was) this.#reader.event({ type: 'DELETED', object: withVersion(before, version) });
  }

  /** Tells the version of the store, from which the next watch can go on. */
  #bookmark(annotations?: Readonly<Record<string, string>>): void {
    const { kind } = this.#watched.resource;
    const metadata = {
      resourceVersion: String(this.#store.version),
      ...(annotations === undefined ? {} : { annotations }),
    };
    this.#reader.event({ type: 'BOOKMARK', object: { kind, apiVersion: 'v1', metadata } });
  }

  /** One timer at a time: for the next bookmark, or for the end. */
  #wait(): void {
    const left = this.#endsAt - this.#clock.now();
    const untilBookmark = Math.min(bookmarkMs, left - beforeEndMs);
    if (untilBookmark > 0) {
      this.#timer = this.#clock.after(untilBookmark, () => {
        if (this.#store.version > this.#from) this.#bookmark();
        this.#wait();
      });
    } else {
      this.#timer = this.#clock.after(Math.max(0, left), () => {
        this.dispose();
        this.#reader.ended();
      });
    }
  }
}
