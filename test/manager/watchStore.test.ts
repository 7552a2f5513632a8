import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { rulesOf } from '../../src/manager/rules';
import { settle } from '../connection/fakeClock';
import { watch } from './support';
import { told, WatchBench } from './watchSupport';

const minute = 60_000;

describe('WatchStore: references', () => {
  test('the first reference lists and watches, further ones cost nothing, and the last one ends it', async () => {
    const bench = new WatchBench();
    bench.server.set('ns/db', 'aa');
    await bench.follow();
    await bench.follow();
    assert.deepEqual(bench.calls(), ['list 0', 'watch 101']);
    assert.equal(bench.inspect().references, 2);
    bench.store.deleteReference('ns', 'db');
    assert.equal(await bench.read(), 'hit aa');
    bench.store.deleteReference('ns', 'db');
    bench.store.deleteReference('ns', 'db');
    assert.deepEqual([bench.server.watches, [...bench.store.keys()]], [[], []]);
    await bench.follow();
    assert.deepEqual([bench.inspect().references, bench.calls()], [1, ['list 0', 'watch 101']]);
  });

  test('up to 1.27 references are counted whoever takes them back, from 1.28 on those of each pod', () => {
    for (const [minor, left] of [
      [27, undefined],
      [28, 2],
    ] as const) {
      const bench = new WatchBench({ rules: () => rulesOf(minor) });
      const { store } = bench;
      store.addReference('ns', 'db', 'p');
      store.addReference('ns', 'db', 'q');
      store.addReference('ns', 'db', 'q');
      for (let i = 0; i < 3; i += 1) store.deleteReference('ns', 'db', 'p');
      assert.equal(store.inspect('ns', 'db')?.references, left, `1.${minor}`);
    }
  });

  test('from 1.28 on, what a pod takes back that it never added keeps the item for good', async () => {
    const bench = new WatchBench({ rules: () => rulesOf(28) });
    const { store } = bench;
    store.addReference('ns', 'db', 'p');
    store.deleteReference('ns', 'db', 'unknown');
    store.deleteReference('ns', 'db', 'p');
    assert.equal(bench.inspect().references, 0, 'the count is not negative');
    assert.equal(await bench.read(), 'failed notFound');
    // Once added it is even, but the kubelet lets go only of what comes down to nothing.
    store.addReference('ns', 'db', 'unknown');
    assert.equal(bench.inspect().references, 0);
    store.addReference('ns', 'db', 'unknown');
    store.deleteReference('ns', 'db', 'unknown');
    assert.equal(store.inspect('ns', 'db'), undefined);
  });

  test('a get that waits goes on when the last reference goes, and its object is not listed any more', async () => {
    const bench = new WatchBench();
    bench.server.holdLists();
    await bench.follow();
    const got = watch(bench.store.get('ns', 'db'));
    bench.store.deleteReference('ns', 'db');
    bench.server.releaseLists();
    await bench.clock.advance(999);
    assert.deepEqual(got.settled, []);
    await bench.clock.advance(1);
    assert.deepEqual(got.settled.map(told), ['failed notSynced']);
  });
});

