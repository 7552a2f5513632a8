import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Connection } from '../../src/connection/connection';
import { assessObject } from '../../src/connection/assess';
import { isTrouble } from '../../src/connection/freshness';
import { isBlocking, problemsOfPod } from '../../src/connection/problems';
import type { Pod } from '../../src/objects/kubernetes';
import { keyText, type ObjectKey } from '../../src/objects/objectKey';
import { configMapKey, ConnectionBench, forbidden, pod, secret, secretKey, serverError, unreachable } from './support';

/** A pod that takes keys of Secrets as variables: `name/key`, with a `?` behind what is optional. */
function envPod(name: string, ...uses: readonly string[]): Pod {
  const env = uses.map((use) => {
    const [secretName = '', key = ''] = use.replace('?', '').split('/');
    return { valueFrom: { secretKeyRef: { name: secretName, key, optional: use.endsWith('?') } } };
  });
  return { metadata: { name, namespace: 'shop', uid: `uid-${name}` }, spec: { containers: [{ name: 'main', env }] } };
}

const idOf = (name: string): string => `shop/${name}/uid-${name}`;

describe('problems', () => {
  test('of pods and objects follow what is read, without a pod event', async () => {
    const bench = new ConnectionBench();
    bench.cluster.put(secret('db', '1', ['user']));
    await bench.start(envPod('web', 'db/user', 'db/password'), envPod('job', 'db/user'), envPod('cron', 'db/none?'));
    const { connection } = bench;
    assert.deepEqual(connection.problems.ofPod(idOf('web')), { count: 1, blocking: true });
    assert.equal(connection.problems.ofPod(idOf('job')), undefined);
    assert.equal(connection.problems.ofPod(idOf('cron')), undefined, 'an optional key may be missing');
    assert.deepEqual([connection.problems.summary.problems, connection.problems.summary.worst], [1, 'notFound']);
    assert.equal(connection.problems.isProblem(secretKey('db')), true);
    bench.takeChanges();
    bench.cluster.put(secret('db', '2', ['user', 'password']));
    await connection.objects.refresh(secretKey('db'));
    await bench.clock.advance(50);
    assert.equal(connection.problems.ofPod(idOf('web')), undefined);
    assert.deepEqual(
      [connection.problems.summary.problems, connection.problems.isProblem(secretKey('db'))],
      [0, false],
    );
    const told = new Set(bench.takeChanges().flatMap(({ pods }) => [...pods]));
    assert.deepEqual([...told].sort(), [idOf('cron'), idOf('job'), idOf('web')], 'its users are told to repaint');
  });

  test('a read that changes nothing tells no pod', async () => {
    const bench = new ConnectionBench();
    bench.cluster.put(secret('db'));
    await bench.start(pod('web', { secrets: ['db', 'gone'] }));
    await bench.clock.advance(100);
    bench.takeChanges();
    await bench.connection.objects.refresh(secretKey('db'));
    await bench.connection.objects.refresh(secretKey('gone'));
    await bench.clock.advance(50);
    const changes = bench.takeChanges();
    assert.deepEqual(
      changes.flatMap(({ pods }) => [...pods]),
      [],
    );
    assert.equal(changes.length, 1);
  });

  test('an object that nobody uses is none, unless it is pinned', async () => {
    const bench = new ConnectionBench();
    const { connection } = bench;
    const hold = connection.objects.hold(secretKey('held'));
    await connection.objects.read(secretKey('held'));
    connection.holds.pin(secretKey('pinned'));
    await connection.objects.read(secretKey('pinned'));
    await bench.clock.advance(50);
    assert.deepEqual([connection.problems.summary.problems, connection.problems.summary.counts.notFound], [1, 1]);
    connection.holds.unpin(secretKey('pinned'));
    hold.dispose();
    await bench.clock.advance(50);
    assert.deepEqual([connection.problems.summary.problems, connection.problems.summary.worst], [0, undefined]);
    assert.equal(connection.objects.inspect(secretKey('pinned')), undefined);
  });

  test('the worst state is that of a problem, else the oldest copy', async () => {
    const bench = new ConnectionBench({ settings: { ttlSeconds: 10 } });
    bench.cluster.put(secret('a'));
    await bench.start(pod('web', { secrets: ['a'] }));
    await bench.clock.advance(100);
    assert.equal(bench.connection.problems.summary.worst, 'fresh');
    await bench.clock.advance(10_100);
    assert.equal(bench.connection.problems.summary.worst, 'stale');
    bench.cluster.failures.set('*', forbidden);
    await bench.connection.objects.refresh(secretKey('a'));
    await bench.clock.advance(50);
    assert.deepEqual(
      [bench.connection.problems.summary.worst, bench.connection.problems.summary.problems],
      ['kept', 1],
    );
  });

  test('a container that comes later may name further keys of the same object', async () => {
    const bench = new ConnectionBench();
    bench.cluster.put(secret('db', '1', ['user']));
    await bench.start(envPod('web', 'db/user'));
    assert.equal(bench.connection.problems.ofPod(idOf('web')), undefined);
    bench.cluster.feed.page(envPod('web', 'db/user', 'db/password'));
    await bench.clock.advance(50);
    assert.deepEqual(bench.connection.problems.ofPod(idOf('web')), { count: 1, blocking: true });
    assert.deepEqual(requiredKeysMissing(bench.connection, secretKey('db')), ['password']);
    assert.equal(bench.connection.problems.isProblem(secretKey('db')), true);
  });
});

