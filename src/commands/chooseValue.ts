import * as vscode from 'vscode';
import type { OpenConnection } from '../connection/facts';
import type { ConfigValue, ObjectCopy } from '../objects/objectCopy';
import type { ObjectKind } from '../objects/kubernetes';
import type { Sealed } from '../objects/sealed';
import { shownText, withoutIcons } from '../wording/labels';
import { byteSize } from '../wording/times';
import { keep, pickObject, readOrTell } from './fetchObject';
import { dataKeyInArgument, keyInArgument, type DataKey } from './names';
import { warn } from './tell';

type Value =
  { readonly kind: 'Secret'; readonly value: Sealed } | { readonly kind: 'ConfigMap'; readonly value: ConfigValue };

/** A value, and the copy of the object that it is of. */
export type ChosenValue = DataKey & Value & { readonly copy: ObjectCopy; readonly readAt: number };

/** What a command was called with. */
export interface Call {
  readonly argument: unknown;
  /** Whether the argument is one of our rows, so that the user chose it there. */
  readonly isOwnRow: boolean;
}

/** What a command does with a value. */
export interface Purpose {
  readonly title: string;
  readonly kinds: readonly ObjectKind[];
  /** Asks whether to go on with a key that somebody else chose. `undefined`: no. */
  readonly ask: (chosen: DataKey) => PromiseLike<unknown>;
}

/**
 * The value of the row that a command was called on; without one, of the object and the key that the user chooses. Read
 * by the rules of the cache when the choice is made. Where others chose the key, the user is asked before anything is
 * read: for a ConfigMap too, since what is in the clipboard is pasted without a look.
 */
export async function chooseValue(
  connection: OpenConnection,
  { argument, isOwnRow }: Call,
  { title, kinds, ask }: Purpose,
): Promise<ChosenValue | undefined> {
  const given = rowOf(argument, kinds);
  if (given !== undefined && !isOwnRow && (await ask(given)) === undefined) return undefined;
  const chosen = given ?? (await pickValue(connection, argument, kinds, title));
  if (chosen === undefined) return undefined;
  const { key, dataKey } = chosen;
  const reading = await readOrTell(key, connection.objects.read(key));
  if (reading === undefined) return undefined;
  const { object: copy, readAt } = reading;
  const value = valueIn(copy, dataKey);
  if (value !== undefined) return { key, dataKey, copy, readAt, ...value };
  warn(vscode.l10n.t('{0} {1} in namespace {2} has no key {3}.', key.kind, key.name, key.namespace, dataKey));
  return undefined;
}

function valueIn(copy: ObjectCopy, dataKey: string): Value | undefined {
  if (copy.kind === 'Secret') {
    const value = copy.data.get(dataKey);
    return value === undefined ? undefined : { kind: 'Secret', value };
  }
  const value = copy.data.get(dataKey);
  return value === undefined ? undefined : { kind: 'ConfigMap', value };
}

function rowOf(argument: unknown, kinds: readonly ObjectKind[]): DataKey | undefined {
  const row = dataKeyInArgument(argument);
  return row !== undefined && kinds.includes(row.key.kind) ? row : undefined;
}

async function pickValue(
  connection: OpenConnection,
  argument: unknown,
  kinds: readonly ObjectKind[],
  title: string,
): Promise<DataKey | undefined> {
  const given = keyInArgument(argument);
  const key = given !== undefined && kinds.includes(given.kind) ? given : await pickObject(connection, title, kinds);
  if (key === undefined) return undefined;
  keep(connection, key);
  const reading = await readOrTell(key, connection.objects.read(key));
  if (reading === undefined) return undefined;
  const { data } = reading.object;
  if (data.size === 0) {
    warn(vscode.l10n.t('{0} {1} in namespace {2} has no keys.', key.kind, key.name, key.namespace));
    return undefined;
  }
  const items = [...data].map(([dataKey, { size }]) => ({
    dataKey,
    label: withoutIcons(dataKey),
    description: byteSize(size),
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: shownText(vscode.l10n.t('A key of {0} {1}', key.kind, key.name)),
  });
  return picked === undefined ? undefined : { key, dataKey: picked.dataKey };
}
