import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isFolded } from '../../src/connection/assess';
import type { Connection } from '../../src/connection/connection';
import { keyText } from '../../src/objects/objectKey';
import { settle } from './fakeClock';
import {
  configMap,
  configMapKey,
  ConnectionBench,
  forbidden,
  injectedVolume,
  node,
  pod,
  secret,
  secretKey,
  serverError,
  unreachable,
  throttled,
} from './support';

/** Everything that views call while they draw. */
function render(connection: Connection): void {
  const keys = [...connection.objects.keys(), secretKey('unknown')];
  for (const key of keys) {
    connection.objects.inspect(key);
    connection.objects.freshness(key);
    for (const id of connection.pods.userIds(key)) connection.pods.useBy(id, key);
    isFolded(connection, key);
    connection.holds.isPinned(key);
  }
  for (const { id } of connection.pods.all) connection.pods.get(id);
  for (const text of [
    connection.pods.feed,
    connection.sync.status,
    connection.nodes.ttl,
    connection.pods.count,
    connection.pods.scope,
  ]) {
    assert.notEqual(text, undefined);
  }
  connection.times.wallTime(0);
}

describe('Connection: what is requested', () => {
  test('one GET for a Secret that three pods of one list share', async () => {
    const bench = new ConnectionBench();
    bench.cluster.put(secret('db'));
    await bench.start(...['a', 'b', 'c'].map((name) => pod(name, { secrets: ['db'] })));
    assert.deepEqual(bench.cluster.take(), ['Secret shop/db']);
    assert.equal(bench.connection.objects.inspect(secretKey('db'))?.references, 3);
  });

  test('one GET for it also where the list comes in pages', async () => {
    const bench = new ConnectionBench();
    bench.cluster.put(secret('db'));
    bench.connection.setActive(true);
    for (const name of ['a', 'b', 'c']) {
      bench.cluster.feed.page(pod(name, { secrets: ['db'] }));
      await bench.clock.advance(10);
      bench.cluster.feed.state({ state: 'listing', received: 1 });
    }
    assert.deepEqual(bench.cluster.take(), []);
    bench.cluster.feed.state({ state: 'live' });
    await bench.clock.advance(100);
    assert.deepEqual(bench.cluster.take(), ['Secret shop/db']);
  });

  test('a pass asks for each object of both kinds once, first by quorum and then from the cache', async () => {
    const bench = new ConnectionBench();
    for (const copy of [secret('db'), secret('tls'), configMap('app')]) bench.cluster.put(copy);
    await bench.start(
      pod('a', { secrets: ['db', 'tls'], configMaps: ['app'] }),
      pod('b', { secrets: ['db'], configMaps: ['app'] }),
    );
    assert.deepEqual(bench.cluster.take(), ['Secret shop/db', 'Secret shop/tls', 'ConfigMap shop/app']);
    await bench.clock.advance(60_000);
    assert.deepEqual(bench.cluster.take(), ['Secret shop/db 0', 'Secret shop/tls 0', 'ConfigMap shop/app 0']);
  });

  test('a pass with a TTL of 0 is one GET with resourceVersion 0 for each object', async () => {
    const bench = new ConnectionBench({ settings: { ttlSeconds: 0 } });
    bench.cluster.put(secret('db'));
    bench.cluster.put(configMap('app'));
    await bench.start(pod('a', { secrets: ['db'], configMaps: ['app'] }), pod('b', { secrets: ['db'] }));
    bench.cluster.take();
    for (const pass of [1, 2, 3]) {
      await bench.clock.advance(60_000);
      assert.deepEqual(bench.cluster.take(), ['Secret shop/db 0', 'ConfigMap shop/app 0'], `pass ${pass}`);
    }
  });

  test('a pass asks for nothing that is fresh', async () => {
    const bench = new ConnectionBench({ settings: { ttlSeconds: 300 } });
    bench.cluster.put(secret('db'));
    await bench.start(pod('a', { secrets: ['db'] }));
    bench.cluster.take();
    await bench.clock.advance(240_000);
    assert.deepEqual(bench.cluster.take(), []);
    await bench.clock.advance(60_000);
    assert.deepEqual(bench.cluster.take(), ['Secret shop/db 0']);
  });

  test('an object that does not exist is one quorum read a pass', async () => {
    const bench = new ConnectionBench();
    await bench.start(pod('a', { secrets: ['gone'] }));
    await bench.clock.advance(60_000);
    assert.deepEqual(bench.cluster.take(), ['Secret shop/gone', 'Secret shop/gone']);
  });

  test('a further pod makes its objects be read again by quorum, and those of others are left alone', async () => {
    const bench = new ConnectionBench();
    for (const name of ['db', 'tls', 'mail']) bench.cluster.put(secret(name));
    await bench.start(pod('a', { secrets: ['db', 'tls'] }));
    bench.cluster.take();
    bench.cluster.feed.page(pod('b', { secrets: ['db', 'mail'] }));
    await settle();
    assert.deepEqual(bench.cluster.take(), ['Secret shop/db', 'Secret shop/mail']);
  });

  test('a pod that refers to one more object has only that read', async () => {
    const bench = new ConnectionBench();
    for (const name of ['db', 'tls']) bench.cluster.put(secret(name));
    await bench.start(pod('a', { secrets: ['db'] }));
    bench.cluster.take();
    bench.cluster.feed.page(pod('a', { secrets: ['db', 'tls'] }));
    await settle();
    assert.deepEqual(bench.cluster.take(), ['Secret shop/tls']);
  });

  test('updates of the status, deletions and repeated events cost nothing', async () => {
    const bench = new ConnectionBench();
    bench.cluster.put(secret('db'));
    const [a, b] = [pod('a', { secrets: ['db'] }), pod('b', { secrets: ['db'] })];
    await bench.start(a, b);
    bench.cluster.take();
    bench.cluster.feed.page({ ...a, status: { phase: 'Pending' } }, b);
    bench.cluster.feed.gone(b);
    bench.cluster.feed.page(pod('c', { secrets: ['db'], phase: 'Succeeded' }));
    await bench.clock.advance(1_000);
    assert.deepEqual(bench.cluster.take(), []);
    assert.equal(bench.connection.objects.inspect(secretKey('db'))?.references, 1);
    bench.cluster.feed.gone(a);
    assert.deepEqual([...bench.connection.objects.keys()], []);
  });

  test('what admission adds is not read until somebody looks at it', async () => {
    const bench = new ConnectionBench();
    bench.cluster.put(configMap('kube-root-ca.crt'));
    await bench.start(pod('a', { volumes: [injectedVolume] }));
    await bench.clock.advance(60_000);
    assert.deepEqual(bench.cluster.take(), []);
    bench.cluster.feed.page(pod('b', { volumes: [injectedVolume] }));
    await settle();
    assert.deepEqual(bench.cluster.take(), []);
    assert.equal((await bench.connection.objects.read(configMapKey('kube-root-ca.crt'))).outcome, 'fetched');
  });

  test('a read is by the rules of the cache, and a refresh is a quorum read', async () => {
    const bench = new ConnectionBench();
    bench.cluster.put(secret('db'));
    await bench.start(pod('a', { secrets: ['db'] }));
    bench.cluster.take();
    assert.equal((await bench.connection.objects.read(secretKey('db'))).outcome, 'hit');
    assert.equal((await bench.connection.objects.refresh(secretKey('db'))).outcome, 'fetched');
    assert.deepEqual(bench.cluster.take(), ['Secret shop/db']);
    const unknown = await bench.connection.objects.read(secretKey('unknown'));
    assert.equal(unknown.outcome === 'failed' && unknown.failure.kind, 'notRegistered');
    assert.deepEqual(bench.cluster.take(), []);
  });

  test('a hold or a pin makes an object readable without reading it', async () => {
    const bench = new ConnectionBench();
    bench.cluster.put(secret('db'));
    await bench.start();
    const hold = bench.connection.objects.hold(secretKey('db'));
    bench.connection.holds.pin(secretKey('db'));
    bench.connection.holds.pin(secretKey('db'));
    await bench.clock.advance(60_000);
    assert.deepEqual(bench.cluster.take(), []);
    assert.equal(bench.connection.objects.inspect(secretKey('db'))?.holds, 2, 'a pin counts once');
    hold.dispose();
    assert.equal((await bench.connection.objects.read(secretKey('db'))).outcome, 'fetched');
    assert.equal(bench.connection.holds.isPinned(secretKey('db')), true);
    assert.equal(bench.connection.holds.isPinned(configMapKey('db')), false);
  });

  test('drawing asks for nothing, with a TTL of 0 and missing objects least of all', async () => {
    const bench = new ConnectionBench({ settings: { ttlSeconds: 0 } });
    bench.cluster.put(secret('db'));
    await bench.start(pod('a', { secrets: ['db', 'gone'], configMaps: ['app'] }));
    bench.cluster.take();
    const waits = bench.clock.waits;
    bench.takeChanges();
    for (let i = 0; i < 5; i += 1) render(bench.connection);
    await settle();
    assert.deepEqual(bench.cluster.take(), []);
    assert.deepEqual(bench.clock.waits, waits);
    await bench.clock.advance(1_000);
    assert.deepEqual(bench.takeChanges(), []);
  });

  test('a cancelled read ends its request', async () => {
    const bench = new ConnectionBench();
    bench.cluster.put(secret('db'));
    bench.connection.objects.hold(secretKey('db'));
    bench.cluster.holdsAnswers = true;
    const caller = new AbortController();
    const reading = bench.connection.objects.read(secretKey('db'), caller.signal);
    caller.abort();
    const ended = await reading;
    assert.equal(ended.outcome === 'failed' && ended.failure.kind, 'cancelled');
    bench.cluster.answerHeld();
    await settle();
    assert.equal(bench.connection.objects.inspect(secretKey('db'))?.content.state, 'none');
  });
});

