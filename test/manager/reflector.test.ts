import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WatchEvents } from '../../src/objects/listWatch';
import { Reflector } from '../../src/manager/reflector';
import { rulesOf } from '../../src/manager/rules';
import { answered, failed, failureOfStatus, type Failure } from '../../src/objects/failure';
import { failureOfCode } from '../conformance/scriptedServer';
import type { WatchedToken } from '../conformance/scriptedWatchServer';
import { FakeClock, settle } from '../connection/fakeClock';
import { WatchBench } from './watchSupport';

const refused: Failure = { kind: 'unreachable', message: 'connection refused' };
const tooLarge = failureOfStatus({
  code: 504,
  reason: 'Timeout',
  message: 'Timeout: Too large resource version: 120, current: 100',
});
const shortWatch = { kind: 'server', message: 'the server ends each watch of db at once' };

/** A store that follows `ns/db`, of version 101, by a watch that has lasted for a while. */
async function watching(): Promise<WatchBench> {
  const bench = new WatchBench();
  bench.server.set('ns/db', 'aa');
  await bench.follow();
  assert.deepEqual(bench.calls(), ['list 0', 'watch 101']);
  await bench.clock.advance(5_000);
  return bench;
}

/** What is asked at once, and what a pause of 0.8 s later. */
async function callsNowAndAfterPause(bench: WatchBench): Promise<{ now: string[]; later: string[] }> {
  await settle();
  const now = bench.calls();
  await bench.clock.advance(799);
  assert.deepEqual(bench.calls(), [], 'nothing before the end of the pause');
  await bench.clock.advance(1);
  return { now, later: bench.calls() };
}

