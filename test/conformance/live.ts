import fc from 'fast-check';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { KubeletProgram } from '../harness/kubeletProgram';
import type { Operation } from './trace';

const shortest = 40;
const longest = 120;
const podsOfTrace = 8;

const namespaces = ['n1', 'n2'];
const names = ['o1', 'o2', 'o3', 'o4'];
const namespace = fc.constantFrom(...namespaces);
const name = fc.constantFrom(...names);
/** A field of a reference may be empty or absent. */
const named = fc.oneof(
  { weight: 8, arbitrary: name.map((text) => ({ name: text })) },
  { weight: 1, arbitrary: fc.constantFrom({}, { name: '' }) },
);
const key = 'v';
const withKey = named.map((reference) => ({ ...reference, key }));

const env = fc.oneof(
  fc.constant({ value: 'plain' }),
  withKey.map((secretKeyRef) => ({ valueFrom: { secretKeyRef } })),
  withKey.map((configMapKeyRef) => ({ valueFrom: { configMapKeyRef } })),
);
const envFrom = fc.oneof(
  named.map((secretRef) => ({ secretRef })),
  named.map((configMapRef) => ({ configMapRef })),
);
const containers = fc.array(
  fc.record({
    name: fc.constant('c'),
    env: fc.array(env, { maxLength: 2 }),
    envFrom: fc.array(envFrom, { maxLength: 2 }),
  }),
  { maxLength: 2 },
);

const secretSource = fc.oneof(
  name.map((secretName) => ({ secret: { secretName } })),
  fc.constant({ secret: {} }),
);
const withSecretRef = fc
  .tuple(fc.constantFrom('cephfs', 'cinder', 'flexVolume', 'rbd', 'scaleIO', 'iscsi', 'storageos'), named)
  .map(([source, secretRef]) => ({ [source]: { secretRef } }));
const source = fc.oneof(
  secretSource,
  named.map((configMap) => ({ configMap })),
  withSecretRef,
  fc.constantFrom({ cephfs: {} }, { rbd: {} }, { csi: {} }, { emptyDir: {} }, { azureFile: {} }),
  name.map((secretName) => ({ azureFile: { secretName } })),
  named.map((nodePublishSecretRef) => ({ csi: { nodePublishSecretRef } })),
  fc
    .array(
      fc.oneof(
        named.map((secret) => ({ secret })),
        named.map((configMap) => ({ configMap })),
        fc.constant({ serviceAccountToken: { path: 'token' } }),
      ),
      { maxLength: 3 },
    )
    .map((sources) => ({ projected: { sources } })),
);
/** Now and then a volume has two sources, as no valid one does. */
const volume = fc
  .array(source, { minLength: 1, maxLength: 2 })
  .map((sources) => Object.assign({ name: 'v' }, ...sources) as object);

/** A few names and uids, so that pods are registered in several shapes, under several names and by one uid. */
const pod = fc.record({
  metadata: fc.record({ name: fc.constantFrom('a', 'b'), namespace, uid: fc.constantFrom('', 'u1', 'u2') }),
  spec: fc.record({
    imagePullSecrets: fc.array(named, { maxLength: 2 }),
    initContainers: containers,
    containers,
    ephemeralContainers: containers,
    volumes: fc.array(volume, { maxLength: 3 }),
  }),
});

const everyKey = namespaces.flatMap((one) => names.map((other) => [one, other] as const));

const podId = fc.nat(podsOfTrace - 1);
const view = fc.constantFrom('B', 'B', 'L', 'C');
const version = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 30 }).map(String) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '',
      '007',
      'junk',
      '-1',
      '9007199254740993',
      '18446744073709551615',
      '99999999999999999999',
    ),
  },
);
const token = fc.integer({ min: 10, max: 99 }).map(String);
const code = fc.constantFrom(
  ...['404', '404u', '404x', '404w', 'nf403', '404o', '500', '403', '429', '504', '503', '401', '410', 'conn'],
);
const ttl = fc.constantFrom(
  ...['0', '1', '15', '30', '300', '-5', '+30', '0030', '', '30s', '3e1', ' 30', '9223372037', '18446744074', null],
);
const passing = fc.constantFrom(0, 1, 999, 1000, 14_999, 15_000, 30_000, 59_999, 60_000, 300_000, -1000, -60_000);