/** What the connection should say, by looking at everything. */
function lookedUp(connection: Connection): unknown {
  const pods = [...connection.pods.all].map((registered) => {
    const problems = problemsOfPod(connection.objects, registered);
    return [
      registered.id,
      problems.length === 0 ? undefined : { count: problems.length, blocking: problems.some(isBlocking) },
    ];
  });
  const counts: Record<string, number> = {};
  // An outage is one problem, however many objects it is of.
  let problems = connection.health.server.state === 'outage' ? 1 : 0;
  for (const key of connection.objects.keys()) {
    const isUsed = [...connection.pods.userIds(key)].some((id) => connection.pods.useBy(id, key) !== undefined);
    if (!isUsed && !connection.holds.isPinned(key)) continue;
    const { state } = connection.objects.freshness(key);
    counts[state] = (counts[state] ?? 0) + 1;
    if (isProblemByUses(connection, key)) problems += 1;
  }
  return { pods: pods.sort(), counts, problems };
}

function requiredKeysMissing(connection: Connection, key: ObjectKey): string[] {
  return assessObject(connection, key)
    .missingKeys.filter(({ required }) => required)
    .map(({ name }) => name);
}

function isProblemByUses(connection: Connection, key: ObjectKey): boolean {
  const references = [...connection.pods.userIds(key)].flatMap(
    (id) => connection.pods.useBy(id, key)?.references ?? [],
  );
  const freshness = connection.objects.freshness(key);
  if (references.length === 0) return connection.holds.isPinned(key) && isTrouble(freshness);
  if (freshness.state === 'notFound') {
    return references.some(({ optional }) => !optional);
  }
  return isTrouble(freshness) || requiredKeysMissing(connection, key).length > 0;
}

function told(connection: Connection): unknown {
  const counted = Object.entries(connection.problems.summary.counts).filter(([, count]) => count > 0);
  return {
    pods: [...connection.pods.all].map(({ id }) => [id, connection.problems.ofPod(id)]).sort(),
    counts: Object.fromEntries(counted),
    problems: connection.problems.summary.problems,
  };
}

