import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Strategy } from '../../src/connection/objectManagers';
import { keyText } from '../../src/objects/objectKey';
import { configMap, ConnectionBench, configMapKey, forbidden, node, pod, secret, secretKey } from './support';

const db = secretKey('db');
const pinned = configMapKey('pinned');

async function started(strategy: Strategy): Promise<ConnectionBench> {
  const bench = new ConnectionBench({ settings: { strategy } });
  bench.cluster.put(secret('db', '1'));
  bench.cluster.put(configMap('app', '2'));
  bench.cluster.put(configMap('pinned', '3'));
  await bench.start(pod('web', { secrets: ['db'], configMaps: ['app'] }));
  return bench;
}

function switchTo(bench: ConnectionBench, strategy: Strategy): void {
  bench.settings = { ...bench.settings, strategy };
  bench.connection.settingsChanged();
}

describe('strategies', () => {
  test('Watch lists and watches each object once, and passes ask nothing', async () => {
    const bench = await started('watch');
    assert.deepEqual(bench.cluster.take(), [
      'List Secret shop/db 0',
      'List ConfigMap shop/app 0',
      'Watch Secret shop/db 100 300',
      'Watch ConfigMap shop/app 100 300',
    ]);
    assert.equal(bench.connection.objects.freshness(db).state, 'live');
    await bench.clock.advance(600_000);
    assert.deepEqual([bench.cluster.take(), bench.connection.objects.freshness(db).state], [[], 'live']);
  });

  test('an event shows without a read, and a removal as well', async () => {
    const bench = await started('watch');
    bench.takeChanges();
    bench.cluster.put(secret('db', '7', ['user', 'password']));
    await bench.clock.advance(50);
    const content = bench.connection.objects.inspect(db)?.content;
    assert.ok(content?.state === 'object');
    assert.deepEqual([...content.object.data.keys()], ['user', 'password']);
    assert.deepEqual([...(bench.takeChanges()[0]?.objects.keys() ?? [])], [keyText(db)]);
    bench.cluster.delete(db);
    await bench.clock.advance(50);
    assert.deepEqual(
      [bench.connection.objects.freshness(db).state, bench.connection.problems.summary.problems],
      ['notFound', 1],
    );
  });

  test('first lists wait neither for tokens nor for each other', async () => {
    const bench = new ConnectionBench({ settings: { strategy: 'watch', queriesPerSecond: 1, burst: 1 } });
    const secrets = Array.from({ length: 40 }, (_, i) => `s-${i}`);
    for (const name of secrets) bench.cluster.put(secret(name));
    await bench.start(pod('web', { secrets }));
    assert.equal(bench.cluster.watched.length, 40);
    assert.equal(bench.connection.problems.summary.counts.live, 40);
  });

  test('a pass waits for no list that fails', async () => {
    const bench = new ConnectionBench({ settings: { strategy: 'watch', queriesPerSecond: 1, burst: 1 } });
    bench.cluster.failures.set('*', forbidden);
    await bench.start(pod('web', { secrets: Array.from({ length: 40 }, (_, i) => `s-${i}`) }));
    assert.deepEqual(
      [bench.connection.sync.status.running, bench.connection.sync.status.last?.objects],
      [undefined, 40],
    );
    assert.equal(bench.connection.problems.summary.counts.forbidden, 40);
  });

  test('Get reads each object once a pass, and each time that it is used', async () => {
    const bench = await started('get');
    assert.deepEqual(bench.cluster.take(), ['Secret shop/db', 'ConfigMap shop/app']);
    assert.equal(bench.connection.objects.freshness(db).state, 'readOnUse');
    await bench.connection.objects.read(db);
    await bench.connection.objects.read(db);
    assert.deepEqual(bench.cluster.take(), ['Secret shop/db', 'Secret shop/db']);
    await bench.clock.advance(60_000);
    assert.deepEqual(bench.cluster.take(), ['Secret shop/db', 'ConfigMap shop/app']);
  });

  for (const [from, to] of [
    ['cache', 'watch'],
    ['watch', 'cache'],
    ['cache', 'get'],
    ['get', 'watch'],
  ] as const) {
    test(`from ${from} to ${to} registrations, pins and open manifests stay`, async () => {
      const bench = await started(from);
      const { connection } = bench;
      connection.holds.pin(pinned);
      await connection.objects.read(pinned);
      const hold = connection.objects.hold(secretKey('held'));
      const before = [...connection.objects.keys()].map(keyText).sort();
      switchTo(bench, to);
      assert.equal(connection.objects.strategy, to);
      await bench.clock.advance(100);
      assert.deepEqual([...connection.objects.keys()].map(keyText).sort(), before);
      assert.deepEqual([...connection.pods.userIds(db)], ['shop/web/uid-web']);
      assert.equal(connection.objects.inspect(db)?.references, 1);
      for (const key of [db, configMapKey('app'), pinned]) {
        assert.equal(connection.objects.inspect(key)?.content.state, 'object', keyText(key));
      }
      // What is only held is not watched before it is read.
      assert.equal(bench.cluster.watched.length, to === 'watch' ? 3 : 0);
      bench.cluster.feed.gone(pod('web', { secrets: ['db'], configMaps: ['app'] }));
      connection.holds.unpin(pinned);
      hold.dispose();
      assert.deepEqual([...connection.objects.keys()], []);
      assert.deepEqual(bench.cluster.watched, []);
    });
  }

  test('what does not change the strategy keeps what was read', async () => {
    const bench = await started('cache');
    bench.cluster.take();
    bench.settings = { ...bench.settings, kubeletMinor: 25, burst: 50 };
    bench.connection.settingsChanged();
    await bench.clock.advance(100);
    assert.deepEqual([bench.cluster.take(), bench.connection.objects.freshness(db).state], [[], 'fresh']);
  });

  test('watches keep to the rules of the version that the node says, or the setting', async () => {
    const bench = await started('watch');
    bench.cluster.nodes.set('n1', { ...node('n1'), status: { nodeInfo: { kubeletVersion: 'v1.37.2' } } });
    bench.cluster.feed.page(pod('other', { node: 'n1', secrets: ['db'] }));
    await bench.clock.advance(90_000);
    bench.cluster.take();
    bench.cluster.endWatches();
    await bench.clock.advance(10);
    assert.deepEqual(bench.cluster.take(), ['Watch Secret shop/db 100 1800', 'Watch ConfigMap shop/app 100 1800']);
    bench.settings = { ...bench.settings, kubeletMinor: 25 };
    bench.connection.settingsChanged();
    await bench.clock.advance(10);
    assert.deepEqual(bench.cluster.take().sort(), [
      'List ConfigMap shop/app 0',
      'List Secret shop/db 0',
      'Watch ConfigMap shop/app 100 300',
      'Watch Secret shop/db 100 300',
    ]);
    assert.equal(bench.connection.objects.inspect(db)?.references, 2);
  });

  test('watches end a while after the last onlooker left, and begin again with the next', async () => {
    const bench = await started('watch');
    bench.connection.setActive(false);
    await bench.clock.advance(299_000);
    assert.equal(bench.cluster.watched.length, 2);
    bench.connection.setActive(true);
    bench.connection.setActive(false);
    await bench.clock.advance(300_100);
    assert.deepEqual([bench.cluster.watched, bench.connection.objects.freshness(db).state], [[], 'idle']);
    assert.deepEqual(bench.clock.waits, [], 'nothing runs any more');
    bench.cluster.take();
    bench.connection.setActive(true);
    await bench.clock.advance(50);
    assert.deepEqual([bench.cluster.watched.length, bench.connection.objects.freshness(db).state], [2, 'live']);
  });

  test('a role that may only get sees each object forbidden, and the Cache strategy works at once', async () => {
    const bench = new ConnectionBench({ settings: { strategy: 'watch' } });
    bench.cluster.put(secret('db'));
    bench.cluster.failures.set('*', forbidden);
    await bench.start(pod('web', { secrets: ['db'] }));
    assert.deepEqual(
      [bench.connection.objects.freshness(db).state, bench.connection.problems.summary.counts.forbidden],
      ['forbidden', 1],
    );
    bench.cluster.failures.clear();
    switchTo(bench, 'cache');
    await bench.clock.advance(100);
    assert.equal(bench.connection.objects.freshness(db).state, 'fresh');
  });
});