describe('Reflector: how it goes on', () => {
  const table: readonly {
    readonly what: string;
    readonly happens: (bench: WatchBench) => void;
    readonly now: readonly string[];
    readonly later: readonly string[];
  }[] = [
    {
      what: 'a watch that lasted ends',
      happens: ({ server }) => {
        server.endWatches('ns/db');
      },
      now: ['watch 101'],
      later: [],
    },
    {
      what: 'a watch that fell silent is closed by whoever reads it',
      happens: ({ server }) => {
        server.endWatches('ns/db', answered('silent'));
      },
      now: ['watch 101'],
      later: [],
    },
    {
      what: 'an open watch breaks off',
      happens: ({ server }) => {
        server.endWatches('ns/db', failed(refused));
      },
      now: ['watch 101'],
      later: [],
    },
    {
      what: 'the server sends that the version is gone',
      happens: ({ server }) => {
        server.sendError('ns/db', '410');
      },
      now: [],
      later: ['list 101', 'watch 101'],
    },
    {
      what: 'the server sends an internal error',
      happens: ({ server }) => {
        server.sendError('ns/db', '500');
      },
      now: [],
      later: ['list 101', 'watch 101'],
    },
    {
      what: 'the server sends that it is busy',
      happens: ({ server }) => {
        server.sendError('ns/db', '429');
      },
      now: [],
      later: ['watch 101'],
    },
    {
      what: 'the stream is not what the API promises',
      happens: ({ server }) => {
        server.endWatches('ns/db', failed({ kind: 'invalid', message: 'no JSON' }));
      },
      now: [],
      later: ['list 101', 'watch 101'],
    },
    {
      what: 'the next watch is refused as the server is busy',
      happens: ({ server }) => {
        server.fail('watch', '429');
        server.endWatches('ns/db');
      },
      now: ['watch 101'],
      later: ['watch 101'],
    },
    {
      what: 'the next watch finds no server',
      happens: ({ server }) => {
        server.fail('watch', refused);
        server.endWatches('ns/db');
      },
      now: ['watch 101'],
      later: ['watch 101'],
    },
    {
      what: 'the next watch is forbidden',
      happens: ({ server }) => {
        server.fail('watch', '403');
        server.endWatches('ns/db');
      },
      now: ['watch 101'],
      later: ['list 101', 'watch 101'],
    },
    {
      what: 'the next watch is not answered in time',
      happens: ({ server }) => {
        server.fail('watch', { kind: 'timeout', message: 'no answer' });
        server.endWatches('ns/db');
      },
      now: ['watch 101'],
      later: ['list 101', 'watch 101'],
    },
    {
      what: 'the version is gone for the next list too',
      happens: ({ server }) => {
        server.fail('list', '410');
        server.sendError('ns/db', '410');
      },
      now: [],
      later: ['list 101', 'list', 'watch 101'],
    },
    {
      what: 'the server has not come as far as the version of the next list',
      happens: ({ server }) => {
        server.fail('list', tooLarge);
        server.sendError('ns/db', '410');
      },
      now: [],
      later: ['list 101', 'list', 'watch 101'],
    },
    {
      what: 'the next list is not answered in time by the server',
      happens: ({ server }) => {
        server.fail('list', '504');
        server.sendError('ns/db', '410');
      },
      now: [],
      later: ['list 101'],
    },
  ];
  for (const { what, happens, now, later } of table) {
    test(`${what}: ${[...now, 'pause', ...later].join(', ')}`, async () => {
      const bench = await watching();
      happens(bench);
      assert.deepEqual(await callsNowAndAfterPause(bench), { now, later });
      assert.equal(await bench.read(), 'hit aa', 'the object is served all the time');
    });
  }

  test('a watch that ends within a second and brought nothing counts as failed', async () => {
    const bench = new WatchBench();
    await bench.follow();
    await bench.clock.advance(999);
    bench.calls();
    bench.server.endWatches('ns/db');
    assert.deepEqual(await callsNowAndAfterPause(bench), { now: [], later: ['list 100', 'watch 100'] });
  });

  test('a watch that ends after a second goes on at once, and so does one that brought an event or a bookmark', async () => {
    const bench = new WatchBench();
    await bench.follow();
    await bench.clock.advance(1_000);
    bench.calls();
    bench.server.endWatches('ns/db');
    await settle();
    assert.deepEqual(bench.calls(), ['watch 100']);
    bench.server.set('ns/db', 'aa');
    bench.server.endWatches('ns/db');
    await settle();
    assert.deepEqual(bench.calls(), ['watch 101']);
    bench.server.bookmark('ns/db');
    bench.server.endWatches('ns/db');
    await settle();
    assert.deepEqual(bench.calls(), ['watch 102']);
    bench.server.remove('ns/db');
    bench.server.endWatches('ns/db');
    await settle();
    assert.deepEqual(bench.calls(), ['watch 103']);
  });

  test('once a version is lost, lists ask for the newest state until one succeeds', async () => {
    const bench = await watching();
    bench.server.fail('list', '410');
    bench.server.fail('list', '500', 2);
    bench.server.sendError('ns/db', '410');
    await bench.clock.advance(800);
    assert.deepEqual(bench.calls(), ['list 101', 'list']);
    await bench.clock.advance(1_600);
    assert.deepEqual(bench.calls(), ['list']);
    await bench.clock.advance(3_200);
    assert.deepEqual(bench.calls(), ['list', 'watch 101']);
    await bench.clock.advance(1_000);
    bench.server.sendError('ns/db', '410');
    await bench.clock.advance(6_400);
    assert.deepEqual(bench.calls(), ['list 101', 'watch 101']);
  });

  test('the first list fails: pauses double, also between failures of lists and of watches that lead to lists', async () => {
    const bench = new WatchBench();
    bench.server.fail('list', '500', 2);
    bench.server.fail('watch', '403');
    await bench.follow();
    const at: [number, string][] = [];
    for (let ms = 0; ms <= 6_000; ms += 100) {
      for (const call of bench.calls()) at.push([ms, call]);
      await bench.clock.advance(100);
    }
    assert.deepEqual(at, [
      [0, 'list 0'],
      [800, 'list 0'],
      [2_400, 'list 0'],
      [2_400, 'watch 100'],
      [5_600, 'list 100'],
      [5_600, 'watch 100'],
    ]);
  });

  test('pauses double from one failure to the next, whether a list or a watch failed', async () => {
    const bench = new WatchBench();
    bench.server.fail('list', '500');
    bench.server.fail('watch', '429', 2);
    await bench.follow();
    await bench.clock.advance(800);
    assert.deepEqual(bench.calls(), ['list 0', 'list 0', 'watch 100']);
    await bench.clock.advance(1_600);
    assert.deepEqual(bench.calls(), ['watch 100']);
    await bench.clock.advance(3_200);
    assert.deepEqual(bench.calls(), ['watch 100']);
    assert.equal(bench.state, 'live');
  });

  test('a server that asks for a longer pause gets it', async () => {
    const bench = await watching();
    bench.server.endWatches('ns/db', failed({ kind: 'throttled', message: 'slow down', retryAfterMs: 7_000 }));
    await bench.clock.advance(6_999);
    assert.deepEqual(bench.calls(), []);
    await bench.clock.advance(1);
    assert.deepEqual(bench.calls(), ['watch 101']);
  });

  test('what happened while no watch was open is seen by the next one', async () => {
    const bench = await watching();
    bench.server.fail('watch', '429');
    bench.server.endWatches('ns/db');
    await settle();
    bench.server.set('ns/db', 'bb');
    assert.equal(await bench.read(), 'hit aa');
    await bench.clock.advance(800);
    assert.equal(await bench.read(), 'hit bb');
  });
});

