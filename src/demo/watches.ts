import type { Clock } from '../objects/clock';
import { DisposableList, type Disposable } from '../objects/disposable';
import type { ApiObject } from './apiObject';
import type { ListOptions } from './listOptions';
import { withVersion, type Change, type ObjectStore } from './objectStore';
import type { Resource } from './resources';
import { expired, granted, tooLargeVersion, unreadableVersion, type Outcome, type Status } from './status';
import { versionIn } from './versions';

export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: ApiObject }
  | { readonly type: 'BOOKMARK'; readonly object: object }
  | { readonly type: 'ERROR'; readonly object: Status };

/** Starts a watch. Disposing the result ends the watch, and the reader is not told. */
export type StartWatch = (reader: WatchReader) => Disposable;

/** Receives the events of a watch. */
export interface WatchReader {
  event(event: WatchEvent): void;
  /** Called last. */
  ended(): void;
}

/** The objects that a watch covers. */
export interface Watched {
  readonly resource: Resource;
  readonly namespace: string | undefined;
  readonly options: ListOptions;
}

/** Milliseconds between bookmarks. */
const bookmarkMs = 60_000;
/** The last bookmark comes this long before the end, in milliseconds. */
const beforeEndMs = 2_000;
/** The time limit of a watch whose client sets none, in milliseconds. */
const longestMs = 30 * 60_000;

/**
 * Prepares a watch. Fails where a real server answers with a status instead of events.
 *
 * The watch begins with the state if the options want that. If they do not say, it does so for no version or version 0. If
 * the version is no longer kept, or a state is still to come, the watch consists of an error.
 */
export function prepareWatch(store: ObjectStore, clock: Clock, watched: Watched): Outcome<StartWatch> {
  const version = versionIn(watched.options.resourceVersion, unreadableVersion);
  if (!version.ok) return version;
  return granted((reader) => {
    const watch = new Watch(store, clock, watched, reader);
    watch.start(version.value);
    return watch;
  });
}

class Watch implements Disposable {
  readonly #store: ObjectStore;
  readonly #clock: Clock;
  readonly #watched: Watched;
  readonly #reader: WatchReader;
  readonly #prefix: string;
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
    this.#prefix = watched.namespace === undefined ? '' : `${watched.namespace}/`;
    const { timeoutSeconds } = watched.options;
    this.#endsAt = clock.now() + (timeoutSeconds > 0 ? timeoutSeconds * 1000 : longestMs);
  }

  start(version: number): void {
    const { resource, options } = this.#watched;
    const { oldestVersion: oldest, version: newest } = this.#store;
    if (options.initialEvents ?? version === 0) {
      // A real server waits some seconds for the version first.
      if (version > newest) {
        this.#fail(tooLargeVersion(version, newest));
        return;
      }
      this.#sendAll();
    } else if (version > 0 && version < oldest) {
      this.#fail(expired(tooOld(version, oldest)));
      return;
    } else {
      this.#from = version === 0 ? newest : version;
      for (const change of this.#store.since(resource, this.#from)) this.#send(change);
    }
    this.#owned.add(
      this.#store.onChange((change) => {
        if (change.resource === resource) this.#send(change);
      }),
    );
    this.#wait(options.allowBookmarks);
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#owned.dispose();
  }

  #fail(status: Status): void {
    this.#reader.event({ type: 'ERROR', object: status });
    this.#end();
  }

  #end(): void {
    this.dispose();
    this.#reader.ended();
  }

  #sendAll(): void {
    const { resource, options } = this.#watched;
    this.#from = this.#store.version;
    for (const [key, object] of this.#store.at(resource, this.#from)) {
      if (this.#selects(key, object)) this.#reader.event({ type: 'ADDED', object });
    }
    if (options.allowBookmarks) this.#bookmark({ 'k8s.io/initial-events-end': 'true' });
  }

  /** Sends a change as a selection sees it: an object that leaves the selection is deleted, in its former state. */
  #send({ version, key, before, after }: Change): void {
    if (version <= this.#from) return;
    const was = before !== undefined && this.#selects(key, before);
    const is = after !== undefined && this.#selects(key, after);
    if (is) this.#reader.event({ type: was ? 'MODIFIED' : 'ADDED', object: after });
    else if (was) this.#reader.event({ type: 'DELETED', object: withVersion(before, version) });
  }

  #selects(key: string, object: ApiObject): boolean {
    return key.startsWith(this.#prefix) && this.#watched.options.selector.matches(object);
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
  #wait(bookmarks: boolean): void {
    const left = this.#endsAt - this.#clock.now();
    const untilBookmark = Math.min(bookmarkMs, left - beforeEndMs);
    if (bookmarks && untilBookmark > 0) {
      this.#timer = this.#clock.after(untilBookmark, () => {
        if (this.#store.version > this.#from) this.#bookmark();
        this.#wait(true);
      });
    } else {
      this.#timer = this.#clock.after(Math.max(0, left), () => {
        this.#end();
      });
    }
  }
}

function tooOld(version: number, oldest: number): string {
  return `too old resource version: ${version} (${oldest})`;
}