describe('Connection: onlookers', () => {
  test('while nobody looks nothing is read and no timer stays', async () => {
    const bench = new ConnectionBench();
    bench.cluster.put(secret('db'));
    bench.cluster.feed.list(pod('a', { secrets: ['db'] }));
    await bench.clock.advance(1_000_000);
    bench.cluster.feed.page(pod('b', { secrets: ['db'] }));
    await bench.clock.advance(1_000_000);
    assert.deepEqual([bench.cluster.take(), bench.clock.waits], [[], []]);
    bench.connection.setActive(true);
    await bench.clock.advance(100);
    assert.deepEqual(bench.cluster.take(), ['Secret shop/db']);
    bench.connection.setActive(false);
    await bench.clock.advance(1_000_000);
    assert.deepEqual([bench.cluster.take(), bench.clock.waits], [[], []]);
  });

  test('with sync "always" objects are read without an onlooker, with "off" not even for one', async () => {
    const always = new ConnectionBench({ settings: { sync: 'always' } });
    always.cluster.feed.list(pod('a', { secrets: ['db'] }));
    await always.clock.advance(100);
    assert.deepEqual(always.cluster.take(), ['Secret shop/db']);

    const off = new ConnectionBench({ settings: { sync: 'off' } });
    await off.start(pod('a', { secrets: ['db'] }));
    await off.clock.advance(1_000_000);
    assert.deepEqual(off.cluster.take(), []);
    off.settings = { ...off.settings, sync: 'visible' };
    off.connection.settingsChanged();
    await off.clock.advance(100);
    assert.deepEqual(off.cluster.take(), ['Secret shop/db']);
  });

  test('nothing is read before the pods are listed, and pods that may not be listed do not stop the rest', async () => {
    const bench = new ConnectionBench();
    bench.cluster.pods.set('shop/web', pod('web', { secrets: ['db'] }));
    bench.connection.setActive(true);
    await bench.clock.advance(1_000);
    assert.equal(bench.connection.pods.feed.state, 'listing');
    bench.cluster.feed.state({ state: 'interrupted', failure: forbidden, retryInMs: 30_000 });
    await bench.clock.advance(100);
    const answer = await bench.connection.pods.registerByName('shop', 'web');
    assert.equal(answer.ok && answer.value.byName, true);
    await settle();
    assert.deepEqual(bench.cluster.take(), ['Pod shop/web', 'Secret shop/db']);
  });

  test('exactly one timer waits for the next copy to go stale, and only while somebody looks', async () => {
    const bench = new ConnectionBench({ settings: { sync: 'off' } });
    for (const name of ['a', 'b', 'c']) {
      bench.cluster.put(secret(name));
      bench.connection.objects.hold(secretKey(name));
    }
    await bench.start();
    for (const name of ['a', 'b', 'c']) {
      await bench.connection.objects.read(secretKey(name));
      await bench.clock.advance(1_000);
    }
    assert.deepEqual(bench.clock.waits, [57_000]);
    bench.connection.setActive(false);
    await bench.clock.advance(50);
    assert.deepEqual(bench.clock.waits, []);
    bench.connection.setActive(true);
    await bench.clock.advance(50);
    assert.deepEqual(bench.clock.waits, [56_900]);
  });

  test('a copy that goes stale is told at that time, and each only then', async () => {
    const bench = new ConnectionBench({ settings: { sync: 'off' } });
    for (const name of ['a', 'b']) {
      bench.cluster.put(secret(name));
      bench.connection.objects.hold(secretKey(name));
    }
    await bench.start();
    await bench.connection.objects.read(secretKey('a'));
    await bench.clock.advance(10_000);
    await bench.connection.objects.read(secretKey('b'));
    await bench.clock.advance(1_000);
    bench.takeChanges();
    await bench.clock.advance(48_999);
    assert.deepEqual(bench.takeChanges(), []);
    await bench.clock.advance(51);
    assert.deepEqual(
      bench.takeChanges().map(({ objects }) => [...objects.keys()]),
      [['Secret/shop/a']],
    );
    assert.equal(bench.connection.objects.freshness(secretKey('a')).state, 'stale');
    assert.equal(bench.connection.objects.freshness(secretKey('b')).state, 'fresh');
    await bench.clock.advance(10_000);
    assert.deepEqual(
      bench.takeChanges().map(({ objects }) => [...objects.keys()]),
      [['Secret/shop/b']],
    );
    assert.deepEqual(bench.clock.waits, []);
  });

  test('after the computer slept, everything that went stale meanwhile is told', async () => {
    const bench = new ConnectionBench({ settings: { sync: 'off' } });
    await bench.start();
    for (const name of ['a', 'b']) {
      bench.cluster.put(secret(name));
      bench.connection.objects.hold(secretKey(name));
      await bench.connection.objects.read(secretKey(name));
      await bench.clock.advance(5_000);
    }
    bench.takeChanges();
    await bench.clock.sleep(3_600_000);
    await bench.clock.advance(50);
    assert.deepEqual(
      bench.takeChanges().flatMap(({ objects }) => [...objects.keys()]),
      ['Secret/shop/a', 'Secret/shop/b'],
    );
  });

  test('a changed TTL moves the boundary at once', async () => {
    const bench = new ConnectionBench({ settings: { sync: 'off' } });
    bench.cluster.put(secret('a'));
    bench.connection.objects.hold(secretKey('a'));
    await bench.start();
    await bench.connection.objects.read(secretKey('a'));
    await bench.clock.advance(100);
    bench.settings = { ...bench.settings, ttlSeconds: 10 };
    bench.connection.settingsChanged();
    await bench.clock.advance(50);
    assert.deepEqual(bench.clock.waits, [9_850]);
    bench.settings = { ...bench.settings, ttlSeconds: 0 };
    bench.connection.settingsChanged();
    await bench.clock.advance(50);
    assert.deepEqual(bench.clock.waits, []);
    assert.equal(bench.connection.objects.freshness(secretKey('a')).state, 'readOnUse');
  });
});

