import type { Clock } from '../objects/clock';
import type { Answer, Failure } from '../objects/failure';
import type { WatchedObject, WatchEnd, WatchEvents, WatchStart } from '../objects/listWatch';

/** Who is told what a watch of one object brings. */
export interface WatchListener<T> {
  /**
   * The open watch gave a sign of life: it was accepted, or an event or a bookmark came.
   * @param version The version to go on from, if it changed.
   */
  alive(version: string | undefined): void;
  /** The state that the watch began with came in full. `undefined`: there is no such object. */
  stateArrived(object: T | undefined, version: string): void;
  /** An event came. `undefined`: the object was removed. */
  changed(object: T | undefined): void;
}

/** How a watch ended. */
export interface WatchOutcome {
  /** Whether the watch was to begin with the state, and the state came in full. */
  readonly stateArrived: boolean;
  /** Absent if the server ended the watch as usual. */
  readonly failure?: Failure;
}

/** A watch that ends within this time (milliseconds) and brought nothing counts as failed. */
const shortMs = 1_000;

/** One watch of one object. Mirrors `handleAnyWatch` of client-go's `tools/cache/reflector.go`, 1.37. */
export class WatchRun<T extends WatchedObject> implements WatchEvents<T> {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #listener: WatchListener<T>;
  readonly #signal: AbortSignal;
  /** The state that the watch begins with, as far as it came. Absent once it is complete, or if none was wanted. */
  #state: { readonly object: T | undefined } | undefined;
  #stateArrived = false;
  #opened = false;
  /** Whether an event or a bookmark came since {@link #startedAt}. */
  #received = false;
  /** When the request was sent, or when the state was complete. */
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
    if (this.#state === undefined) this.#listener.alive(undefined);
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
    if (state === undefined) this.#listener.alive(version);
    if (state === undefined || ends === undefined) return;
    this.#state = undefined;
    this.#stateArrived = true;
    this.#received = false;
    this.#startedAt = this.#clock.now();
    this.#listener.stateArrived(state.object, version);
  }

  outcome(end: Answer<WatchEnd>): WatchOutcome {
    const failure = this.#failureOf(end);
    return { stateArrived: this.#stateArrived, ...(failure === undefined ? {} : { failure }) };
  }

  #take({ metadata }: T, object: T | undefined): void {
    if (this.#signal.aborted) return;
    this.#received = true;
    if (this.#state === undefined) this.#listener.alive(metadata.resourceVersion);
    if (metadata.name !== this.#name) return;
    if (this.#state === undefined) this.#listener.changed(object);
    else this.#state = { object };
  }

  #failureOf(end: Answer<WatchEnd>): Failure | undefined {
    // client-go takes a stream that breaks off for one that ended.
    if (!end.ok && !(this.#opened && end.failure.kind === 'unreachable')) return end.failure;
    if (this.#received || this.#clock.now() - this.#startedAt >= shortMs) return undefined;
    return { kind: 'server', message: `the server ends each watch of ${this.#name} at once` };
  }
}
