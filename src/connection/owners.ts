import { templateHashLabel, type Pod } from '../objects/kubernetes';

/** What keeps a pod running, as far as the pod itself tells. */
export interface Owner {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** The controller of a pod, or `undefined` for a pod that stands alone. */
export function ownerOf({ metadata }: Pod): Owner | undefined {
  const references = metadata.ownerReferences ?? [];
  const controller = references.find((reference) => reference.controller === true) ?? references[0];
  if (controller === undefined) return undefined;
  const namespace = metadata.namespace ?? '';
  // Deployments name their ReplicaSets after themselves and the hash that they also put on the pods as a label.
  const hash = metadata.labels?.[templateHashLabel];
  if (controller.kind === 'ReplicaSet' && hash !== undefined && controller.name.endsWith(`-${hash}`)) {
    return { kind: 'Deployment', namespace, name: controller.name.slice(0, -hash.length - 1) };
  }
  return { kind: controller.kind, namespace, name: controller.name };
}

/** The state of a pod in a word, as `kubectl get pods` says it: why it waits, else its phase. */
export function podStatus(pod: Pod): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating';
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  for (const { state } of statuses) {
    const reason = state?.waiting?.reason;
    if (reason !== undefined && reason !== 'PodInitializing' && reason !== 'ContainerCreating') return reason;
  }
  return pod.status?.phase ?? 'Unknown';
}
