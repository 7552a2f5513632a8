import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { objectKinds, type Pod } from '../../src/objects/kubernetes';
import { podNames } from './podNames';
import { objectAccess } from '../../src/references/objectAccess';
import { locateReferences, referencesOf, type Reference } from '../../src/references/references';

function read(spec: unknown): Reference[] {
  return referencesOf(spec, objectAccess);
}

function names(spec: unknown, kind: 'Secret' | 'ConfigMap'): string[] {
  return podNames({ metadata: { name: 'p' }, spec: spec as NonNullable<Pod['spec']> }, kind);
}

/** The one reference of a spec. */
function only(spec: unknown): Reference {
  const found = read(spec);
  assert.equal(found.length, 1);
  return found[0]!;
}

const containerTypes = [
  ['initContainers', 'init'],
  ['containers', 'main'],
  ['ephemeralContainers', 'ephemeral'],
] as const;

describe('fields that name objects', () => {
  test('imagePullSecrets', () => {
    assert.deepEqual(only({ imagePullSecrets: [{ name: 'pull' }] }), {
      kind: 'Secret',
      name: 'pull',
      route: 'imagePull',
      keys: { choose: 'all' },
      optional: false,
      origin: { in: 'pod' },
      injected: false,
    });
  });

  for (const [list, type] of containerTypes) {
    for (const [kind, field] of [
      ['Secret', 'secretRef'],
      ['ConfigMap', 'configMapRef'],
    ] as const) {
      test(`${list}: envFrom, ${field}`, () => {
        const envFrom = [{ prefix: 'DB_', [field]: { name: 'x', optional: true } }];
        assert.deepEqual(only({ [list]: [{ name: 'c', envFrom }] }), {
          kind,
          name: 'x',
          route: 'envFrom',
          keys: { choose: 'all' },
          optional: true,
          origin: { in: 'container', container: 'c', type, prefix: 'DB_' },
          injected: false,
        });
      });
    }
    for (const [kind, field] of [
      ['Secret', 'secretKeyRef'],
      ['ConfigMap', 'configMapKeyRef'],
    ] as const) {
      test(`${list}: env, ${field}`, () => {
        const env = [{ name: 'V', valueFrom: { [field]: { name: 'x', key: 'k' } } }];
        assert.deepEqual(only({ [list]: [{ name: 'c', env }] }), {
          kind,
          name: 'x',
          route: 'env',
          keys: { choose: 'some', keys: [{ key: 'k' }] },
          optional: false,
          origin: { in: 'container', container: 'c', type, variable: 'V' },
          injected: false,
        });
      });
    }
  }

  const storage: readonly (readonly [source: string, value: unknown])[] = [
    ['azureFile', { secretName: 'x', shareName: 's' }],
    ['cephfs', { secretRef: { name: 'x' } }],
    ['cinder', { secretRef: { name: 'x' } }],
    ['flexVolume', { secretRef: { name: 'x' } }],
    ['rbd', { secretRef: { name: 'x' } }],
    ['scaleIO', { secretRef: { name: 'x' } }],
    ['iscsi', { secretRef: { name: 'x' } }],
    ['storageos', { secretRef: { name: 'x' } }],
  ];
  for (const [source, value] of storage) {
    test(`volume: ${source}`, () => {
      assert.deepEqual(only({ volumes: [{ name: 'v', [source]: value }] }), {
        kind: 'Secret',
        name: 'x',
        route: 'storage',
        keys: { choose: 'none' },
        optional: false,
        origin: { in: 'volume', volume: 'v', source, mounts: [] },
        injected: false,
      });
    });
  }

  test('volume: csi', () => {
    const found = only({ volumes: [{ name: 'v', csi: { nodePublishSecretRef: { name: 'x' } } }] });
    assert.deepEqual([found.kind, found.name, found.route, found.keys], ['Secret', 'x', 'csi', { choose: 'none' }]);
  });

  test('volume: secret, named by secretName', () => {
    const found = only({ volumes: [{ name: 'v', secret: { secretName: 'x', name: 'not this', optional: true } }] });
    assert.deepEqual(
      [found.kind, found.name, found.route, found.optional, found.keys],
      ['Secret', 'x', 'volume', true, { choose: 'all' }],
    );
  });

  test('volume: configMap', () => {
    const found = only({ volumes: [{ name: 'v', configMap: { name: 'x' } }] });
    assert.deepEqual([found.kind, found.name, found.route], ['ConfigMap', 'x', 'volume']);
  });

  test('volume: projected, each source by itself', () => {
    const sources = [
      { configMap: { name: 'c1' } },
      { secret: { name: 's1', optional: true, items: [{ key: 'k', path: 'f' }] } },
      { serviceAccountToken: { path: 'token' } },
      { secret: { name: 's2' }, configMap: { name: 'c2' } },
    ];
    const spec = { volumes: [{ name: 'v', projected: { sources } }] };
    assert.deepEqual(names(spec, 'Secret'), ['s1', 's2']);
    assert.deepEqual(names(spec, 'ConfigMap'), ['c1', 'c2']);
    const s1 = read(spec).find(({ name }) => name === 's1');
    assert.deepEqual(s1, {
      kind: 'Secret',
      name: 's1',
      route: 'projected',
      keys: { choose: 'some', keys: [{ key: 'k', path: 'f' }] },
      optional: true,
      origin: { in: 'volume', volume: 'v', source: 'projected', mounts: [] },
      injected: false,
    });
  });

  test('what the kubelet does not follow gives no reference', () => {
    const spec = {
      serviceAccountName: 'sa',
      volumes: [
        { name: 'a', persistentVolumeClaim: { claimName: 'x' } },
        { name: 'b', ephemeral: { volumeClaimTemplate: {} } },
        { name: 'c', downwardAPI: { items: [] } },
        { name: 'd', glusterfs: { endpoints: 'x' } },
        { name: 'e', projected: { sources: [{ downwardAPI: {} }, { clusterTrustBundle: { name: 'x' } }] } },
        { name: 'f', emptyDir: {} },
        { name: 'g', portworxVolume: { secretRef: { name: 'x' } } },
      ],
      containers: [
        {
          name: 'c',
          env: [
            { name: 'V', value: 'v' },
            { name: 'W', valueFrom: { fieldRef: {} } },
          ],
        },
      ],
    };
    assert.deepEqual(read(spec), []);
  });

  test('empty names are passed over', () => {
    const spec = {
      imagePullSecrets: [{ name: '' }, {}],
      containers: [{ envFrom: [{ secretRef: { name: '' } }, { configMapRef: {} }] }],
      volumes: [{ secret: { secretName: '' } }, { configMap: {} }],
    };
    assert.deepEqual(read(spec), []);
  });
});

