import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { rulesOf } from '../../src/manager/rules';
import { answered, failed, failureOfStatus, type Failure } from '../../src/objects/failure';
import { settle } from '../connection/fakeClock';
import type { ListWatch } from '../../src/objects/listWatch';
import type { WatchedToken } from '../conformance/scriptedWatchServer';
import { WatchBench } from './watchSupport';

const rules = (): ReturnType<typeof rulesOf> => rulesOf(35);
const refused: Failure = { kind: 'unreachable', message: 'connection refused' };
const tooLarge = failureOfStatus({
  code: 504,
  reason: 'Timeout',
  message: 'Timeout: Too large resource version: 120, current: 100',
});
/** What a server says that does not know such watches. */
const invalid = failureOfStatus({ code: 422, reason: 'Invalid', message: 'sendInitialEvents is forbidden for watch' });

/** A store that follows `ns/db`, of version 101, by a watch that has lasted for a while. */
async function watching(): Promise<WatchBench> {
  const bench = new WatchBench({ rules });
  bench.server.set('ns/db', 'aa');
  await bench.follow();
  assert.deepEqual(bench.calls(), ['stream']);
  await bench.clock.advance(5_000);
  return bench;
}

/** Lets a watch of a former run end, with its version 101 kept, so that the state is asked for again. */
async function again(bench: WatchBench): Promise<void> {
  bench.server.sendError('ns/db', '500');
  await settle();
  assert.deepEqual(bench.calls(), []);
  await bench.clock.advance(800);
}

