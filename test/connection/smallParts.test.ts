import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { ownerOf, podStatus } from '../../src/connection/owners';
import { assessObject, assessReference } from '../../src/connection/assess';
import { isBlocking, isProblem } from '../../src/connection/problems';
import { partsOf, scopeOf } from '../../src/connection/scope';
import type { OwnerReference, Pod } from '../../src/objects/kubernetes';
import type { Reference } from '../../src/references/references';
import { configMap, ConnectionBench, forbidden, pod, type ScriptedCluster, secret } from './support';

describe('scope', () => {
  test('each namespace is a list of its own, a node and everything are one', () => {
    assert.deepEqual(partsOf({ in: 'namespaces', namespaces: ['a', 'b'] }), [
      { in: 'namespace', namespace: 'a' },
      { in: 'namespace', namespace: 'b' },
    ]);
    assert.deepEqual(partsOf({ in: 'node', node: 'n' }), [{ in: 'node', node: 'n' }]);
    assert.deepEqual(partsOf({ in: 'all' }), [{ in: 'all' }]);
  });

  const remembered: readonly (readonly [value: unknown, scope: unknown])[] = [
    [{ in: 'all' }, { in: 'all' }],
    [{ in: 'all', extra: 1 }, { in: 'all' }],
    [
      { in: 'node', node: 'n' },
      { in: 'node', node: 'n' },
    ],
    [
      { in: 'namespaces', namespaces: ['a', 1, 'b'] },
      { in: 'namespaces', namespaces: ['a', 'b'] },
    ],
    [{ in: 'namespaces', namespaces: [] }, undefined],
    [{ in: 'namespaces', namespaces: 'a' }, undefined],
    [{ in: 'node' }, undefined],
    [{ in: 'node', node: 7 }, undefined],
    [{ in: 'elsewhere' }, undefined],
    [{}, undefined],
    [null, undefined],
    [undefined, undefined],
    ['all', undefined],
  ];
  for (const [value, scope] of remembered) {
    test(`what was remembered as ${inspect(value)} ${scope === undefined ? 'is no scope' : 'is a scope'}`, () => {
      assert.deepEqual(scopeOf(value), scope);
    });
  }
});

describe('owners', () => {
  const owned = (references: readonly OwnerReference[], hash?: string): Pod => ({
    metadata: {
      name: 'p',
      namespace: 'shop',
      ownerReferences: references,
      ...(hash === undefined ? {} : { labels: { 'pod-template-hash': hash } }),
    },
  });
  const of = (kind: string, name: string, controller?: boolean): OwnerReference => ({
    kind,
    name,
    uid: name,
    ...(controller === undefined ? {} : { controller }),
  });

  test('a pod of a Deployment is told from its ReplicaSet and the hash', () => {
    assert.deepEqual(ownerOf(owned([of('ReplicaSet', 'web-app-5d9f', true)], '5d9f')), {
      kind: 'Deployment',
      namespace: 'shop',
      name: 'web-app',
    });
  });

  test('a ReplicaSet of its own stays one', () => {
    assert.equal(ownerOf(owned([of('ReplicaSet', 'web-5d9f', true)]))?.kind, 'ReplicaSet');
    assert.equal(ownerOf(owned([of('ReplicaSet', 'web-5d9f', true)], 'other'))?.name, 'web-5d9f');
    assert.equal(ownerOf(owned([of('StatefulSet', 'web-5d9f', true)], '5d9f'))?.kind, 'StatefulSet');
  });

  test('the controller counts among several owners, else the first', () => {
    assert.equal(ownerOf(owned([of('Other', 'x'), of('Job', 'y', true)]))?.name, 'y');
    assert.equal(ownerOf(owned([of('Other', 'x', false), of('Job', 'y')]))?.name, 'x');
    assert.equal(ownerOf(owned([])), undefined);
    assert.equal(ownerOf({ metadata: { name: 'p' } }), undefined);
  });

  test('the status says why a pod waits, else its phase', () => {
    const waiting = (...reasons: (string | undefined)[]): Pod => ({
      metadata: { name: 'p' },
      status: {
        phase: 'Pending',
        containerStatuses: reasons.map((reason) => ({
          name: 'c',
          state: reason === undefined ? {} : { waiting: { reason } },
        })),
      },
    });
    assert.equal(podStatus(waiting('CreateContainerConfigError')), 'CreateContainerConfigError');
    assert.equal(podStatus(waiting(undefined, 'ContainerCreating', 'CrashLoopBackOff')), 'CrashLoopBackOff');
    assert.equal(podStatus(waiting('PodInitializing', 'ContainerCreating')), 'Pending');
    assert.equal(podStatus({ metadata: { name: 'p' } }), 'Unknown');
    assert.equal(podStatus({ metadata: { name: 'p', deletionTimestamp: '2024-01-01T00:00:00Z' } }), 'Terminating');
    const init = { containerStatuses: [], initContainerStatuses: [{ name: 'i', state: { waiting: { reason: 'X' } } }] };
    assert.equal(podStatus({ metadata: { name: 'p' }, status: { phase: 'Pending', ...init } }), 'X');
  });
});

