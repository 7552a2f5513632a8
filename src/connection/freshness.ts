import type { Failure } from '../objects/failure';
import type { Inspection, KeptBecause, ReadKind } from '../manager/reading';

/** How much the copy of an object can be trusted. Times are milliseconds of the clock. */
export type Freshness =
  | { readonly state: 'notFetched' }
  /** The first read is under way. A later one does not change what is shown until it has ended. */
  | { readonly state: 'fetching' }
  | { readonly state: 'fresh'; readonly readAt: number; readonly read: ReadKind; readonly until: number }
  /** The TTL is 0, so the object counts as of when it was read, and each use reads it again. */
  | { readonly state: 'readOnUse'; readonly readAt: number; readonly read: ReadKind }
  | { readonly state: 'stale'; readonly readAt: number; readonly read: ReadKind; readonly since: number }
  /** The last read did not replace the copy. */
  | { readonly state: 'kept'; readonly readAt: number; readonly since: number; readonly because: KeptBecause }
  /** `since`: asked again later, in vain, so whether it exists by now is not known. */
  | {
      readonly state: 'notFound';
      readonly readAt: number;
      readonly failure: Failure;
      readonly since?: { readonly at: number; readonly because: Failure };
    }
  | { readonly state: 'forbidden'; readonly since: number; readonly failure: Failure }
  | { readonly state: 'failed'; readonly since: number; readonly failure: Failure };

export type FreshnessState = Freshness['state'];

/** @param ttlMs The TTL that applies at `now`. */
export function freshnessOf(inspection: Inspection<unknown>, ttlMs: number, now: number): Freshness {
  const { content, setback, reading } = inspection;
  switch (content.state) {
    case 'none':
      if (setback === undefined || setback.because === 'older') {
        return { state: reading ? 'fetching' : 'notFetched' };
      }
      return setback.because.kind === 'forbidden'
        ? { state: 'forbidden', since: setback.at, failure: setback.because }
        : { state: 'failed', since: setback.at, failure: setback.because };
    case 'notFound':
      return {
        state: 'notFound',
        readAt: content.readAt,
        failure: content.failure,
        ...(setback === undefined || setback.because === 'older'
          ? {}
          : { since: { at: setback.at, because: setback.because } }),
      };
    case 'object': {
      const { readAt, read } = content;
      if (setback !== undefined) return { state: 'kept', readAt, since: setback.at, because: setback.because };
      if (ttlMs <= 0) return { state: 'readOnUse', readAt, read };
      const until = readAt + ttlMs;
      return now < until ? { state: 'fresh', readAt, read, until } : { state: 'stale', readAt, read, since: until };
    }
  }
}

/** Whether a person should look at it: what is referred to cannot be read, or not any longer. */
export function isProblem(freshness: Freshness): boolean {
  switch (freshness.state) {
    case 'notFound':
    case 'forbidden':
    case 'failed':
    case 'kept':
      return true;
    default:
      return false;
  }
}
