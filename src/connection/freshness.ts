import { isAboutTheServer, type Failure } from '../objects/failure';
import type { Outage } from './serverHealth';
import type { Inspection, KeptBecause, ReadKind, Upkeep } from '../manager/reading';

/** How much the copy of an object can be trusted. Times are milliseconds of the clock. */
export type Freshness =
  | { readonly state: 'notFetched' }
  /** The first read is under way. A later one does not change what is shown until it has ended. */
  | { readonly state: 'fetching' }
  | { readonly state: 'fresh'; readonly readAt: number; readonly read: ReadKind; readonly until: number }
  /** It counts as of when it was read, and each use reads it again: by the `Get` strategy, or as the TTL is 0. */
  | { readonly state: 'readOnUse'; readonly readAt: number; readonly read: ReadKind; readonly by: 'get' | 'ttl' }
  /** A watch tells of each change. `readAt`: the last list or event; `heardAt`: the last sign of life. */
  | { readonly state: 'live'; readonly readAt: number; readonly since: number; readonly heardAt: number }
  /** Its watch was stopped, since it can never change. */
  | { readonly state: 'immutable'; readonly readAt: number; readonly since: number }
  /** Its watch was stopped, since it was not used for long. Without `since` it is being listed again. */
  | { readonly state: 'idle'; readonly readAt: number; readonly since?: number }
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

/**
 * @param ttlMs The TTL that the store has at `now`.
 * @param outage The server does not answer, so no copy can be brought up to date, whether that was tried or not.
 */
export function freshnessOf(
  { content, setback: last, reading, upkeep }: Inspection<unknown>,
  ttlMs: number,
  now: number,
  outage?: Outage,
): Freshness {
  const setback = setbackThatCounts(last, upkeep, outage);
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
      if (upkeep.by === 'watch' && upkeep.state === 'immutable') return freshnessOfWatched(upkeep, readAt);
      if (setback !== undefined) return { state: 'kept', readAt, since: setback.at, because: setback.because };
      if (upkeep.by === 'watch') return freshnessOfWatched(upkeep, readAt);
      if (ttlMs <= 0) return { state: 'readOnUse', readAt, read, by: upkeep.by };
      const until = readAt + ttlMs;
      return now < until ? { state: 'fresh', readAt, read, until } : { state: 'stale', readAt, read, since: until };
    }
  }
}

/**
 * Whether the server answers is said of all objects at once: an outage is a setback of each, and once it is over none is
 * left, but of a watch that is not open again yet.
 */
function setbackThatCounts(
  setback: Inspection<unknown>['setback'],
  upkeep: Upkeep,
  outage: Outage | undefined,
): Inspection<unknown>['setback'] {
  const isOfServer = setback !== undefined && setback.because !== 'older' && isAboutTheServer(setback.because);
  if (outage !== undefined) {
    return setback !== undefined && !isOfServer
      ? setback
      : { at: outage.since, because: isOfServer ? setback.because : outage.failure };
  }
  return isOfServer && upkeep.by !== 'watch' ? undefined : setback;
}

function freshnessOfWatched(upkeep: Upkeep & { readonly by: 'watch' }, readAt: number): Freshness {
  switch (upkeep.state) {
    case 'live':
      return { state: 'live', readAt, since: upkeep.since, heardAt: Math.max(upkeep.heardAt, readAt) };
    case 'immutable':
      return { state: 'immutable', readAt, since: upkeep.since };
    case 'idle':
      return { state: 'idle', readAt, since: upkeep.since };
    case 'syncing':
    case 'retrying':
      return upkeep.synced ? { state: 'live', readAt, since: readAt, heardAt: readAt } : { state: 'idle', readAt };
  }
}

/**
 * Whether something is wrong with the object itself: there is no such object, or it cannot be read any longer. That the
 * server does not answer is no trouble of each of its objects.
 */
export function isTrouble(freshness: Freshness): boolean {
  switch (freshness.state) {
    case 'notFound':
    case 'forbidden':
      return true;
    case 'failed':
      return !isAboutTheServer(freshness.failure);
    case 'kept':
      return freshness.because === 'older' || !isAboutTheServer(freshness.because);
    default:
      return false;
  }
}