describe('the state of a reference', () => {
  const reference = (more: Partial<Reference>): Reference => ({
    kind: 'Secret',
    name: 'db',
    route: 'env',
    keys: { choose: 'some', keys: [{ key: 'k' }] },
    optional: false,
    origin: { in: 'pod' },
    injected: false,
    ...more,
  });
  const bench = async (setUp: (cluster: ScriptedCluster) => void): Promise<ConnectionBench> => {
    const made = new ConnectionBench();
    setUp(made.cluster);
    await made.start(pod('web', { secrets: ['db'], configMaps: ['app'] }));
    return made;
  };
  const table: readonly {
    readonly what: string;
    readonly setUp: (cluster: ScriptedCluster) => void;
    /** After the first pass. */
    readonly then?: (bench: ConnectionBench) => Promise<void>;
    readonly reference: Partial<Reference>;
    readonly is: {
      readonly state: string;
      readonly missingKeys: readonly string[];
      readonly blocking: boolean;
      readonly problem: boolean;
    };
  }[] = [
    {
      what: 'an object with the key',
      setUp: (cluster) => {
        cluster.put(secret('db'));
      },
      reference: {},
      is: { state: 'fresh', missingKeys: [], blocking: false, problem: false },
    },
    {
      what: 'an object without the key',
      setUp: (cluster) => {
        cluster.put(secret('db', '1', ['other']));
      },
      reference: {},
      is: { state: 'fresh', missingKeys: ['k'], blocking: true, problem: true },
    },
    {
      what: 'an optional key that is missing',
      setUp: (cluster) => {
        cluster.put(secret('db', '1', []));
      },
      reference: { optional: true },
      is: { state: 'fresh', missingKeys: ['k'], blocking: false, problem: false },
    },
    {
      what: 'an object that does not exist',
      setUp: () => undefined,
      reference: {},
      is: { state: 'notFound', missingKeys: [], blocking: true, problem: true },
    },
    {
      what: 'an optional object that does not exist',
      setUp: () => undefined,
      reference: { optional: true },
      is: { state: 'notFound', missingKeys: [], blocking: false, problem: false },
    },
    {
      what: 'a pull secret that does not exist',
      setUp: () => undefined,
      reference: { route: 'imagePull', keys: { choose: 'all' } },
      is: { state: 'notFound', missingKeys: [], blocking: false, problem: true },
    },
    {
      what: 'an optional object that may not be read',
      setUp: (cluster) => {
        cluster.failures.set('Secret/shop/db', forbidden);
      },
      reference: { optional: true },
      is: { state: 'forbidden', missingKeys: [], blocking: false, problem: true },
    },
    {
      what: 'an optional key that a copy lacks which is kept',
      setUp: (cluster) => {
        cluster.put(secret('db', '1', []));
      },
      then: async ({ cluster, connection }) => {
        cluster.failures.set('Secret/shop/db', forbidden);
        await connection.objects.refresh({ kind: 'Secret', namespace: 'shop', name: 'db' });
      },
      reference: { optional: true },
      is: { state: 'kept', missingKeys: ['k'], blocking: false, problem: true },
    },
    {
      what: 'a ConfigMap',
      setUp: (cluster) => {
        cluster.put(configMap('app'));
      },
      reference: { kind: 'ConfigMap', name: 'app' },
      is: { state: 'fresh', missingKeys: [], blocking: false, problem: false },
    },
    {
      what: 'a name that nobody keeps',
      setUp: () => undefined,
      reference: { name: 'unknown' },
      is: { state: 'notFetched', missingKeys: [], blocking: false, problem: false },
    },
  ];
  for (const { what, setUp, then, reference: more, is } of table) {
    test(`to ${what}`, async () => {
      const made = await bench(setUp);
      await then?.(made);
      const { connection, cluster } = made;
      cluster.take();
      const assessment = assessReference(connection.objects, 'shop', reference(more));
      const said = {
        state: assessment.freshness.state,
        missingKeys: assessment.missingKeys.map(({ name }) => name),
        blocking: isBlocking(assessment),
        problem: isProblem(assessment),
      };
      assert.deepEqual(said, is);
      assert.deepEqual(cluster.take(), []);
    });
  }

  test('an object may be missing if every reference to it is optional, and there are any', async () => {
    const { connection, cluster } = await bench(() => undefined);
    const user = (name: string, ...optional: readonly boolean[]): Pod => ({
      metadata: { name, namespace: 'shop', uid: name },
      spec: { containers: [{ envFrom: optional.map((one) => ({ secretRef: { name: 'maybe', optional: one } })) }] },
    });
    const key = { kind: 'Secret', namespace: 'shop', name: 'maybe' } as const;
    connection.objects.hold(key);
    assert.equal(assessObject(connection, key).demand, 'unasked', 'nobody refers to it');
    cluster.feed.page(user('a', true));
    cluster.feed.page(user('b', true, true));
    assert.equal(assessObject(connection, key).demand, 'optional');
    cluster.feed.page(user('b', true, false));
    assert.equal(assessObject(connection, key).demand, 'required');
  });
});