describe('Connection: changes', () => {
  test('a burst of changes is one event, which names each object and pod once', async () => {
    const bench = new ConnectionBench();
    bench.cluster.put(secret('db'));
    const pods = ['a', 'b', 'c'].map((name) => pod(name, { secrets: ['db'], configMaps: ['app'] }));
    bench.cluster.feed.page(...pods);
    bench.cluster.feed.page(...pods);
    assert.deepEqual(bench.takeChanges(), []);
    await bench.clock.advance(50);
    const [changes, ...others] = bench.takeChanges();
    assert.deepEqual(others, []);
    assert.deepEqual([...(changes?.objects.keys() ?? [])].sort(), ['ConfigMap/shop/app', 'Secret/shop/db']);
    assert.deepEqual(
      [...(changes?.pods ?? [])],
      ['a', 'b', 'c'].map((name) => `shop/${name}/uid-${name}`),
    );
    assert.equal(changes?.status, false);
  });

  test('the state of the feed and of the sync are told as status', async () => {
    const bench = new ConnectionBench();
    bench.cluster.feed.state({ state: 'listing', received: 500 });
    await bench.clock.advance(50);
    const [changes] = bench.takeChanges();
    assert.deepEqual([changes?.status, changes?.objects.size, changes?.pods.size], [true, 0, 0]);
    assert.deepEqual(bench.connection.pods.feed, { state: 'listing', received: 500 });
    await bench.clock.advance(1_000);
    assert.deepEqual(bench.takeChanges(), [], 'what does not change is not told');
  });

  test('who begins to look is told of everything', async () => {
    const bench = new ConnectionBench({ settings: { sync: 'off' } });
    bench.cluster.feed.list(pod('a', { secrets: ['db'] }));
    await bench.clock.advance(50);
    bench.takeChanges();
    bench.connection.setActive(true);
    bench.connection.setActive(true);
    await bench.clock.advance(50);
    const changes = bench.takeChanges();
    assert.deepEqual(
      changes.map(({ objects }) => [...objects.keys()]),
      [['Secret/shop/db']],
    );
  });

  test('the time of day of a read follows the clock of the computer', async () => {
    const bench = new ConnectionBench();
    const at = bench.clock.now();
    await bench.clock.advance(5_000);
    assert.equal(bench.connection.times.wallTime(at), bench.clock.wallTime() - 5_000);
  });
});

