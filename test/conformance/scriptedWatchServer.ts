import type { Listing, ListWatch, WatchEnd, WatchEvents, WatchStart } from '../../src/objects/listWatch';
import { failed, answered, type Answer, type Failure } from '../../src/objects/failure';
import type { Token } from './results';
import { failureOfCode, type Plural } from './scriptedServer';

export interface WatchedToken extends Token {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
  readonly immutable: boolean;
}

/** `stream`: a watch that begins with the state. */
type Call = readonly [
  what: 'list' | 'watch' | 'stream',
  namespace: string,
  fieldSelector: string,
  resourceVersion: string,
];

interface Change {
  readonly key: string;
  readonly version: number;
  readonly object: WatchedToken;
  readonly removed: boolean;
}

interface OpenWatch {
  readonly key: string;
  readonly timeoutSeconds: number;
  readonly events: WatchEvents<WatchedToken>;
  readonly end: (answer: Answer<WatchEnd>) => void;
}

/** The API server of the watch traces: one version for everything, queued failures, and lists that can be held back. */
export class ScriptedWatchServer implements ListWatch<WatchedToken> {
  readonly #plural: Plural;
  readonly #objects = new Map<string, WatchedToken>();
  readonly #changes: Change[] = [];
  readonly #failures: Readonly<Record<Call[0], (string | Failure)[]>> = { list: [], watch: [], stream: [] };
  readonly #open = new Set<OpenWatch>();
  /** Watches whose state is held. */
  readonly #silent = new Set<OpenWatch>();
  /** Requests by key that are not answered and not given up. */
  readonly #wanted = new Map<string, number>();
  #held: (() => void)[] | undefined;
  #calls: Call[] = [];
  #version = 100;
  /** Whether a list or state that is held is answered with what there was when it came, not with what there is at its release. */
  answersAsOfArrival = false;
  /** The most requests for one key that were under way at once. */
  mostAtOnce = 0;

  constructor(plural: Plural) {
    this.#plural = plural;
  }

  get version(): number {
    return this.#version;
  }

