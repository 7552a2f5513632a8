import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TokenBucket } from '../../src/connection/tokenBucket';

describe('TokenBucket', () => {
  test('gives the burst at once, then tokens at the rate', () => {
    let now = 0;
    const bucket = new TokenBucket(
      () => ({ perSecond: 10, burst: 3 }),
      () => now,
    );
    assert.deepEqual([bucket.take(), bucket.take(), bucket.take()], [0, 0, 0]);
    assert.equal(bucket.take(), 100);
    now += 50;
    assert.equal(bucket.take(), 50, 'asking takes nothing and puts nothing off');
    now += 50;
    assert.deepEqual([bucket.take(), bucket.take()], [0, 100]);
    now += 1_000_000;
    assert.deepEqual([bucket.take(), bucket.take(), bucket.take(), bucket.take()], [0, 0, 0, 100]);
  });

  test('a changed limit acts at the next turn', () => {
    let now = 0;
    let limit = { perSecond: 1, burst: 1 };
    const bucket = new TokenBucket(
      () => limit,
      () => now,
    );
    bucket.take();
    limit = { perSecond: 100, burst: 50 };
    assert.equal(bucket.take(), 10);
    now += 100;
    assert.equal(bucket.take(), 0);
    limit = { perSecond: 100, burst: 2 };
    assert.deepEqual(
      [bucket.take(), bucket.take(), bucket.take()],
      [0, 0, 10],
      'what was saved up is cut to the burst',
    );
  });

  test('in no stretch of time are there more tokens than the burst and what the rate fills in', () => {
    const limit = fc.record({ perSecond: fc.integer({ min: 1, max: 200 }), burst: fc.integer({ min: 1, max: 20 }) });
    const step = fc.record({ pass: fc.nat(500), wants: fc.nat(30) });
    fc.assert(
      fc.property(limit, fc.array(step, { maxLength: 30 }), ({ perSecond, burst }, steps) => {
        let now = 0;
        const taken: number[] = [];
        const bucket = new TokenBucket(
          () => ({ perSecond, burst }),
          () => now,
        );
        for (const { pass, wants } of steps) {
          now += pass;
          for (let i = 0; i < wants; i += 1) if (bucket.take() === 0) taken.push(now);
        }
        for (let from = 0; from < taken.length; from += 1) {
          for (let to = from; to < taken.length; to += 1) {
            const allowed = burst + ((taken[to]! - taken[from]!) * perSecond) / 1000;
            assert.ok(to - from + 1 <= allowed + 1e-6);
          }
        }
      }),
    );
  });

  test('who waits as long as told gets a token', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.array(fc.nat(50), { maxLength: 30 }), (perSecond, waits) => {
        let now = 0;
        const bucket = new TokenBucket(
          () => ({ perSecond, burst: 1 }),
          () => now,
        );
        for (const wait of waits) {
          now += wait;
          const first = bucket.take();
          if (first === 0) continue;
          now += first;
          const second = bucket.take();
          // A token that is short of 1 by rounding costs another millisecond.
          assert.ok(second <= 1, `${second} ms more`);
        }
      }),
    );
  });
});