describe('WatchStore: get', () => {
  test('what lists and events say is served, with the time it was heard', async () => {
    const bench = new WatchBench();
    bench.server.set('ns/db', 'aa');
    await bench.follow();
    await bench.clock.advance(10);
    bench.server.set('ns/db', 'bb');
    await bench.clock.advance(10);
    const object = bench.server.object('ns/db');
    assert.deepEqual(await bench.store.get('ns', 'db'), { outcome: 'hit', object, readAt: 10 });
    assert.deepEqual(bench.inspect().content, { state: 'object', object, readAt: 10, read: 'cache' });
    bench.server.remove('ns/db');
    const failure = { kind: 'notFound', message: 'secret "db" not found' };
    assert.deepEqual(await bench.store.get('ns', 'db'), { outcome: 'failed', failure });
    assert.deepEqual(bench.inspect().content, { state: 'notFound', failure, readAt: 20 });
    bench.server.set('ns/db', 'cc');
    assert.equal(await bench.read(), 'hit cc');
  });

  test('texts of the kubelet quote names as Go does', async () => {
    const bench = new WatchBench({ resource: 'configmap' });
    bench.store.addReference('ns', 'd"b');
    await settle();
    const missing = await bench.store.get('ns', 'd"b');
    assert.equal(missing.outcome === 'failed' && missing.failure.message, 'configmap "d\\"b" not found');
    const unknown = await bench.store.get('n"s', 'db');
    assert.equal(unknown.outcome === 'failed' && unknown.failure.message, 'object "n\\"s"/"db" not registered');
  });

  test('a get before the first list is answered by it, however many wait', async () => {
    const bench = new WatchBench();
    bench.server.set('ns/db', 'aa');
    bench.server.holdLists();
    await bench.follow();
    const gets = [1, 2, 3].map(() => watch(bench.store.get('ns', 'db')));
    await bench.clock.advance(600);
    bench.server.releaseLists();
    await settle();
    const fetched = { outcome: 'fetched', object: bench.server.object('ns/db'), readAt: 600, read: 'cache' };
    for (const { settled } of gets) assert.deepEqual(settled, [fetched]);
    assert.deepEqual(bench.calls(), ['list 0', 'watch 101']);
  });

  test('a get waits for a second and no longer', async () => {
    const bench = new WatchBench();
    bench.server.holdLists();
    await bench.follow();
    const early = watch(bench.store.get('ns', 'db'));
    await bench.clock.advance(999);
    const late = watch(bench.store.get('ns', 'db'));
    assert.deepEqual(early.settled, []);
    await bench.clock.advance(1);
    const message = 'failed to sync secret cache: timed out waiting for the condition';
    assert.deepEqual(early.settled, [{ outcome: 'failed', failure: { kind: 'notSynced', message } }]);
    assert.deepEqual(late.settled, []);
    bench.server.releaseLists();
    await settle();
    assert.deepEqual(late.settled.map(told), ['failed notFound']);
  });

  test('a get that waits in vain tells why there is no list', async () => {
    const bench = new WatchBench();
    bench.random = 0.9;
    bench.server.fail('list', '403', 2);
    await bench.follow();
    const got = watch(bench.store.get('ns', 'db'));
    await bench.clock.advance(1_000);
    assert.deepEqual(got.settled.map(told), ['failed notSynced because forbidden']);
  });

  test('a get within the pause before a list is answered if that list comes in time', async () => {
    const bench = new WatchBench();
    bench.server.set('ns/db', 'aa');
    bench.server.fail('list', '500');
    await bench.follow();
    const got = watch(bench.store.get('ns', 'db'));
    await bench.clock.advance(800);
    assert.deepEqual(got.settled.map(told), ['fetched aa']);
  });

  test('one who gives up is answered at once, and the others are as before', async () => {
    const bench = new WatchBench();
    bench.server.set('ns/db', 'aa');
    bench.server.holdLists();
    await bench.follow();
    const caller = new AbortController();
    const first = watch(bench.store.get('ns', 'db', caller.signal));
    const second = watch(bench.store.get('ns', 'db'));
    caller.abort();
    await settle();
    assert.deepEqual(
      [first, second].map(({ settled }) => settled.map(told)),
      [['failed cancelled'], []],
    );
    bench.server.releaseLists();
    await settle();
    assert.deepEqual(second.settled.map(told), ['fetched aa']);
    caller.abort();
    assert.equal(await bench.store.get('ns', 'db', caller.signal).then(told), 'hit aa', 'what costs no wait is served');
  });

  test('waiting leaves no timer behind', async () => {
    const bench = new WatchBench();
    bench.server.holdLists();
    await bench.follow();
    void bench.store.get('ns', 'db');
    assert.deepEqual(bench.clock.waits, [1_000, minute]);
    bench.server.releaseLists();
    await settle();
    assert.deepEqual(bench.clock.waits, [minute]);
  });

  test('a hit without a promise is a get in every respect', async () => {
    const bench = new WatchBench();
    bench.server.holdLists();
    await bench.follow();
    assert.equal(bench.store.getIfFresh('ns', 'db'), undefined, 'there is no list yet');
    bench.server.releaseLists();
    await settle();
    assert.equal(bench.store.getIfFresh('ns', 'db'), undefined, 'there is no object');
    bench.server.set('ns/db', 'aa');
    for (let i = 0; i < 20; i += 1) {
      await bench.clock.advance(minute);
      assert.equal(bench.store.getIfFresh('ns', 'db')?.token, 'aa', 'what is read in this way is not idle');
    }
    bench.server.set('ns/db', 'bb', true);
    assert.equal(bench.store.getIfFresh('ns', 'db')?.token, 'bb');
    assert.equal(bench.state, 'immutable');
    assert.equal(bench.store.getIfFresh('ns', 'other'), undefined);
  });
});

