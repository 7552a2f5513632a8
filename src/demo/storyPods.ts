import { createHash } from 'node:crypto';
import { apiTime, valueAt, type ApiObject } from './apiObject';
import type { ContainerSpec, PodSpec, PodState, WorkloadRow } from './storyRows';

/** Identifies one pod of a workload. */
export interface PodPlace {
  readonly node: string;
  readonly index: number;
  /** Counts the pods that replaced each other in one place. */
  readonly generation: number;
  readonly state: PodState;
}

/** The label that names a pod's workload. */
export const appLabel = 'app';

const minuteMs = 60_000;

/** A pod as the API shows it, with its owner, its node, the volume that admission adds, and its status. */
export function podOf(row: WorkloadRow, place: PodPlace, now: number): ApiObject {
  const { namespace, name } = row;
  const { node, index, generation, state } = place;
  const suffix = letters(5, namespace, name, index, generation);
  const owner = ownerOf(row);
  const createdAt = now - ('minutes' in state ? state.minutes : 0) * minuteMs;
  const pod: ApiObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: podName(row, owner?.name ?? name, index, suffix),
      namespace,
      creationTimestamp: apiTime(createdAt),
      labels: { [appLabel]: name, ...owner?.labels },
      ...(owner === undefined ? {} : { ownerReferences: [referenceTo(namespace, owner)] }),
    },
    spec: {
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      serviceAccountName: 'default',
      nodeName: node,
      ...withTokenVolume(row.spec, letters(5, suffix)),
    },
  };
  return withState(pod, state, now);
}

/** The pod with the status that its kubelet reports in a state. */
export function withState(pod: ApiObject, state: PodState, now: number): ApiObject {
  const spec = pod['spec'] as PodSpec;
  const since = apiTime(now - ('minutes' in state ? state.minutes : 0) * minuteMs);
  const isStarted = state.is !== 'waiting' || state.reason !== 'ContainerCreating';
  const status = {
    phase: phases[state.is],
    ...(spec.initContainers === undefined
      ? {}
      : { initContainerStatuses: spec.initContainers.map((container) => initStatus(container, isStarted)) }),
    containerStatuses: spec.containers.map((container) => ({
      name: container.name,
      restartCount: 'restarts' in state ? state.restarts : 0,
      ...containerState(pod, container, state, since),
    })),
  };
  return { ...pod, status };
}

/** How often the containers of a pod were started again. */
export function restartsOf(pod: ApiObject): number {
  const count = valueAt(pod, 'status.containerStatuses.0.restartCount');
  return typeof count === 'number' ? count : 0;
}

interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

function ownerOf({ owner, namespace, name }: WorkloadRow): Owner | undefined {
  switch (owner) {
    case 'Deployment': {
      // A Deployment owns its pods through a ReplicaSet, which is named after the template.
      const hash = letters(10, namespace, name);
      return {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        name: `${name}-${hash}`,
        labels: { 'pod-template-hash': hash },
      };
    }
    case 'StatefulSet':
    case 'DaemonSet':
      return { apiVersion: 'apps/v1', kind: owner, name, labels: {} };
    case 'Job':
      return { apiVersion: 'batch/v1', kind: owner, name, labels: { 'batch.kubernetes.io/job-name': name } };
    case 'none':
      return undefined;
  }
}

function podName({ owner, name }: WorkloadRow, ownerName: string, index: number, suffix: string): string {
  if (owner === 'none') return name;
  return owner === 'StatefulSet' ? `${name}-${index}` : `${ownerName}-${suffix}`;
}

function referenceTo(namespace: string, { apiVersion, kind, name }: Owner): object {
  const digest = createHash('sha256').update(`${kind}/${namespace}/${name}`).digest('hex');
  const uid = digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

/** Letters and digits as Kubernetes uses them in names. Equal seeds give equal letters. */
function letters(count: number, ...seeds: readonly (string | number)[]): string {
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
  const digest = createHash('sha256').update(seeds.join('/')).digest();
  return Array.from(digest.subarray(0, count), (byte) => alphabet[byte % alphabet.length]).join('');
}

/** What the ServiceAccount admission plugin does to nearly every pod. */
function withTokenVolume(spec: PodSpec, suffix: string): PodSpec {
  const name = `kube-api-access-${suffix}`;
  const mount = { name, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true };
  const mounted = (container: ContainerSpec): ContainerSpec => ({
    ...container,
    volumeMounts: [...(container.volumeMounts ?? []), mount],
  });
  const sources = [{ configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } }];
  return {
    ...spec,
    containers: spec.containers.map(mounted),
    ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(mounted) }),
    volumes: [...(spec.volumes ?? []), { name, projected: { defaultMode: 420, sources } }],
  };
}

const phases: Readonly<Record<PodState['is'], string>> = {
  running: 'Running',
  waiting: 'Pending',
  crashing: 'Running',
  succeeded: 'Succeeded',
};

function containerState(pod: ApiObject, { name }: ContainerSpec, state: PodState, since: string): object {
  switch (state.is) {
    case 'running':
      return { state: { running: { startedAt: since } } };
    case 'waiting': {
      const { reason, message } = state;
      return { state: { waiting: { reason, ...(message === undefined ? {} : { message }) } } };
    }
    case 'crashing': {
      const { metadata } = pod;
      const message = `back-off 20s restarting failed container=${name} pod=${metadata.name}_${metadata.namespace ?? ''}`;
      return {
        state: { waiting: { reason: 'CrashLoopBackOff', message } },
      };
    }
    case 'succeeded':
      return { state: { terminated: { reason: 'Completed' } } };
  }
}

function initStatus({ name }: ContainerSpec, isDone: boolean): object {
  const state = isDone ? { terminated: { reason: 'Completed' } } : { waiting: { reason: 'PodInitializing' } };
  return { name, restartCount: 0, state };
}