describe('Connection: scope', () => {
  test('a scope of several namespaces is followed as several lists, whose worst state counts', () => {
    const bench = new ConnectionBench({ scope: { in: 'namespaces', namespaces: ['a', 'b'] } });
    const [a, b] = bench.cluster.feeds;
    assert.deepEqual(
      bench.cluster.feeds.map(({ part }) => part),
      [
        { in: 'namespace', namespace: 'a' },
        { in: 'namespace', namespace: 'b' },
      ],
    );
    a?.state({ state: 'listing', received: 2 });
    b?.state({ state: 'listing', received: 3 });
    assert.deepEqual(bench.connection.pods.feed, { state: 'listing', received: 5 });
    a?.state({ state: 'live' });
    assert.deepEqual(bench.connection.pods.feed, { state: 'listing', received: 3 });
    b?.state({ state: 'interrupted', failure: serverError, retryInMs: 1 });
    assert.equal(bench.connection.pods.feed.state, 'interrupted');
    b?.state({ state: 'live' });
    assert.deepEqual(bench.connection.pods.feed, { state: 'live' });
  });

  test('a changed scope keeps the pods that it has in common, and what is cached for them', async () => {
    const bench = new ConnectionBench({ scope: { in: 'namespaces', namespaces: ['shop', 'old'] } });
    bench.cluster.put(secret('db'));
    const [shop, old] = bench.cluster.feeds;
    bench.connection.setActive(true);
    shop?.list(pod('a', { secrets: ['db'] }));
    old?.list(pod('b', { namespace: 'old', secrets: ['x'] }));
    await bench.clock.advance(100);
    bench.cluster.take();
    bench.connection.changeScope({ in: 'namespaces', namespaces: ['shop', 'new'] });
    assert.deepEqual([shop?.ended, old?.ended, bench.cluster.feeds.length], [false, true, 3]);
    assert.deepEqual([...bench.connection.objects.keys()].map(keyText), ['Secret/shop/db']);
    assert.equal((await bench.connection.objects.read(secretKey('db'))).outcome, 'hit');
    assert.deepEqual(bench.cluster.take(), []);
    assert.deepEqual(bench.connection.pods.scope, { in: 'namespaces', namespaces: ['shop', 'new'] });
  });

  test('a pod that a wider scope lists again keeps its cache, and one that had gone meanwhile is removed', async () => {
    const bench = new ConnectionBench();
    bench.cluster.put(secret('db'));
    const kept = pod('kept', { secrets: ['db'], node: 'n1' });
    await bench.start(kept, pod('gone', { secrets: ['other'], node: 'n1' }), pod('away', { node: 'n2' }));
    bench.connection.changeScope({ in: 'node', node: 'n1' });
    assert.equal(bench.connection.pods.count, 2);
    bench.cluster.take();
    bench.cluster.feed.list(kept);
    await bench.clock.advance(100);
    assert.deepEqual(
      [...bench.connection.pods.all].map(({ pod: one }) => one.metadata.name),
      ['kept'],
    );
    assert.deepEqual(
      bench.cluster.take().filter((line) => line.startsWith('Secret')),
      [],
    );
    assert.equal(bench.connection.objects.freshness(secretKey('db')).state, 'fresh');
  });

  test('pods that the user named stay in every scope', async () => {
    const bench = new ConnectionBench();
    bench.cluster.pods.set('far/web', pod('web', { namespace: 'far', secrets: ['db'] }));
    await bench.start();
    await bench.connection.pods.registerByName('far', 'web');
    bench.connection.changeScope({ in: 'namespaces', namespaces: ['other'] });
    bench.cluster.feed.list();
    bench.connection.changeScope({ in: 'all' });
    bench.cluster.feed.list();
    assert.equal(bench.connection.pods.count, 1);
  });

  test('names for choosing a scope are asked of the cluster', async () => {
    const bench = new ConnectionBench();
    await bench.connection.scopeChoices.listNamespaces();
    await bench.connection.scopeChoices.listNodes();
    assert.deepEqual(bench.cluster.take(), ['Namespaces', 'Nodes']);
  });
});