describe('WatchStore: what can never change', () => {
  test('it is followed until the first get, and then served for ever', async () => {
    const bench = new WatchBench();
    bench.server.set('ns/db', 'aa', true);
    await bench.follow();
    assert.equal(bench.state, 'live');
    await bench.clock.advance(5);
    assert.equal(await bench.read(), 'hit aa');
    assert.deepEqual(bench.server.watches, []);
    assert.deepEqual(bench.inspect().upkeep, { by: 'watch', synced: true, state: 'immutable', since: 5 });
    bench.server.remove('ns/db');
    bench.server.set('ns/db', 'bb');
    await bench.clock.advance(100 * minute);
    bench.calls();
    assert.equal(await bench.read(), 'hit aa');
    assert.equal(await bench.store.refresh('ns', 'db').then(told), 'hit aa');
    await bench.clock.advance(minute);
    assert.deepEqual(bench.calls(), []);
  });

  test('a get that waits for the list finds it as well, and ends the watch before it begins', async () => {
    const bench = new WatchBench();
    bench.server.set('ns/db', 'aa', true);
    bench.server.holdLists();
    await bench.follow();
    const gets = [1, 2].map(() => watch(bench.store.get('ns', 'db')));
    bench.server.releaseLists();
    await settle();
    for (const { settled } of gets) assert.deepEqual(settled.map(told), ['fetched aa']);
    assert.deepEqual([bench.state, bench.calls()], ['immutable', ['list 0']]);
  });
});

