import type { Facts } from '../connection/facts';
import { objectKinds, type ObjectKind } from '../objects/kubernetes';
import { keyText, type ObjectKey } from '../objects/objectKey';
import { SortedRows, sortText } from './sortedRows';

/** A row of the Secrets & ConfigMaps view. Ids are unique in the view and stay the same for the same thing. */
export type ObjectNode =
  | { readonly row: 'kind'; readonly id: ObjectKind; readonly kind: ObjectKind }
  /** Objects that only the volume added by admission refers to, folded away. */
  | { readonly row: 'injected'; readonly id: 'injected' }
  /** Another strategy, where this one is not allowed. */
  | { readonly row: 'offer'; readonly id: 'offer' }
  | { readonly row: 'object'; readonly id: string; readonly key: ObjectKey }
  | { readonly row: 'dataKey'; readonly id: string; readonly key: ObjectKey; readonly dataKey: string }
  | { readonly row: 'use'; readonly id: string; readonly key: ObjectKey; readonly podId: string };

type RootNode = Extract<ObjectNode, { readonly row: 'kind' | 'injected' }>;

export const offerNode: ObjectNode = { row: 'offer', id: 'offer' };

const rootNodes: readonly RootNode[] = [
  ...objectKinds.map((kind) => ({ row: 'kind', id: kind, kind }) as const),
  { row: 'injected', id: 'injected' },
];

/** The objects that are shown, under their roots. An object that changes moves alone. */
export class ObjectGroups {
  readonly #objects = new Map(rootNodes.map((root) => [root, new SortedRows<ObjectNode>()]));
  /** The root of each object that is shown, by the text of its key. */
  readonly #rootOf = new Map<string, RootNode>();

  get roots(): readonly RootNode[] {
    return rootNodes.filter((root) => this.objectsOf(root).length > 0);
  }

  get size(): number {
    return this.#rootOf.size;
  }

  objectsOf(root: RootNode): readonly ObjectNode[] {
    return this.#objects.get(root)?.rows ?? [];
  }

  rootOf(key: ObjectKey): RootNode | undefined {
    return this.#rootOf.get(keyText(key));
  }

  /** How many objects stand above this one. */
  placeOf(key: ObjectKey): number {
    const root = this.rootOf(key);
    return root === undefined ? -1 : (this.#objects.get(root)?.placeOf(sortOf(key)) ?? -1);
  }

  /**
   * Puts an object where it belongs, or takes it out.
   * @returns the roots whose objects are others than before.
   */
  place(key: ObjectKey, isShown: boolean, isInjectedOnly: boolean): RootNode[] {
    const text = keyText(key);
    const before = this.#rootOf.get(text);
    const after = isShown
      ? rootNodes.find((root) => (isInjectedOnly ? root.row === 'injected' : root.id === key.kind))
      : undefined;
    if (before === after) return [];
    if (before !== undefined) this.#objects.get(before)?.delete(sortOf(key));
    if (after === undefined) {
      this.#rootOf.delete(text);
    } else {
      this.#rootOf.set(text, after);
      this.#objects.get(after)?.set(sortOf(key), objectNode(key));
    }
    return [before, after].filter((root) => root !== undefined);
  }
}

function sortOf({ kind, namespace, name }: ObjectKey): string {
  return sortText(namespace, name, kind);
}

export function objectNode(key: ObjectKey): ObjectNode & { readonly row: 'object' } {
  return { row: 'object', id: `object/${keyText(key)}`, key };
}

/** The rows below an object: its keys, those that pods name and it does not have, and who uses it. */
export function rowsOfObject(facts: Facts, key: ObjectKey): ObjectNode[] {
  const content = facts.objects.inspect(key)?.content;
  const text = keyText(key);
  const dataKeys =
    content?.state === 'object' ? [...content.object.data.keys(), ...facts.pods.needsOf(key).keys.keys()] : [];
  return [
    ...[...new Set(dataKeys)]
      .sort()
      .map((dataKey): ObjectNode => ({ row: 'dataKey', id: `key/${text}/${dataKey}`, key, dataKey })),
    ...[...facts.pods.userIds(key)]
      .sort()
      .map((podId): ObjectNode => ({ row: 'use', id: `use/${text}/${podId}`, key, podId })),
  ];
}
