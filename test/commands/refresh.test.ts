import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refresh, refreshAll } from '../../src/commands/refresh';
import { ConnectionBench, forbidden, pod, secret, secretKey, unreachable } from '../connection/support';
import { toldBy } from './told';

async function bench(): Promise<ConnectionBench> {
  const made = new ConnectionBench();
  for (const name of ['a', 'b', 'c']) made.cluster.put(secret(name));
  await made.start(pod('web-1', { secrets: ['a', 'b', 'c'] }), pod('one', { secrets: ['a'] }), pod('none'));
  return made;
}

const podRow = (name: string): object => ({ row: 'pod', podId: `shop/${name}/uid-${name}` });

test('Refresh on a row of a pod says how many objects were read', async () => {
  const { connection } = await bench();
  const table: readonly (readonly [string, string])[] = [
    ['web-1', '3 objects of web-1 were read again.'],
    ['one', '1 object of one was read again.'],
    ['none', 'none refers to no Secret or ConfigMap, so nothing was read.'],
    ['gone', 'The pod is gone, so nothing was read.'],
  ];
  for (const [name, said] of table) {
    const told = await toldBy(() => refresh(connection, podRow(name)));
    assert.deepEqual([told.bar, told.warnings], [[said], []]);
  }
  connection.dispose();
});

test('Refresh on a row of a pod says what failed', async () => {
  const { connection, cluster } = await bench();
  const told = (): ReturnType<typeof toldBy> => toldBy(() => refresh(connection, podRow('web-1')));
  cluster.delete(secretKey('b'));
  assert.deepEqual((await told()).bar, ['$(warning) 2 of 3 objects of web-1 were read again. Secret b: not found']);
  cluster.failures.set('Secret/shop/b', forbidden);
  const [warning = ''] = (await told()).warnings;
  assert.match(warning, /^2 of 3 objects of web-1 were read again\. Secret b: not allowed\. Ask for the verb “get”/);
  cluster.failures.set('*', unreachable);
  assert.deepEqual((await told()).bar, ['$(warning) 0 of 3 objects of web-1 were read again. Server: unreachable']);
  connection.dispose();
});

test('Refresh All says that all were read only if they were', async () => {
  const { connection, cluster } = await bench();
  const told = (): ReturnType<typeof toldBy> => toldBy(() => refreshAll(connection));
  assert.deepEqual((await told()).bar, ['All objects were read again.']);
  cluster.failures.set('Secret/shop/b', forbidden);
  const { bar, warnings } = await told();
  assert.deepEqual([bar, warnings], [['$(warning) 2 of 3 objects were read again. Secret b: forbidden'], []]);
  connection.dispose();
});

test('Refresh on a row of an object says what came of it', async () => {
  const { connection, cluster } = await bench();
  const told = (): ReturnType<typeof toldBy> =>
    toldBy(() => refresh(connection, { row: 'object', key: secretKey('a') }));
  assert.match((await told()).bar.join(), /^Secret a: Fresh: read at/);
  cluster.failures.set('*', unreachable);
  assert.match((await told()).bar.join(), /^\$\(warning\) Secret a: unreachable, copy of/);
  connection.dispose();
});
