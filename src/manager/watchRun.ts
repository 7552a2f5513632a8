import type { Clock } from '../objects/clock';
import type { Answer, Failure } from '../objects/failure';
import type { WatchedObject, WatchEnd, WatchEvents, WatchStart } from '../objects/listWatch';

/** Where a watch of one object tells what it brings. */
export interface WatchListener<T> {
  /** It is open, and its state is known. @param version That it goes on from, if that is another. */
  heard(version: string | undefined): void;
  /** The state that it began with. `undefined`: there is no such object. */
  told(object: T | undefined, version: string): void;
  /** What an event brought. `undefined`: the object was removed. */
  changed(object: T | undefined): void;
}

/** How a watch ended. `told`: it was asked to begin with the state, and that came in full. */
export interface WatchOutcome {
  readonly told: boolean;
  /** Absent: it ended as watches do. */
  readonly failure?: Failure;
}

/** A watch that ends sooner and brought nothing counts as failed. */
const shortMs = 1_000;

/** One watch of one object, from its request to its end: `handleAnyWatch` of client-go's `tools/cache/reflector.go`, 1.37. */
export class WatchRun<T extends WatchedObject> implements WatchEvents<T> {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #listener: WatchListener<T>;
  readonly #signal: AbortSignal;
  /** What came of the state that is not told in full yet. */
  #state: { readonly object: T | undefined } | undefined;
  #told = false;
  #opened = false;
  #received = false;
  /** Of the request, or of the end of the state. */
  #startedAt: number;

  constructor(begin: WatchStart['begin'], name: string, clock: Clock, listener: WatchListener<T>, signal: AbortSignal) {
    this.#state = begin === 'state' ? { object: undefined } : undefined;
    this.#name = name;
    this.#clock = clock;
    this.#listener = listener;
    this.#signal = signal;
    this.#startedAt = clock.now();
  }

  opened(): void {
    if (this.#signal.aborted) return;
    this.#opened = true;
    if (this.#state === undefined) this.#listener.heard(undefined);
  }

  changed(object: T): void {
    this.#take(object, object);
  }

  removed(object: T): void {
    this.#take(object, undefined);
  }

  bookmark(version: string, ends?: 'state'): void {
    if (this.#signal.aborted) return;
    this.#received = true;
    const state = this.#state;
    if (state === undefined) this.#listener.heard(version);
    if (state === undefined || ends === undefined) return;
    this.#state = undefined;
    this.#told = true;
    this.#received = false;
    this.#startedAt = this.#clock.now();
    this.#listener.told(state.object, version);
  }

  outcome(end: Answer<WatchEnd>): WatchOutcome {
    const failure = this.#failureOf(end);
    return { told: this.#told, ...(failure === undefined ? {} : { failure }) };
  }

  #take({ metadata }: T, object: T | undefined): void {
    if (this.#signal.aborted) return;
    this.#received = true;
    if (this.#state === undefined) this.#listener.heard(metadata.resourceVersion);
    if (metadata.name !== this.#name) return;
    if (this.#state === undefined) this.#listener.changed(object);
    else this.#state = { object };
  }

  #failureOf(end: Answer<WatchEnd>): Failure | undefined {
    // An open stream that breaks off has ended, as for client-go.
    if (!end.ok && !(this.#opened && end.failure.kind === 'unreachable')) return end.failure;
    if (this.#received || this.#clock.now() - this.#startedAt >= shortMs) return undefined;
    return { kind: 'server', message: `the server ends each watch of ${this.#name} at once` };
  }
}
