/** A Kubernetes object as JSON has it. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly creationTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly OwnerReference[];
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** `uid` may be left out of what is handed to `ApiServer.apply`, which looks it up. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid?: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** The kinds the tests create: the plural in their path, and whether they live in a namespace. */
const resources: Readonly<Record<string, { plural: string; namespaced: boolean }>> = {
  ConfigMap: { plural: 'configmaps', namespaced: true },
  CronJob: { plural: 'cronjobs', namespaced: true },
  DaemonSet: { plural: 'daemonsets', namespaced: true },
  Deployment: { plural: 'deployments', namespaced: true },
  Job: { plural: 'jobs', namespaced: true },
  Namespace: { plural: 'namespaces', namespaced: false },
  Node: { plural: 'nodes', namespaced: false },
  Pod: { plural: 'pods', namespaced: true },
  PodTemplate: { plural: 'podtemplates', namespaced: true },
  ReplicaSet: { plural: 'replicasets', namespaced: true },
  ReplicationController: { plural: 'replicationcontrollers', namespaced: true },
  Role: { plural: 'roles', namespaced: true },
  RoleBinding: { plural: 'rolebindings', namespaced: true },
  ClusterRole: { plural: 'clusterroles', namespaced: false },
  ClusterRoleBinding: { plural: 'clusterrolebindings', namespaced: false },
  Secret: { plural: 'secrets', namespaced: true },
  Service: { plural: 'services', namespaced: true },
  ServiceAccount: { plural: 'serviceaccounts', namespaced: true },
  StatefulSet: { plural: 'statefulsets', namespaced: true },
};

/** The path of the collection an object belongs to; its namespace is `default` when it names none. Throws for a kind not in the table. */
export function collectionPath(apiVersion: string, kind: string, namespace?: string): string {
  const resource = resources[kind];
  if (resource === undefined) throw new Error(`the harness does not know the path of kind ${kind}`);
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return resource.namespaced
    ? `${base}/namespaces/${namespace ?? 'default'}/${resource.plural}`
    : `${base}/${resource.plural}`;
}

/** The path of an object, such as `/api/v1/namespaces/shop/secrets/db-credentials`. */
export function objectPath(object: KubeObject): string {
  return `${collectionPath(object.apiVersion, object.kind, object.metadata.namespace)}/${object.metadata.name}`;
}
