import { answered, failed, type Answer, type Failure } from '../objects/failure';
import type { WatchEnd, WatchEvents, WatchStart } from '../objects/listWatch';
import { isVersion, maxObjectBytes } from './decode';
import { failureOfRefusal, invalid, statusIn } from './requestFailures';
import { objectIn, textIn } from './json';
import type { Question, Requests } from './requests';

/** What a page of a list says besides its objects. */
export interface PageEnd {
  /** The version of the whole list. A watch goes on from there. */
  readonly resourceVersion: string;
  /** The token that asks for the next page. Absent on the last page. */
  readonly next?: string;
}

/** Which objects of one kind to list and to watch. */
export interface SelectedObjects<T> {
  /** The path of a collection, such as `/api/v1/pods`. */
  readonly path: string;
  /** Selects objects of the collection. Undefined: all of them. */
  readonly fieldSelector: string | undefined;
  readonly kind: string;
  /** The objects in messages: `pods in namespace "shop"`. */
  readonly subject: string;
  /** The longest page of a list, in bytes. */
  readonly maxPageBytes: number;
  readonly decode: (object: unknown) => Answer<T>;
}

/** API servers send a bookmark about once a minute, so a watch that is silent this long is dead. */
const silenceMs = 90_000;

/** Annotates the bookmark that follows the last event of the initial state. */
const endOfStateAnnotation = 'k8s.io/initial-events-end';

/** Lists and watches the selected objects. */
export class Selection<T> {
  readonly #requests: Requests;
  readonly #selected: SelectedObjects<T>;

  constructor(requests: Requests, selected: SelectedObjects<T>) {
    this.#requests = requests;
    this.#selected = selected;
  }

  /**
   * Reads a page. `take` gets its objects a few at a time as they arrive. If the page fails, it has already got those
   * that came before.
   */
  async list(
    query: Question['query'],
    take: (objects: readonly T[]) => void,
    signal: AbortSignal,
  ): Promise<Answer<PageEnd>> {
    const { subject, kind, maxPageBytes, decode } = this.#selected;
    const answer = await this.#requests.getItems(this.#question(query, maxPageBytes, signal), (items) => {
      const objects: T[] = [];
      for (const item of items) {
        // Items lack their kind, since the list tells it.
        const object = decode({ kind, ...objectIn(item) });
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
    return this.#requests.watch(this.#question(query, maxObjectBytes, signal), {
      opened: () => {
        events.opened();
      },
      event: (value) => this.#handle(value, events),
      silenceMs,
    });
  }

  #handle(value: unknown, events: WatchEvents<T>): Failure | undefined {
    const { subject, decode } = this.#selected;
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
      const ends = objectIn(metadata?.['annotations'])?.[endOfStateAnnotation] === 'true' ? 'state' : undefined;
      if (isVersion(version)) events.bookmark(version, ends);
      return undefined;
    }
    if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED') {
      return invalid(subject, 'an event of the watch has an unknown type');
    }
    const copy = decode(object);
    if (!copy.ok) return copy.failure;
    if (type === 'DELETED') events.removed(copy.value);
    else events.changed(copy.value);
    return undefined;
  }

  #question(query: Question['query'], maxBytes: number, signal: AbortSignal): Question {
    const { path, fieldSelector, subject } = this.#selected;
    return { path, query: { ...query, fieldSelector }, subject, signal, maxBytes };
  }
}