describe('Connection: pods by name', () => {
  test('are read again once a pass, and follow what they have become', async () => {
    const bench = new ConnectionBench();
    bench.cluster.put(secret('db'));
    bench.cluster.put(secret('mail'));
    bench.cluster.pods.set('shop/web', pod('web', { uid: 'u1', secrets: ['db'] }));
    await bench.start();
    await bench.connection.pods.registerByName('shop', 'web');
    await settle();
    assert.deepEqual(bench.cluster.take(), ['Pod shop/web', 'Secret shop/db']);
    // A pod of the same name and another uid takes its place.
    bench.cluster.pods.set('shop/web', pod('web', { uid: 'u2', secrets: ['mail'] }));
    await bench.clock.advance(60_000);
    assert.deepEqual(bench.cluster.take(), ['Pod shop/web', 'Secret shop/mail']);
    assert.deepEqual([...bench.connection.objects.keys()].map(keyText), ['Secret/shop/mail']);
    // One that cannot be asked for stays, and one that is gone does not.
    bench.cluster.podFailure = unreachable;
    await bench.clock.advance(60_000);
    assert.equal(bench.connection.pods.count, 1);
    bench.cluster.podFailure = undefined;
    bench.cluster.pods.clear();
    await bench.clock.advance(60_000);
    assert.equal(bench.connection.pods.count, 0);
  });

  test('one that does not exist or has finished is not registered, and the answer says why', async () => {
    const bench = new ConnectionBench();
    const missing = await bench.connection.pods.registerByName('shop', 'web');
    assert.equal(!missing.ok && missing.failure.kind, 'notFound');
    bench.cluster.pods.set('shop/job', pod('job', { phase: 'Succeeded', secrets: ['db'] }));
    const finished = await bench.connection.pods.registerByName('shop', 'job');
    assert.match(finished.ok ? '' : finished.failure.message, /has finished/);
    assert.deepEqual([bench.connection.pods.count, [...bench.connection.objects.keys()]], [0, []]);
  });
});

