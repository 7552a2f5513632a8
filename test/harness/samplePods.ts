import type { KubeObject, OwnerReference } from './kubeObjects';

/** The parts of a pod's specification that are read here. */
export interface PodSpec {
  readonly containers: readonly PodContainer[];
  readonly initContainers?: readonly PodContainer[];
  readonly volumes?: readonly object[];
  readonly [field: string]: unknown;
}

interface PodContainer {
  readonly name: string;
  readonly image: string;
  readonly volumeMounts?: readonly object[];
  readonly [field: string]: unknown;
}

/** What a kubelet would say of the pod's containers. */
export type PodState =
  | { readonly state: 'running'; readonly startedAt: Date }
  | { readonly state: 'waiting'; readonly reason: string; readonly message?: string }
  | { readonly state: 'crashing'; readonly lastStartedAt: Date }
  | { readonly state: 'succeeded'; readonly startedAt: Date; readonly finishedAt: Date };

export interface SamplePod {
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly owner?: OwnerReference;
  readonly spec: PodSpec;
  readonly state: PodState;
}

/** A pod as the server would show it: scheduled, with what admission adds and what its kubelet reports. */
export function samplePod(pod: SamplePod): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: pod.name,
      namespace: pod.namespace,
      labels: pod.labels,
      ...(pod.owner === undefined
        ? {}
        : { ownerReferences: [{ ...pod.owner, controller: true, blockOwnerDeletion: true }] }),
    },
    spec: { ...withTokenVolume(pod.spec, suffixOf(pod.name)), nodeName: pod.node },
    status: statusOf(pod),
  };
}

/** What the ServiceAccount admission plug-in, which the test server runs without, does to nearly every pod. */
function withTokenVolume(spec: PodSpec, suffix: string): PodSpec {
  const name = `kube-api-access-${suffix}`;
  const mount = { name, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true };
  const mounted = (containers: readonly PodContainer[]): readonly PodContainer[] =>
    containers.map((container) => ({ ...container, volumeMounts: [...(container.volumeMounts ?? []), mount] }));
  const namespace = { path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } };
  const sources = [
    { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    { downwardAPI: { items: [namespace] } },
  ];
  return {
    ...spec,
    serviceAccountName: 'default',
    containers: mounted(spec.containers),
    ...(spec.initContainers === undefined ? {} : { initContainers: mounted(spec.initContainers) }),
    volumes: [...(spec.volumes ?? []), { name, projected: { defaultMode: 420, sources } }],
  };
}

/** Five characters that stay the same from run to run. */
function suffixOf(name: string): string {
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
  let seed = 7;
  for (const character of name) seed = (seed * 31 + character.charCodeAt(0)) % 1_000_003;
  return Array.from({ length: 5 }, (_, index) => alphabet[Math.floor(seed / 27 ** index) % 27]).join('');
}

function statusOf(pod: SamplePod): object {
  const { state, spec } = pod;
  const ready = state.state === 'running';
  const phase = { running: 'Running', waiting: 'Pending', crashing: 'Running', succeeded: 'Succeeded' }[state.state];
  const from =
    state.state === 'waiting' ? undefined : state.state === 'crashing' ? state.lastStartedAt : state.startedAt;
  const waitsForVolumes = state.state === 'waiting' && state.reason === 'ContainerCreating';
  return {
    phase,
    qosClass: 'BestEffort',
    hostIP: pod.node === 'node-a' ? '192.0.2.11' : '192.0.2.12',
    ...(from === undefined ? {} : { startTime: rfc3339(from) }),
    conditions: [
      condition('PodScheduled', true),
      condition('Initialized', !waitsForVolumes),
      condition('ContainersReady', ready),
      condition('Ready', ready),
    ],
    ...(spec.initContainers === undefined
      ? {}
      : {
          initContainerStatuses: spec.initContainers.map((container) => initStatus(container, from, waitsForVolumes)),
        }),
    containerStatuses: spec.containers.map((container) => ({
      ...identityOf(container),
      ready,
      started: ready,
      restartCount: state.state === 'crashing' ? 7 : 0,
      ...containerState(pod, container.name),
    })),
  };
}

function containerState(pod: SamplePod, container: string): object {
  const { state } = pod;
  switch (state.state) {
    case 'running':
      return { state: { running: { startedAt: rfc3339(state.startedAt) } } };
    case 'waiting': {
      const { reason, message } = state;
      return { state: { waiting: { reason, ...(message === undefined ? {} : { message }) } } };
    }
    case 'crashing': {
      const message = `back-off 5m0s restarting failed container=${container} pod=${pod.name}_${pod.namespace}`;
      const startedAt = rfc3339(state.lastStartedAt);
      return {
        state: { waiting: { reason: 'CrashLoopBackOff', message } },
        lastState: { terminated: { exitCode: 1, reason: 'Error', startedAt, finishedAt: startedAt } },
      };
    }
    case 'succeeded': {
      const [startedAt, finishedAt] = [rfc3339(state.startedAt), rfc3339(state.finishedAt)];
      return { state: { terminated: { exitCode: 0, reason: 'Completed', startedAt, finishedAt } } };
    }
  }
}

function initStatus(container: PodContainer, finishedAt: Date | undefined, waits: boolean): object {
  const at = finishedAt === undefined ? undefined : rfc3339(finishedAt);
  const state =
    waits || at === undefined
      ? { waiting: { reason: 'PodInitializing' } }
      : { terminated: { exitCode: 0, reason: 'Completed', startedAt: at, finishedAt: at } };
  return { ...identityOf(container), ready: !waits, restartCount: 0, state };
}

function identityOf(container: PodContainer): { name: string; image: string; imageID: string } {
  return { name: container.name, image: container.image, imageID: '' };
}

function condition(type: string, holds: boolean): object {
  return { type, status: holds ? 'True' : 'False' };
}

/** Kubernetes keeps whole seconds. */
export function rfc3339(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}
