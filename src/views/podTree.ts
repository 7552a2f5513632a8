import { ownerOf, type Owner } from '../connection/owners';
import type { ManifestUse, OpenManifest } from '../connection/openManifest';
import type { RegisteredPod } from '../connection/podRegistry';
import { keyText, type ObjectKey } from '../objects/objectKey';
import { SortedRows } from './sortedRows';

/** What pods are put together by. */
export type Grouping = 'owner' | 'node' | 'namespace';

export const groupings: readonly Grouping[] = ['owner', 'node', 'namespace'];

export type PodGroup =
  | { readonly by: 'owner'; readonly owner: Owner }
  /** `undefined`: the pods are not scheduled. */
  | { readonly by: 'node'; readonly node: string | undefined }
  | { readonly by: 'namespace'; readonly namespace: string };

/** A row of the Pods view. Ids are unique in the view and stay the same for the same thing. */
export type PodNode =
  | { readonly row: 'manifests' | 'pins'; readonly id: string }
  | { readonly row: 'manifest'; readonly id: string; readonly manifestId: string }
  | {
      readonly row: 'manifestUse';
      readonly id: string;
      readonly manifestId: string;
      readonly index: number;
      readonly key: ObjectKey;
    }
  | { readonly row: 'pin'; readonly id: string; readonly key: ObjectKey }
  | { readonly row: 'group'; readonly id: string; readonly group: PodGroup }
  | { readonly row: 'pod'; readonly id: string; readonly podId: string }
  | {
      readonly row: 'reference';
      readonly id: string;
      readonly podId: string;
      readonly index: number;
      readonly key: ObjectKey;
    }
  /** What admission added to the pod, folded away. */
  | { readonly row: 'injected'; readonly id: string; readonly podId: string };

export const manifestsNode = { row: 'manifests', id: 'manifests' } as const satisfies PodNode;
export const pinsNode = { row: 'pins', id: 'pins' } as const satisfies PodNode;

interface Group {
  readonly node: PodNode;
  readonly sort: string;
  readonly pods: SortedRows<PodNode>;
}

/** The pods that are shown, in their groups. A pod that changes moves alone. */
export class PodGroups {
  readonly #grouping: Grouping;
  readonly #groups = new Map<string, Group>();
  /** The group of each pod that is shown; `undefined` for one that stands alone. */
  readonly #groupOf = new Map<string, string | undefined>();
  readonly #roots = new SortedRows<PodNode>();

  constructor(grouping: Grouping) {
    this.#grouping = grouping;
  }

  get roots(): readonly PodNode[] {
    return this.#roots.rows;
  }

  get size(): number {
    return this.#groupOf.size;
  }

  podsOf(groupId: string): readonly PodNode[] {
    return this.#groups.get(groupId)?.pods.rows ?? [];
  }

  /** The row above a pod, or `undefined` for one that stands alone. */
  parentOf(podId: string): PodNode | undefined {
    const groupId = this.#groupOf.get(podId);
    return groupId === undefined ? undefined : this.#groups.get(groupId)?.node;
  }

  /**
   * Puts a pod where it belongs, or takes it out.
   * @param registered `undefined`: it is gone, or is not to be shown.
   * @returns the ids of the groups whose pods are others than before; `''` stands for the roots.
   */
  place(podId: string, registered: RegisteredPod | undefined): string[] {
    const group = registered === undefined ? undefined : groupOf(registered, this.#grouping);
    const groupId = group === undefined ? undefined : idOf(group);
    const wasShown = this.#groupOf.has(podId);
    const before = this.#groupOf.get(podId);
    if (registered === undefined) return wasShown ? this.#take(podId, before) : [];
    if (wasShown && before === groupId) return [];
    const changed = wasShown ? this.#take(podId, before) : [];
    this.#groupOf.set(podId, groupId);
    const node = podNode(podId);
    if (group === undefined || groupId === undefined) {
      this.#roots.set(podId, node);
      return [...changed, ''];
    }
    const known = this.#groups.get(groupId);
    const into = known ?? { node: { row: 'group', id: groupId, group }, sort: sortOf(group), pods: new SortedRows() };
    into.pods.set(podId, node);
    if (known !== undefined) return [...changed, groupId];
    this.#groups.set(groupId, into);
    this.#roots.set(into.sort, into.node);
    return [...changed, ''];
  }

  #take(podId: string, groupId: string | undefined): string[] {
    this.#groupOf.delete(podId);
    const group = groupId === undefined ? undefined : this.#groups.get(groupId);
    if (groupId === undefined || group === undefined) {
      this.#roots.delete(podId);
      return [''];
    }
    group.pods.delete(podId);
    if (group.pods.size > 0) return [groupId];
    this.#groups.delete(groupId);
    this.#roots.delete(group.sort);
    return [''];
  }
}

function groupOf({ pod }: RegisteredPod, grouping: Grouping): PodGroup | undefined {
  switch (grouping) {
    case 'owner': {
      const owner = ownerOf(pod);
      return owner === undefined ? undefined : { by: 'owner', owner };
    }
    case 'node':
      return { by: 'node', node: pod.spec?.nodeName };
    case 'namespace':
      return { by: 'namespace', namespace: pod.metadata.namespace ?? '' };
  }
}

function idOf(group: PodGroup): string {
  switch (group.by) {
    case 'owner':
      return `owner/${group.owner.namespace}/${group.owner.kind}/${group.owner.name}`;
    case 'node':
      return `node/${group.node ?? ''}`;
    case 'namespace':
      return `namespace/${group.namespace}`;
  }
}

/** Owners stand between the pods that stand alone, by their names. */
function sortOf(group: PodGroup): string {
  switch (group.by) {
    case 'owner':
      return `${group.owner.namespace}/${group.owner.name}/${group.owner.kind}`;
    case 'node':
      return group.node ?? '';
    case 'namespace':
      return group.namespace;
  }
}

export function podNode(podId: string): PodNode & { readonly row: 'pod' } {
  return { row: 'pod', id: `pod/${podId}`, podId };
}

export function injectedNode(podId: string): PodNode & { readonly row: 'injected' } {
  return { row: 'injected', id: `injected/${podId}`, podId };
}

/** The rows of a pod's references: its own, or those that admission added. */
export function referenceNodes({ id, pod, references }: RegisteredPod, injected: boolean): PodNode[] {
  const namespace = pod.metadata.namespace ?? '';
  return references.flatMap((reference, index) => {
    if (reference.injected !== injected) return [];
    const key = { kind: reference.kind, namespace, name: reference.name };
    return [{ row: 'reference', id: `reference/${id}/${index}/${keyText(key)}`, podId: id, index, key }];
  });
}

/** The rows below a pod: its own references, then what admission added. */
export function rowsOfPod(registered: RegisteredPod): PodNode[] {
  const own = referenceNodes(registered, false);
  return own.length === registered.references.length ? own : [...own, injectedNode(registered.id)];
}

export function manifestNode({ id }: OpenManifest): PodNode {
  return { row: 'manifest', id: `manifest/${id}`, manifestId: id };
}

export function manifestUseNode({ id }: OpenManifest, { key }: ManifestUse, index: number): PodNode {
  return { row: 'manifestUse', id: `manifestUse/${id}/${index}/${keyText(key)}`, manifestId: id, index, key };
}

export function pinNode(key: ObjectKey): PodNode {
  return { row: 'pin', id: `pin/${keyText(key)}`, key };
}
