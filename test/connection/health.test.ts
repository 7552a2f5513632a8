import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Health } from '../../src/connection/health';
import type { ServerHealth } from '../../src/connection/serverHealth';
import { failureOfStatus, type Failure, type FailureKind } from '../../src/objects/failure';
import { FakeClock } from './fakeClock';
import {
  configMap,
  configMapKey,
  ConnectionBench,
  forbidden,
  pod,
  secret,
  secretKey,
  serverError,
  throttled,
  unreachable,
} from './support';

/** What the API server answers when it could not read an object in time. */
const busy = failureOfStatus({ code: 504, reason: 'Timeout', message: 'request did not complete' });
const timeout: Failure = { kind: 'timeout', message: 'no answer within 15 s' };

describe('the health of the server', () => {
  function watched(): { clock: FakeClock; health: Health; told: ServerHealth[] } {
    const clock = new FakeClock();
    const told: ServerHealth[] = [];
    return { clock, told, health: new Health({ clock, changed: (server) => void told.push(server) }) };
  }

  for (const kind of ['unreachable', 'tls', 'credentials', 'configuration', 'unauthorized'] as const) {
    test(`one request that fails as ${kind} begins an outage at once`, async () => {
      const { clock, health, told } = watched();
      const began = clock.now();
      await clock.advance(1_000);
      const failure: Failure = { kind, message: 'why' };
      health.failed(failure, began);
      assert.deepEqual(health.server, { state: 'outage', since: began + 1_000, failure });
      health.failed({ kind: 'timeout', message: 'later' }, began);
      assert.equal(told.length, 1, 'it is told once, with its first reason');
    });
  }

  test('a refusal of credentials is no answer about objects, though the server sent it', () => {
    const { health } = watched();
    health.failed(
      { kind: 'unauthorized', message: 'who?', status: { code: 401, reason: 'Unauthorized', message: '' } },
      0,
    );
    assert.equal(health.server.state, 'outage');
  });

  test('a request that times out says since when nothing was heard', async () => {
    const { clock, health } = watched();
    const began = clock.now();
    await clock.advance(15_000);
    health.failed(timeout, began);
    assert.deepEqual(health.server, { state: 'outage', since: began, failure: timeout });
  });

  test('of several that hang, the time counts that the server answered another', async () => {
    const { clock, health } = watched();
    const began = clock.now();
    await clock.advance(8_000);
    health.heard();
    await clock.advance(7_000);
    health.failed(timeout, began);
    assert.equal(health.server.state === 'outage' && health.server.since, began + 8_000);
  });

  test('a request that times out while others are answered was slow by itself', async () => {
    const { clock, health } = watched();
    const began = clock.now();
    await clock.advance(14_000);
    health.heard();
    await clock.advance(1_000);
    health.failed(timeout, began);
    assert.deepEqual(health.server, { state: 'answering' });
  });

  const answers: readonly Failure[] = [forbidden, serverError, throttled()];
  for (const answer of answers) {
    test(`an answer that says no ends an outage: ${answer.kind}`, () => {
      const { health, told } = watched();
      health.failed(unreachable, 0);
      health.failed(answer, 0);
      assert.deepEqual(told.at(-1), { state: 'answering' });
    });
  }

  const silent: readonly FailureKind[] = ['cancelled', 'invalid', 'rejected', 'notRegistered', 'notSynced', 'server'];
  for (const kind of silent) {
    test(`what no API server said neither begins nor ends one: ${kind}`, () => {
      const { health, told } = watched();
      health.failed({ kind, message: '' }, -60_000);
      assert.deepEqual(told, []);
      health.failed(unreachable, 0);
      health.failed({ kind, message: '' }, 0);
      assert.equal(health.server.state, 'outage');
    });
  }
});

