import type { Connection } from '../connection/connection';
import { ownerOf, type Owner } from '../connection/owners';
import type { RegisteredPod } from '../connection/podRegistry';

/** A row of the Pods view. Ids are unique in the view and stay the same for the same thing. */
export type PodNode =
  | { readonly row: 'owner'; readonly id: string; readonly owner: Owner }
  | { readonly row: 'pod'; readonly id: string; readonly podId: string; readonly ownerId: string | undefined }
  | { readonly row: 'reference'; readonly id: string; readonly podId: string; readonly index: number }
  /** What admission added to the pod, folded away. */
  | { readonly row: 'injected'; readonly id: string; readonly podId: string };

/** The pods of a connection, grouped by what owns them. */
export interface PodGroups {
  readonly roots: readonly PodNode[];
  readonly byOwner: ReadonlyMap<string, readonly PodNode[]>;
}

export function groupPods(connection: Connection): PodGroups {
  const roots = new Map<string, PodNode>();
  const byOwner = new Map<string, PodNode[]>();
  for (const registered of connection.pods) {
    const node = podNode(registered);
    const owner = ownerOf(registered.pod);
    if (node.ownerId === undefined || owner === undefined) {
      roots.set(node.id, node);
      continue;
    }
    if (!roots.has(node.ownerId)) roots.set(node.ownerId, { row: 'owner', id: node.ownerId, owner });
    const siblings = byOwner.get(node.ownerId) ?? [];
    byOwner.set(node.ownerId, siblings);
    siblings.push(node);
  }
  for (const siblings of byOwner.values()) siblings.sort(byId);
  return { roots: [...roots.values()].sort(byName), byOwner };
}

export function podNode(registered: RegisteredPod): PodNode & { readonly row: 'pod' } {
  const owner = ownerOf(registered.pod);
  return {
    row: 'pod',
    id: `pod/${registered.id}`,
    podId: registered.id,
    ownerId: owner === undefined ? undefined : `owner/${owner.namespace}/${owner.kind}/${owner.name}`,
  };
}

export function referenceNode(podId: string, index: number): PodNode & { readonly row: 'reference' } {
  return { row: 'reference', id: `reference/${podId}/${index}`, podId, index };
}

export function injectedNode(podId: string): PodNode & { readonly row: 'injected' } {
  return { row: 'injected', id: `injected/${podId}`, podId };
}

/** The rows below a pod: its own references, then what admission added. */
export function rowsOfPod({ id, references }: RegisteredPod): PodNode[] {
  const own: PodNode[] = [];
  let injected = false;
  for (const [index, reference] of references.entries()) {
    if (reference.injected) injected = true;
    else own.push(referenceNode(id, index));
  }
  return injected ? [...own, injectedNode(id)] : own;
}

function byId(a: PodNode, b: PodNode): number {
  return a.id < b.id ? -1 : 1;
}

function byName(a: PodNode, b: PodNode): number {
  return sortKey(a) < sortKey(b) ? -1 : 1;
}

function sortKey(node: PodNode): string {
  return node.row === 'owner'
    ? `${node.owner.namespace}/${node.owner.name}/${node.owner.kind}`
    : node.id.slice('pod/'.length);
}
