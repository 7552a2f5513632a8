import { answered, failed, type Answer, type Failure } from '../objects/failure';
import type { WatchEnd, WatchEvents, WatchStart } from '../objects/listWatch';
import { isVersion, mostObjectBytes } from './decode';
import { failureOfRefusal, invalid, statusIn } from './requestFailures';
import { objectIn, textIn } from './json';
import type { Question, Requests } from './requests';

/** What a page of a list says besides its objects. */
export interface PageEnd {
  /** Of the whole list: where a watch goes on from. */
  readonly resourceVersion: string;
  /** Asks for the next page; absent on the last one. */
  readonly next?: string;
}

/** Objects of one kind that can be listed and watched. */
export interface Selected<T> {
  /** Of the collection, such as `/api/v1/pods`. */
  readonly path: string;
  /** Of the collection; undefined: all of it. */
  readonly fieldSelector: string | undefined;
  readonly kind: string;
  /** In the words of the API server's messages. */
  readonly subject: string;
  /** Of a page in bytes. */
  readonly mostPageBytes: number;
  readonly read: (object: unknown) => Answer<T>;
}

/** API servers send a bookmark about once a minute. */
const silenceMs = 90_000;

/** The annotation of the bookmark that comes once all is told that there was. */
const endOfState = 'k8s.io/initial-events-end';

/** A list and a watch of what is selected. */
export class Selection<T> {
  readonly #requests: Requests;
  readonly #selected: Selected<T>;

  constructor(requests: Requests, selected: Selected<T>) {
    this.#requests = requests;
    this.#selected = selected;
  }

  /** Reads a page; `take` gets its objects a few at a time as they arrive, also those of a page that fails in the end. */
  async list(
    query: Question['query'],
    take: (objects: readonly T[]) => void,
    signal: AbortSignal,
  ): Promise<Answer<PageEnd>> {
    const { subject, kind, mostPageBytes, read } = this.#selected;
    const answer = await this.#requests.getItems(this.#question(query, mostPageBytes, signal), (items) => {
      const objects: T[] = [];
      for (const item of items) {
        // Items do not repeat what their list says.
        const object = read({ kind, ...objectIn(item) });
        if (!object.ok) return object.failure;
        objects.push(object.value);
      }
      take(objects);
      return undefined;
    });
    if (!answer.ok) return answer;
    const list = objectIn(answer.value);
    if (list?.['kind'] !== `${kind}List`) return failed(invalid(subject, `it is not of the kind ${kind}List`));
    const metadata = objectIn(list['metadata']);
    const resourceVersion = metadata?.['resourceVersion'];
    if (!isVersion(resourceVersion)) return failed(invalid(subject, 'the list has no usable version'));
    const token = textIn(metadata?.['continue']);
    return answered({ resourceVersion, ...(token === undefined ? {} : { next: token }) });
  }

  watch(
    { begin, resourceVersion }: WatchStart,
    timeoutSeconds: number,
    events: WatchEvents<T>,
    signal: AbortSignal,
  ): Promise<Answer<WatchEnd>> {
    const query = {
      watch: 'true',
      allowWatchBookmarks: 'true',
      ...(begin === 'state' ? { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' } : {}),
      resourceVersion: resourceVersion === '' ? undefined : resourceVersion,
      timeoutSeconds: String(timeoutSeconds),
    };
    return this.#requests.watch(this.#question(query, mostObjectBytes, signal), {
      opened: () => {
        events.opened();
      },
      event: (value) => this.#take(value, events),
      silenceMs,
    });
  }

  #take(value: unknown, events: WatchEvents<T>): Failure | undefined {
    const { subject, read } = this.#selected;
    const event = objectIn(value);
    const type = event?.['type'];
    const object = event?.['object'];
    if (type === 'ERROR') {
      const status = statusIn(object, 500);
      return status === undefined
        ? invalid(subject, 'an error event has no status')
        : failureOfRefusal(status, subject);
    }
    if (type === 'BOOKMARK') {
      const metadata = objectIn(objectIn(object)?.['metadata']);
      const version = metadata?.['resourceVersion'];
      const ends = objectIn(metadata?.['annotations'])?.[endOfState] === 'true' ? 'state' : undefined;
      if (isVersion(version)) events.bookmark(version, ends);
      return undefined;
    }
    if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED') {
      return invalid(subject, 'an event of the watch has an unknown type');
    }
    const copy = read(object);
    if (!copy.ok) return copy.failure;
    if (type === 'DELETED') events.removed(copy.value);
    else events.changed(copy.value);
    return undefined;
  }

  #question(query: Question['query'], mostBytes: number, signal: AbortSignal): Question {
    const { path, fieldSelector, subject } = this.#selected;
    return { path, query: { ...query, fieldSelector }, subject, signal, mostBytes };
  }
}