describe('Reflector from 1.35 on: a watch that begins with the state', () => {
  test('first asks for the newest state, and goes on after it without another request', async () => {
    const bench = new WatchBench({ rules });
    bench.server.set('ns/db', 'aa');
    await bench.follow();
    assert.equal(await bench.read(), 'hit aa');
    assert.equal(bench.state, 'live');
    const { content } = bench.inspect();
    assert.equal(content.state === 'object' && content.read, 'quorum');
    bench.server.set('ns/db', 'bb');
    assert.equal(await bench.read(), 'hit bb');
    bench.server.remove('ns/db');
    assert.equal(await bench.read(), 'failed notFound');
    assert.deepEqual([bench.calls(), bench.server.timeouts], [['stream'], [1800]]);
  });

  test('of no object says so', async () => {
    const bench = new WatchBench({ rules });
    await bench.follow();
    assert.equal(await bench.read(), 'failed notFound');
    assert.deepEqual(bench.calls(), ['stream']);
  });

  test('is not served before its state has come in full, and gets wait for that', async () => {
    const bench = new WatchBench({ rules });
    bench.server.set('ns/db', 'aa');
    bench.server.holdLists();
    await bench.follow();
    assert.deepEqual([bench.state, bench.inspect().reading], ['syncing, not synced', true]);
    assert.equal(await bench.read(), 'waits');
    bench.server.releaseLists();
    await settle();
    assert.deepEqual([bench.state, bench.inspect().reading], ['live', false]);
    assert.equal(await bench.read(), 'hit aa');
  });

  test('takes the last of what came before the end of the state, and the version of that end', async () => {
    const object = (name: string, resourceVersion: string, token: string): WatchedToken => ({
      metadata: { name, resourceVersion },
      token,
      immutable: false,
    });
    const asked: string[] = [];
    const source: ListWatch<WatchedToken> = {
      list: () => Promise.reject(new Error('is not asked for')),
      watch: async (_namespace, _name, { begin, resourceVersion }, _seconds, events) => {
        asked.push(`${begin} ${resourceVersion}`.trimEnd());
        await settle();
        if (begin === 'events') return new Promise(() => undefined);
        events.opened();
        events.changed(object('db', '7', 'aa'));
        events.changed(object('other', '5', 'xx'));
        events.removed(object('db', '8', 'aa'));
        events.bookmark('8');
        events.changed(object('db', '9', 'cc'));
        events.bookmark('12', 'state');
        events.bookmark('13', 'state');
        return answered('ended');
      },
    };
    const bench = new WatchBench({ rules, source });
    await bench.follow();
    assert.equal(await bench.read(), 'hit cc');
    assert.deepEqual(asked, ['state', 'events 13']);
  });

  test('asks no older state than the last version when it begins again', async () => {
    const bench = await watching();
    await again(bench);
    assert.deepEqual(bench.calls(), ['stream 101']);
    const { content } = bench.inspect();
    assert.equal(content.state === 'object' && content.read, 'cache');
  });

  test('goes on as any watch after its state: at once after its end, and with the state where the version is gone', async () => {
    const bench = await watching();
    bench.server.endWatches('ns/db');
    await settle();
    assert.deepEqual(bench.calls(), ['watch 101']);
    await bench.clock.advance(1_000);
    bench.server.sendError('ns/db', '410');
    await bench.clock.advance(799);
    assert.deepEqual(bench.calls(), []);
    await bench.clock.advance(1);
    assert.deepEqual(bench.calls(), ['stream 101']);
  });

  test('counts as failed if it ends within a second of its state and brought nothing', async () => {
    const bench = new WatchBench({ rules });
    bench.server.holdLists();
    await bench.follow();
    await bench.clock.advance(5_000);
    bench.server.releaseLists();
    await bench.clock.advance(999);
    bench.calls();
    bench.server.endWatches('ns/db');
    await settle();
    assert.equal(bench.state, 'retrying');
    await bench.clock.advance(800);
    assert.deepEqual(bench.calls(), ['stream 100']);
  });

  for (const [what, failure] of [
    ['does not know it', invalid],
    ['forbids it', '403'],
    ['has an error', '500'],
    ['is not up to it', { kind: 'invalid', message: 'no JSON' }],
  ] as const) {
    test(`is replaced by a list and a watch, once, where the server ${what}`, async () => {
      const bench = new WatchBench({ rules });
      bench.server.set('ns/db', 'aa');
      bench.server.fail('stream', failure);
      await bench.follow();
      assert.deepEqual([bench.calls(), bench.state], [['stream', 'list 0', 'watch 101'], 'live']);
      assert.equal(await bench.read(), 'hit aa');
      bench.server.fail('stream', failure);
      await bench.clock.advance(1_000);
      await again(bench);
      assert.deepEqual(bench.calls(), ['stream 101', 'list 101', 'watch 101']);
    });
  }

  test('is asked for again with the pauses of lists if the list fails too', async () => {
    const bench = new WatchBench({ rules });
    bench.server.fail('stream', '403', 2);
    bench.server.fail('list', '403', 2);
    await bench.follow();
    assert.deepEqual(bench.calls(), ['stream', 'list 0']);
    await bench.clock.advance(800);
    assert.deepEqual(bench.calls(), ['stream', 'list 0']);
    await bench.clock.advance(1_600);
    assert.deepEqual([bench.calls(), bench.state], [['stream'], 'live']);
  });

  for (const [what, failure] of [
    ['cannot be reached', refused],
    ['is busy', '429'],
  ] as const) {
    test(`is asked for again after a pause, without a list, while the server ${what}`, async () => {
      const bench = new WatchBench({ rules });
      bench.server.fail('stream', failure, 2);
      await bench.follow();
      assert.deepEqual([bench.calls(), bench.state], [['stream'], 'retrying, not synced']);
      assert.equal(bench.inspect().reading, false);
      await bench.clock.advance(800);
      assert.deepEqual(bench.calls(), ['stream']);
      await bench.clock.advance(1_599);
      assert.deepEqual(bench.calls(), []);
      await bench.clock.advance(1);
      assert.deepEqual([bench.calls(), bench.state], [['stream'], 'live']);
    });
  }

  for (const [what, failure] of [
    ['no longer has', '410'],
    ['has not come to', tooLarge],
  ] as const) {
    test(`asks for the newest state at once where the server ${what} the version`, async () => {
      const bench = await watching();
      bench.server.fail('stream', failure);
      await again(bench);
      assert.deepEqual(bench.calls(), ['stream 101', 'stream']);
      await bench.clock.advance(1_000);
      bench.server.sendError('ns/db', '500');
      await bench.clock.advance(1_600);
      assert.deepEqual(bench.calls(), ['stream 101'], 'the version is known again');
    });
  }

  test('pauses where even the newest state is said to be gone, and a list then asks for the newest as well', async () => {
    const bench = new WatchBench({ rules });
    bench.server.fail('stream', '410');
    bench.server.fail('stream', '403');
    await bench.follow();
    assert.deepEqual(bench.calls(), ['stream']);
    await bench.clock.advance(800);
    assert.deepEqual(bench.calls(), ['stream', 'list', 'watch 100']);
  });

  test('is asked for again at once if it lasts and ends before its state has come, and listed if it ends soon', async () => {
    const bench = new WatchBench({ rules });
    bench.server.holdLists();
    await bench.follow();
    await bench.clock.advance(1_000);
    bench.server.endWatches('ns/db', failed(refused));
    await settle();
    assert.deepEqual(bench.calls(), ['stream', 'stream']);
    await bench.clock.advance(999);
    bench.server.endWatches('ns/db', answered('silent'));
    await settle();
    assert.deepEqual(bench.calls(), ['list 0']);
  });

  test('and its pauses double together with those of lists and of watches', async () => {
    const bench = new WatchBench({ rules });
    bench.server.fail('stream', '429');
    await bench.follow();
    await bench.clock.advance(800);
    assert.deepEqual(bench.calls(), ['stream', 'stream']);
    await bench.clock.advance(5_000);
    bench.server.sendError('ns/db', '429');
    await bench.clock.advance(1_599);
    assert.deepEqual(bench.calls(), []);
    await bench.clock.advance(1);
    assert.deepEqual(bench.calls(), ['watch 100']);
    await bench.clock.advance(1_000);
    bench.server.sendError('ns/db', '410');
    await bench.clock.advance(3_199);
    assert.deepEqual(bench.calls(), []);
    await bench.clock.advance(1);
    assert.deepEqual(bench.calls(), ['stream 100']);
  });

  test('of what can never change ends once it is read', async () => {
    const bench = new WatchBench({ rules });
    bench.server.set('ns/db', 'aa', true);
    bench.server.holdLists();
    await bench.follow();
    assert.equal(await bench.read(), 'waits');
    bench.server.releaseLists();
    await settle();
    assert.deepEqual([bench.state, bench.server.wanted, bench.server.watches], ['immutable', 0, []]);
  });

  test('a refresh asks for the newest state', async () => {
    const bench = await watching();
    const reading = bench.store.refresh('ns', 'db');
    await settle();
    assert.equal((await reading).outcome, 'fetched');
    assert.deepEqual(bench.calls(), ['stream']);
  });
});
