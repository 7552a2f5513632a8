import * as vscode from 'vscode';
import { decorationScheme } from '../ids';
import type { ObjectKind } from '../objects/kubernetes';
import type { ObjectKey } from '../objects/objectKey';
import type { Demand } from '../references/demand';

/** What a row is about, as its URI says it: names only, never a value. */
export type RowSubject =
  | { readonly row: 'object'; readonly key: ObjectKey }
  /** A reference: which keys it names, and what its pod does without them. */
  | { readonly row: 'use'; readonly key: ObjectKey; readonly keys: readonly string[]; readonly demand: Demand }
  | { readonly row: 'key'; readonly key: ObjectKey; readonly dataKey: string };

export function uriOf(subject: RowSubject): vscode.Uri {
  const { kind, namespace, name } = subject.key;
  return vscode.Uri.from({
    scheme: decorationScheme,
    authority: kind.toLowerCase(),
    path: `/${namespace}/${name}`,
    query: queryOf(subject),
  });
}

export function subjectOf(uri: vscode.Uri): RowSubject | undefined {
  const kind = kinds.get(uri.authority);
  const [, namespace, name] = uri.path.split('/');
  if (uri.scheme !== decorationScheme || kind === undefined || namespace === undefined || name === undefined) {
    return undefined;
  }
  const key = { kind, namespace, name };
  const query = new URLSearchParams(uri.query);
  const demand = demands.find((one) => one === query.get('use'));
  const dataKey = query.get('key');
  if (demand !== undefined) return { row: 'use', key, keys: query.getAll('names'), demand };
  if (dataKey !== null) return { row: 'key', key, dataKey };
  return { row: 'object', key };
}

const demands: readonly Demand[] = ['required', 'pull', 'optional', 'unmounted'];

const kinds: ReadonlyMap<string, ObjectKind> = new Map([
  ['secret', 'Secret'],
  ['configmap', 'ConfigMap'],
]);

function queryOf(subject: RowSubject): string {
  switch (subject.row) {
    case 'object':
      return '';
    case 'use':
      return new URLSearchParams([
        ['use', subject.demand],
        ...subject.keys.map((name): [string, string] => ['names', name]),
      ]).toString();
    case 'key':
      return new URLSearchParams({ key: subject.dataKey }).toString();
  }
}
