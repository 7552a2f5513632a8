import type { Disposable } from './disposable';

/** The source of time. Tests pass a clock that they move by hand. */
export interface Clock {
  /** Milliseconds of a clock that is never set back. For ages and time limits. */
  readonly now: () => number;
  /** Milliseconds since 1970, for showing to people. */
  readonly wallTime: () => number;
  /** Calls `run` once after `ms` milliseconds, unless the result is disposed before. */
  readonly after: (ms: number, run: () => void) => Disposable;
}
