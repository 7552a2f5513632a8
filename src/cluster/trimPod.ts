import type {
  Container,
  ContainerStatus,
  EnvFrom,
  EnvVar,
  ObjectMeta,
  Pod,
  PodSpec,
  Volume,
  VolumeMount,
} from '../objects/kubernetes';
import { templateHashLabel } from '../objects/kubernetes';
import { containerLists, podFields } from '../references/table';
import { metadataIn } from './decode';
import { flagIn, listIn, numberIn, objectIn, withoutUndefined, type JsonObject } from './json';

/**
 * Keeps of a pod its references, its node and its state: about a tenth of it. Also of a malformed pod, the references are
 * the same as before.
 * @returns undefined if this is no pod: it has no name, or an impossible version.
 */
export function trimPod(value: unknown): Pod | undefined {
  const pod = objectIn(value);
  const metadata = metadataIn(pod?.['metadata']);
  if (pod === undefined || metadata === undefined) return undefined;
  const spec = objectIn(pod['spec']);
  const status = objectIn(pod['status']);
  return withoutUndefined<Pod>({
    metadata: { ...metadata, ...labelsIn(pod['metadata']) },
    spec: spec === undefined ? undefined : trimSpec(spec),
    status: status === undefined ? undefined : trimStatus(status),
  });
}

/** Keeps the label that tells which Deployment the pod's ReplicaSet belongs to. */
function labelsIn(metadata: unknown): Pick<ObjectMeta, 'labels'> {
  const hash = stringIn(objectIn(objectIn(metadata)?.['labels'])?.[templateHashLabel]);
  return hash === undefined ? {} : { labels: { [templateHashLabel]: hash } };
}

function trimSpec(spec: JsonObject): PodSpec {
  const volumes = listIn(spec['volumes']).flatMap(trimVolume);
  const volumeNames = new Set(volumes.map((volume) => volume.name ?? ''));
  const containers: Partial<Record<(typeof containerLists)[number]['list'], readonly Container[]>> = {};
  for (const { list } of containerLists) {
    const kept = listIn(spec[list]).flatMap((container) => trimContainer(container, volumeNames));
    if (kept.length > 0) containers[list] = kept;
  }
  const pullSecrets = listIn(spec['imagePullSecrets']).flatMap((item) => referenceIn(item) ?? []);
  return withoutUndefined<PodSpec>({
    nodeName: stringIn(spec['nodeName']),
    ...containers,
    volumes: unlessEmpty(volumes),
    imagePullSecrets: unlessEmpty(pullSecrets),
  });
}

function trimContainer(value: unknown, volumes: ReadonlySet<string>): Container[] {
  const container = objectIn(value);
  if (container === undefined) return [];
  return [
    withoutUndefined<Container>({
      name: stringIn(container['name']),
      env: unlessEmpty(listIn(container['env']).flatMap(trimEnv)),
      envFrom: unlessEmpty(listIn(container['envFrom']).flatMap(trimEnvFrom)),
      volumeMounts: unlessEmpty(listIn(container['volumeMounts']).flatMap((mount) => trimMount(mount, volumes))),
    }),
  ];
}

function trimEnv(value: unknown): EnvVar[] {
  const entry = objectIn(value);
  const from = objectIn(entry?.['valueFrom']);
  const secretKeyRef = referenceIn(from?.['secretKeyRef']);
  const configMapKeyRef = referenceIn(from?.['configMapKeyRef']);
  if (secretKeyRef === undefined && configMapKeyRef === undefined) return [];
  const valueFrom = withoutUndefined<NonNullable<EnvVar['valueFrom']>>({ secretKeyRef, configMapKeyRef });
  return [withoutUndefined<EnvVar>({ name: stringIn(entry?.['name']), valueFrom })];
}

function trimEnvFrom(value: unknown): EnvFrom[] {
  const entry = objectIn(value);
  const secretRef = referenceIn(entry?.['secretRef']);
  const configMapRef = referenceIn(entry?.['configMapRef']);
  if (secretRef === undefined && configMapRef === undefined) return [];
  return [withoutUndefined<EnvFrom>({ prefix: stringIn(entry?.['prefix']), secretRef, configMapRef })];
}

