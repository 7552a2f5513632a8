import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ObjectStore } from '../../src/demo/objectStore';
import { ManualClock } from '../clusterUnit/support';
import { configMap } from '../apiContract/apiUnderTest';
import { acts, configMaps, optionsOf, place, play, replay, selection, watch } from './storeSupport';

function storeOn(clock: ManualClock): ObjectStore {
  return new ObjectStore(() => clock.wallTime());
}

describe('watches of the demo', () => {
  test('lead from the list of any version that is kept to the list at the end', () => {
    const namespace = fc.option(place.namespace, { nil: undefined });
    fc.assert(
      fc.property(acts, acts, fc.nat(), namespace, selection, (before, after, from, where, selected) => {
        const clock = new ManualClock();
        const store = storeOn(clock);
        for (const act of before) play(store, act);
        const { selector } = optionsOf(selected);
        const listAt = (version: number): ReturnType<typeof replay> =>
          store
            .at(configMaps, version)
            .filter(([key, object]) => (where === undefined || key.startsWith(`${where}/`)) && selector.matches(object))
            .map(([, object]) => object);
        const version = from % (store.version + 1);
        const watching = watch(store, clock, where, { ...selected, resourceVersion: String(version) });
        for (const act of after) play(store, act);
        watching.dispose();
        // From version 0 a watch begins with what there is.
        const known = version === 0 ? [] : listAt(version);
        assert.deepEqual(replay(known, watching.events), listAt(store.version));
        const changes = version === 0 ? [] : watching.events;
        const versions = changes.map(({ object }) =>
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
    const query = { resourceVersion: '1', allowWatchBookmarks: 'true', timeoutSeconds: '150' };
    const watching = watch(store, clock, 'elsewhere', query);
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

  test('say nothing where nothing has changed, and without being asked', () => {
    const clock = new ManualClock();
    const store = storeOn(clock);
    store.create(configMap('a', 'x'));
    const unmoved = watch(store, clock, 'a', { resourceVersion: '1', allowWatchBookmarks: 'true' });
    const unasked = watch(store, clock, 'elsewhere', { resourceVersion: '1' });
    clock.advance(70_000);
    store.create(configMap('b', 'y'));
    clock.advance(20_000);
    assert.deepEqual([unmoved.events, unasked.events], [[], []]);
    clock.advance(30_000);
    assert.deepEqual([unmoved.events.length, unasked.events.length], [1, 0]);
    unmoved.dispose();
    unasked.dispose();
  });

  test('end by themselves after half an hour, and then hear nothing more', () => {
    const clock = new ManualClock();
    const store = storeOn(clock);
    const watching = watch(store, clock, 'a', {});
    clock.advance(30 * 60_000 - 1);
    assert.equal(watching.isEnded(), false);
    clock.advance(1);
    assert.equal(watching.isEnded(), true);
    store.create(configMap('a', 'x'));
    assert.deepEqual([watching.events, clock.waiting], [[], []]);
  });

  test('that are disposed hear nothing more and leave no timer', () => {
    const clock = new ManualClock();
    const store = storeOn(clock);
    const watching = watch(store, clock, 'a', { allowWatchBookmarks: 'true' });
    watching.dispose();
    watching.dispose();
    store.create(configMap('a', 'x'));
    assert.equal(watching.events.length, 1, 'the bookmark of the beginning alone');
    assert.deepEqual([watching.isEnded(), clock.waiting], [false, []]);
  });
});
