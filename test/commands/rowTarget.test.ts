import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataKeyInArgument, keyInArgument } from '../../src/commands/names';
import { targetOf, type RowTarget } from '../../src/commands/rowTarget';
import { podId } from '../../src/connection/podRegistry';
import type { Pod } from '../../src/objects/kubernetes';
import { ConnectionBench, secretKey } from '../connection/support';

const key = secretKey('db');
const web: Pod = {
  metadata: { name: 'web-1', namespace: 'shop', uid: 'u1' },
  spec: {
    containers: [
      {
        name: 'main',
        env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }],
        envFrom: [{ configMapRef: { name: 'app' } }],
      },
    ],
  },
};

test('every row that stands for something has a target, and what is no row has none', async () => {
  const { connection, ...bench } = new ConnectionBench();
  bench.cluster.feed.list(web);
  await bench.clock.advance(100);
  const id = podId(web);
  const references = connection.pods.get(id)?.references ?? [];
  const indexOf = (kind: string): number => references.findIndex((reference) => reference.kind === kind);
  const reference = references[indexOf('Secret')];
  assert.ok(reference);
  connection.holds.holdManifest({ id: 'file:///a', name: 'a', uses: [{ key, reference, line: 0, character: 0 }] });
  const table: [argument: unknown, target: RowTarget | undefined][] = [
    [
      { row: 'group', group: { by: 'owner', owner: { kind: 'Deployment', namespace: 'shop', name: 'web' } } },
      { is: 'group', name: 'web' },
    ],
    [
      { row: 'group', group: { by: 'node', node: 'node-a' } },
      { is: 'group', name: 'node-a' },
    ],
    [{ row: 'group', group: { by: 'node', node: undefined } }, undefined],
    [
      { row: 'manifestUse', manifestId: 'file:///a', index: 0 },
      { is: 'dataKey', key, dataKey: 'password' },
    ],
    [{ row: 'manifestUse', manifestId: 'file:///b', index: 0 }, undefined],
    [
      { row: 'pod', podId: id, ownerId: undefined },
      { is: 'pod', namespace: 'shop', name: 'web-1' },
    ],
    [
      { row: 'use', key, podId: id },
      { is: 'pod', namespace: 'shop', name: 'web-1' },
    ],
    [
      { row: 'reference', podId: id, index: indexOf('Secret') },
      { is: 'dataKey', key, dataKey: 'password' },
    ],
    [
      { row: 'reference', podId: id, index: indexOf('ConfigMap') },
      { is: 'object', key: { kind: 'ConfigMap', namespace: 'shop', name: 'app' } },
    ],
    [
      { row: 'object', key },
      { is: 'object', key },
    ],
    [key, { is: 'object', key }],
    [
      { row: 'dataKey', key, dataKey: 'tls.key' },
      { is: 'dataKey', key, dataKey: 'tls.key' },
    ],
    [{ row: 'dataKey', key, dataKey: 'a/b' }, undefined],
    [{ row: 'kind', kind: 'Secret' }, undefined],
    [{ row: 'injected', podId: id }, undefined],
    [{ row: 'pod', podId: 'shop/gone/u2' }, undefined],
    [{ row: 'pod', podId: 7 }, undefined],
    [{ row: 'reference', podId: id, index: 99 }, undefined],
    [{ row: 'reference', podId: id, index: 'length' }, undefined],
    [{ row: 'group', group: null }, undefined],
    [undefined, undefined],
    [null, undefined],
    ['db', undefined],
    [[], undefined],
  ];
  for (const [argument, target] of table) assert.deepEqual(targetOf(connection, argument), target);
  connection.dispose();
});

test('a key in an argument is one that Kubernetes allows, of an object that it allows', () => {
  const longest = 'k'.repeat(253);
  for (const dataKey of ['password', '.dockerconfigjson', 'A_b-1', longest]) {
    assert.deepEqual(dataKeyInArgument({ row: 'dataKey', key, dataKey }), { key, dataKey });
  }
  for (const dataKey of ['', 'a b', 'a\n', '../x', `${longest}k`, 1, undefined, null, ['a']]) {
    assert.equal(dataKeyInArgument({ row: 'dataKey', key, dataKey }), undefined);
  }
  assert.equal(dataKeyInArgument({ key: { ...key, name: 'a/b' }, dataKey: 'a' }), undefined);
  assert.equal(dataKeyInArgument(key), undefined);
});

test('an argument that holds itself is no object', () => {
  const circle: { key?: unknown } = {};
  circle.key = circle;
  assert.equal(keyInArgument(circle), undefined);
});
