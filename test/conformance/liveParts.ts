import fc from 'fast-check';
import type { Operation } from './trace';

/** A trace that the kubelet's managers are asked to run, with its own library of pods, named by their indices. */
export interface AskedTrace {
  readonly header: object;
  readonly kind: string;
  readonly pods: readonly object[];
  readonly operations: readonly Operation[];
}

const podsOfTrace = 8;

const namespaces = ['n1', 'n2'];
const names = ['o1', 'o2', 'o3', 'o4'];
export const namespace = fc.constantFrom(...namespaces);
export const name = fc.constantFrom(...names);
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

export const everyKey = namespaces.flatMap((one) => names.map((other) => [one, other] as const));

export const podId = fc.nat(podsOfTrace - 1);
/** The pods that the operations of a trace name. */
export const pods = fc.array(pod, { minLength: podsOfTrace, maxLength: podsOfTrace });
export const kind = fc.constantFrom('secret', 'configmap');
export const token = fc.integer({ min: 10, max: 99 }).map(String);
