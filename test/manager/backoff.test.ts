import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Backoff } from '../../src/manager/backoff';

class Bench {
  now = 0;
  random = 0;
  readonly backoff = new Backoff(
    () => this.now,
    () => this.random,
  );

  /** Some pauses in a row, each begun when the one before it ended. */
  pauses(count: number): number[] {
    return Array.from({ length: count }, () => {
      const ms = this.backoff.next();
      this.now += ms;
      return ms;
    });
  }
}

describe('Backoff', () => {
  test('pauses double from 0.8 s to 30 s', () => {
    assert.deepEqual(new Bench().pauses(8), [800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
  });

  test('each pause is up to twice as long, and what was added is not doubled', () => {
    const bench = new Bench();
    bench.random = 0.5;
    assert.deepEqual(bench.pauses(7), [1200, 2400, 4800, 9600, 19_200, 38_400, 45_000]);
  });

  test('they are forgotten two minutes after the last one began, and not before', () => {
    const bench = new Bench();
    bench.pauses(3);
    bench.now = 2400 + 120_000;
    assert.equal(bench.backoff.next(), 6400, 'exactly two minutes');
    bench.now += 120_001;
    assert.equal(bench.backoff.next(), 800);
  });

  test('the longest pauses do not forget each other', () => {
    const bench = new Bench();
    bench.random = 0.999;
    assert.ok(
      bench
        .pauses(20)
        .slice(6)
        .every((ms) => ms > 59_000 && ms < 60_000),
    );
  });
});
