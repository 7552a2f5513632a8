import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ApiObject } from '../../src/demo/apiObject';
import { ObjectStore, type Change } from '../../src/demo/objectStore';
import { resourceOfKind } from '../../src/demo/resources';
import { configMap, node } from '../apiContract/apiUnderTest';
import { configMaps } from './storeSupport';

const at = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

describe('the store of the demo', () => {
  test('gives an object a uid, a time and a version, and keeps those that it has', () => {
    const store = new ObjectStore(() => at);
    const made = store.create(configMap('a', 'x'));
    assert.match(made.metadata.uid!, /^[0-9a-f-]{36}$/);
    assert.equal(made.metadata.creationTimestamp, '2026-01-02T03:04:05Z');
    assert.equal(made.metadata.resourceVersion, '1');
    const old: ApiObject = {
      ...configMap('a', 'y'),
      metadata: { name: 'y', namespace: 'a', uid: 'u', creationTimestamp: 't' },
    };
    const { uid, creationTimestamp, resourceVersion } = store.create(old).metadata;
    assert.deepEqual([uid, creationTimestamp, resourceVersion], ['u', 't', '2']);
  });

  test('counts one version for all resources', () => {
    const store = new ObjectStore(() => at);
    store.create(configMap('a', 'x'));
    assert.equal(store.create(node('n', '0')).metadata.resourceVersion, '2');
    store.remove({ kind: 'ConfigMap', namespace: 'a', name: 'x' });
    assert.equal(store.version, 3);
  });

  test('refuses what cannot be', () => {
    const store = new ObjectStore(() => at);
    store.create(configMap('a', 'x'));
    assert.throws(() => store.create(configMap('a', 'x')), /ConfigMap a\/x exists/);
    const missing = { kind: 'ConfigMap', namespace: 'a', name: 'y' };
    assert.throws(() => store.update(missing, (object) => object), /There is no ConfigMap a\/y/);
    assert.throws(() => {
      store.remove(missing);
    }, /There is no ConfigMap a\/y/);
    assert.throws(
      () => store.create({ ...configMap('a', 'x'), kind: 'Deployment' }),
      /no objects of the kind Deployment/,
    );
    assert.equal(store.version, 1);
  });

  test('tells each change, what was and what is', () => {
    const store = new ObjectStore(() => at);
    const changes: Change[] = [];
    const listening = store.onChange((change) => void changes.push(change));
    store.create(configMap('a', 'x', 'one'));
    store.update({ kind: 'ConfigMap', namespace: 'a', name: 'x' }, (object) => ({ ...object, data: { value: 'two' } }));
    store.remove({ kind: 'ConfigMap', namespace: 'a', name: 'x' });
    listening.dispose();
    store.create(configMap('a', 'x', 'three'));
    assert.deepEqual(
      changes.map(({ version, before, after }) => [version, before?.['data'], after?.['data']]),
      [
        [1, undefined, { value: 'one' }],
        [2, { value: 'one' }, { value: 'two' }],
        [3, { value: 'two' }, undefined],
      ],
    );
    assert.deepEqual(store.since(configMaps, 0), [...changes, ...store.since(configMaps, 3)]);
    assert.deepEqual(store.since(resourceOfKind('Node'), 0), []);
  });

  test('keeps so many changes and no more', () => {
    const store = new ObjectStore(() => at, 3);
    for (const name of ['a', 'b', 'c', 'd', 'e']) store.create(configMap('n', name));
    assert.equal(store.oldestVersion, 2);
    assert.deepEqual(
      store.since(configMaps, 2).map(({ after }) => after?.metadata.name),
      ['c', 'd', 'e'],
    );
    assert.deepEqual(
      store.list(configMaps).map(({ metadata }) => metadata.name),
      ['a', 'b', 'c', 'd', 'e'],
    );
  });
});
