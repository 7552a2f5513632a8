import type { Connection } from '../connection/connection';
import { objectKinds, type ObjectKind } from '../objects/kubernetes';
import { keyText, type ObjectKey } from '../objects/objectKey';

/** A row of the Secrets & ConfigMaps view. Ids are unique in the view and stay the same for the same thing. */
export type ObjectNode =
  | { readonly row: 'kind'; readonly id: string; readonly kind: ObjectKind }
  /** Objects that only the volume added by admission refers to, folded away. */
  | { readonly row: 'injected'; readonly id: string }
  | { readonly row: 'object'; readonly id: string; readonly key: ObjectKey }
  | { readonly row: 'dataKey'; readonly id: string; readonly key: ObjectKey; readonly dataKey: string }
  | { readonly row: 'use'; readonly id: string; readonly key: ObjectKey; readonly podId: string };

export interface ObjectGroups {
  readonly roots: readonly ObjectNode[];
  /** Objects by the id of the root they stand under. */
  readonly byRoot: ReadonlyMap<string, readonly ObjectNode[]>;
  readonly rootOf: ReadonlyMap<string, ObjectNode>;
}

const injectedRoot: ObjectNode = { row: 'injected', id: 'injected' };

export function groupObjects(connection: Connection): ObjectGroups {
  const byRoot = new Map<string, ObjectNode[]>();
  const rootOf = new Map<string, ObjectNode>();
  const roots: ObjectNode[] = [...objectKinds.map((kind) => ({ row: 'kind', id: kind, kind }) as const), injectedRoot];
  for (const key of connection.keys()) {
    const root = roots.find((candidate) =>
      connection.isInjectedOnly(key) ? candidate.row === 'injected' : candidate.id === key.kind,
    );
    if (root === undefined) continue;
    const node = objectNode(key);
    const objects = byRoot.get(root.id) ?? [];
    byRoot.set(root.id, objects);
    objects.push(node);
    rootOf.set(node.id, root);
  }
  for (const objects of byRoot.values()) objects.sort((a, b) => (a.id < b.id ? -1 : 1));
  return { roots: roots.filter(({ id }) => byRoot.has(id)), byRoot, rootOf };
}

export function objectNode(key: ObjectKey): ObjectNode & { readonly row: 'object' } {
  return { row: 'object', id: `object/${keyText(key)}`, key };
}

/** The rows below an object: its keys, those that pods name and it does not have, and who uses it. */
export function rowsOfObject(connection: Connection, key: ObjectKey): ObjectNode[] {
  const content = connection.inspect(key)?.content;
  const uses = connection.usesOf(key);
  const dataKeys = content?.state === 'object' ? [...content.object.data.keys()] : [];
  const named = uses.flatMap(({ references }) =>
    references.flatMap(({ keys }) => (keys.choose === 'some' ? keys.keys.map((use) => use.key) : [])),
  );
  const missing = content?.state === 'object' ? named.filter((name) => !content.object.data.has(name)) : [];
  return [
    ...[...new Set([...dataKeys, ...missing])]
      .sort()
      .map((dataKey): ObjectNode => ({ row: 'dataKey', id: `key/${keyText(key)}/${dataKey}`, key, dataKey })),
    ...uses.map(({ pod }): ObjectNode => ({ row: 'use', id: `use/${keyText(key)}/${pod.id}`, key, podId: pod.id })),
  ];
}
