import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Wishes } from '../../src/connection/wishes';
import { keyText } from '../../src/objects/objectKey';
import { passingWishes } from '../../src/session/wishes';
import { settle } from './fakeClock';
import { ConnectionBench, forbidden, node, pod, secret, secretKey, serverError, unreachable } from './support';

const web = { namespace: 'shop', name: 'web' };
const shopWeb = 'shop/web/uid-web';

/** Wishes from before there was the connection. */
function earlier(): Wishes {
  const wishes = passingWishes();
  wishes.pods.add(web);
  return wishes;
}

/** A connection of somebody who may not list pods. */
function unlisted(options: ConstructorParameters<typeof ConnectionBench>[0]): ConnectionBench {
  const bench = new ConnectionBench(options);
  bench.cluster.feed.state({ state: 'interrupted', failure: forbidden, retryInMs: 30_000 });
  return bench;
}

function idsOf(bench: ConnectionBench): string[] {
  return [...bench.connection.pods.all].map(({ id }) => id);
}

function podsAsked(bench: ConnectionBench): string[] {
  return bench.cluster.take().filter((line) => line.startsWith('Pod '));
}

describe('Pods that were registered by name earlier', () => {
  test('are asked for once somebody looks, not before', async () => {
    const bench = unlisted({ wishes: earlier() });
    bench.cluster.put(secret('db'));
    bench.cluster.nodes.set('n1', node('n1', '0'));
    bench.cluster.pods.set('shop/web', pod('web', { node: 'n1', secrets: ['db'] }));
    await bench.clock.advance(100_000);
    assert.deepEqual(bench.cluster.take(), []);
    bench.connection.setActive(true);
    await bench.clock.advance(100);
    assert.deepEqual(new Set(bench.cluster.take()), new Set(['Pod shop/web', 'Node n1', 'Secret shop/db']));
    assert.equal(bench.connection.pods.get(shopWeb)?.byName, true);
  });

  test('are asked for where the sync is off', async () => {
    const bench = unlisted({ wishes: earlier(), settings: { sync: 'off' } });
    bench.cluster.pods.set('shop/web', pod('web'));
    bench.connection.setActive(true);
    await settle();
    assert.deepEqual(idsOf(bench), [shopWeb]);
    bench.connection.setActive(false);
    bench.connection.setActive(true);
    assert.deepEqual(podsAsked(bench), ['Pod shop/web']);
  });

  for (const failure of [unreachable, serverError, forbidden]) {
    test(`are asked for again in each pass while the answer is ${failure.kind}`, async () => {
      const bench = unlisted({ wishes: earlier() });
      bench.cluster.podFailure = failure;
      bench.connection.setActive(true);
      await bench.clock.advance(61_000);
      assert.ok(podsAsked(bench).length > 1);
      bench.cluster.podFailure = undefined;
      bench.cluster.pods.set('shop/web', pod('web'));
      await bench.clock.advance(61_000);
      assert.deepEqual(idsOf(bench), [shopWeb]);
    });
  }

  test('are asked for no further once the server cannot be reached', async () => {
    const wishes = earlier();
    wishes.pods.add({ namespace: 'shop', name: 'other' });
    const bench = unlisted({ wishes });
    bench.cluster.podFailure = unreachable;
    bench.connection.setActive(true);
    await bench.clock.advance(100);
    assert.deepEqual(podsAsked(bench), ['Pod shop/web']);
  });

  test('are wished no longer once the server says that there is none', async () => {
    const wishes = earlier();
    const bench = unlisted({ wishes });
    bench.connection.setActive(true);
    await bench.clock.advance(100);
    assert.deepEqual([podsAsked(bench), wishes.pods.all], [['Pod shop/web'], []]);
    await bench.clock.advance(200_000);
    assert.deepEqual(podsAsked(bench), []);
  });

  test('are wished no longer once they have finished', async () => {
    const wishes = earlier();
    const bench = unlisted({ wishes });
    bench.cluster.pods.set('shop/web', pod('web', { phase: 'Succeeded' }));
    bench.connection.setActive(true);
    await bench.clock.advance(100);
    assert.deepEqual([idsOf(bench), wishes.pods.all], [[], []]);
  });
});