describe('Connection: letting go of what was named', () => {
  test('a pod that no list has goes with its objects, and only if it was named', async () => {
    const bench = new ConnectionBench();
    bench.cluster.pods.set('other/web', pod('web', { namespace: 'other', secrets: ['db'] }));
    await bench.start(pod('a'));
    await bench.connection.pods.registerByName('other', 'web');
    bench.connection.pods.unregister('shop/a/uid-a');
    bench.connection.pods.unregister('other/web/uid-web');
    assert.deepEqual(
      [...bench.connection.pods.all].map(({ id }) => id),
      ['shop/a/uid-a'],
    );
    assert.deepEqual([...bench.connection.objects.keys()], []);
  });

  test('a pod that is in the list of the scope as well stays, with what is cached for it', async () => {
    const bench = new ConnectionBench();
    bench.cluster.put(secret('db'));
    const web = pod('web', { secrets: ['db'] });
    bench.cluster.pods.set('shop/web', web);
    await bench.start(web);
    await bench.connection.pods.registerByName('shop', 'web');
    await bench.clock.advance(100);
    bench.takeChanges();
    bench.connection.pods.unregister('shop/web/uid-web');
    assert.deepEqual(
      [...bench.connection.pods.all].map(({ byName }) => byName),
      [false],
    );
    assert.equal(bench.connection.objects.freshness(secretKey('db')).state, 'fresh');
    await bench.clock.advance(50);
    assert.deepEqual([...(bench.takeChanges()[0]?.pods ?? [])], ['shop/web/uid-web'], 'its row says something else');
  });

  test('a pod that is let go of while it is read again does not come back', async () => {
    const bench = new ConnectionBench();
    bench.cluster.pods.set('other/web', pod('web', { namespace: 'other' }));
    await bench.start();
    await bench.connection.pods.registerByName('other', 'web');
    const getPod = bench.cluster.getPod.bind(bench.cluster);
    bench.cluster.getPod = (namespace, name) => {
      bench.connection.pods.unregister('other/web/uid-web');
      return getPod(namespace, name);
    };
    bench.cluster.take();
    await bench.clock.advance(60_000);
    assert.deepEqual([bench.cluster.take(), bench.connection.pods.count], [['Pod other/web'], 0]);
  });

  test('a pod of a scope that cannot be listed goes', async () => {
    const bench = new ConnectionBench();
    bench.cluster.pods.set('shop/web', pod('web'));
    bench.cluster.feed.state({ state: 'interrupted', failure: forbidden, retryInMs: 1_000 });
    await bench.connection.pods.registerByName('shop', 'web');
    bench.connection.pods.unregister('shop/web/uid-web');
    assert.equal(bench.connection.pods.count, 0);
  });
});

describe('Connection: the TTL of a node', () => {
  test('is read when the pods are listed and once a pass, from the first node by name', async () => {
    const bench = new ConnectionBench();
    bench.cluster.put(secret('db'));
    bench.cluster.nodes.set('n1', node('n1', '0'));
    await bench.start(pod('a', { node: 'n2', secrets: ['db'] }), pod('b', { node: 'n1' }));
    assert.deepEqual(new Set(bench.cluster.take()), new Set(['Node n1', 'Secret shop/db']));
    assert.deepEqual(bench.connection.nodes.ttl, { ms: 0, origin: { from: 'node', node: 'n1' } });
    assert.equal(bench.connection.objects.freshness(secretKey('db')).state, 'readOnUse');
    await bench.clock.advance(60_000);
    assert.deepEqual(bench.cluster.take(), ['Node n1', 'Secret shop/db 0']);
  });

  test('of a scope that is one node, that node counts', async () => {
    const bench = new ConnectionBench({ scope: { in: 'node', node: 'n7' } });
    bench.cluster.nodes.set('n7', node('n7', '5'));
    await bench.start(pod('a', { node: 'n7' }));
    assert.deepEqual(bench.connection.nodes.ttl, { ms: 5_000, origin: { from: 'node', node: 'n7' } });
  });
});

