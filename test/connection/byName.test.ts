import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { keyText } from '../../src/objects/objectKey';
import { settle } from './fakeClock';
import { ConnectionBench, forbidden, pod, secret, secretKey } from './support';

/** A window of somebody who may not list pods and has registered one by its name. */
async function unlisted(): Promise<ConnectionBench> {
  const bench = new ConnectionBench();
  bench.connection.setActive(true);
  bench.cluster.feed.state({ state: 'interrupted', failure: forbidden, retryInMs: 30_000 });
  bench.cluster.put(secret('db'));
  bench.cluster.pods.set('shop/web', pod('web', { secrets: ['db'] }));
  await bench.connection.pods.registerByName('shop', 'web');
  await bench.clock.advance(100);
  bench.takeChanges();
  return bench;
}

const web = 'shop/web/uid-web';

describe('Connection: unregistering a pod that was named', () => {
  test('takes the pod and what only it refers to', async () => {
    const bench = await unlisted();
    bench.connection.pods.unregister(web);
    assert.deepEqual([bench.connection.pods.count, [...bench.connection.objects.keys()]], [0, []]);
    await bench.clock.advance(50);
    const [changes] = bench.takeChanges();
    assert.deepEqual([[...changes!.pods], [...changes!.objects.keys()]], [[web], ['Secret/shop/db']]);
    bench.cluster.take();
    await bench.clock.advance(200_000);
    assert.deepEqual(bench.cluster.take(), []);
  });

  test('while the pod is being read again does not bring it back', async () => {
    const bench = await unlisted();
    await bench.clock.advance(59_000);
    bench.cluster.take();
    let answer: (() => void) | undefined;
    const getPod = bench.cluster.getPod.bind(bench.cluster);
    bench.cluster.getPod = async (namespace, name) => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return getPod(namespace, name);
    };
    await bench.clock.advance(2_000);
    assert.notEqual(answer, undefined, 'a pass has begun');
    bench.connection.pods.unregister(web);
    answer?.();
    await settle();
    assert.deepEqual(
      [bench.cluster.take().filter((asked) => asked.startsWith('Pod')), bench.connection.pods.count],
      [['Pod shop/web'], 0],
    );
  });

  test('leaves a pod that a list has as well, as one of the list', async () => {
    const bench = new ConnectionBench();
    const listed = pod('web', { secrets: ['db'] });
    bench.cluster.pods.set('shop/web', listed);
    await bench.start(listed);
    await bench.connection.pods.registerByName('shop', 'web');
    assert.equal(bench.connection.pods.get(web)?.byName, true);
    bench.connection.pods.unregister(web);
    assert.equal(bench.connection.pods.get(web)?.byName, false);
    assert.deepEqual([...bench.connection.objects.keys()].map(keyText), ['Secret/shop/db']);
    bench.connection.changeScope({ in: 'namespaces', namespaces: ['other'] });
    assert.equal(bench.connection.pods.count, 0);
  });

  test('does nothing to a pod that was not named, or that is not known', async () => {
    const bench = new ConnectionBench();
    await bench.start(pod('web', { secrets: ['db'] }));
    bench.takeChanges();
    bench.connection.pods.unregister(web);
    bench.connection.pods.unregister('shop/unknown/u');
    await bench.clock.advance(50);
    assert.deepEqual([bench.connection.pods.count, bench.takeChanges()], [1, []]);
  });
});

describe('Connection: unpinning an object', () => {
  test('lets go of it, and tells', async () => {
    const bench = new ConnectionBench();
    bench.cluster.put(secret('db'));
    await bench.start();
    bench.connection.holds.pin(secretKey('db'));
    await bench.connection.objects.read(secretKey('db'));
    await bench.clock.advance(50);
    bench.takeChanges();
    bench.connection.holds.unpin(secretKey('db'));
    assert.deepEqual(
      [bench.connection.holds.isPinned(secretKey('db')), [...bench.connection.objects.keys()]],
      [false, []],
    );
    await bench.clock.advance(50);
    assert.deepEqual([...bench.takeChanges()[0]!.objects.keys()], ['Secret/shop/db']);
  });

  test('leaves what a pod uses as it is cached', async () => {
    const bench = new ConnectionBench();
    bench.cluster.put(secret('db'));
    await bench.start(pod('a', { secrets: ['db'] }));
    bench.connection.holds.pin(secretKey('db'));
    bench.connection.holds.unpin(secretKey('db'));
    bench.connection.holds.unpin(secretKey('db'));
    const inspection = bench.connection.objects.inspect(secretKey('db'));
    assert.deepEqual([inspection?.holds, inspection?.references, inspection?.content.state], [0, 1, 'object']);
    bench.connection.holds.pin(secretKey('db'));
    assert.equal(bench.connection.holds.isPinned(secretKey('db')), true, 'it can be pinned again');
  });
});
