import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Summary } from '../../src/connection/summary';
import type { Pod } from '../../src/objects/kubernetes';
import { configMapKey, ConnectionBench, forbidden, injectedVolume, pod, secret, secretKey } from './support';

/** A pod with one reference to a key of a Secret. */
function keyPod(name: string, secretName: string, key: string, optional = false): Pod {
  const env = [{ name: 'X', valueFrom: { secretKeyRef: { name: secretName, key, optional } } }];
  return { ...pod(name), spec: { containers: [{ name: 'main', env }] } };
}

function counted({ counts }: Summary): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

describe('Connection: summary', () => {
  test('without objects there is nothing to judge', () => {
    const { summary } = new ConnectionBench().connection.problems;
    assert.deepEqual([counted(summary), summary.problems, summary.worst], [{}, 0, undefined]);
  });

  test('counts what pods use and what is pinned, each object once', async () => {
    const bench = new ConnectionBench();
    bench.cluster.put(secret('db'));
    bench.cluster.put(secret('tls'));
    bench.connection.objects.hold(configMapKey('in-a-manifest'));
    bench.connection.holds.pin(secretKey('pinned'));
    await bench.start(pod('a', { secrets: ['db', 'tls'] }), pod('b', { secrets: ['db'], volumes: [injectedVolume] }));
    const { summary } = bench.connection.problems;
    assert.deepEqual(
      [counted(summary), summary.problems, summary.worst],
      [{ fresh: 2, notFetched: 1 }, 0, 'notFetched'],
    );
  });

  test('a problem is what cannot be read, what is kept, and what lacks a key that is needed', async () => {
    const bench = new ConnectionBench();
    for (const name of ['kept', 'lacking', 'fine']) bench.cluster.put(secret(name, '1', ['k']));
    bench.cluster.failures.set('Secret/shop/locked', forbidden);
    await bench.start(
      pod('a', { secrets: ['kept', 'locked', 'missing'] }),
      keyPod('b', 'lacking', 'other'),
      keyPod('c', 'fine', 'k'),
    );
    bench.cluster.failures.set('Secret/shop/kept', forbidden);
    await bench.connection.objects.refresh(secretKey('kept'));
    await bench.clock.advance(50);
    const { summary } = bench.connection.problems;
    assert.deepEqual(counted(summary), { fresh: 2, kept: 1, notFound: 1, forbidden: 1 });
    assert.deepEqual([summary.problems, summary.worst], [4, 'forbidden']);
  });

  test('what is missing and may be is counted, but is neither a problem nor the worst', async () => {
    const bench = new ConnectionBench();
    bench.cluster.put(secret('db'));
    await bench.start(pod('a', { secrets: ['db'] }), keyPod('b', 'missing', 'k', true));
    const { summary } = bench.connection.problems;
    assert.deepEqual([counted(summary), summary.problems, summary.worst], [{ fresh: 1, notFound: 1 }, 0, 'fresh']);
  });

  test('follows the time', async () => {
    const bench = new ConnectionBench({ settings: { sync: 'off' } });
    bench.cluster.put(secret('db'));
    await bench.start(pod('a', { secrets: ['db'] }));
    await bench.connection.objects.read(secretKey('db'));
    await bench.clock.advance(50);
    assert.equal(bench.connection.problems.summary.worst, 'fresh');
    await bench.clock.advance(60_100);
    assert.deepEqual(counted(bench.connection.problems.summary), { stale: 1 });
  });
});
