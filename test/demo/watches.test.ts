import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ObjectStore } from '../../src/demo/objectStore';
import type { Watched } from '../../src/demo/watches';
import { ManualClock } from '../clusterUnit/support';
import { configMap } from '../apiContract/apiUnderTest';
import { acts, configMaps, play, replay, watch } from './storeSupport';

function storeOn(clock: ManualClock): ObjectStore {
  return new ObjectStore(() => clock.wallTime());
}

describe('watches of the demo', () => {
  test('lead from the list of any version that is kept to the list at the end', () => {
    const selection = fc.constantFrom<Watched['selects']>(
      () => true,
      ({ metadata }) => metadata.name !== 'x',
      ({ metadata }) => metadata.namespace === 'a',
    );
    fc.assert(
      fc.property(acts, acts, fc.nat(), selection, (before, after, from, selects) => {
        const clock = new ManualClock();
        const store = storeOn(clock);
        const history = [store.list(configMaps)];
        for (const act of before) {
          play(store, act);
          history[store.version] = store.list(configMaps);
        }
        const version = from % history.length;
        const watching = watch(store, clock, { resourceVersion: version }, selects);
        for (const act of after) play(store, act);
        watching.dispose();
        // From version 0 a watch begins with what there is.
        const known = version === 0 ? [] : history[version]!.filter(selects);
        const changes = watching.events.filter(({ type }) => type !== 'BOOKMARK');
        assert.deepEqual(replay(known, changes), store.list(configMaps).filter(selects));
        const versions = (version === 0 ? [] : changes).map(({ object }) =>
          Number((object as { metadata: { resourceVersion: string } }).metadata.resourceVersion),
        );
        assert.deepEqual(
          versions,
          [...new Set(versions)].sort((one, other) => one - other),
        );
        assert.ok(versions.every((one) => one > version));
        assert.deepEqual(clock.waiting, []);
      }),
    );
  });

  test('say once a minute how far the store has come, and two seconds before they end', () => {
    const clock = new ManualClock();
    const store = storeOn(clock);
    store.create(configMap('a', 'x'));
    const watching = watch(store, clock, { resourceVersion: 1, timeoutSeconds: 150 }, () => false);
    const heard: number[] = [];
    const start = clock.now();
    for (let second = 1; second <= 150; second++) {
      if (second === 10) store.create(configMap('a', 'y'));
      const before = watching.events.length;
      assert.equal(clock.waiting.length, 1, 'one timer at a time');
      clock.advance(1000);
      if (watching.events.length > before) heard.push((clock.now() - start) / 1000);
    }
    assert.deepEqual(heard, [60, 120, 148]);
    assert.deepEqual(
      watching.events.map(({ type, object }) => [type, (object as { metadata: unknown }).metadata]),
      Array.from({ length: 3 }, () => ['BOOKMARK', { resourceVersion: '2' }]),
    );
    assert.deepEqual([watching.isEnded(), clock.waiting], [true, []]);
  });

  test('say nothing where nothing has changed', () => {
    const clock = new ManualClock();
    const store = storeOn(clock);
    store.create(configMap('a', 'x'));
    const watching = watch(store, clock, { resourceVersion: 1 }, () => false);
    clock.advance(70_000);
    store.create(configMap('b', 'y'));
    clock.advance(20_000);
    assert.equal(watching.events.length, 0);
    clock.advance(30_000);
    assert.equal(watching.events.length, 1);
    watching.dispose();
  });

  test('end by themselves after half an hour, and then hear nothing more', () => {
    const clock = new ManualClock();
    const store = storeOn(clock);
    const watching = watch(store, clock, { resourceVersion: 0 });
    clock.advance(30 * 60_000 - 1);
    assert.equal(watching.isEnded(), false);
    clock.advance(1);
    assert.equal(watching.isEnded(), true);
    store.create(configMap('a', 'x'));
    assert.deepEqual([watching.events.length, clock.waiting], [1, []]);
  });

  test('that are disposed hear nothing more and leave no timer', () => {
    const clock = new ManualClock();
    const store = storeOn(clock);
    const watching = watch(store, clock, { initialEvents: true });
    watching.dispose();
    watching.dispose();
    store.create(configMap('a', 'x'));
    assert.equal(watching.events.length, 1, 'the bookmark of the beginning alone');
    assert.deepEqual([watching.isEnded(), clock.waiting], [false, []]);
  });
});