describe('WatchStore: idle watches', () => {
  test('each minute, what was not read for longer than the limit is stopped; at the limit it is not', async () => {
    const bench = new WatchBench({ maxIdleMs: 2 * minute });
    bench.server.set('ns/db', 'aa');
    await bench.follow();
    await bench.read();
    await bench.clock.advance(2 * minute);
    assert.equal(bench.state, 'live', 'exactly at the limit');
    await bench.clock.advance(minute - 1);
    assert.equal(bench.state, 'live', 'between sweeps');
    await bench.clock.advance(1);
    assert.deepEqual(bench.inspect().upkeep, { by: 'watch', synced: false, state: 'idle', since: 3 * minute });
    assert.deepEqual(bench.server.watches, []);
    assert.equal(bench.inspect().content.state, 'object', 'what was known is kept to look at');
  });

  test('a get starts it again: it lists from the last version, and what was kept is not served before that', async () => {
    const bench = new WatchBench({ maxIdleMs: minute });
    bench.server.set('ns/db', 'aa');
    await bench.follow();
    await bench.clock.advance(minute);
    bench.server.set('ns/db', 'bb');
    bench.server.holdLists();
    bench.calls();
    const got = watch(bench.store.get('ns', 'db'));
    await settle();
    assert.deepEqual([got.settled, bench.state], [[], 'syncing, not synced']);
    bench.server.releaseLists();
    await settle();
    assert.deepEqual(got.settled.map(told), ['fetched bb']);
    assert.deepEqual(bench.calls(), ['list 101', 'watch 102']);
  });

  test('a get that fails counts as reading; looking does not', async () => {
    const bench = new WatchBench({ maxIdleMs: minute });
    await bench.follow();
    await bench.clock.advance(minute - 1);
    await bench.read();
    await bench.clock.advance(minute);
    assert.equal(bench.state, 'live');
    bench.inspect();
    await bench.clock.advance(minute);
    assert.equal(bench.state, 'idle, not synced');
  });

  test('what was never read is stopped by the first sweep after its list, and never during it', async () => {
    const bench = new WatchBench();
    bench.server.holdLists();
    await bench.follow();
    await bench.clock.advance(10 * minute);
    assert.equal(bench.state, 'syncing, not synced');
    bench.server.releaseLists();
    await bench.clock.advance(minute);
    assert.equal(bench.state, 'idle, not synced');
  });

  test('a limit of less than a minute is a minute; without one it is five', async () => {
    for (const [options, limit] of [
      [{ maxIdleMs: 5 }, minute],
      [{}, 5 * minute],
    ] as const) {
      let now = 0;
      const bench = new WatchBench({ ...options, now: () => now });
      await bench.follow();
      await bench.read();
      now = limit;
      bench.store.sweep();
      assert.equal(bench.state, 'live');
      now += 1;
      bench.store.sweep();
      assert.equal(bench.state, 'idle, not synced');
    }
  });

  test('a caller who gave up before does not start it again', async () => {
    const bench = new WatchBench({ maxIdleMs: minute });
    await bench.follow();
    await bench.clock.advance(minute);
    bench.calls();
    for (const reading of [
      bench.store.get('ns', 'db', AbortSignal.abort()),
      bench.store.refresh('ns', 'db', AbortSignal.abort()),
    ])
      assert.equal(told(await reading), 'failed cancelled');
    await settle();
    assert.deepEqual([bench.calls(), bench.state], [[], 'idle, not synced']);
  });

  test('at rest nothing goes on, whether it was listed or fails; a get begins anew', async () => {
    for (const fails of [false, true]) {
      const bench = new WatchBench();
      bench.server.set('ns/db', 'aa');
      if (fails) bench.server.fail('list', '500', 1);
      await bench.follow();
      bench.store.rest();
      assert.deepEqual([bench.state, bench.server.watches, bench.clock.waits], ['idle, not synced', [], []]);
      await bench.clock.advance(10 * minute);
      bench.server.set('ns/db', 'bb');
      bench.calls();
      assert.equal(await bench.read(), 'fetched bb');
      assert.deepEqual([bench.calls().length, bench.state], [2, 'live']);
      assert.deepEqual(bench.clock.waits, [minute], 'idle ones are looked for again');
    }
  });

  test('pauses of a watch that is stopped end with it', async () => {
    const bench = new WatchBench({ maxIdleMs: minute });
    bench.server.fail('watch', '429', 50);
    await bench.follow();
    await bench.clock.advance(minute);
    assert.equal(bench.state, 'idle, not synced');
    assert.deepEqual(bench.clock.waits, []);
  });
});

