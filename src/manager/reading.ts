import type { Failure } from '../objects/failure';

/**
 * The kind of request to the API server: `quorum` brings the newest version, and `cache` (`resourceVersion=0`) any version
 * that the server's watch cache has.
 */
export type ReadKind = 'quorum' | 'cache';

/** Why a read did not replace the copy: the read failed, or it brought an older version than the copy. */
export type KeptBecause = Failure | 'older';

/** The result of one get. Times are milliseconds of the injected clock. */
export type Reading<T> =
  /** Served from the slot without a request. */
  | { readonly outcome: 'hit'; readonly object: T; readonly readAt: number }
  /** Read from the API server. */
  | { readonly outcome: 'fetched'; readonly object: T; readonly readAt: number; readonly read: ReadKind }
  /** A request was sent, but the copy from `readAt` stays. */
  | {
      readonly outcome: 'kept';
      readonly object: T;
      readonly readAt: number;
      readonly read: ReadKind;
      readonly because: KeptBecause;
    }
  /**
   * No object. `because` is the failure of the last request, where `failure` is another one: the "not found" of an earlier
   * request, or the end of the wait for a list.
   */
  | { readonly outcome: 'failed'; readonly failure: Failure; readonly read?: ReadKind; readonly because?: Failure };

/** What a store has for one name. Inspecting sends no request and changes nothing. */
export interface Inspection<T> {
  /** How many references registered pods have to it, as the kubelet counts them. */
  readonly references: number;
  /** How many manifests and pins keep it without being a reference. */
  readonly holds: number;
  /** Whether a request for it is under way. */
  readonly reading: boolean;
  readonly content: Content<T>;
  /** The last read since `content` was stored that did not replace it. */
  readonly setback: { readonly at: number; readonly because: KeptBecause } | undefined;
  readonly upkeep: Upkeep;
}

/** What keeps the content up to date. */
export type Upkeep =
  /** The first get after the TTL. */
  | { readonly by: 'ttl' }
  /** Every get, since no get is answered from the copy. */
  | { readonly by: 'get' }
  /** A watch. `synced`: a get is answered from the content. Otherwise it waits for a list. */
  | ({ readonly by: 'watch'; readonly synced: boolean } & WatchProgress);

export type WatchProgress =
  /** The first list, or the first watch after it, is under way. */
  | { readonly state: 'syncing' }
  /** A watch is open, or the next one is being opened. `heardAt`: when the last event or bookmark came. */
  | { readonly state: 'live'; readonly since: number; readonly heardAt: number }
  /**
   * The list or the watch fails since `since`, the last time at `failedAt`. `nextTryAt` is absent while a try is under way.
   */
  | {
      readonly state: 'retrying';
      readonly failure: Failure;
      readonly since: number;
      readonly failedAt: number;
      readonly nextTryAt: number | undefined;
    }
  /** Not followed: nobody has read it for long, or it is held and was never read. The next get lists it. */
  | { readonly state: 'idle'; readonly since: number }
  /** Not followed any longer, since the object can never change. */
  | { readonly state: 'immutable'; readonly since: number };

export type Content<T> =
  | { readonly state: 'none' }
  | { readonly state: 'object'; readonly object: T; readonly readAt: number; readonly read: ReadKind }
  | { readonly state: 'notFound'; readonly failure: Failure; readonly readAt: number };

/** The failure of the request behind a reading, if the request failed. */
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