test('what is kept up to date change by change is what looking at everything gives', async () => {
  const names = ['a', 'b', 'c'];
  const use = fc
    .tuple(fc.constantFrom(...names), fc.constantFrom('k', 'l'), fc.boolean())
    .map(([name, key, optional]) => `${name}/${key}${optional ? '?' : ''}`);
  const act = fc.oneof(
    fc.record({
      act: fc.constant('pod' as const),
      pod: fc.constantFrom('p', 'q'),
      uses: fc.array(use, { maxLength: 3 }),
    }),
    fc.record({ act: fc.constant('gone' as const), pod: fc.constantFrom('p', 'q') }),
    fc.record({ act: fc.constant('put' as const), name: fc.constantFrom(...names), keys: fc.subarray(['k', 'l']) }),
    fc.record({ act: fc.constant('delete' as const), name: fc.constantFrom(...names) }),
    fc.record({
      act: fc.constant('fail' as const),
      failure: fc.constantFrom(undefined, forbidden, serverError, unreachable),
    }),
    fc.record({ act: fc.constant('refresh' as const), name: fc.constantFrom(...names) }),
    fc.record({ act: fc.constant('pin' as const), name: fc.constantFrom(...names), pinned: fc.boolean() }),
    fc.record({ act: fc.constant('ttl' as const), ttlSeconds: fc.constantFrom(0, 30, 100) }),
    fc.record({ act: fc.constant('look' as const), active: fc.boolean() }),
    fc.record({ act: fc.constant('wait' as const), ms: fc.constantFrom(10, 5_000, 70_000) }),
    fc.record({ act: fc.constant('sleep' as const), ms: fc.constantFrom(5_000, 70_000) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (acts) => {
      const bench = new ConnectionBench({ settings: { ttlSeconds: 30 } });
      const { connection, cluster } = bench;
      await bench.start();
      let version = 0;
      let isActive = true;
      for (const one of acts) {
        if (one.act === 'pod') cluster.feed.page(envPod(one.pod, ...one.uses));
        else if (one.act === 'gone') cluster.feed.gone(envPod(one.pod));
        else if (one.act === 'put') cluster.put(secret(one.name, String((version += 1)), one.keys));
        else if (one.act === 'delete') cluster.delete(secretKey(one.name));
        else if (one.act === 'fail' && one.failure !== undefined) cluster.failures.set('*', one.failure);
        else if (one.act === 'fail') cluster.failures.delete('*');
        else if (one.act === 'refresh') await connection.objects.refresh(secretKey(one.name));
        else if (one.act === 'pin' && one.pinned) connection.holds.pin(secretKey(one.name));
        else if (one.act === 'pin') connection.holds.unpin(secretKey(one.name));
        else if (one.act === 'ttl') {
          bench.settings = { ...bench.settings, ttlSeconds: one.ttlSeconds };
          connection.settingsChanged();
        } else if (one.act === 'look') connection.setActive((isActive = one.active));
        else if (one.act === 'sleep') await bench.clock.sleep(one.ms);
        else await bench.clock.advance(one.ms);
        await bench.clock.advance(60);
        // Without an onlooker nobody is told that time has passed.
        if (isActive) assert.deepEqual(told(connection), lookedUp(connection));
      }
      connection.dispose();
    }),
    { numRuns: 150 },
  );
});

test('an object that only admission refers to is not counted, unless it is pinned', async () => {
  const bench = new ConnectionBench();
  const sources = [{ configMap: { name: 'kube-root-ca.crt' } }];
  await bench.start(pod('web', { volumes: [{ name: 'kube-api-access-abcde', projected: { sources } }] }));
  await bench.connection.objects.read(configMapKey('kube-root-ca.crt'));
  await bench.clock.advance(50);
  assert.deepEqual(
    [bench.connection.problems.summary.worst, bench.connection.problems.summary.problems],
    [undefined, 0],
  );
  assert.equal(bench.connection.problems.isProblem(configMapKey('kube-root-ca.crt')), false);
  assert.equal([...bench.connection.objects.keys()].map(keyText).join(), 'ConfigMap/shop/kube-root-ca.crt');
  bench.connection.holds.pin(configMapKey('kube-root-ca.crt'));
  await bench.clock.advance(50);
  assert.deepEqual(
    [bench.connection.problems.summary.worst, bench.connection.problems.summary.problems],
    ['notFound', 1],
  );
});