describe('Reflector: what it says of itself', () => {
  test('syncing, live, retrying and live again, with times', async () => {
    const bench = new WatchBench();
    bench.server.holdLists();
    await bench.follow();
    assert.deepEqual(bench.inspect().upkeep, { by: 'watch', synced: false, state: 'syncing' });
    assert.equal(bench.inspect().reading, true);
    await bench.clock.advance(500);
    bench.server.releaseLists();
    await settle();
    assert.deepEqual(bench.inspect().upkeep, { by: 'watch', synced: true, state: 'live', since: 500, heardAt: 500 });
    assert.equal(bench.inspect().reading, false);
    await bench.clock.advance(1_500);
    bench.server.bookmark('ns/db');
    assert.deepEqual(bench.inspect().upkeep, { by: 'watch', synced: true, state: 'live', since: 500, heardAt: 2_000 });
    bench.server.endWatches('ns/db');
    await settle();
    const { upkeep } = bench.inspect();
    assert.equal(upkeep.by === 'watch' && upkeep.state === 'live' && upkeep.since, 500, 'a watch that goes on is one');

    bench.server.fail('list', '403');
    bench.server.sendError('ns/db', '410');
    await settle();
    const gone = failureOfCode('410', 'secrets', 'db');
    const retrying = { by: 'watch', synced: true, state: 'retrying', since: 2_000 } as const;
    assert.deepEqual(bench.inspect().upkeep, { ...retrying, failure: gone, failedAt: 2_000, nextTryAt: 2_800 });
    assert.deepEqual(bench.inspect().setback, { at: 2_000, because: gone });
    bench.server.holdLists();
    await bench.clock.advance(800);
    assert.deepEqual(bench.inspect().upkeep, { ...retrying, failure: gone, failedAt: 2_000, nextTryAt: undefined });
    await bench.clock.advance(100);
    bench.server.releaseLists();
    await settle();
    const forbidden = failureOfCode('403', 'secrets', 'db');
    assert.deepEqual(bench.inspect().upkeep, { ...retrying, failure: forbidden, failedAt: 2_900, nextTryAt: 4_500 });
    await bench.clock.advance(1_600);
    const live = { by: 'watch', synced: true, state: 'live', since: 4_500, heardAt: 4_500 };
    assert.deepEqual([bench.inspect().upkeep, bench.inspect().setback], [live, undefined]);
  });

  test('a list that succeeds does not end the trouble of a watch that cannot be opened', async () => {
    const bench = new WatchBench();
    bench.server.fail('watch', '403', 2);
    await bench.follow();
    await bench.clock.advance(800);
    const forbidden = failureOfCode('403', 'secrets', 'db');
    assert.deepEqual(bench.inspect().setback, { at: 800, because: forbidden });
    assert.equal(bench.state, 'retrying');
    assert.equal(await bench.read(), 'failed notFound');
  });

  test('a server that ends watches at once is said to do so', async () => {
    const bench = new WatchBench();
    await bench.follow();
    bench.server.endWatches('ns/db');
    await settle();
    assert.deepEqual(bench.inspect().setback, { at: 0, because: shortWatch });
  });
});

