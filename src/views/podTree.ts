import { ownerOf, type Owner } from '../connection/owners';
import type { ManifestUse, OpenManifest } from '../connection/openManifest';
import type { RegisteredPod } from '../connection/podRegistry';
import { keyText, type ObjectKey } from '../objects/objectKey';
import { SortedRows, sortText } from './sortedRows';

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

type GroupNode = Extract<PodNode, { readonly row: 'group' }>;

export const manifestsNode = { row: 'manifests', id: 'manifests' } as const satisfies PodNode;
export const pinsNode = { row: 'pins', id: 'pins' } as const satisfies PodNode;

/** The group of pods that stand alone: the roots of the view. */
const alone = '';

interface Group {
  readonly node: GroupNode;
  readonly sort: string;
  readonly pods: SortedRows<PodNode>;
  /** Ids of its pods that have problems. */
  readonly troubled: Set<string>;
}

/** The pods that are shown, in their groups. A pod that changes moves alone. */
export class PodGroups {
  readonly #grouping: Grouping;
  readonly #groups = new Map<string, Group>();
  /** The id of the group of each pod that is shown. */
  readonly #groupOf = new Map<string, string>();
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

  /** How many pods of a group have problems. */
  troubledIn(groupId: string): number {
    return this.#groups.get(groupId)?.troubled.size ?? 0;
  }

  /** The row above a pod, or `undefined` for one that stands alone. */
  parentOf(podId: string): GroupNode | undefined {
    return this.#groups.get(this.#groupOf.get(podId) ?? alone)?.node;
  }

  /**
   * Puts a pod where it belongs, or takes it out.
   * @param registered `undefined`: it is gone, or is not to be shown.
   * @returns the ids of the groups that say or hold something else than before; `''` stands for the roots.
   */
  place(podId: string, registered: RegisteredPod | undefined, hasProblems: boolean): string[] {
    const group = registered === undefined ? undefined : groupOf(registered, this.#grouping);
    const before = this.#groupOf.get(podId);
    const after = registered === undefined ? undefined : idOf(group);
    const changed: string[] = [];
    if (before !== undefined && before !== after) changed.push(this.#take(podId, before));
    if (after === undefined) return changed;
    if (before !== after) changed.push(this.#put(podId, after, group));
    if (this.#mark(podId, after, hasProblems)) changed.push(after);
    return changed;
  }

  /** @returns what is another now: the group, or the roots. */
  #put(podId: string, groupId: string, group: PodGroup | undefined): string {
    this.#groupOf.set(podId, groupId);
    if (group === undefined) {
      this.#roots.set(sortOfPod(podId), podNode(podId));
      return alone;
    }
    const known = this.#groups.get(groupId);
    if (known !== undefined) {
      known.pods.set(podId, podNode(podId));
      return groupId;
    }
    const node = { row: 'group', id: groupId, group } as const;
    const made: Group = { node, sort: sortOf(group), pods: new SortedRows(), troubled: new Set() };
    made.pods.set(podId, podNode(podId));
    this.#groups.set(groupId, made);
    this.#roots.set(made.sort, node);
    return alone;
  }

  /** @returns whether the group says something else now. */
  #mark(podId: string, groupId: string, hasProblems: boolean): boolean {
    const troubled = this.#groups.get(groupId)?.troubled;
    if (troubled === undefined || troubled.has(podId) === hasProblems) return false;
    if (hasProblems) troubled.add(podId);
    else troubled.delete(podId);
    return true;
  }

  /** @returns what is another now: the group, or the roots. */
  #take(podId: string, groupId: string): string {
    this.#groupOf.delete(podId);
    const group = this.#groups.get(groupId);
    if (group === undefined) {
      this.#roots.delete(sortOfPod(podId));
      return alone;
    }
    group.pods.delete(podId);
    group.troubled.delete(podId);
    if (group.pods.size > 0) return groupId;
    this.#groups.delete(groupId);
    this.#roots.delete(group.sort);
    return alone;
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

function idOf(group: PodGroup | undefined): string {
  switch (group?.by) {
    case undefined:
      return alone;
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
      return sortText(group.owner.namespace, group.owner.name, group.owner.kind);
    case 'node':
      return group.node ?? '';
    case 'namespace':
      return group.namespace;
  }
}

/** An id is the pod's namespace, name and uid. */
function sortOfPod(podId: string): string {
  return sortText(...podId.split('/'));
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