describe('one volume, one source', () => {
  const order = [
    'azureFile',
    'cephfs',
    'cinder',
    'flexVolume',
    'projected',
    'rbd',
    'secret',
    'scaleIO',
    'iscsi',
    'storageos',
    'csi',
  ];
  const source = (kind: string): unknown => {
    switch (kind) {
      case 'azureFile':
      case 'secret':
        return { secretName: kind };
      case 'projected':
        return { sources: [{ secret: { name: kind } }] };
      case 'csi':
        return { nodePublishSecretRef: { name: kind } };
      default:
        return { secretRef: { name: kind } };
    }
  };

  for (const [index, first] of order.entries()) {
    test(`${first} comes before ${order.slice(index + 1).join(', ') || 'nothing'}`, () => {
      for (const second of order.slice(index + 1)) {
        // Whichever stands first in the text.
        const volume = { name: 'v', [second]: source(second), [first]: source(first) };
        assert.deepEqual(names({ volumes: [volume] }, 'Secret'), [first]);
        const empty = { name: 'v', [second]: source(second), [first]: {} };
        assert.deepEqual(names({ volumes: [empty] }, 'Secret'), [], `an empty ${first} hides ${second}`);
      }
    });
  }

  test('for ConfigMaps, projected comes before configMap, even if it holds none', () => {
    const both = { configMap: { name: 'c' }, projected: { sources: [{ configMap: { name: 'p' } }] } };
    assert.deepEqual(names({ volumes: [both] }, 'ConfigMap'), ['p']);
    assert.deepEqual(names({ volumes: [{ ...both, projected: {} }] }, 'ConfigMap'), []);
  });

  test('the two kinds are decided apart', () => {
    const volume = { secret: { secretName: 's' }, configMap: { name: 'c' } };
    assert.deepEqual(names({ volumes: [volume] }, 'Secret'), ['s']);
    assert.deepEqual(names({ volumes: [volume] }, 'ConfigMap'), ['c']);
  });

  test('a source that is null is absent', () => {
    const volume = { azureFile: null, secret: { secretName: 's' } };
    assert.deepEqual(names({ volumes: [volume] }, 'Secret'), ['s']);
  });
});