  /** `namespace/name` of the watches that are open, sorted. */
  get watches(): string[] {
    return [...this.#open].map(({ key }) => key).sort();
  }

  /** Whether a watch of it is open, and its state is not held. */
  tells(key: string): boolean {
    return this.#hearing(key).length > 0;
  }

  /** The time limits that the open watches were asked for with. */
  get timeouts(): number[] {
    return [...this.#open].map(({ timeoutSeconds }) => timeoutSeconds);
  }

  /** How many requests are neither answered nor given up. */
  get wanted(): number {
    return [...this.#wanted.values()].reduce((sum, count) => sum + count, 0);
  }

  object(key: string): WatchedToken | undefined {
    return this.#objects.get(key);
  }

  /** The calls since the last call of this method, sorted by object. */
  takeCalls(): Call[] {
    const calls = this.#calls;
    this.#calls = [];
    const keyOf = ([, namespace, selector]: Call): string => `${namespace}/${selector}`;
    return calls.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0));
  }

  set(key: string, token: string, immutable = false): void {
    this.#version += 1;
    const metadata = { name: key.slice(key.indexOf('/') + 1), resourceVersion: String(this.#version) };
    const object = { metadata, token, immutable };
    this.#objects.set(key, object);
    this.#tell({ key, version: this.#version, object, removed: false });
  }

  remove(key: string): void {
    this.#version += 1;
    const object = this.#objects.get(key);
    if (object === undefined) return;
    this.#objects.delete(key);
    const metadata = { ...object.metadata, resourceVersion: String(this.#version) };
    this.#tell({ key, version: this.#version, object: { ...object, metadata }, removed: true });
  }

  bookmark(key: string): void {
    this.#version += 1;
    for (const watch of this.#hearing(key)) watch.events.bookmark(String(this.#version));
  }

  endWatches(key: string, answer: Answer<WatchEnd> = answered('ended')): void {
    for (const watch of this.#watching(key)) watch.end(answer);
  }

  /** Sends an ERROR event. */
  sendError(key: string, code: string): void {
    this.endWatches(key, failed(failureOfCode(code, this.#plural, nameOf(key))));
  }

  /** @param failure A code of the traces, or any other failure. */
  fail(what: Call[0], failure: string | Failure, times = 1): void {
    for (let i = 0; i < times; i += 1) this.#failures[what].push(failure);
  }

  /** What is queued to fail succeeds after all. */
  heal(): void {
    for (const queue of Object.values(this.#failures)) queue.length = 0;
  }

  holdLists(): void {
    this.#held ??= [];
  }

  /** Answers the lists that were held, also those that nobody waits for any more. */
  releaseLists(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const answer of held) answer();
  }

  list(
    namespace: string,
    name: string,
    resourceVersion: string,
    signal: AbortSignal,
  ): Promise<Answer<Listing<WatchedToken>>> {
    this.#calls.push(['list', namespace, `metadata.name=${name}`, resourceVersion]);
    const key = `${namespace}/${name}`;
    const done = this.#want(key, signal);
    const make = (): Answer<Listing<WatchedToken>> => {
      const failure = this.#nextFailure('list', name);
      if (failure !== undefined) return failed(failure);
      const object = this.#objects.get(key);
      return answered({ objects: object === undefined ? [] : [object], resourceVersion: String(this.#version) });
    };
    const early = this.#held === undefined || this.answersAsOfArrival ? make() : undefined;
    return new Promise((resolve) => {
      const answer = (): void => {
        done();
        resolve(early ?? make());
      };
      if (this.#held === undefined) answer();
      else this.#held.push(answer);
    });
  }

  watch(
    namespace: string,
    name: string,
    { begin, resourceVersion }: WatchStart,
    timeoutSeconds: number,
    events: WatchEvents<WatchedToken>,
    signal: AbortSignal,
  ): Promise<Answer<WatchEnd>> {
    this.#calls.push([begin === 'state' ? 'stream' : 'watch', namespace, `metadata.name=${name}`, resourceVersion]);
    const key = `${namespace}/${name}`;
    const failure = this.#nextFailure(begin === 'state' ? 'stream' : 'watch', name);
    if (failure !== undefined) return Promise.resolve(failed(failure));
    const done = this.#want(key, signal);
    return new Promise((resolve) => {
      const abort = (): void => {
        watch.end(failed(aborted));
      };
      const watch: OpenWatch = {
        key,
        timeoutSeconds,
        events,
        end: (answer) => {
          done();
          signal.removeEventListener('abort', abort);
          this.#open.delete(watch);
          resolve(answer);
        },
      };
      this.#open.add(watch);
      signal.addEventListener('abort', abort);
      events.opened();
      if (begin === 'state') this.#tellState(watch);
      else this.#tellSince(watch, Number(resourceVersion));
    });
  }

  /** While lists are held, the state is as well, and with it all that follows it. */
  #tellState(watch: OpenWatch): void {
    const { events, key } = watch;
    const [object, version] = [this.#objects.get(key), this.#version];
    this.#silent.add(watch);
    const tell = (): void => {
      this.#silent.delete(watch);
      if (!this.#open.has(watch)) return;
      if (object !== undefined) events.changed(object);
      events.bookmark(String(version), 'state');
      this.#tellSince(watch, version);
    };
    if (this.#held === undefined) queueMicrotask(tell);
    else this.#held.push(tell);
  }

  #tellSince(watch: OpenWatch, version: number): void {
    for (const change of this.#changes) {
      if (change.key === watch.key && change.version > version) send(watch, change);
    }
  }

  #nextFailure(what: Call[0], name: string): Failure | undefined {
    const failure = this.#failures[what].shift();
    return typeof failure === 'string' ? failureOfCode(failure, this.#plural, name) : failure;
  }

  #tell(change: Change): void {
    this.#changes.push(change);
    for (const watch of this.#hearing(change.key)) send(watch, change);
  }

  #watching(key: string): OpenWatch[] {
    return [...this.#open].filter((watch) => watch.key === key);
  }

  #hearing(key: string): OpenWatch[] {
    return this.#watching(key).filter((watch) => !this.#silent.has(watch));
  }

  #want(key: string, signal: AbortSignal): () => void {
    const count = (this.#wanted.get(key) ?? 0) + 1;
    this.#wanted.set(key, count);
    this.mostAtOnce = Math.max(this.mostAtOnce, count);
    let wanted = true;
    const done = (): void => {
      signal.removeEventListener('abort', done);
      if (wanted) this.#wanted.set(key, (this.#wanted.get(key) ?? 0) - 1);
      wanted = false;
    };
    signal.addEventListener('abort', done);
    return done;
  }
}

const aborted: Failure = { kind: 'cancelled', message: 'the request was cancelled' };

function send({ events }: OpenWatch, { object, removed }: Change): void {
  if (removed) events.removed(object);
  else events.changed(object);
}

function nameOf(key: string): string {
  return key.slice(key.indexOf('/') + 1);
}