describe('Connection: an outage', () => {
  const names = Array.from({ length: 20 }, (_, i) => `s${i}`);

  async function running(ttlSeconds = 60): Promise<ConnectionBench> {
    const bench = new ConnectionBench({ settings: { ttlSeconds } });
    for (const name of names) bench.cluster.put(secret(name));
    bench.cluster.put(configMap('app'));
    await bench.start(pod('web', { secrets: names, configMaps: ['app'] }));
    await bench.clock.advance(1_000);
    return bench;
  }

  const states = ({ connection }: ConnectionBench): string[] => [
    ...new Set([...connection.objects.keys()].map((key) => connection.objects.freshness(key).state)),
  ];

  test('is said of every object alike, and is one problem', async () => {
    const bench = await running();
    bench.cluster.failures.set('*', unreachable);
    await bench.connection.objects.refresh(secretKey('s0'));
    await bench.clock.advance(100);
    assert.deepEqual(states(bench), ['kept']);
    assert.equal(bench.connection.problems.summary.problems, 1);
    const [web] = bench.connection.pods.all;
    assert.equal(bench.connection.problems.ofPod(web!.id), undefined);
    const since = new Set(
      names.map((name) => {
        const freshness = bench.connection.objects.freshness(secretKey(name));
        return freshness.state === 'kept' ? freshness.since : undefined;
      }),
    );
    assert.equal(since.size, 1, 'since the same moment');
  });

  test('that lasts through several retries is still said of every object alike', async () => {
    const bench = await running();
    bench.cluster.failures.set('*', unreachable);
    await bench.clock.advance(150_000);
    assert.deepEqual(states(bench), ['kept']);
    assert.equal(bench.connection.problems.summary.problems, 1);
  });

  test('what was known to be missing stays a problem beside it', async () => {
    const bench = new ConnectionBench();
    await bench.start(pod('web', { secrets: ['gone'] }));
    await bench.clock.advance(1_000);
    bench.cluster.failures.set('*', unreachable);
    await bench.connection.objects.refresh(secretKey('gone'));
    await bench.clock.advance(100);
    assert.equal(bench.connection.problems.summary.problems, 2);
  });

  test('ends everywhere with any answer, and everything that waited is asked again at once', async () => {
    const bench = await running();
    bench.cluster.failures.set('*', unreachable);
    bench.cluster.feed.state({ state: 'interrupted', failure: unreachable, retryInMs: 30_000 });
    await bench.clock.advance(70_000);
    bench.cluster.failures.clear();
    const retries = bench.cluster.feed.retries;
    bench.cluster.take();
    await bench.connection.scopeChoices.listNodes();
    await bench.clock.advance(100);
    assert.deepEqual(bench.connection.health.server, { state: 'answering' });
    assert.equal(bench.cluster.feed.retries, retries + 1);
    assert.deepEqual(states(bench), ['fresh']);
    assert.equal(bench.cluster.take().length, 1 + names.length + 1, 'the list of nodes, and each object once');
    assert.equal(bench.connection.problems.summary.problems, 0);
  });

  test('that a command meets between two passes is looked into as after a pass that nobody answered', async () => {
    const bench = await running(5);
    bench.cluster.failures.set('*', unreachable);
    await bench.connection.objects.refresh(secretKey('s0'));
    bench.cluster.failures.clear();
    await bench.clock.advance(9_000);
    assert.deepEqual(states(bench), ['kept']);
    await bench.clock.advance(2_000);
    assert.deepEqual([states(bench), bench.connection.health.server], [['fresh'], { state: 'answering' }]);
  });

  test('that a command meets while credentials are refused runs no plugin sooner', async () => {
    const bench = await running();
    bench.cluster.failures.set('*', { kind: 'credentials', message: 'log in' });
    await bench.connection.objects.refresh(secretKey('s0'));
    bench.cluster.take();
    await bench.clock.advance(30_000);
    assert.deepEqual(bench.cluster.take(), []);
  });

  test('that the pods tell of is said of the objects too, and the pods end it', async () => {
    const bench = await running();
    bench.cluster.feed.state({ state: 'interrupted', failure: unreachable, retryInMs: 1_000 });
    await bench.clock.advance(100);
    assert.deepEqual(states(bench), ['kept']);
    bench.cluster.feed.state({ state: 'live' });
    await bench.clock.advance(100);
    assert.deepEqual(states(bench), ['fresh']);
  });

  test('that the server has no time for one object is said of that object, and the others are read', async () => {
    const bench = new ConnectionBench();
    for (const name of names) bench.cluster.put(secret(name));
    bench.cluster.failures.set('Secret/shop/s0', busy);
    await bench.start(pod('web', { secrets: names }));
    const stateOf = (name: string): string => bench.connection.objects.freshness(secretKey(name)).state;
    assert.deepEqual(bench.connection.health.server, { state: 'answering' });
    assert.deepEqual([...new Set(names.slice(1).map(stateOf))], ['fresh']);
    assert.equal(stateOf('s0'), 'failed');
    assert.equal(bench.connection.sync.status.last?.objects, names.length);
  });

  test('ends with a sign of life from the pods, though none of them changed', async () => {
    const bench = await running();
    bench.cluster.failures.set('*', unreachable);
    await bench.connection.objects.refresh(secretKey('s0'));
    assert.equal(bench.connection.health.server.state, 'outage');
    bench.cluster.feed.heard();
    assert.deepEqual(bench.connection.health.server, { state: 'answering' });
  });

  test('has what expired meanwhile be read once it is over', async () => {
    const bench = new ConnectionBench({ settings: { ttlSeconds: 100 } });
    bench.cluster.put(secret('db'));
    await bench.start(pod('web', { secrets: ['db'] }));
    await bench.clock.advance(95_000);
    bench.cluster.feed.state({ state: 'interrupted', failure: unreachable, retryInMs: 1_000 });
    await bench.clock.advance(10_000);
    bench.cluster.feed.state({ state: 'live' });
    await bench.clock.advance(100);
    assert.deepEqual(states(bench), ['fresh']);
    assert.deepEqual(bench.cluster.take(), ['Secret shop/db', 'Secret shop/db 0']);
  });

  test('a list of pods that is forbidden is none', async () => {
    const bench = await running();
    bench.cluster.feed.state({ state: 'interrupted', failure: forbidden, retryInMs: 1_000 });
    await bench.clock.advance(100);
    assert.deepEqual(bench.connection.health.server, { state: 'answering' });
    assert.deepEqual(states(bench), ['fresh']);
  });

  test('under Watch every object is live again soon after any answer', async () => {
    const bench = new ConnectionBench({ settings: { strategy: 'watch' } });
    bench.cluster.put(configMap('app'));
    bench.cluster.put(secret('db'));
    await bench.start(pod('web', { secrets: ['db'], configMaps: ['app'] }));
    await bench.clock.advance(1_000);
    bench.cluster.failures.set('*', unreachable);
    bench.cluster.endWatches({ ok: false, failure: { kind: 'gone', message: 'too old' } });
    await bench.clock.advance(100_000);
    assert.deepEqual(states(bench), ['kept']);
    bench.cluster.failures.clear();
    await bench.connection.scopeChoices.listNodes();
    await bench.clock.advance(100);
    assert.deepEqual(states(bench), ['live']);
    assert.equal(bench.connection.objects.inspect(configMapKey('app'))?.references, 1);
  });
});
