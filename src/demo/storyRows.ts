/** The rows of the demo's story. storyObjects.ts makes objects of them, and storyPlayer.ts changes those. */
export interface Story {
  /** The namespace of the demo's context. */
  readonly namespace: string;
  readonly namespaces: readonly string[];
  readonly nodes: readonly NodeRow[];
  readonly secrets: readonly SecretRow[];
  readonly configMaps: readonly ConfigMapRow[];
  readonly workloads: readonly WorkloadRow[];
}

export interface NodeRow {
  readonly name: string;
  /** How long a copy is fresh for the kubelet of this node. */
  readonly ttlSeconds: number;
}

export interface SecretRow {
  readonly namespace: string;
  readonly name: string;
  /** Absent: `Opaque`. */
  readonly type?: string;
  readonly keys: readonly string[];
  /** The value of every key. Absent: made up. */
  readonly value?: string;
}

export interface ConfigMapRow {
  readonly namespace: string;
  readonly name: string;
  readonly immutable?: boolean;
  readonly data: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
}

/** A workload with one pod on each of its nodes. The demo serves its pods only. */
export interface WorkloadRow {
  readonly namespace: string;
  readonly name: string;
  readonly owner: 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'Job' | 'none';
  readonly nodes: readonly string[];
  readonly state: PodState;
  readonly spec: PodSpec;
}

/** The state that the kubelet reports for a pod. `minutes`: how long the pod is in it. */
export type PodState =
  | { readonly is: 'running'; readonly minutes: number; readonly restarts?: number }
  | { readonly is: 'waiting'; readonly reason: string; readonly message?: string }
  | { readonly is: 'crashing'; readonly restarts: number }
  | { readonly is: 'succeeded'; readonly minutes: number };

export interface PodSpec {
  readonly containers: readonly ContainerSpec[];
  readonly initContainers?: readonly ContainerSpec[];
  readonly ephemeralContainers?: readonly ContainerSpec[];
  readonly volumes?: readonly object[];
  readonly [field: string]: unknown;
}

export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly volumeMounts?: readonly object[];
  readonly [field: string]: unknown;
}

export interface Script {
  readonly stepMs: number;
  readonly each: readonly Act[];
  readonly round: readonly (readonly Act[])[];
}

export type Act =
  /** Somebody edits a ConfigMap. */
  | { readonly act: 'reprice'; readonly namespace: string; readonly configMap: string }
  /** A controller sets a node's time to live, as it does when a cluster grows. */
  | { readonly act: 'setTtl'; readonly node: string; readonly seconds: number }
  /** One pod of a workload begins to end, and another begins in its place. */
  | { readonly act: 'replace'; readonly namespace: string; readonly workload: string }
  /** What began to end is gone, and what began runs. */
  | { readonly act: 'settle'; readonly namespace: string; readonly workload: string }
  /** The containers of a workload fail, and are to be started again. */
  | { readonly act: 'crash'; readonly namespace: string; readonly workload: string }
  | { readonly act: 'recover'; readonly namespace: string; readonly workload: string };
