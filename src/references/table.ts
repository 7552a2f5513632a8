import type { ObjectKind } from '../objects/kubernetes';

/**
 * How an object gets into a pod. `subPath`: by a volume that is mounted only by `subPath`, and so never changes in a running
 * container. The mounts tell it from `volume`, since the field is the same.
 */
export type Route = 'env' | 'envFrom' | 'volume' | 'subPath' | 'projected' | 'imagePull' | 'csi' | 'storage';

/** A field of a pod with a name. {@link podFields} has exactly the fields that the kubelet reads. */
export interface ReferenceField {
  readonly kind: ObjectKind;
  readonly route: Route;
  /** The path from the list element to the map with the name. */
  readonly path: readonly string[];
  /** The field of that map with the name. */
  readonly name: 'name' | 'secretName';
  /** How the field chooses keys: one `key`, a list of `items`, all keys, or keys that the pod does not name. */
  readonly keys: 'key' | 'items' | 'all' | 'none';
}

/** The lists of containers in a pod spec, in the order in which the kubelet visits them. */
export const containerLists = [
  { list: 'initContainers', type: 'init' },
  { list: 'containers', type: 'main' },
  { list: 'ephemeralContainers', type: 'ephemeral' },
] as const;

export type ContainerType = (typeof containerLists)[number]['type'];

const secret = { kind: 'Secret', name: 'name' } as const;
const configMap = { kind: 'ConfigMap', name: 'name' } as const;
const storage = { ...secret, route: 'storage', keys: 'none' } as const;

/**
 * Every pod field that yields the name of a Secret or ConfigMap: `VisitPodSecretNames` and `VisitPodConfigmapNames`
 * of Kubernetes 1.25 to 1.32 (`pkg/api/v1/pod/util.go`). Objects that are reached through other objects (claims,
 * service accounts) are not followed.
 *
 * The order of the rows of `volumes` is part of the rule: for each kind, the first row whose source is present decides, even
 * if that source has no name.
 */
export const podFields = {
  imagePullSecrets: [{ ...secret, route: 'imagePull', path: [], keys: 'all' }],
  envFrom: [
    { ...secret, route: 'envFrom', path: ['secretRef'], keys: 'all' },
    { ...configMap, route: 'envFrom', path: ['configMapRef'], keys: 'all' },
  ],
  env: [
    { ...secret, route: 'env', path: ['valueFrom', 'secretKeyRef'], keys: 'key' },
    { ...configMap, route: 'env', path: ['valueFrom', 'configMapKeyRef'], keys: 'key' },
  ],
  volumes: [
    { ...storage, path: ['azureFile'], name: 'secretName' },
    { ...storage, path: ['cephfs', 'secretRef'] },
    { ...storage, path: ['cinder', 'secretRef'] },
    { ...storage, path: ['flexVolume', 'secretRef'] },
    // A projected volume has a list of sources: `projectedSources` below.
    { ...secret, route: 'projected', path: ['projected'], keys: 'items' },
    { ...configMap, route: 'projected', path: ['projected'], keys: 'items' },
    { ...storage, path: ['rbd', 'secretRef'] },
    { ...secret, route: 'volume', path: ['secret'], name: 'secretName', keys: 'items' },
    { ...configMap, route: 'volume', path: ['configMap'], keys: 'items' },
    { ...storage, path: ['scaleIO', 'secretRef'] },
    { ...storage, path: ['iscsi', 'secretRef'] },
    { ...storage, path: ['storageos', 'secretRef'] },
    { ...secret, route: 'csi', path: ['csi', 'nodePublishSecretRef'], keys: 'none' },
  ],
  projectedSources: [
    { ...secret, route: 'projected', path: ['secret'], keys: 'items' },
    { ...configMap, route: 'projected', path: ['configMap'], keys: 'items' },
  ],
} as const satisfies Record<string, readonly ReferenceField[]>;