describe('what a reference uses', () => {
  const keysOf = (secret: object): Reference['keys'] =>
    only({ volumes: [{ secret: { secretName: 's', ...secret } }] }).keys;

  test('items choose keys and their files; none, or an empty list, mean all', () => {
    assert.deepEqual(keysOf({ items: [{ key: 'a', path: 'x' }, { key: 'b' }] }), {
      choose: 'some',
      keys: [{ key: 'a', path: 'x' }, { key: 'b' }],
    });
    assert.deepEqual(keysOf({}), { choose: 'all' });
    assert.deepEqual(keysOf({ items: [] }), { choose: 'all' });
    assert.deepEqual(keysOf({ items: null }), { choose: 'all' });
  });

  test('items without a key are passed over', () => {
    assert.deepEqual(keysOf({ items: [{ path: 'x' }, { key: '' }, { key: 'a' }] }), {
      choose: 'some',
      keys: [{ key: 'a' }],
    });
  });

  test('an env entry without a key uses no key', () => {
    const env = [{ name: 'V', valueFrom: { secretKeyRef: { name: 's' } } }];
    assert.deepEqual(only({ containers: [{ env }] }).keys, { choose: 'some', keys: [] });
  });

  test('optional is taken where it is true, not where it is a text', () => {
    const optional = (value: unknown): boolean =>
      only({ volumes: [{ configMap: { name: 'c', optional: value } }] }).optional;
    assert.deepEqual([true, false, undefined, null, 'true', 1].map(optional), [
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  const mounted = (...mounts: object[]): Reference =>
    only({
      initContainers: [{ name: 'i', volumeMounts: mounts.slice(1) }],
      containers: [{ name: 'c', volumeMounts: mounts.slice(0, 1) }],
      volumes: [{ name: 'v', secret: { secretName: 's' } }],
    });

  test('mounts are listed in the order of the containers', () => {
    const { origin } = mounted({ name: 'v', mountPath: '/a' }, { name: 'v', mountPath: '/b' }, { name: 'w' });
    assert.deepEqual(origin.in === 'volume' && origin.mounts, [
      { container: 'i', path: '/b' },
      { container: 'c', path: '/a' },
    ]);
  });

  test('a volume of which only single files are mounted goes by subPath', () => {
    assert.equal(mounted({ name: 'v', mountPath: '/a', subPath: 'f' }).route, 'subPath');
    assert.equal(mounted({ name: 'v', mountPath: '/a', subPathExpr: '$(F)' }).route, 'subPath');
    assert.equal(mounted({ name: 'v', subPath: 'f' }, { name: 'v', mountPath: '/b' }).route, 'volume');
    assert.equal(mounted({ name: 'v', subPath: '' }).route, 'volume');
    assert.equal(mounted({ name: 'w', subPath: 'f' }).route, 'volume', 'one that is not mounted is a plain volume');
  });

  test('projected sources, csi and storage keep their route whatever mounts them', () => {
    const volumeMounts = ['p', 'x'].map((name) => ({ name, subPath: 'f' }));
    const spec = {
      containers: [{ volumeMounts }],
      volumes: [
        { name: 'p', projected: { sources: [{ secret: { name: 's' } }] } },
        { name: 'x', csi: { nodePublishSecretRef: { name: 't' } } },
      ],
    };
    assert.deepEqual(
      read(spec).map(({ route }) => route),
      ['projected', 'csi'],
    );
  });

  test('the volume that admission adds is told from one that a person wrote', () => {
    const injected = (volume: string, source: object): boolean =>
      only({ volumes: [{ name: volume, ...source }] }).injected;
    const projected = (name: string): object => ({ projected: { sources: [{ configMap: { name } }] } });
    assert.equal(injected('kube-api-access-x7k2p', projected('kube-root-ca.crt')), true);
    assert.equal(injected('kube-api-access-x7k2p', projected('openshift-service-ca.crt')), true);
    assert.equal(injected('kube-api-access-x7k2p', projected('my-config')), false);
    assert.equal(injected('my-volume', projected('kube-root-ca.crt')), false);
    assert.equal(injected('kube-api-access-x7k2p', { configMap: { name: 'kube-root-ca.crt' } }), false);
  });

  test('a located reference points to the nodes that it was read from', () => {
    const secretKeyRef = { name: 's', key: 'k' };
    const entry = { name: 'V', valueFrom: { secretKeyRef } };
    const [found] = locateReferences<unknown>({ containers: [{ env: [entry] }] }, objectAccess);
    assert.equal(found?.holder, secretKeyRef);
    assert.equal(found.item, entry);
    assert.deepEqual([found.name, found.keys], ['s', ['k']]);
  });
});

describe('names of a pod', () => {
  test('a name counts once, in the order in which it first occurs', () => {
    const spec = {
      imagePullSecrets: [{ name: 'b' }],
      initContainers: [
        { env: [{ valueFrom: { secretKeyRef: { name: 'd' } } }], envFrom: [{ secretRef: { name: 'c' } }] },
      ],
      containers: [{ envFrom: [{ secretRef: { name: 'a' } }, { secretRef: { name: 'b' } }] }],
      volumes: [{ secret: { secretName: 'a' } }, { secret: { secretName: 'e' } }],
    };
    assert.deepEqual(names(spec, 'Secret'), ['b', 'c', 'd', 'a', 'e']);
    assert.deepEqual(names(spec, 'ConfigMap'), []);
    assert.equal(read(spec).length, 7, 'while each field is a reference of its own');
  });

  test('a pod without a spec refers to nothing', () => {
    assert.deepEqual(podNames({ metadata: { name: 'p' } }, 'Secret'), []);
  });

  const name = fc.constantFrom('a', 'b', 'c', '');
  const named = fc.record({ name, secretName: name, optional: fc.boolean() }, { requiredKeys: [] });
  const ref = fc.record({ secretRef: named, configMapRef: named }, { requiredKeys: [] });
  const projected = fc.record({
    sources: fc.array(fc.record({ secret: named, configMap: named }, { requiredKeys: [] }), { maxLength: 3 }),
  });
  const volume = fc.record(
    {
      name,
      secret: named,
      configMap: named,
      projected,
      azureFile: named,
      cephfs: ref,
      rbd: ref,
      iscsi: ref,
      csi: fc.record({ nodePublishSecretRef: named }),
    },
    { requiredKeys: [] },
  );
  const valueFrom = fc.record({ secretKeyRef: named, configMapKeyRef: named }, { requiredKeys: [] });
  const container = fc.record({
    name,
    envFrom: fc.array(ref, { maxLength: 3 }),
    env: fc.array(fc.record({ name, valueFrom }), { maxLength: 3 }),
    volumeMounts: fc.array(fc.record({ name, mountPath: name, subPath: name }), { maxLength: 3 }),
  });
  const containers = fc.array(container, { maxLength: 2 });
  const spec = fc.record({
    imagePullSecrets: fc.array(named, { maxLength: 2 }),
    initContainers: containers,
    containers,
    ephemeralContainers: containers,
    volumes: fc.array(volume, { maxLength: 4 }),
  });

  test('the registered names are the distinct names of the references', () => {
    fc.assert(
      fc.property(spec, (one) => {
        for (const kind of objectKinds) {
          const distinct = new Set(read(one).flatMap((reference) => (reference.kind === kind ? [reference.name] : [])));
          assert.deepEqual(names(one, kind), [...distinct]);
          assert.ok(!distinct.has(''));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('malformed input gives fewer references, never an exception', () => {
    const junk = fc.oneof(
      fc.constantFrom<unknown>(null, undefined, 0, 1, true, '', 'text', [], {}, [null], [[]], [1], { name: 1 }),
      fc.jsonValue({ maxDepth: 3 }),
    );
    const fields = ['imagePullSecrets', 'initContainers', 'containers', 'ephemeralContainers', 'volumes'];
    const inner = ['envFrom', 'env', 'volumeMounts', 'secret', 'configMap', 'projected', 'csi', 'azureFile', 'rbd'];
    const broken = fc.dictionary(
      fc.constantFrom(...fields),
      fc.oneof(
        junk,
        fc.array(fc.oneof(junk, fc.dictionary(fc.constantFrom(...inner), fc.oneof(junk, fc.array(junk))))),
      ),
    );
    fc.assert(
      fc.property(fc.oneof(junk, broken), (one) => {
        for (const reference of read(one)) assert.notEqual(reference.name, '');
        for (const kind of objectKinds) names(one, kind);
      }),
      { numRuns: 500 },
    );
  });

  test('names, keys and lists of another form count as absent', () => {
    const spec = {
      imagePullSecrets: { name: 'not a list' },
      containers: [null, 'text', { envFrom: 'text', env: [7, { valueFrom: { secretKeyRef: { name: 7 } } }] }],
      volumes: [{ secret: 'text' }, { secret: { secretName: ['x'] } }, { projected: { sources: {} } }],
    };
    assert.deepEqual(read(spec), []);
  });
});