function trimMount(value: unknown, volumes: ReadonlySet<string>): VolumeMount[] {
  const mount = objectIn(value);
  const name = stringIn(mount?.['name']);
  if (mount === undefined || name === undefined || !volumes.has(name)) return [];
  return [
    withoutUndefined<VolumeMount>({
      name,
      mountPath: stringIn(mount['mountPath']),
      subPath: stringIn(mount['subPath']),
      subPathExpr: stringIn(mount['subPathExpr']),
    }),
  ];
}

/** Keeps every source that the table of references knows. One without a name is kept too: it decides which one counts. */
function trimVolume(value: unknown): Volume[] {
  const volume = objectIn(value);
  if (volume === undefined) return [];
  const sources: Record<string, unknown> = {};
  for (const { route, path } of podFields.volumes) {
    const [source, inner] = path;
    const found = volume[source];
    if (found === undefined || found === null) continue;
    if (route === 'projected') sources[source] = { sources: listIn(objectIn(found)?.['sources']).flatMap(trimSource) };
    else if (inner === undefined) sources[source] = referenceIn(found) ?? {};
    else sources[source] = withoutUndefined({ [inner]: referenceIn(objectIn(found)?.[inner]) });
  }
  if (Object.keys(sources).length === 0) return [];
  return [{ ...withoutUndefined<Volume>({ name: stringIn(volume['name']) }), ...sources }];
}

function trimSource(value: unknown): JsonObject[] {
  const secret = referenceIn(objectIn(value)?.['secret']);
  const configMap = referenceIn(objectIn(value)?.['configMap']);
  return secret === undefined && configMap === undefined ? [] : [withoutUndefined<JsonObject>({ secret, configMap })];
}

/** The fields of a reference to a Secret or a ConfigMap. */
interface TrimmedReference {
  readonly name?: string;
  readonly secretName?: string;
  readonly key?: string;
  readonly optional?: boolean;
  readonly items?: readonly { readonly key?: string; readonly path?: string }[];
}

function referenceIn(value: unknown): TrimmedReference | undefined {
  const reference = objectIn(value);
  if (reference === undefined) return undefined;
  const items = listIn(reference['items']).flatMap((item) => {
    const path = objectIn(item);
    return path === undefined
      ? []
      : [withoutUndefined<JsonObject>({ key: stringIn(path['key']), path: stringIn(path['path']) })];
  });
  return withoutUndefined<TrimmedReference>({
    name: stringIn(reference['name']),
    secretName: stringIn(reference['secretName']),
    key: stringIn(reference['key']),
    optional: flagIn(reference['optional']),
    items: unlessEmpty(items),
  });
}

function trimStatus(status: JsonObject): NonNullable<Pod['status']> {
  return withoutUndefined<NonNullable<Pod['status']>>({
    phase: stringIn(status['phase']),
    containerStatuses: unlessEmpty(listIn(status['containerStatuses']).flatMap(trimContainerStatus)),
    initContainerStatuses: unlessEmpty(listIn(status['initContainerStatuses']).flatMap(trimContainerStatus)),
  });
}

function trimContainerStatus(value: unknown): ContainerStatus[] {
  const status = objectIn(value);
  const name = stringIn(status?.['name']);
  if (status === undefined || name === undefined) return [];
  const state = objectIn(status['state']);
  return [
    withoutUndefined<ContainerStatus>({
      name,
      restartCount: numberIn(status['restartCount']),
      state: state === undefined ? undefined : trimState(state),
    }),
  ];
}

function trimState(state: JsonObject): NonNullable<ContainerStatus['state']> {
  const only = (name: string, field: string): JsonObject | undefined => {
    const found = objectIn(state[name]);
    return found === undefined ? undefined : withoutUndefined<JsonObject>({ [field]: stringIn(found[field]) });
  };
  return withoutUndefined<NonNullable<ContainerStatus['state']>>({
    running: only('running', 'startedAt'),
    waiting: only('waiting', 'reason'),
    terminated: only('terminated', 'reason'),
  });
}

/** A text, also an empty one: an empty prefix is not the same as none. */
function stringIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function unlessEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}
