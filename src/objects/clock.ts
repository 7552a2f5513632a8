import type { Disposable } from './disposable';

/** Time as a parameter: tests move it by hand. */
export interface Clock {
  /** Milliseconds of a clock that is never set back. Ages and time limits are counted with it. */
  readonly now: () => number;
  /** Milliseconds since 1970, for showing to people. */
  readonly wallTime: () => number;
  /** Calls `run` once, `ms` milliseconds from the call, unless disposed before. */
  readonly after: (ms: number, run: () => void) => Disposable;
}