describe('Connection: the end', () => {
  test('disposing ends every list, every timer and every get, and the cluster last', async () => {
    const bench = new ConnectionBench({ scope: { in: 'namespaces', namespaces: ['shop', 'b'] } });
    bench.connection.setActive(true);
    bench.connection.holds.pin(secretKey('pinned'));
    for (const feed of bench.cluster.feeds) feed.list(pod('a', { secrets: ['db'] }));
    bench.cluster.holdsAnswers = true;
    await bench.clock.advance(100);
    const reading = bench.connection.objects.read(secretKey('db'));
    bench.cluster.take();
    bench.takeChanges();
    bench.cluster.feeds[0]?.page(pod('b'));
    bench.connection.dispose();
    bench.connection.dispose();
    const ended = await reading;
    assert.equal(ended.outcome === 'failed' && ended.failure.kind, 'cancelled');
    assert.ok(bench.cluster.feeds.every(({ ended: over }) => over));
    assert.ok(bench.cluster.disposals > 0);
    bench.cluster.answerHeld();
    bench.connection.setActive(false);
    bench.connection.setActive(true);
    bench.connection.settingsChanged();
    await bench.clock.advance(1_000_000);
    assert.deepEqual([bench.clock.waits, bench.takeChanges(), bench.cluster.take()], [[], [], []]);
  });
});

test('what a connection lets go of at its end is told to nobody', async () => {
  const bench = new ConnectionBench();
  bench.connection.holds.pin(secretKey('pinned'));
  await bench.clock.advance(100);
  bench.connection.dispose();
  assert.deepEqual(bench.clock.waits, []);
});

test('a pod that came while nobody looked has its objects read when somebody looks again', async () => {
  const bench = new ConnectionBench();
  bench.cluster.put(secret('db'));
  await bench.start(pod('a'));
  bench.connection.setActive(false);
  bench.cluster.feed.page(pod('b', { secrets: ['db'] }));
  bench.connection.setActive(true);
  await bench.clock.advance(1_000);
  assert.deepEqual(bench.cluster.take(), ['Secret shop/db']);
});

test('a changed scope that is listed in pages costs one GET for a shared Secret', async () => {
  const bench = new ConnectionBench();
  bench.cluster.put(secret('db'), 'other');
  await bench.start();
  bench.connection.changeScope({ in: 'namespaces', namespaces: ['other'] });
  for (const name of ['a', 'b', 'c']) {
    bench.cluster.feed.page(pod(name, { namespace: 'other', secrets: ['db'] }));
    bench.cluster.feed.state({ state: 'listing', received: 1 });
    await bench.clock.advance(10);
  }
  bench.cluster.feed.state({ state: 'live' });
  await bench.clock.advance(100);
  assert.deepEqual(bench.cluster.take(), ['Secret other/db']);
});

test('a view that was hidden and shown while a changed scope is listed has its objects read', async () => {
  const bench = new ConnectionBench();
  bench.cluster.put(secret('db'), 'other');
  await bench.start();
  bench.connection.changeScope({ in: 'namespaces', namespaces: ['other'] });
  bench.connection.setActive(false);
  bench.connection.setActive(true);
  bench.cluster.feed.list(pod('a', { namespace: 'other', secrets: ['db'] }));
  await bench.clock.advance(1_000);
  assert.deepEqual(bench.cluster.take(), ['Secret other/db']);
});

test('an object that was throttled is read after the pause', async () => {
  const bench = new ConnectionBench();
  bench.cluster.put(secret('db'));
  bench.cluster.failures.set('*', throttled(2_000));
  await bench.start(pod('a', { secrets: ['db'] }));
  bench.cluster.failures.clear();
  bench.cluster.take();
  await bench.clock.advance(5_000);
  assert.deepEqual(bench.cluster.take(), ['Secret shop/db']);
});

test('an object that is being read when a pass begins is read once', async () => {
  const bench = new ConnectionBench({ settings: { ttlSeconds: 0 } });
  bench.cluster.put(secret('db'));
  await bench.start();
  await bench.clock.advance(58_900);
  bench.cluster.holdsAnswers = true;
  bench.cluster.feed.page(pod('b', { secrets: ['db'] }));
  await bench.clock.advance(2_000);
  bench.cluster.holdsAnswers = false;
  bench.cluster.answerHeld();
  await settle();
  assert.deepEqual(bench.cluster.take(), ['Secret shop/db']);
});