describe('WatchStore: refresh', () => {
  test('it lists by quorum although a watch is open, and watches on from there', async () => {
    const bench = new WatchBench();
    bench.server.set('ns/db', 'aa');
    await bench.follow();
    await bench.clock.advance(10);
    bench.calls();
    const object = bench.server.object('ns/db');
    const fetched = { outcome: 'fetched', object, readAt: 10, read: 'quorum' };
    assert.deepEqual(await bench.store.refresh('ns', 'db'), fetched);
    await settle();
    assert.deepEqual(bench.calls(), ['list', 'watch 101']);
    assert.deepEqual(bench.server.watches, ['ns/db'], 'there is one watch');
    assert.deepEqual(bench.inspect().content, { state: 'object', object, readAt: 10, read: 'quorum' });
  });

  test('gets are served meanwhile, and a further refresh shares the list', async () => {
    const bench = new WatchBench();
    bench.server.set('ns/db', 'aa');
    await bench.follow();
    bench.server.holdLists();
    bench.calls();
    const refreshes = [1, 2].map(() => watch(bench.store.refresh('ns', 'db')));
    await settle();
    assert.deepEqual([await bench.read(), bench.state, bench.inspect().reading], ['hit aa', 'live', true]);
    bench.server.set('ns/db', 'bb');
    bench.server.releaseLists();
    await settle();
    for (const { settled } of refreshes) assert.deepEqual(settled.map(told), ['fetched bb']);
    assert.deepEqual(bench.calls(), ['list', 'watch 102']);
  });

  test('it does not wait for the end of a pause, nor for the answer of a list that is under way', async () => {
    const bench = new WatchBench();
    bench.server.fail('list', '500');
    await bench.follow();
    assert.equal(bench.state, 'retrying, not synced');
    bench.server.holdLists();
    const got = watch(bench.store.get('ns', 'db'));
    await bench.clock.advance(800);
    bench.server.set('ns/db', 'aa');
    const refreshed = watch(bench.store.refresh('ns', 'db'));
    await settle();
    assert.deepEqual(bench.calls(), ['list 0', 'list 0', 'list']);
    bench.server.releaseLists();
    await settle();
    assert.deepEqual([...got.settled, ...refreshed.settled].map(told), ['fetched aa', 'fetched aa']);
    assert.equal(bench.state, 'live');
    await bench.clock.advance(30_000);
    assert.deepEqual(bench.calls(), ['watch 101'], 'the pause is over');
  });

  test('it starts what was idle', async () => {
    const bench = new WatchBench({ maxIdleMs: minute });
    await bench.follow();
    await bench.clock.advance(minute);
    bench.calls();
    assert.equal(told(await bench.store.refresh('ns', 'db')), 'failed notFound');
    await settle();
    assert.deepEqual([bench.calls(), bench.state], [['list', 'watch 100'], 'live']);
  });

  test('where it fails, what was known stays and is served as before', async () => {
    const bench = new WatchBench();
    await bench.follow();
    bench.server.fail('list', '403');
    assert.equal(told(await bench.store.refresh('ns', 'db')), 'failed notFound because forbidden');
    bench.server.set('ns/db', 'aa');
    await bench.clock.advance(800);
    bench.server.fail('list', '500');
    const object = bench.server.object('ns/db');
    const reading = await bench.store.refresh('ns', 'db');
    assert.deepEqual(reading, {
      outcome: 'kept',
      object,
      readAt: 800,
      read: 'quorum',
      because: bench.inspect().setback?.because,
    });
    assert.equal(await bench.read(), 'hit aa');
    const unknown = new WatchBench();
    unknown.server.fail('list', '403', 2);
    await unknown.follow();
    assert.equal(told(await unknown.store.refresh('ns', 'db')), 'failed forbidden');
  });

  test('one who gives up does not end it for others, and the last reference ends it for all', async () => {
    const bench = new WatchBench();
    await bench.follow();
    bench.server.holdLists();
    const caller = new AbortController();
    const first = watch(bench.store.refresh('ns', 'db', caller.signal));
    const second = watch(bench.store.refresh('ns', 'db'));
    caller.abort();
    await settle();
    assert.deepEqual(
      [first, second].map(({ settled }) => settled.map(told)),
      [['failed cancelled'], []],
    );
    bench.store.deleteReference('ns', 'db');
    await settle();
    assert.deepEqual(second.settled.map(told), ['failed cancelled']);
    assert.equal(told(await bench.store.refresh('ns', 'db')), 'failed notRegistered');
  });
});