describe('Registering a pod by name', () => {
  test('is a wish until the pod is unregistered', async () => {
    const wishes = passingWishes();
    const bench = unlisted({ wishes });
    assert.equal((await bench.connection.pods.registerByName('shop', 'web')).ok, false);
    assert.deepEqual(wishes.pods.all, [], 'there is no such pod');
    bench.cluster.pods.set('shop/web', pod('web'));
    await bench.connection.pods.registerByName('shop', 'web');
    assert.deepEqual(wishes.pods.all, [web]);
    bench.connection.pods.unregister(shopWeb);
    assert.deepEqual(wishes.pods.all, []);
  });

  test('answers the pod that was read, and a namesake that was registered by name goes', async () => {
    const bench = unlisted({});
    bench.cluster.pods.set('shop/web', pod('web', { uid: 'u1', secrets: ['db'] }));
    await bench.connection.pods.registerByName('shop', 'web');
    bench.cluster.pods.set('shop/web', pod('web', { uid: 'u2', secrets: ['mail'] }));
    const answer = await bench.connection.pods.registerByName('shop', 'web');
    assert.equal(answer.ok && answer.value.id, 'shop/web/u2');
    assert.deepEqual(idsOf(bench), ['shop/web/u2']);
    assert.deepEqual([...bench.connection.objects.keys()].map(keyText), ['Secret/shop/mail']);
  });

  test('answers the pod that was read, also while a list has a namesake', async () => {
    const bench = new ConnectionBench();
    await bench.start(pod('web', { uid: 'u1' }));
    bench.cluster.pods.set('shop/web', pod('web', { uid: 'u2' }));
    const answer = await bench.connection.pods.registerByName('shop', 'web');
    assert.equal(answer.ok && answer.value.id, 'shop/web/u2');
    assert.deepEqual(idsOf(bench), ['shop/web/u1', 'shop/web/u2'], 'the list tells of the end of its pod');
  });

  test('a pod that its list drops is wished until it is asked for by name', async () => {
    const wishes = passingWishes();
    const bench = new ConnectionBench({ wishes });
    bench.cluster.pods.set('shop/web', pod('web', { uid: 'u1' }));
    await bench.start(pod('web', { uid: 'u1' }));
    await bench.connection.pods.registerByName('shop', 'web');
    bench.cluster.feed.gone(pod('web', { uid: 'u1' }));
    bench.cluster.pods.set('shop/web', pod('web', { uid: 'u2' }));
    await bench.clock.advance(61_000);
    assert.deepEqual([idsOf(bench), wishes.pods.all], [['shop/web/u2'], [web]]);
  });

  test('ends with the connection, and is no wish then', async () => {
    const wishes = passingWishes();
    const bench = new ConnectionBench({ wishes });
    bench.cluster.pods.set('shop/web', pod('web'));
    const registering = bench.connection.pods.registerByName('shop', 'web');
    bench.connection.dispose();
    const answer = await registering;
    assert.deepEqual([answer.ok ? '' : answer.failure.kind, wishes.pods.all], ['cancelled', []]);
  });
});

describe('Pins', () => {
  /** A connection with a pin from before there was it. */
  function pinned(): { readonly bench: ConnectionBench; readonly wishes: Wishes } {
    const wishes = passingWishes();
    wishes.pins.add(secretKey('db'));
    const bench = new ConnectionBench({ wishes });
    bench.cluster.put(secret('db'));
    return { bench, wishes };
  }

  test('are wishes until Unpin, whatever becomes of the connection', () => {
    const wishes = passingWishes();
    const bench = new ConnectionBench({ wishes });
    bench.connection.holds.pin(secretKey('db'));
    bench.connection.holds.pin(secretKey('mail'));
    bench.connection.holds.unpin(secretKey('db'));
    bench.connection.dispose();
    assert.deepEqual(wishes.pins.all, [secretKey('mail')]);
  });

  test('of an earlier connection are held at once, and read once somebody looks, once only', async () => {
    const { bench } = pinned();
    await bench.clock.advance(100_000);
    assert.deepEqual([bench.cluster.take(), bench.connection.holds.pins], [[], [secretKey('db')]]);
    await bench.start();
    assert.deepEqual(bench.cluster.take(), ['Secret shop/db']);
    assert.equal(bench.connection.objects.freshness(secretKey('db')).state, 'fresh');
    await bench.clock.advance(1_000_000);
    assert.deepEqual(bench.cluster.take(), []);
  });

  test('of an earlier connection are read though the scope changes before their turn', async () => {
    const { bench } = pinned();
    bench.cluster.holdsAnswers = true;
    bench.settings = { ...bench.settings, queriesPerSecond: 1, burst: 1 };
    await bench.start(pod('a', { secrets: ['first'] }));
    bench.connection.changeScope({ in: 'all' });
    bench.cluster.holdsAnswers = false;
    bench.cluster.answerHeld();
    bench.cluster.feed.list();
    await bench.clock.advance(10_000);
    assert.equal(bench.connection.objects.freshness(secretKey('db')).state, 'fresh');
  });

  for (const [failure, reads] of [
    [unreachable, 3],
    [forbidden, 1],
  ] as const) {
    test(`of an earlier connection are read until the server answers: ${failure.kind}`, async () => {
      const { bench } = pinned();
      bench.cluster.failures.set('*', failure);
      await bench.start();
      await bench.clock.advance(21_000);
      assert.equal(bench.cluster.take().length, reads);
    });
  }

  test('that the server did not answer when they were fetched are read by a later pass', async () => {
    const bench = new ConnectionBench();
    bench.cluster.put(secret('db'));
    await bench.start();
    bench.cluster.failures.set('*', unreachable);
    bench.connection.holds.pin(secretKey('db'));
    await bench.connection.objects.read(secretKey('db'));
    bench.cluster.failures.clear();
    await bench.clock.advance(20_000);
    assert.equal(bench.connection.objects.freshness(secretKey('db')).state, 'fresh');
  });

  test('that were let go of before the first pass are not read', async () => {
    const { bench } = pinned();
    bench.connection.holds.unpin(secretKey('db'));
    await bench.start();
    assert.deepEqual(bench.cluster.take(), []);
  });

  test('take their turn by the limit of requests', async () => {
    const { bench, wishes } = pinned();
    bench.settings = { ...bench.settings, queriesPerSecond: 1, burst: 1 };
    assert.equal(wishes.pins.all.length, 1);
    await bench.start(pod('a', { secrets: ['one', 'two'] }));
    assert.equal(bench.cluster.take().length, 1);
    await bench.clock.advance(2_000);
    assert.equal(bench.cluster.take().length, 2);
  });
});