const everywhere: readonly fc.WeightedArbitrary<Operation>[] = [
  { weight: 5, arbitrary: fc.tuple(fc.constant('reg' as const), podId) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('unreg' as const), podId) },
  { weight: 30, arbitrary: fc.tuple(fc.constant('get' as const), namespace, name) },
  { weight: 6, arbitrary: fc.tuple(fc.constant('set' as const), view, namespace, name, version, token) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('rm' as const), view, namespace, name) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constant('fail' as const), namespace, name, code, fc.integer({ min: 1, max: 2 })),
  },
];
const ofTtlStore: readonly fc.WeightedArbitrary<Operation>[] = [
  ...everywhere,
  { weight: 2, arbitrary: fc.tuple(fc.constant('add' as const), namespace, name) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('del' as const), namespace, name) },
  // Nobody refers to these, and Go quotes them in its own way.
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constant('get' as const),
      namespace,
      fc.constantFrom('', 'a"b\\', 'é\u200b\u0007', '\u0085\u00a0\u00ad', '\u{1f600}\u{e0001}\u2028', '\ue000\uff01'),
    ),
  },
  { weight: 6, arbitrary: fc.tuple(fc.constant('adv' as const), passing) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('ttl' as const), ttl) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('node' as const), fc.constantFrom('ok', 'ok', 'err', 'nil', 'noann')) },
  { weight: 1, arbitrary: fc.constant(['refs'] as const) },
];

const trace = fc.constantFrom('cache', 'cache', 'cache', 'get').chain((strategy) =>
  fc.record({
    strategy: fc.constant(strategy),
    kind: fc.constantFrom('secret', 'configmap'),
    /** What the server has at first. */
    present: fc.subarray(everyKey, { minLength: everyKey.length / 2 }),
    pods: fc.array(pod, { minLength: podsOfTrace, maxLength: podsOfTrace }),
    operations: fc.array(fc.oneof(...(strategy === 'get' ? everywhere : ofTtlStore)), {
      minLength: shortest,
      maxLength: longest,
      size: 'max',
    }),
  }),
);

/**
 * Makes random traces of operations one after the other, has the kubelet's own managers run them, and answers the file
 * of what they observed. The same seed makes the same traces.
 */
export async function recordLive(kubelet: KubeletProgram, count: number, seed: number): Promise<string> {
  const lines = fc
    .sample(trace, { numRuns: count, seed })
    .flatMap(({ strategy, kind, present, pods, operations }, number) => {
      const idOf = (index: number): string => `live-${number}.${index}`;
      return [
        ...pods.map((one, index) => ({ id: idOf(index), pod: one })),
        { trace: `live-${seed}-${number}`, kind, strategy, t0: 1_704_067_200_000, defaultTtlMs: 60_000 },
        ...present.map((of) => ['set', 'B', ...of, '10', '10']),
        ...operations.map((operation) =>
          operation[0] === 'reg' || operation[0] === 'unreg' ? [operation[0], idOf(operation[1] as number)] : operation,
        ),
        ...(strategy === 'get' ? [] : [['refs']]),
      ];
    });
  const folder = path.join(process.cwd(), 'out', 'live');
  await mkdir(folder, { recursive: true });
  const asked = path.join(folder, `${seed}.asked.jsonl`);
  await writeFile(asked, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const recorded = path.join(folder, `${seed}.jsonl`);
  await writeFile(recorded, await kubelet.run('record', asked));
  return recorded;
}
