import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Expiries } from '../../src/connection/expiries';
import type { SyncStatus } from '../../src/connection/facts';
import { SyncLoop } from '../../src/connection/syncLoop';
import { TokenBucket } from '../../src/connection/tokenBucket';
import type { Reading } from '../../src/manager/reading';
import type { Disposable } from '../../src/objects/disposable';
import type { Failure, FailureKind } from '../../src/objects/failure';
import { keyText, type ObjectKey } from '../../src/objects/objectKey';
import { FakeClock, settle } from './fakeClock';
import { forbidden, secretKey, serverError, throttled, unreachable } from './support';

const read: Reading<unknown> = { outcome: 'fetched', object: {}, readAt: 0, read: 'quorum' };

function failing(failure: Failure): Reading<unknown> {
  return { outcome: 'failed', failure };
}

class LoopBench {
  readonly clock = new FakeClock();
  keys: readonly ObjectKey[] = ['a', 'b', 'c'].map((name) => secretKey(name));
  readonly fresh = new Set<string>();
  readonly statuses: SyncStatus[] = [];
  random = 0;
  passes = 0;
  limit = { perSecond: 50, burst: 100 };
  /** What reading a name answers; held back if it answers nothing. */
  answer: (name: string) => Reading<unknown> | undefined = () => read;
  readonly held: { readonly name: string; readonly resolve: (reading: Reading<unknown>) => void }[] = [];
  #reads: string[] = [];
  readonly bucket = new TokenBucket(
    () => this.limit,
    () => this.clock.now(),
  );
  readonly loop = new SyncLoop({
    clock: this.clock,
    random: () => this.random,
    bucket: this.bucket,
    keys: () => this.keys,
    useWithoutRequest: (key) => this.fresh.has(keyText(key)),
    read: ({ name }) => {
      this.#reads.push(name);
      const answer = this.answer(name);
      if (answer !== undefined) return Promise.resolve(answer);
      return new Promise((resolve) => this.held.push({ name, resolve }));
    },
    beforePass: () => {
      this.passes += 1;
    },
    statusChanged: (status) => this.statuses.push(status),
  });

  take(): string[] {
    return this.#reads.splice(0);
  }

  release(reading: Reading<unknown> = read): Promise<void> {
    for (const { resolve } of this.held.splice(0)) resolve(reading);
    return settle();
  }
}