describe('WatchStore: holds', () => {
  test('what is only held is followed from its first get on, and no longer once it is idle', async () => {
    const bench = new WatchBench({ maxIdleMs: minute });
    bench.server.set('ns/db', 'aa');
    bench.store.hold('ns', 'db');
    await bench.clock.advance(10 * minute);
    assert.equal(bench.store.getIfFresh('ns', 'db'), undefined);
    await settle();
    assert.deepEqual([bench.calls(), bench.clock.waits], [[], []]);
    assert.deepEqual(bench.inspect(), {
      references: 0,
      holds: 1,
      reading: false,
      content: { state: 'none' },
      setback: undefined,
      upkeep: { by: 'watch', synced: false, state: 'idle', since: 0 },
    });
    assert.equal(await bench.read(), 'fetched aa');
    assert.deepEqual([bench.calls(), bench.state], [['list 0', 'watch 101'], 'live']);
    await bench.clock.advance(2 * minute);
    assert.deepEqual([bench.state, bench.server.watches], ['idle, not synced', []]);
  });

  test('what is only held is followed from its first refresh on', async () => {
    const bench = new WatchBench();
    bench.server.set('ns/db', 'aa');
    bench.store.hold('ns', 'db');
    await settle();
    assert.deepEqual(bench.calls(), []);
    assert.equal(told(await bench.store.refresh('ns', 'db')), 'fetched aa');
    await settle();
    assert.deepEqual([bench.calls(), bench.state], [['list', 'watch 101'], 'live']);
  });

  test('a first reference follows what is held and was never read', async () => {
    const bench = new WatchBench();
    bench.server.set('ns/db', 'aa');
    bench.store.hold('ns', 'db');
    await bench.follow();
    assert.deepEqual([bench.calls(), await bench.read()], [['list 0', 'watch 101'], 'hit aa']);
  });

  test('any number of holds opens no watch', async () => {
    const bench = new WatchBench();
    for (let i = 0; i < 5_000; i += 1) bench.store.hold('ns', `held-${i}`);
    await bench.clock.advance(10 * minute);
    assert.deepEqual([bench.server.takeCalls(), bench.server.watches], [[], []]);
    assert.equal([...bench.store.keys()].length, 5_000);
  });

  test('a hold keeps an object readable without being counted', async () => {
    const bench = new WatchBench();
    bench.server.set('ns/db', 'aa');
    const holds = [bench.store.hold('ns', 'db'), bench.store.hold('ns', 'db')];
    assert.equal(await bench.read(), 'fetched aa');
    assert.deepEqual([bench.inspect().references, bench.inspect().holds], [0, 2]);
    bench.store.deleteReference('ns', 'db');
    holds[0]?.dispose();
    holds[0]?.dispose();
    assert.equal(bench.inspect().holds, 1);
    holds[1]?.dispose();
    assert.deepEqual([[...bench.store.keys()], bench.server.wanted], [[], 0]);
  });

  test('while there are references a hold comes and goes without a call', async () => {
    const bench = new WatchBench();
    await bench.follow();
    bench.calls();
    const hold = bench.store.hold('ns', 'db');
    await settle();
    hold.dispose();
    await settle();
    assert.deepEqual([bench.calls(), bench.state], [[], 'live']);
  });

  test('the last reference leaves what is held as it was; the next one has it followed anew, as the kubelet would', async () => {
    const bench = new WatchBench();
    bench.server.set('ns/db', 'aa', true);
    await bench.follow();
    const hold = bench.store.hold('ns', 'db');
    assert.equal(await bench.read(), 'hit aa');
    bench.store.deleteReference('ns', 'db');
    bench.server.set('ns/db', 'bb');
    bench.calls();
    assert.deepEqual([await bench.read(), bench.state], ['hit aa', 'immutable']);
    await bench.follow();
    assert.deepEqual(bench.calls(), ['list 0', 'watch 102']);
    assert.deepEqual([await bench.read(), bench.state], ['hit bb', 'live']);
    hold.dispose();
    assert.equal(bench.inspect().references, 1);
  });

  test('those who wait at a held object wait on when it is followed anew', async () => {
    const bench = new WatchBench();
    bench.server.set('ns/db', 'aa');
    bench.server.holdLists();
    bench.store.hold('ns', 'db');
    await settle();
    const got = watch(bench.store.get('ns', 'db'));
    await bench.clock.advance(500);
    await bench.follow();
    assert.equal(bench.server.wanted, 1);
    bench.server.releaseLists();
    await settle();
    assert.deepEqual(got.settled.map(told), ['fetched aa']);
    await bench.clock.advance(500);
    assert.equal(got.settled.length, 1);
  });
});

