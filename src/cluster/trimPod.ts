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
import { flagIn, listIn, numberIn, objectIn, present, type JsonObject } from './json';

/**
 * What is kept of a pod as it is received, typically a tenth: what its references, its place and its state say. The
 * references are the same before and after, also of malformed pods.
 * @returns undefined if this is no pod: it has no name, or a version that cannot be one.
 */
export function trimPod(value: unknown): Pod | undefined {
  const pod = objectIn(value);
  const metadata = metadataIn(pod?.['metadata']);
  if (pod === undefined || metadata === undefined) return undefined;
  const spec = objectIn(pod['spec']);
  const status = objectIn(pod['status']);
  return present<Pod>({
    metadata: { ...metadata, ...labelsIn(pod['metadata']) },
    spec: spec === undefined ? undefined : trimSpec(spec),
    status: status === undefined ? undefined : trimStatus(status),
  });
}

/** Of the labels, the one that tells which Deployment a ReplicaSet belongs to. */
function labelsIn(metadata: unknown): Pick<ObjectMeta, 'labels'> {
  const hash = stringIn(objectIn(objectIn(metadata)?.['labels'])?.[templateHashLabel]);
  return hash === undefined ? {} : { labels: { [templateHashLabel]: hash } };
}

function trimSpec(spec: JsonObject): PodSpec {
  const volumes = listIn(spec['volumes']).flatMap(trimVolume);
  const named = new Set(volumes.map((volume) => volume.name ?? ''));
  const containers: Partial<Record<(typeof containerLists)[number]['list'], readonly Container[]>> = {};
  for (const { list } of containerLists) {
    const kept = listIn(spec[list]).flatMap((container) => trimContainer(container, named));
    if (kept.length > 0) containers[list] = kept;
  }
  const pullSecrets = listIn(spec['imagePullSecrets']).flatMap((item) => holderIn(item) ?? []);
  return present<PodSpec>({
    nodeName: stringIn(spec['nodeName']),
    ...containers,
    volumes: some(volumes),
    imagePullSecrets: some(pullSecrets),
  });
}

function trimContainer(value: unknown, volumes: ReadonlySet<string>): Container[] {
  const container = objectIn(value);
  if (container === undefined) return [];
  return [
    present<Container>({
      name: stringIn(container['name']),
      env: some(listIn(container['env']).flatMap(trimEnv)),
      envFrom: some(listIn(container['envFrom']).flatMap(trimEnvFrom)),
      volumeMounts: some(listIn(container['volumeMounts']).flatMap((mount) => trimMount(mount, volumes))),
    }),
  ];
}

function trimEnv(value: unknown): EnvVar[] {
  const entry = objectIn(value);
  const from = objectIn(entry?.['valueFrom']);
  const secretKeyRef = holderIn(from?.['secretKeyRef']);
  const configMapKeyRef = holderIn(from?.['configMapKeyRef']);
  if (secretKeyRef === undefined && configMapKeyRef === undefined) return [];
  const valueFrom = present<NonNullable<EnvVar['valueFrom']>>({ secretKeyRef, configMapKeyRef });
  return [present<EnvVar>({ name: stringIn(entry?.['name']), valueFrom })];
}

function trimEnvFrom(value: unknown): EnvFrom[] {
  const entry = objectIn(value);
  const secretRef = holderIn(entry?.['secretRef']);
  const configMapRef = holderIn(entry?.['configMapRef']);
  if (secretRef === undefined && configMapRef === undefined) return [];
  return [present<EnvFrom>({ prefix: stringIn(entry?.['prefix']), secretRef, configMapRef })];
}

function trimMount(value: unknown, volumes: ReadonlySet<string>): VolumeMount[] {
  const mount = objectIn(value);
  const name = stringIn(mount?.['name']);
  if (mount === undefined || name === undefined || !volumes.has(name)) return [];
  return [
    present<VolumeMount>({
      name,
      mountPath: stringIn(mount['mountPath']),
      subPath: stringIn(mount['subPath']),
      subPathExpr: stringIn(mount['subPathExpr']),
    }),
  ];
}

/** Keeps every source that the table knows, also one without a name: that it is there decides which source counts. */
function trimVolume(value: unknown): Volume[] {
  const volume = objectIn(value);
  if (volume === undefined) return [];
  const sources: Record<string, unknown> = {};
  for (const { route, path } of podFields.volumes) {
    const [source, inner] = path;
    const found = volume[source];
    if (found === undefined || found === null) continue;
    if (route === 'projected') sources[source] = { sources: listIn(objectIn(found)?.['sources']).flatMap(trimSource) };
    else if (inner === undefined) sources[source] = holderIn(found) ?? {};
    else sources[source] = present({ [inner]: holderIn(objectIn(found)?.[inner]) });
  }
  if (Object.keys(sources).length === 0) return [];
  return [{ ...present<Volume>({ name: stringIn(volume['name']) }), ...sources }];
}

function trimSource(value: unknown): JsonObject[] {
  const secret = holderIn(objectIn(value)?.['secret']);
  const configMap = holderIn(objectIn(value)?.['configMap']);
  return secret === undefined && configMap === undefined ? [] : [present<JsonObject>({ secret, configMap })];
}

interface Holder {
  readonly name?: string;
  readonly secretName?: string;
  readonly key?: string;
  readonly optional?: boolean;
  readonly items?: readonly { readonly key?: string; readonly path?: string }[];
}

/** The object that holds a name. */
function holderIn(value: unknown): Holder | undefined {
  const holder = objectIn(value);
  if (holder === undefined) return undefined;
  const items = listIn(holder['items']).flatMap((item) => {
    const path = objectIn(item);
    return path === undefined
      ? []
      : [present<JsonObject>({ key: stringIn(path['key']), path: stringIn(path['path']) })];
  });
  return present<Holder>({
    name: stringIn(holder['name']),
    secretName: stringIn(holder['secretName']),
    key: stringIn(holder['key']),
    optional: flagIn(holder['optional']),
    items: some(items),
  });
}

function trimStatus(status: JsonObject): NonNullable<Pod['status']> {
  return present<NonNullable<Pod['status']>>({
    phase: stringIn(status['phase']),
    containerStatuses: some(listIn(status['containerStatuses']).flatMap(trimContainerStatus)),
    initContainerStatuses: some(listIn(status['initContainerStatuses']).flatMap(trimContainerStatus)),
  });
}

function trimContainerStatus(value: unknown): ContainerStatus[] {
  const status = objectIn(value);
  const name = stringIn(status?.['name']);
  if (status === undefined || name === undefined) return [];
  const state = objectIn(status['state']);
  return [
    present<ContainerStatus>({
      name,
      restartCount: numberIn(status['restartCount']),
      state: state === undefined ? undefined : trimState(state),
    }),
  ];
}

function trimState(state: JsonObject): NonNullable<ContainerStatus['state']> {
  const only = (name: string, field: string): JsonObject | undefined => {
    const found = objectIn(state[name]);
    return found === undefined ? undefined : present<JsonObject>({ [field]: stringIn(found[field]) });
  };
  return present<NonNullable<ContainerStatus['state']>>({
    running: only('running', 'startedAt'),
    waiting: only('waiting', 'reason'),
    terminated: only('terminated', 'reason'),
  });
}

/** A text, also an empty one: an empty prefix is not the same as none. */
function stringIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function some<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}
