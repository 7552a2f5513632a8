import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { freshnessOf, isTrouble, type Freshness, type FreshnessState } from '../../src/connection/freshness';
import type { Content, Inspection } from '../../src/manager/reading';
import { failureOfStatus } from '../../src/objects/failure';
import { forbidden, secret, serverError } from './support';

const notFound = failureOfStatus({ code: 404, reason: 'NotFound', message: 'not found' });
const readAt = 1_000;
const none: Content<unknown> = { state: 'none' };
const held: Content<unknown> = { state: 'object', object: secret('db'), readAt, read: 'cache' };
const missing: Content<unknown> = { state: 'notFound', failure: notFound, readAt };

function inspection(content: Content<unknown>, more: Partial<Inspection<unknown>> = {}): Inspection<unknown> {
  return { references: 1, holds: 0, reading: false, content, setback: undefined, upkeep: { by: 'ttl' }, ...more };
}

describe('freshness', () => {
  const fresh: Freshness = { state: 'fresh', readAt, read: 'cache', until: 1_060 };
  const readOnUse: Freshness = { state: 'readOnUse', readAt, read: 'cache', by: 'ttl' };
  const stale: Freshness = { state: 'stale', readAt, read: 'cache', since: 1_060 };
  const table: readonly {
    readonly what: string;
    readonly of: Inspection<unknown>;
    readonly ttlMs?: number;
    readonly now?: number;
    readonly is: Freshness;
  }[] = [
    { what: 'nothing was read', of: inspection(none), is: { state: 'notFetched' } },
    { what: 'the first read is under way', of: inspection(none, { reading: true }), is: { state: 'fetching' } },
    {
      what: 'the first read failed',
      of: inspection(none, { setback: { at: 7, because: serverError } }),
      is: { state: 'failed', since: 7, failure: serverError },
    },
    {
      what: 'the first read failed and the next is under way',
      of: inspection(none, { setback: { at: 7, because: serverError }, reading: true }),
      is: { state: 'failed', since: 7, failure: serverError },
    },
    {
      what: 'it may not be read',
      of: inspection(none, { setback: { at: 7, because: forbidden } }),
      is: { state: 'forbidden', since: 7, failure: forbidden },
    },
    { what: 'it does not exist', of: inspection(missing), is: { state: 'notFound', readAt, failure: notFound } },
    {
      what: 'it did not exist and cannot be asked about any more',
      of: inspection(missing, { setback: { at: 7, because: serverError } }),
      is: { state: 'notFound', readAt, failure: notFound, since: { at: 7, because: serverError } },
    },
    { what: 'it was just read', of: inspection(held), now: readAt, is: fresh },
    { what: 'the TTL is about to end', of: inspection(held), now: 1_059, is: fresh },
    { what: 'the TTL ends at this moment', of: inspection(held), now: 1_060, is: stale },
    { what: 'the TTL ended long ago', of: inspection(held), now: 9_999, is: stale },
    { what: 'another read is under way', of: inspection(held, { reading: true }), now: 1_001, is: fresh },
    { what: 'the TTL is 0', of: inspection(held), ttlMs: 0, is: readOnUse },
    { what: 'the TTL is negative', of: inspection(held), ttlMs: -5, is: readOnUse },
    {
      what: 'each get reads',
      of: inspection(held, { upkeep: { by: 'get' } }),
      ttlMs: 0,
      is: { ...readOnUse, by: 'get' },
    },
    {
      what: 'it is watched',
      of: inspection(held, { upkeep: { by: 'watch', synced: true, state: 'live', since: 5, heardAt: 1_500 } }),
      now: 99_999,
      is: { state: 'live', readAt, since: 5, heardAt: 1_500 },
    },
    {
      what: 'it was listed and its watch is being opened',
      of: inspection(held, { upkeep: { by: 'watch', synced: true, state: 'syncing' } }),
      is: { state: 'live', readAt, since: readAt, heardAt: readAt },
    },
    {
      what: 'its watch broke off',
      of: inspection(held, {
        setback: { at: 1_010, because: serverError },
        upkeep: {
          by: 'watch',
          synced: true,
          state: 'retrying',
          failure: serverError,
          since: 1_005,
          failedAt: 1_010,
          nextTryAt: 2_000,
        },
      }),
      is: { state: 'kept', readAt, since: 1_010, because: serverError },
    },
    {
      what: 'its watch is idle',
      of: inspection(held, { upkeep: { by: 'watch', synced: false, state: 'idle', since: 2_000 } }),
      is: { state: 'idle', readAt, since: 2_000 },
    },
    {
      what: 'it is listed again',
      of: inspection(held, { upkeep: { by: 'watch', synced: false, state: 'syncing' } }),
      is: { state: 'idle', readAt },
    },
    {
      what: 'its watch was stopped for good',
      of: inspection(held, { upkeep: { by: 'watch', synced: true, state: 'immutable', since: 2_000 } }),
      is: { state: 'immutable', readAt, since: 2_000 },
    },
    {
      what: 'a refresh failed',
      of: inspection(held, { setback: { at: 1_010, because: serverError } }),
      now: 1_011,
      is: { state: 'kept', readAt, since: 1_010, because: serverError },
    },
    {
      what: 'the role was revoked',
      of: inspection(held, { setback: { at: 1_010, because: forbidden } }),
      now: 5_000,
      is: { state: 'kept', readAt, since: 1_010, because: forbidden },
    },
    {
      what: 'a refresh brought an older version',
      of: inspection(held, { setback: { at: 1_010, because: 'older' } }),
      ttlMs: 0,
      is: { state: 'kept', readAt, since: 1_010, because: 'older' },
    },
  ];
  for (const { what, of, ttlMs = 60, now = 1_000, is } of table) {
    test(`when ${what} (TTL ${ttlMs}, at ${now}), it is ${is.state}`, () => {
      assert.deepEqual(freshnessOf(of, ttlMs, now), is);
    });
  }

  test('that an object is immutable does not make it fresher', () => {
    const immutable: Content<unknown> = { ...held, object: { ...secret('db'), immutable: true } };
    for (const now of [readAt, 1_059, 1_060]) {
      assert.deepEqual(freshnessOf(inspection(immutable), 60, now), freshnessOf(inspection(held), 60, now));
    }
  });

  test('what is fresh stays so until the time it names, and is stale from that moment on', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), fc.nat(1e6), (ttlMs, later) => {
        const at = (now: number): Freshness => freshnessOf(inspection(held), ttlMs, now);
        const first = at(readAt);
        assert.equal(first.state, 'fresh');
        assert.equal(at(first.until - 1).state, 'fresh');
        assert.equal(at(first.until + later).state, 'stale');
      }),
    );
  });
});

test('a person should look at what cannot be read, or not any longer', () => {
  const states: Readonly<Record<FreshnessState, Freshness>> = {
    notFetched: { state: 'notFetched' },
    fetching: { state: 'fetching' },
    fresh: { state: 'fresh', readAt, read: 'cache', until: 1 },
    readOnUse: { state: 'readOnUse', readAt, read: 'cache', by: 'ttl' },
    live: { state: 'live', readAt, since: 1, heardAt: 1 },
    immutable: { state: 'immutable', readAt, since: 1 },
    idle: { state: 'idle', readAt, since: 1 },
    stale: { state: 'stale', readAt, read: 'cache', since: 1 },
    kept: { state: 'kept', readAt, since: 1, because: 'older' },
    notFound: { state: 'notFound', readAt, failure: notFound },
    forbidden: { state: 'forbidden', since: 1, failure: forbidden },
    failed: { state: 'failed', since: 1, failure: serverError },
  };
  const problems = Object.values(states).filter(isTrouble);
  assert.deepEqual(
    problems.map(({ state }) => state),
    ['kept', 'notFound', 'forbidden', 'failed'],
  );
});
