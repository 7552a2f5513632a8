import * as vscode from 'vscode';
import type { Connection } from '../connection/connection';
import type { Session } from '../connection/session';
import type { Reading } from '../manager/reading';
import type { ObjectCopy } from '../objects/copies';
import { objectKinds } from '../objects/kubernetes';
import type { ObjectKey } from '../objects/objectKey';
import { failureSentence } from '../wording/failureWording';
import { badges, freshnessLabel, freshnessSentence } from '../wording/freshnessWording';
import { usersPhrase } from '../wording/usersWording';
import { connected } from './connected';
import { parseName } from './names';

interface ObjectItem extends vscode.QuickPickItem {
  readonly key: ObjectKey;
}

/**
 * Asks which object to fetch, reads it by the rules of the cache, and shows it. A name that nobody references is
 * pinned, so that it stays.
 */
export async function fetchObject(session: Session, reveal: (key: ObjectKey) => Promise<void>): Promise<void> {
  const connection = await connected(session);
  if (connection === undefined) return;
  const key = await pickObject(connection, vscode.l10n.t('Fetch Secret or ConfigMap'));
  if (key === undefined) return;
  if (connection.inspect(key) === undefined) connection.pin(key);
  await readAndTell(connection, key, connection.read(key));
  await reveal(key);
}

/** Lets the user choose one of the known objects, or type the name of another as `namespace/name`. */
export function pickObject(connection: Connection, title: string): Promise<ObjectKey | undefined> {
  const picker = vscode.window.createQuickPick<ObjectItem>();
  const known = [...connection.keys()].sort(byName).map((key) => itemOf(connection, key));
  const { namespace } = connection.context;
  picker.title = title;
  picker.placeholder = vscode.l10n.t('Choose, or type a name or namespace/name (namespace {0} if left out)', namespace);
  picker.matchOnDescription = true;
  picker.items = known;
  picker.onDidChangeValue((value) => {
    const typed = parseName(value, namespace);
    const fresh =
      typed === undefined
        ? []
        : objectKinds
            .map((kind) => ({ kind, ...typed }))
            .filter((key) => connection.inspect(key) === undefined)
            .map((key) => typedItem(key, value));
    picker.items = [...known, ...fresh];
  });
  return new Promise((resolve) => {
    picker.onDidAccept(() => {
      resolve(picker.selectedItems[0]?.key);
      picker.hide();
    });
    picker.onDidHide(() => {
      resolve(undefined);
      picker.dispose();
    });
    picker.show();
  });
}

/** Shows that a reading is under way, and says what came of it. */
export async function readAndTell(
  connection: Connection,
  key: ObjectKey,
  pending: Promise<Reading<ObjectCopy>>,
): Promise<void> {
  const title = vscode.l10n.t('Reading {0} {1}', key.kind, key.name);
  const reading = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () => pending);
  if (reading.outcome === 'failed') {
    const what = vscode.l10n.t('{0} {1} in namespace {2}:', key.kind, key.name, key.namespace);
    void vscode.window.showWarningMessage(`${what} ${failureSentence(reading.because ?? reading.failure)}`);
    return;
  }
  const sentence = freshnessSentence(connection, connection.freshness(key));
  vscode.window.setStatusBarMessage(`${key.kind} ${key.name}: ${sentence}`, 10_000);
}

function itemOf(connection: Connection, key: ObjectKey): ObjectItem {
  const freshness = connection.freshness(key);
  return {
    key,
    label: `$(${key.kind === 'Secret' ? 'lock' : 'symbol-parameter'}) ${key.name}`,
    description: `${key.kind} · ${key.namespace}`,
    detail: `${badges[freshness.state]} ${freshnessLabel(connection, freshness)} · ${usersPhrase(connection, key)}`,
  };
}

function typedItem(key: ObjectKey, typed: string): ObjectItem {
  return {
    key,
    label: `$(search) ${vscode.l10n.t('Fetch {0} {1}', key.kind, typed.trim())}`,
    description: vscode.l10n.t('namespace {0}', key.namespace),
    detail: vscode.l10n.t('No registered pod refers to it; it will be pinned.'),
    alwaysShow: true,
  };
}

function byName(a: ObjectKey, b: ObjectKey): number {
  return `${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1;
}