describe('Reflector: its requests', () => {
  for (const [watchSeconds, random, asked] of [
    [300, 0, 300],
    [300, 0.999_999, 599],
    [1800, 0, 1800],
    [1800, 0.999_999, 3599],
  ] as const) {
    test(`a watch is to end after ${watchSeconds} to ${2 * watchSeconds} s: with ${random} after ${asked} s`, async () => {
      const bench = new WatchBench({ rules: () => ({ ...rulesOf(25), watchSeconds }) });
      bench.random = random;
      await bench.follow();
      assert.deepEqual(bench.server.timeouts, [asked]);
    });
  }

  test('what a stopped reflector asked for is given up, and what comes of it all the same is not taken', async () => {
    const bench = new WatchBench();
    bench.server.set('ns/db', 'aa');
    bench.server.holdLists();
    await bench.follow();
    bench.store.deleteReference('ns', 'db');
    bench.store.addReference('ns', 'db');
    await settle();
    assert.equal(bench.server.wanted, 1);
    assert.deepEqual(bench.calls(), ['list 0', 'list 0']);
    bench.server.releaseLists();
    await settle();
    assert.deepEqual(bench.calls(), ['watch 101'], 'one of the two goes on');
    bench.store.deleteReference('ns', 'db');
    await settle();
    assert.deepEqual([bench.server.wanted, bench.server.watches], [0, []]);
  });

  test('neither late events of a stopped watch nor its end are taken', async () => {
    const seen: string[] = [];
    const streams: { readonly events: WatchEvents<WatchedToken>; readonly end: () => void }[] = [];
    const reflector = new Reflector<WatchedToken>({
      source: {
        list: () => Promise.resolve(answered({ objects: [], resourceVersion: '1' })),
        // Heeds no signal.
        watch: (_namespace, _name, { resourceVersion }, _seconds, events) =>
          new Promise((resolve) => {
            seen.push(`watch ${resourceVersion}`);
            streams.push({
              events,
              end: () => {
                resolve(answered('ended'));
              },
            });
          }),
      },
      namespace: 'ns',
      name: 'db',
      listener: {
        listed: () => seen.push('listed'),
        changed: () => seen.push('changed'),
        failed: () => seen.push('failed'),
        progressed: () => undefined,
      },
      clock: new FakeClock(),
      random: () => 0,
      rules: () => rulesOf(25),
    });
    reflector.start();
    await settle();
    assert.deepEqual(seen.splice(0), ['listed', 'watch 1']);
    reflector.stop();
    const object = { metadata: { name: 'db', resourceVersion: '7' }, token: 'aa', immutable: false };
    streams[0]?.events.opened();
    streams[0]?.events.changed(object);
    streams[0]?.events.removed(object);
    streams[0]?.events.bookmark('9');
    streams[0]?.end();
    await settle();
    assert.deepEqual(seen, []);
    assert.equal(reflector.progress.state, 'syncing');
    reflector.start();
    await settle();
    assert.deepEqual(seen, ['listed', 'watch 1']);
  });

  test('objects of other names that a server sends are passed over', async () => {
    const bench = new WatchBench({
      source: {
        list: () => Promise.resolve(answered({ objects: [other], resourceVersion: '7' })),
        watch: (_namespace, _name, _version, _seconds, events) =>
          new Promise(() => {
            events.changed(other);
            events.removed({ ...other, metadata: { name: 'other', resourceVersion: '8' } });
          }),
      },
    });
    await bench.follow();
    assert.equal(await bench.read(), 'failed notFound');
  });

  test('a source that throws or rejects is tried again like any that fails', async () => {
    let lists = 0;
    const bench = new WatchBench({
      source: {
        list: () => {
          lists += 1;
          if (lists === 1) throw new RangeError('secret text');
          return Promise.resolve(answered({ objects: [other], resourceVersion: '7' }));
        },
        watch: () => Promise.reject(new TypeError('secret text')),
      },
    });
    await bench.follow();
    const because = { kind: 'invalid', message: 'reading db ended with RangeError' };
    assert.deepEqual(bench.inspect().setback, { at: 0, because });
    await bench.clock.advance(800);
    assert.equal(lists, 2);
    assert.equal(bench.state, 'retrying');
    assert.equal(await bench.read(), 'failed notFound');
  });
});

const other: WatchedToken = { metadata: { name: 'other', resourceVersion: '6' }, token: 'xx', immutable: false };
