/**
 * The part of the Kubernetes API that Kubefresh reads, as its JSON has it (times are strings). It has only the
 * fields that are used, so that no code relies on a field that trimming drops.
 */

/** The kinds of objects that a reference can name. They never share a store, as in the kubelet. */
export type ObjectKind = 'Secret' | 'ConfigMap';

export const objectKinds: readonly ObjectKind[] = ['Secret', 'ConfigMap'];

export interface OwnerReference {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
}

/** The label that a Deployment puts on its ReplicaSets and their pods. */
export const templateHashLabel = 'pod-template-hash';

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  /** A pod keeps {@link templateHashLabel} alone. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
}

interface NamedReference {
  readonly name?: string;
  readonly optional?: boolean;
}

interface KeyReference extends NamedReference {
  readonly key?: string;
}

interface KeyToPath {
  readonly key?: string;
  readonly path?: string;
}

export interface EnvVar {
  readonly name?: string;
  readonly valueFrom?: { readonly secretKeyRef?: KeyReference; readonly configMapKeyRef?: KeyReference };
}

export interface EnvFrom {
  readonly prefix?: string;
  readonly secretRef?: NamedReference;
  readonly configMapRef?: NamedReference;
}

export interface VolumeMount {
  readonly name?: string;
  readonly mountPath?: string;
  readonly subPath?: string;
  readonly subPathExpr?: string;
}

export interface Container {
  readonly name?: string;
  readonly env?: readonly EnvVar[];
  readonly envFrom?: readonly EnvFrom[];
  readonly volumeMounts?: readonly VolumeMount[];
}

export interface Volume {
  readonly name?: string;
  readonly secret?: {
    readonly secretName?: string;
    readonly optional?: boolean;
    readonly items?: readonly KeyToPath[];
  };
  readonly configMap?: NamedReference & { readonly items?: readonly KeyToPath[] };
  readonly projected?: {
    readonly sources?: readonly {
      readonly secret?: NamedReference & { readonly items?: readonly KeyToPath[] };
      readonly configMap?: NamedReference & { readonly items?: readonly KeyToPath[] };
    }[];
  };
  readonly [source: string]: unknown;
}

export interface PodSpec {
  readonly nodeName?: string;
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly ephemeralContainers?: readonly Container[];
  readonly volumes?: readonly Volume[];
  readonly imagePullSecrets?: readonly { readonly name?: string }[];
}

/** Why a container is not running, as its status says: `CreateContainerConfigError`, `CrashLoopBackOff` … */
export interface ContainerStatus {
  readonly name: string;
  readonly restartCount?: number;
  readonly state?: {
    readonly running?: { readonly startedAt?: string };
    readonly waiting?: { readonly reason?: string };
    readonly terminated?: { readonly reason?: string };
  };
}

export interface Pod {
  readonly metadata: ObjectMeta;
  readonly spec?: PodSpec;
  readonly status?: {
    readonly phase?: string;
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

export interface Node {
  readonly metadata: ObjectMeta;
  readonly status?: { readonly nodeInfo?: { readonly kubeletVersion?: string } };
}