describe('WatchStore: the end', () => {
  test('after a shutdown nothing is followed again; what can never change is served all the same', async () => {
    const bench = new WatchBench();
    bench.server.set('ns/fixed', 'ff', true);
    bench.store.addReference('ns', 'fixed');
    await bench.follow();
    await bench.store.get('ns', 'fixed');
    bench.store.shutDown();
    assert.deepEqual(bench.server.watches, []);
    bench.store.addReference('ns', 'late');
    bench.server.takeCalls();
    const gets = ['db', 'late'].map((name) => watch(bench.store.get('ns', name)));
    const refreshed = watch(bench.store.refresh('ns', 'db'));
    assert.equal(told(await bench.store.get('ns', 'fixed')), 'hit ff');
    await bench.clock.advance(1_000);
    for (const { settled } of [...gets, refreshed]) assert.deepEqual(settled.map(told), ['failed notSynced']);
    assert.deepEqual(bench.server.takeCalls(), []);
  });

  test('disposing ends every get, request and timer, and nothing is kept or started afterwards', async () => {
    const bench = new WatchBench();
    bench.server.fail('watch', '429');
    await bench.follow();
    bench.server.holdLists();
    bench.store.addReference('ns', 'other');
    const hold = bench.store.hold('ns', 'other');
    const gets = [
      watch(bench.store.get('ns', 'other')),
      watch(bench.store.get('ns', 'other', new AbortController().signal)),
      watch(bench.store.refresh('ns', 'db')),
    ];
    bench.store.dispose();
    bench.store.dispose();
    hold.dispose();
    await settle();
    for (const { settled } of gets) assert.deepEqual(settled.map(told), ['failed cancelled']);
    bench.store.addReference('ns', 'db');
    bench.store.hold('ns', 'db').dispose();
    bench.server.takeCalls();
    bench.server.releaseLists();
    for (const reading of [bench.store.get('ns', 'db'), bench.store.refresh('ns', 'none')])
      assert.equal(told(await reading), 'failed cancelled');
    await bench.clock.advance(60 * minute);
    assert.deepEqual(
      [bench.server.wanted, bench.clock.waits, [...bench.store.keys()], bench.server.takeCalls()],
      [0, [], [], []],
    );
  });
});

describe('WatchStore: what is reported', () => {
  test('each change of what inspecting shows is reported, but for bookmarks', async () => {
    const bench = new WatchBench({ maxIdleMs: minute });
    const { server, clock } = bench;
    const reported = async (act: () => unknown): Promise<number> => {
      bench.changes.splice(0);
      await act();
      await settle();
      assert.ok(bench.changes.every((key) => key === 'ns/db'));
      return bench.changes.length;
    };
    assert.ok((await reported(() => bench.follow())) > 0);
    const set = (token: string, immutable?: boolean): Promise<number> =>
      reported(() => {
        server.set('ns/db', token, immutable);
      });
    assert.equal(await set('aa'), 1);
    const bookmark = reported(() => {
      server.bookmark('ns/db');
    });
    assert.equal(await bookmark, 0);
    assert.equal(await reported(() => bench.read()), 0);
    const removal = reported(() => {
      server.remove('ns/db');
    });
    assert.equal(await removal, 1);
    const error = reported(() => {
      server.sendError('ns/db', '410');
    });
    assert.equal(await error, 1);
    assert.ok((await reported(() => clock.advance(800))) > 0);
    await clock.advance(minute - 801);
    assert.ok((await reported(() => clock.advance(minute + 1))) > 0, 'stopped as idle');
    assert.equal(await set('bb', true), 0);
    assert.ok((await reported(() => bench.read())) > 0, 'followed again');
    assert.equal(bench.state, 'immutable');
    assert.equal(await reported(() => bench.read()), 0);
  });

  test('the store tells that watched objects do not age', () => {
    assert.equal(new WatchBench().store.ttlMs(), Infinity);
  });
});