describe('SyncLoop', () => {
  test('reads each object once a pass, at once when it becomes active', async () => {
    const bench = new LoopBench();
    bench.loop.setActive(true);
    await bench.clock.advance(0);
    assert.deepEqual(bench.take(), ['a', 'b', 'c']);
    assert.equal(bench.passes, 1);
  });

  for (const [random, wait] of [
    [0, 60_000],
    [0.5, 75_000],
    [0.999, 89_970],
  ] as const) {
    test(`makes the next pass ${wait} ms after the last with the random number ${random}`, async () => {
      const bench = new LoopBench();
      bench.random = random;
      bench.loop.setActive(true);
      await bench.clock.advance(0);
      bench.take();
      await bench.clock.advance(wait - 1);
      assert.deepEqual(bench.take(), []);
      await bench.clock.advance(1);
      assert.deepEqual(bench.take(), ['a', 'b', 'c']);
    });
  }

  test('counts the wait from the end of a pass', async () => {
    const bench = new LoopBench();
    bench.answer = () => undefined;
    bench.loop.setActive(true);
    await bench.clock.advance(5_000);
    assert.deepEqual(bench.clock.waits, []);
    await bench.release();
    assert.deepEqual(bench.clock.waits, [60_000]);
    assert.deepEqual(bench.loop.status.last, { endedAt: bench.clock.now(), tookMs: 5_000, objects: 3 });
  });

  test('an object that is listed twice is read once', async () => {
    const bench = new LoopBench();
    bench.keys = [secretKey('a'), secretKey('a')];
    bench.loop.setActive(true);
    bench.loop.add([secretKey('a')]);
    await bench.clock.advance(0);
    assert.equal(bench.loop.status.last?.objects, 1);
    assert.ok(bench.take().length <= 2);
    await bench.clock.advance(60_000);
    assert.deepEqual(bench.take(), ['a']);
  });

  test('what is fresh is not read and costs no token', async () => {
    const bench = new LoopBench();
    bench.limit = { perSecond: 1, burst: 1 };
    bench.keys = Array.from({ length: 50 }, (_, i) => secretKey(`s${i}`));
    for (const key of bench.keys.slice(0, 49)) bench.fresh.add(keyText(key));
    bench.loop.setActive(true);
    await bench.clock.advance(0);
    assert.deepEqual(bench.take(), ['s49']);
    assert.equal(bench.loop.status.last?.objects, 50);
  });

  test('a pass over nothing ends at once', async () => {
    const bench = new LoopBench();
    bench.keys = [];
    bench.loop.setActive(true);
    await bench.clock.advance(0);
    assert.deepEqual(bench.loop.status, {
      running: undefined,
      last: { endedAt: bench.clock.now(), tookMs: 0, objects: 0 },
    });
    assert.deepEqual(bench.clock.waits, [60_000]);
  });

  test('keeps to the rate: after the burst, objects wait for tokens', async () => {
    const bench = new LoopBench();
    bench.limit = { perSecond: 2, burst: 1 };
    bench.loop.setActive(true);
    await bench.clock.advance(0);
    assert.deepEqual(bench.take(), ['a']);
    await bench.clock.advance(499);
    assert.deepEqual(bench.take(), []);
    await bench.clock.advance(1);
    assert.deepEqual(bench.take(), ['b']);
    await bench.clock.advance(500);
    assert.deepEqual(bench.take(), ['c']);
    assert.equal(bench.loop.status.last?.tookMs, 1_000);
  });

  test('reads at most six objects at once', async () => {
    const bench = new LoopBench();
    bench.keys = Array.from({ length: 20 }, (_, i) => secretKey(`s${i}`));
    bench.answer = () => undefined;
    bench.loop.setActive(true);
    await bench.clock.advance(0);
    assert.equal(bench.held.length, 6);
    bench.held.shift()?.resolve(read);
    await settle();
    assert.equal(bench.held.length, 6);
    for (let i = 0; i < 4; i += 1) await bench.release();
    assert.equal(bench.loop.status.last?.objects, 20);
  });

  test('a throttled read pauses for as long as the server asks, or for a second, and takes its turn again', async () => {
    for (const [retryAfterMs, pause] of [
      [7_000, 7_000],
      [undefined, 1_000],
    ] as const) {
      const bench = new LoopBench();
      bench.keys = Array.from({ length: 7 }, (_, i) => secretKey(`s${i}`));
      bench.answer = () => undefined;
      bench.loop.setActive(true);
      await bench.clock.advance(0);
      bench.take();
      bench.answer = () => read;
      await bench.release(failing(throttled(retryAfterMs)));
      await bench.clock.advance(pause - 1);
      assert.deepEqual(bench.take(), []);
      await bench.clock.advance(1);
      assert.deepEqual(bench.take(), ['s6', 's0', 's1', 's2', 's3', 's4', 's5']);
    }
  });

  test('a pause that the server asked for lasts, though the loop is stopped and started meanwhile', async () => {
    const bench = new LoopBench();
    bench.answer = () => failing(throttled(30_000));
    bench.loop.setActive(true);
    await settle();
    bench.take();
    bench.answer = () => read;
    bench.loop.setActive(false);
    assert.deepEqual(bench.clock.waits, []);
    await bench.clock.advance(10_000);
    bench.loop.setActive(true);
    await bench.clock.advance(19_999);
    assert.deepEqual(bench.take(), []);
    await bench.clock.advance(1);
    assert.deepEqual(bench.take(), ['a', 'b', 'c']);
  });

  test('of several pauses the longest counts', async () => {
    const bench = new LoopBench();
    bench.keys = Array.from({ length: 7 }, (_, i) => secretKey(`s${i}`));
    bench.answer = () => undefined;
    bench.loop.setActive(true);
    await bench.clock.advance(0);
    bench.take();
    bench.answer = () => read;
    const [first, second, ...others] = bench.held.splice(0);
    first?.resolve(failing(throttled(7_000)));
    await settle();
    second?.resolve(failing(throttled(1_000)));
    for (const { resolve } of others) resolve(read);
    await bench.clock.advance(6_999);
    assert.deepEqual(bench.take(), []);
    await bench.clock.advance(1);
    assert.deepEqual(bench.take(), ['s6', 's0', 's1']);
  });

  const aboutTheServer: readonly FailureKind[] = [
    'unreachable',
    'timeout',
    'tls',
    'credentials',
    'configuration',
    'unauthorized',
    'cancelled',
  ];
  const mendedByPeople: readonly FailureKind[] = ['tls', 'credentials', 'configuration', 'unauthorized'];
  for (const kind of aboutTheServer) {
    const wait = mendedByPeople.includes(kind) ? 75_000 : 12_500;
    test(`after "${kind}" the rest of the pass is given up, and the next comes after ${wait} ms`, async () => {
      const bench = new LoopBench();
      bench.keys = Array.from({ length: 20 }, (_, i) => secretKey(`s${i}`));
      bench.random = 0.5;
      bench.answer = () => failing({ kind, message: 'no answer' });
      bench.loop.setActive(true);
      await bench.clock.advance(0);
      assert.equal(bench.take().length, 6, 'only what was under way');
      assert.deepEqual(bench.loop.status, { running: undefined, last: undefined });
      assert.deepEqual(bench.clock.waits, [wait]);
      bench.answer = () => read;
      await bench.clock.advance(wait);
      assert.equal(bench.take().length, 20);
      assert.deepEqual(bench.clock.waits, [75_000]);
    });
  }

  test('a copy that is kept because the server cannot be reached gives the pass up as well', async () => {
    const bench = new LoopBench();
    bench.answer = () => ({ outcome: 'kept', object: {}, readAt: 0, read: 'cache', because: unreachable });
    bench.loop.setActive(true);
    await bench.clock.advance(0);
    assert.deepEqual(bench.clock.waits, [10_000]);
  });

  test('failures that are about one object do not end the pass', async () => {
    const bench = new LoopBench();
    const readings: Readonly<Record<string, Reading<unknown>>> = {
      a: failing(forbidden),
      b: failing(serverError),
      c: { outcome: 'kept', object: {}, readAt: 0, read: 'cache', because: 'older' },
    };
    bench.answer = (name) => readings[name];
    bench.loop.setActive(true);
    await bench.clock.advance(0);
    assert.equal(bench.loop.status.last?.objects, 3);
    assert.deepEqual(bench.clock.waits, [60_000]);
  });

  test('while it is not active it has no timer and reads nothing', async () => {
    const bench = new LoopBench();
    bench.loop.add([secretKey('a')]);
    await bench.clock.advance(1_000_000);
    assert.deepEqual([bench.take(), bench.clock.waits], [[], []]);
    bench.limit = { perSecond: 1, burst: 1 };
    bench.loop.setActive(true);
    await bench.clock.advance(0);
    bench.loop.setActive(false);
    bench.take();
    assert.deepEqual(bench.clock.waits, []);
    bench.loop.add([secretKey('a')]);
    await bench.clock.advance(1_000_000);
    assert.deepEqual([bench.take(), bench.clock.waits], [[], []]);
  });

  test('a pass that was cut short goes on where it was', async () => {
    const bench = new LoopBench();
    bench.limit = { perSecond: 1, burst: 2 };
    bench.loop.setActive(true);
    await bench.clock.advance(0);
    assert.deepEqual(bench.take(), ['a', 'b']);
    bench.loop.setActive(false);
    await bench.clock.advance(10_000);
    bench.loop.setActive(true);
    assert.deepEqual(bench.loop.status, { running: { done: 2, total: 3, first: true }, last: undefined });
    await bench.clock.advance(1_000);
    assert.deepEqual(bench.take(), ['c']);
    assert.equal(bench.statuses.at(-1)?.last?.objects, 3);
  });

  test('a pass that was cut short starts anew when the next one would be due', async () => {
    const bench = new LoopBench();
    bench.limit = { perSecond: 1, burst: 2 };
    bench.loop.setActive(true);
    await bench.clock.advance(0);
    bench.take();
    bench.loop.setActive(false);
    await bench.clock.advance(60_000);
    bench.limit = { perSecond: 50, burst: 100 };
    bench.loop.setActive(true);
    await bench.clock.advance(1_000);
    assert.deepEqual(bench.take(), ['c', 'a', 'b'], 'what waited longest comes first');
  });

  test('a pass whose last answer came while it was stopped ends when it is active again', async () => {
    const bench = new LoopBench();
    bench.answer = () => undefined;
    bench.loop.setActive(true);
    await bench.clock.advance(0);
    bench.loop.setActive(false);
    await bench.release();
    bench.loop.setActive(true);
    await bench.clock.advance(0);
    assert.deepEqual(
      [bench.loop.status.running, bench.loop.status.last?.objects, bench.clock.waits],
      [undefined, 3, [60_000]],
    );
  });

  test('starting anew reads what there is to read by then', async () => {
    const bench = new LoopBench();
    bench.limit = { perSecond: 1, burst: 2 };
    bench.loop.setActive(true);
    await bench.clock.advance(0);
    bench.take();
    bench.limit = { perSecond: 50, burst: 100 };
    bench.loop.startAnew();
    await bench.clock.advance(1_000);
    assert.deepEqual(bench.take(), ['a', 'b', 'c']);
    bench.loop.startAnew();
    await bench.clock.advance(1_000);
    assert.deepEqual(bench.take(), [], 'a pass that has ended is not repeated');
  });

  test('what is under way when it stops is finished, and counts for no later pass', async () => {
    const bench = new LoopBench();
    bench.answer = () => undefined;
    bench.loop.setActive(true);
    await bench.clock.advance(0);
    bench.loop.setActive(false);
    await bench.release(failing(unreachable));
    assert.deepEqual([bench.clock.waits, bench.loop.status.last], [[], undefined]);
  });

  test('a whole pass is not repeated before its time however often it stops and starts', async () => {
    const bench = new LoopBench();
    bench.loop.setActive(true);
    await bench.clock.advance(0);
    bench.take();
    for (let i = 0; i < 10; i += 1) {
      bench.loop.setActive(false);
      await bench.clock.advance(1_000);
      bench.loop.setActive(true);
      await bench.clock.advance(1_000);
    }
    assert.deepEqual([bench.take(), bench.clock.waits], [[], [40_000]]);
    bench.loop.setActive(false);
    await bench.clock.advance(1_000_000);
    bench.loop.setActive(true);
    await bench.clock.advance(0);
    assert.deepEqual(bench.take(), ['a', 'b', 'c']);
  });

  test('what is added while it is active is read at once, between passes and during one', async () => {
    const bench = new LoopBench();
    bench.loop.setActive(true);
    await bench.clock.advance(0);
    bench.take();
    bench.loop.add([secretKey('new'), secretKey('new')]);
    await settle();
    assert.deepEqual(bench.take(), ['new']);
    assert.deepEqual(bench.clock.waits, [60_000], 'the next pass comes when it would have');
    assert.equal(bench.loop.status.running, undefined, 'and what is added is no pass');
    bench.answer = (name) => (name === 'new' ? read : undefined);
    await bench.clock.advance(60_000);
    bench.loop.add([secretKey('new')]);
    await settle();
    assert.deepEqual(bench.take(), ['a', 'b', 'c', 'new']);
    assert.deepEqual(bench.loop.status.running, { done: 0, total: 3, first: false });
  });

  test('what is added while nobody answers is read by a pass that comes as soon as after a failed one', async () => {
    const bench = new LoopBench();
    bench.loop.setActive(true);
    await bench.clock.advance(0);
    bench.answer = () => failing(unreachable);
    bench.loop.add([secretKey('new')]);
    await settle();
    assert.deepEqual(bench.clock.waits, [10_000]);
  });

  test('the status tells how far the pass is, whether it is the first, and how the last one was', async () => {
    const bench = new LoopBench();
    assert.deepEqual(bench.loop.status, { running: undefined, last: undefined });
    bench.answer = () => undefined;
    bench.loop.setActive(true);
    await bench.clock.advance(0);
    bench.held.shift()?.resolve(read);
    await bench.clock.advance(30);
    bench.held.shift()?.resolve(read);
    await settle();
    bench.held.shift()?.resolve(read);
    await settle();
    const running = (done: number, first: boolean): SyncStatus['running'] => ({ done, total: 3, first });
    assert.deepEqual(
      bench.statuses.map((status) => status.running),
      [running(0, true), running(1, true), running(2, true), running(3, true), undefined],
    );
    assert.deepEqual(bench.statuses.at(-1)?.last, { endedAt: bench.clock.now(), tookMs: 30, objects: 3 });
    await bench.clock.advance(60_000);
    assert.deepEqual(bench.loop.status.running, running(0, false));
  });

  test('no pass is said to run while it is not active, and both changes are told', async () => {
    const bench = new LoopBench();
    bench.answer = () => undefined;
    bench.loop.setActive(true);
    await bench.clock.advance(0);
    bench.statuses.splice(0);
    bench.loop.setActive(false);
    bench.held.shift()?.resolve(read);
    await settle();
    assert.ok(bench.statuses.length > 0);
    assert.ok(bench.statuses.every(({ running }) => running === undefined));
    bench.statuses.splice(0);
    bench.loop.setActive(true);
    assert.deepEqual(bench.statuses, [{ running: { done: 1, total: 3, first: true }, last: undefined }]);
  });

  /** A pass that read `a` to `c` was left for so long that another began; their answers are held back. */
  async function secondPass(): Promise<LoopBench> {
    const bench = new LoopBench();
    bench.answer = () => undefined;
    bench.loop.setActive(true);
    await bench.clock.advance(0);
    bench.loop.setActive(false);
    await bench.clock.advance(60_000);
    bench.loop.setActive(true);
    await bench.clock.advance(0);
    assert.deepEqual([bench.take(), bench.passes], [['a', 'b', 'c'], 2]);
    return bench;
  }

  test('an answer of an older pass completes nothing of a newer one, which reads the object after it', async () => {
    const bench = await secondPass();
    bench.held.shift()?.resolve(read);
    await settle();
    assert.deepEqual(bench.loop.status.running, { done: 0, total: 3, first: true });
    assert.deepEqual(bench.take(), ['a'], 'no key is read twice at the same time');
    await bench.release();
    assert.deepEqual(bench.take(), ['b', 'c']);
    await bench.release();
    assert.equal(bench.loop.status.last?.objects, 3);
    assert.deepEqual(bench.take(), []);
  });

  test('what an older read made fresh is not read again by the newer pass', async () => {
    const bench = await secondPass();
    for (const key of bench.keys) bench.fresh.add(keyText(key));
    await bench.release();
    assert.deepEqual([bench.take(), bench.loop.status.last?.objects], [[], 3]);
  });

  test('a failure of an older pass does not end a newer one', async () => {
    const bench = await secondPass();
    bench.answer = () => read;
    await bench.release(failing(unreachable));
    assert.deepEqual(bench.take(), ['a', 'b', 'c']);
    assert.deepEqual([bench.loop.status.last?.objects, bench.clock.waits], [3, [60_000]]);
  });

  test('what began before the pass was started anew neither completes nor ends it', async () => {
    for (const answer of [read, failing(unreachable)]) {
      const bench = new LoopBench();
      bench.answer = () => undefined;
      bench.loop.setActive(true);
      await bench.clock.advance(0);
      bench.loop.startAnew();
      assert.deepEqual(bench.take(), ['a', 'b', 'c']);
      await bench.release(answer);
      assert.deepEqual(bench.loop.status.running, { done: 0, total: 3, first: true });
      assert.deepEqual(bench.take(), ['a', 'b', 'c']);
    }
  });

  test('what began before a pass that starts anew does not put it off', async () => {
    const bench = new LoopBench();
    bench.answer = () => undefined;
    bench.loop.setActive(true);
    await bench.clock.advance(0);
    bench.loop.setActive(false);
    bench.loop.startAnew();
    await bench.release(failing(unreachable));
    bench.take();
    bench.loop.setActive(true);
    assert.deepEqual(bench.take(), ['a', 'b', 'c']);
  });

  test('an object that is added while it is read is read once more after that', async () => {
    const bench = new LoopBench();
    bench.answer = () => undefined;
    bench.keys = [secretKey('a')];
    bench.loop.setActive(true);
    await bench.clock.advance(0);
    bench.loop.add([secretKey('a'), secretKey('b')]);
    assert.deepEqual(bench.take(), ['a', 'b']);
    await bench.release();
    assert.deepEqual(bench.take(), ['a']);
  });

  test('an added object that outlives the pass it was added in and fails has the next pass come soon', async () => {
    const bench = new LoopBench();
    bench.answer = (name) => (name === 'new' ? undefined : read);
    bench.loop.add([secretKey('new')]);
    bench.loop.setActive(true);
    await bench.clock.advance(0);
    assert.deepEqual(bench.clock.waits, [60_000]);
    await bench.release(failing(unreachable));
    assert.deepEqual(bench.clock.waits, [10_000]);
  });

  test('what fails between passes does not put the next one off', async () => {
    const bench = new LoopBench();
    bench.loop.setActive(true);
    await bench.clock.advance(55_000);
    bench.answer = () => failing(unreachable);
    bench.loop.add([secretKey('new')]);
    await settle();
    assert.deepEqual(bench.clock.waits, [5_000]);
  });

  test('a read that is cancelled between passes takes nothing else out of its turn', async () => {
    const bench = new LoopBench();
    bench.loop.setActive(true);
    await settle();
    bench.take();
    bench.answer = () => undefined;
    bench.loop.add(Array.from({ length: 8 }, (_, i) => secretKey(`s${i}`)));
    bench.answer = () => read;
    await bench.release(failing({ kind: 'cancelled', message: 'the strategy is another' }));
    assert.deepEqual(bench.take(), ['s0', 's1', 's2', 's3', 's4', 's5', 's6', 's7']);
    assert.deepEqual(bench.clock.waits, [60_000]);
  });

  test('a read that began between passes counts for the pass that begins meanwhile', async () => {
    const bench = new LoopBench();
    bench.loop.setActive(true);
    await bench.clock.advance(0);
    bench.answer = (name) => (name === 'a' ? undefined : read);
    bench.loop.add([secretKey('a')]);
    await bench.clock.advance(60_000);
    bench.take();
    await bench.release();
    assert.deepEqual(bench.take(), []);
    assert.equal(bench.loop.status.last?.tookMs, 0);
  });

  test('what a pass skipped as fresh is read when it expires, once, and nothing else is', async () => {
    const bench = new LoopBench();
    bench.fresh.add(keyText(secretKey('a')));
    bench.loop.setActive(true);
    await bench.clock.advance(10_000);
    assert.deepEqual(bench.take(), ['b', 'c']);
    bench.fresh.clear();
    bench.loop.expired([...bench.keys, secretKey('other')]);
    bench.loop.expired(bench.keys);
    await settle();
    bench.loop.expired(bench.keys);
    await settle();
    assert.deepEqual(bench.take(), ['a']);
    assert.deepEqual(bench.clock.waits, [50_000], 'the next pass comes when it would have');
  });

  test('what expires while a pass has it before it is read once', async () => {
    const bench = new LoopBench();
    bench.limit = { perSecond: 1, burst: 1 };
    for (const key of bench.keys) bench.fresh.add(keyText(key));
    bench.loop.setActive(true);
    await bench.clock.advance(59_999);
    bench.fresh.clear();
    await bench.clock.advance(1);
    assert.deepEqual(bench.take(), ['a']);
    bench.loop.expired(bench.keys);
    await bench.clock.advance(10_000);
    assert.deepEqual(bench.take(), ['b', 'c']);
  });

  test('what the last pass read is not read again when it expires, though an earlier pass skipped it', async () => {
    const bench = new LoopBench();
    for (const key of bench.keys) bench.fresh.add(keyText(key));
    bench.loop.setActive(true);
    await bench.clock.advance(0);
    bench.fresh.clear();
    await bench.clock.advance(60_000);
    assert.deepEqual(bench.take(), ['a', 'b', 'c']);
    bench.loop.expired(bench.keys);
    await settle();
    assert.deepEqual(bench.take(), []);
  });

  test('what has expired waits for a token, and is not read if it was used meanwhile', async () => {
    const bench = new LoopBench();
    bench.limit = { perSecond: 1, burst: 1 };
    for (const key of bench.keys) bench.fresh.add(keyText(key));
    bench.loop.setActive(true);
    await bench.clock.advance(10_000);
    bench.fresh.clear();
    bench.loop.expired(bench.keys);
    await settle();
    assert.deepEqual(bench.take(), ['a']);
    bench.fresh.add(keyText(secretKey('b')));
    await bench.clock.advance(1_000);
    assert.deepEqual(bench.take(), ['c']);
    bench.fresh.clear();
    bench.loop.expired([secretKey('b')]);
    await bench.clock.advance(1_000);
    assert.deepEqual(bench.take(), ['b'], 'it is read when it expires again');
  });

  test('what expires while the loop is not active is read when it is active again, once', async () => {
    for (const [away, reads] of [
      [10_000, ['a']],
      [60_000, ['a', 'b', 'c']],
    ] as const) {
      const bench = new LoopBench();
      bench.fresh.add(keyText(secretKey('a')));
      bench.loop.setActive(true);
      await bench.clock.advance(0);
      bench.loop.setActive(false);
      bench.take();
      bench.fresh.clear();
      bench.loop.expired(bench.keys);
      await bench.clock.advance(away);
      assert.deepEqual(bench.take(), []);
      bench.loop.setActive(true);
      await bench.clock.advance(0);
      assert.deepEqual(bench.take(), reads);
    }
  });

  test('each object is asked for within 90 s or its TTL, and by the loop at most once a TTL', async () => {
    const second = 1_000;
    const names = ['a', 'b', 'c'] as const;
    const act = fc.record({
      afterMs: fc.nat({ max: 100 * second }),
      name: fc.constantFrom(...names),
      act: fc.constantFrom('use' as const, 'refresh' as const, 'hide' as const, 'show' as const),
    });
    const runs = fc.record({
      ttlMs: fc.constantFrom(0, 1, 5, 30, 60, 61, 75, 89, 90, 120, 300).map((seconds) => seconds * second),
      random: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 5 }),
      acts: fc.array(act, { maxLength: 25 }),
    });
    await fc.assert(
      fc.asyncProperty(runs, async ({ ttlMs, random, acts }) => {
        const clock = new FakeClock();
        const expiries = new Expiries();
        /** When each name was asked for last, by anybody. */
        const askedAt = new Map<string, number>();
        let activeSince: number | undefined;
        let passes = 0;
        let boundary: Disposable | undefined;
        const isFresh = (name: string): boolean => clock.now() < (askedAt.get(name) ?? -Infinity) + ttlMs;
        const setBoundary = (): void => {
          boundary?.dispose();
          if (activeSince === undefined || expiries.next === undefined) return;
          boundary = clock.after(expiries.next - clock.now(), () => {
            loop.expired(expiries.take(clock.now()));
            setBoundary();
          });
        };
        const checkAge = (name: string): void => {
          const since = Math.max(askedAt.get(name) ?? -Infinity, activeSince ?? Infinity);
          const age = clock.now() - since;
          assert.ok(age <= Math.max(ttlMs, 90 * second) + second, `${name} was not asked for in ${age} ms`);
        };
        const ask = (name: string): void => {
          checkAge(name);
          askedAt.set(name, clock.now());
          expiries.set(secretKey(name), ttlMs > 0 ? clock.now() + ttlMs : undefined);
          setBoundary();
        };
        const loop = new SyncLoop({
          clock,
          random: () => random[passes % random.length] ?? 0,
          bucket: new TokenBucket(
            () => ({ perSecond: 50, burst: 100 }),
            () => clock.now(),
          ),
          keys: () => names.map((name) => secretKey(name)),
          useWithoutRequest: ({ name }) => isFresh(name),
          read: ({ name }) => {
            assert.notEqual(activeSince, undefined);
            assert.ok(!isFresh(name), `${name} is read though it is fresh`);
            ask(name);
            return Promise.resolve(read);
          },
          beforePass: () => {
            passes += 1;
          },
          statusChanged: () => undefined,
        });
        const setActive = (active: boolean): void => {
          if (active === (activeSince !== undefined)) return;
          for (const name of names) checkAge(name);
          activeSince = active ? clock.now() : undefined;
          loop.setActive(active);
          setBoundary();
        };
        setActive(true);
        for (const { afterMs, name, act: what } of acts) {
          await clock.advance(afterMs);
          if (what === 'hide' || what === 'show') setActive(what === 'show');
          else if (what === 'refresh' || !isFresh(name)) ask(name);
        }
        await clock.advance(400 * second);
        setActive(false);
      }),
      { numRuns: 300 },
    );
  });

  test('a pass that is to be retried as nobody answered starts at once when somebody answers again', async () => {
    const bench = new LoopBench();
    bench.answer = () => failing(unreachable);
    bench.loop.setActive(true);
    await bench.clock.advance(1_000);
    bench.take();
    bench.answer = () => read;
    bench.loop.retry();
    await settle();
    assert.deepEqual([bench.take(), bench.clock.waits], [['a', 'b', 'c'], [60_000]]);
    bench.loop.retry();
    await settle();
    assert.deepEqual([bench.take(), bench.passes], [[], 2], 'only once');
  });

  test('a server that answers every other request is not asked without a pause', async () => {
    const bench = new LoopBench();
    bench.keys = Array.from({ length: 20 }, (_, i) => secretKey(`s${i}`));
    let asked = 0;
    bench.answer = () => {
      asked += 1;
      if (asked % 2 === 1) return failing(unreachable);
      void settle().then(() => {
        bench.loop.retry();
      });
      return read;
    };
    bench.loop.setActive(true);
    await bench.clock.advance(60_000);
    assert.ok(bench.passes >= 6 && bench.passes <= 14, `${bench.passes} passes in a minute`);
  });

  test('the time of a retry that was made sooner starts no other pass', async () => {
    const bench = new LoopBench();
    bench.answer = () => failing(unreachable);
    bench.loop.setActive(true);
    await settle();
    bench.answer = () => undefined;
    bench.loop.retry();
    await bench.clock.advance(20_000);
    assert.equal(bench.passes, 2);
  });

  test('a retry while the loop is not active starts with it', async () => {
    const bench = new LoopBench();
    bench.answer = () => failing(unreachable);
    bench.loop.setActive(true);
    await bench.clock.advance(1_000);
    bench.loop.setActive(false);
    bench.answer = () => read;
    bench.take();
    bench.loop.retry();
    await settle();
    assert.deepEqual([bench.take(), bench.clock.waits], [[], []]);
    bench.loop.setActive(true);
    await settle();
    assert.deepEqual(bench.take(), ['a', 'b', 'c']);
  });

  test('a retry has no effect before the first pass, during one, after a whole one, or after its end', async () => {
    const bench = new LoopBench();
    bench.loop.retry();
    bench.answer = () => undefined;
    bench.loop.setActive(true);
    await settle();
    bench.loop.retry();
    await bench.release();
    bench.loop.retry();
    assert.deepEqual([bench.passes, bench.clock.waits], [1, [60_000]]);
    bench.answer = () => failing(unreachable);
    await bench.clock.advance(60_000);
    bench.take();
    bench.loop.dispose();
    bench.loop.retry();
    await settle();
    assert.deepEqual([bench.take(), bench.clock.waits], [[], []]);
  });

  test('a retry has no effect where only people can mend the failure', async () => {
    const bench = new LoopBench();
    bench.answer = () => failing({ kind: 'unauthorized', message: 'who are you' });
    bench.loop.setActive(true);
    await settle();
    bench.loop.retry();
    assert.deepEqual([bench.passes, bench.clock.waits], [1, [60_000]]);
  });

  test('after its end it reads nothing and has no timer', async () => {
    const bench = new LoopBench();
    bench.answer = () => undefined;
    bench.loop.setActive(true);
    await bench.clock.advance(0);
    bench.take();
    bench.loop.dispose();
    bench.loop.dispose();
    await bench.release(failing(throttled()));
    bench.loop.setActive(true);
    bench.loop.add([secretKey('a')]);
    await bench.clock.advance(1_000_000);
    assert.deepEqual([bench.take(), bench.clock.waits], [[], []]);
  });
});