test('the node is read as soon as pods are listed, also where no pass is made', async () => {
  const bench = new ConnectionBench({ settings: { sync: 'off' } });
  bench.cluster.nodes.set('n1', node('n1', '0'));
  bench.connection.setActive(true);
  bench.cluster.feed.list(pod('a', { node: 'n1' }));
  await settle();
  assert.deepEqual(bench.cluster.take(), ['Node n1']);
  assert.equal(bench.connection.nodes.ttl.ms, 0);
});

test('after a change of scope the TTL of the former node counts no longer', async () => {
  const bench = new ConnectionBench({ scope: { in: 'node', node: 'n7' } });
  bench.cluster.nodes.set('n7', node('n7', '5'));
  bench.cluster.nodes.set('n8', node('n8', '300'));
  await bench.start(pod('a', { node: 'n7' }));
  assert.equal(bench.connection.nodes.ttl.ms, 5_000);
  bench.connection.changeScope({ in: 'node', node: 'n8' });
  assert.deepEqual(bench.connection.nodes.ttl, { ms: 60_000, origin: { from: 'default', because: 'noNode' } });
  bench.cluster.feed.list(pod('b', { node: 'n8' }));
  await settle();
  assert.deepEqual(bench.connection.nodes.ttl, { ms: 300_000, origin: { from: 'node', node: 'n8' } });
});

test('the TTL is of another node once the chosen one runs no shown pod, also where no pass is made', async () => {
  const bench = new ConnectionBench({ settings: { sync: 'off' } });
  bench.cluster.nodes.set('n1', node('n1', '5'));
  bench.cluster.nodes.set('n2', node('n2', '300'));
  const onFirst = pod('a', { node: 'n1' });
  await bench.start(onFirst, pod('b', { node: 'n2' }));
  assert.equal(bench.connection.nodes.ttl.ms, 5_000);
  bench.cluster.take();
  bench.cluster.feed.gone(onFirst);
  await bench.clock.advance(100);
  assert.deepEqual(bench.connection.nodes.ttl, { ms: 300_000, origin: { from: 'node', node: 'n2' } });
  assert.deepEqual(bench.cluster.take(), ['Node n2'], 'it is read once');
});

test('pods that come in pages have only the node read that is chosen in the end', async () => {
  const bench = new ConnectionBench({ settings: { sync: 'off' } });
  bench.connection.setActive(true);
  for (const name of ['n3', 'n2', 'n1']) {
    bench.cluster.feed.page(pod(`on-${name}`, { node: name }));
    bench.cluster.feed.state({ state: 'listing', received: 1 });
    await bench.clock.advance(100);
  }
  bench.cluster.feed.state({ state: 'live' });
  await bench.clock.advance(100);
  assert.deepEqual(bench.cluster.take(), ['Node n1']);
});

for (const sync of ['visible', 'always'] as const) {
  test(`a role that is revoked is told within 90 s of the last read (sync: ${sync})`, async () => {
    const bench = new ConnectionBench({ settings: { sync } });
    bench.random = 0.99;
    bench.cluster.put(secret('db'));
    await bench.start(pod('a', { secrets: ['db'] }));
    if (sync === 'always') bench.connection.setActive(false);
    await bench.clock.advance(58_000);
    await bench.connection.objects.refresh(secretKey('db'));
    await bench.clock.advance(59_000);
    bench.cluster.take();
    bench.cluster.failures.set('*', forbidden);
    await bench.clock.advance(1_000);
    assert.deepEqual(bench.cluster.take(), ['Secret shop/db 0']);
    assert.equal(bench.connection.objects.freshness(secretKey('db')).state, 'kept');
  });
}

test('a copy that expires while the computer sleeps is read, also where a repaint comes first', async () => {
  const bench = new ConnectionBench();
  bench.cluster.put(secret('db'));
  await bench.start(pod('a', { secrets: ['db'] }));
  await bench.clock.advance(40_000);
  await bench.connection.objects.refresh(secretKey('db'));
  // The pass at 60 s skips it.
  await bench.clock.advance(59_940);
  bench.connection.objects.hold(secretKey('db'));
  bench.cluster.take();
  await bench.clock.sleep(5_000);
  assert.deepEqual(bench.cluster.take(), ['Secret shop/db 0']);
});

for (const strategy of ['watch', 'get'] as const) {
  test(`nothing is read between passes with the strategy "${strategy}"`, async () => {
    const bench = new ConnectionBench({ settings: { strategy } });
    bench.cluster.put(secret('db'));
    await bench.start(pod('a', { secrets: ['db'] }));
    await bench.clock.advance(58_000);
    await bench.connection.objects.read(secretKey('db'));
    await bench.clock.advance(3_000);
    bench.cluster.take();
    await bench.clock.advance(58_500);
    assert.deepEqual(bench.cluster.take(), []);
  });
}
