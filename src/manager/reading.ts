import type { Failure } from '../objects/failure';

/**
 * How the API server is asked: by quorum (the newest version) or from its watch cache (`resourceVersion=0`, any
 * version it has).
 */
export type ReadKind = 'quorum' | 'cache';

/** Why a read did not replace the copy: it failed, or the answer was an older version than the copy. */
export type KeptBecause = Failure | 'older';

/** What one get came to. Times are milliseconds of the injected clock. */
export type Reading<T> =
  /** Served from the slot without a request. */
  | { readonly outcome: 'hit'; readonly object: T; readonly readAt: number }
  /** Read from the API server. */
  | { readonly outcome: 'fetched'; readonly object: T; readonly readAt: number; readonly read: ReadKind }
  /** Asked, but the copy from `readAt` stays. */
  | {
      readonly outcome: 'kept';
      readonly object: T;
      readonly readAt: number;
      readonly read: ReadKind;
      readonly because: KeptBecause;
    }
  /**
   * No object. `because`: the request failed, and what is answered is the "not found" of an earlier one; or why there is
   * no list, where a get waited for one in vain.
   */
  | { readonly outcome: 'failed'; readonly failure: Failure; readonly read?: ReadKind; readonly because?: Failure };

/** What a store holds for one name, seen without changing or asking anything. */
export interface Inspection<T> {
  /** Registered pods that refer to it, counted as the kubelet counts. */
  readonly references: number;
  /** Manifests and pins that keep it without being a reference. */
  readonly holds: number;
  /** A request for it is under way. */
  readonly reading: boolean;
  readonly content: Content<T>;
  /** The last read since `content` was stored that did not replace it. */
  readonly setback: { readonly at: number; readonly because: KeptBecause } | undefined;
  readonly upkeep: Upkeep;
}

/** What brings the content up to date. */
export type Upkeep =
  /** A get once the TTL is over. */
  | { readonly by: 'ttl' }
  /** Each get, since none is answered from what is kept. */
  | { readonly by: 'get' }
  /** A watch. `synced`: gets are served from the content; else they wait for a list. */
  | ({ readonly by: 'watch'; readonly synced: boolean } & WatchProgress);

export type WatchProgress =
  /** The first list, or the first watch after it, is under way. */
  | { readonly state: 'syncing' }
  /** A watch is open, or was until a moment ago. `heardAt`: the last event or bookmark. */
  | { readonly state: 'live'; readonly since: number; readonly heardAt: number }
  /** The list or the watch fails since then, the last time at `failedAt`. No next time: it is tried at this moment. */
  | {
      readonly state: 'retrying';
      readonly failure: Failure;
      readonly since: number;
      readonly failedAt: number;
      readonly nextTryAt: number | undefined;
    }
  /** Stopped, as nobody has read it for long; the next get lists again. */
  | { readonly state: 'idle'; readonly since: number }
  /** Stopped for good, as the object can never change. */
  | { readonly state: 'immutable'; readonly since: number };

export type Content<T> =
  | { readonly state: 'none' }
  | { readonly state: 'object'; readonly object: T; readonly readAt: number; readonly read: ReadKind }
  | { readonly state: 'notFound'; readonly failure: Failure; readonly readAt: number };

/** Why the request of a reading did not bring what was asked for, if it did not. */
export function failureOfReading(reading: Reading<unknown>): Failure | undefined {
  switch (reading.outcome) {
    case 'hit':
    case 'fetched':
      return undefined;
    case 'kept':
      return reading.because === 'older' ? undefined : reading.because;
    case 'failed':
      return reading.because ?? reading.failure;
  }
}
