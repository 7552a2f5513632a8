import * as vscode from 'vscode';
import type { OpenConnection } from '../connection/facts';
import { failureOfReading, type Reading } from '../manager/reading';
import type { ObjectCopy } from '../objects/objectCopy';
import { needsPeople, type Failure } from '../objects/failure';
import { objectKinds, type ObjectKind } from '../objects/kubernetes';
import type { ObjectKey } from '../objects/objectKey';
import { failureSentence } from '../wording/failureWording';
import { badges, freshnessLabel, freshnessSentence } from '../wording/freshnessWording';
import { withoutIcons } from '../wording/labels';
import { iconOfKind } from '../wording/referenceWording';
import { usersPhrase } from '../wording/usersWording';
import { parseName } from './names';
import { tell, warn } from './tell';

interface ObjectItem extends vscode.QuickPickItem {
  readonly key: ObjectKey;
}

/**
 * Asks which object to fetch, reads it by the rules of the cache, and shows it. A name that nobody references is
 * pinned, so that it stays.
 */
export async function fetchObject(
  connection: OpenConnection,
  reveal: (key: ObjectKey) => Promise<void>,
): Promise<void> {
  const key = await pickObject(connection, vscode.l10n.t('Fetch Secret or ConfigMap'));
  if (key === undefined) return;
  keep(connection, key);
  await readAndTell(connection, key, connection.objects.read(key));
  await reveal(key);
}

/** Lets the user choose one of the known objects, or type the name of another as `namespace/name`. */
export function pickObject(
  connection: OpenConnection,
  title: string,
  kinds: readonly ObjectKind[] = objectKinds,
): Promise<ObjectKey | undefined> {
  const picker = vscode.window.createQuickPick<ObjectItem>();
  const ofKinds = [...connection.objects.keys()].filter(({ kind }) => kinds.includes(kind));
  const known = ofKinds.sort(byName).map((key) => itemOf(connection, key));
  const { namespace } = connection.context;
  picker.title = title;
  picker.placeholder = vscode.l10n.t('Choose, or type a name or namespace/name');
  picker.matchOnDescription = true;
  picker.items = known;
  picker.onDidChangeValue((value) => {
    const typed = parseName(value, namespace);
    const isTyped = ({ key }: ObjectItem): boolean => key.namespace === typed?.namespace && key.name === typed.name;
    const fresh =
      typed === undefined
        ? []
        : kinds
            .map((kind) => ({ kind, ...typed }))
            .filter((key) => connection.objects.inspect(key) === undefined)
            .map((key) => typedItem(key, value));
    // What is typed may match a known object by its name and namespace, which the picker itself does not see.
    picker.items = [...known.map((item) => (isTyped(item) ? { ...item, alwaysShow: true } : item)), ...fresh];
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
  connection: OpenConnection,
  key: ObjectKey,
  pending: Promise<Reading<ObjectCopy>>,
): Promise<void> {
  const title = withoutIcons(vscode.l10n.t('Reading {0} {1}', key.kind, key.name));
  const reading = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () => pending);
  const freshness = connection.objects.freshness(key);
  const failure = failureOfReading(reading);
  if (failure === undefined) {
    tell(`${key.kind} ${key.name}: ${freshnessSentence(connection.times, freshness)}`);
  } else if (isForPeople(failure)) {
    const kept = reading.outcome === 'kept';
    warn(`${nameOf(key)} ${kept ? freshnessSentence(connection.times, freshness) : failureSentence(failure)}`);
  } else {
    // Its row says why, and it is tried again by itself.
    tell(`${key.kind} ${key.name}: ${freshnessLabel(connection.times, freshness)}`, 'warning');
  }
}

/** Whether somebody has to do something about a failure, so that a notification may interrupt them. */
export function isForPeople(failure: Failure): boolean {
  return needsPeople(failure) || failure.kind === 'forbidden';
}

/** Shows that a reading is under way, and answers it if it brought an object; says why if not. */
export async function readOrTell(
  key: ObjectKey,
  pending: Promise<Reading<ObjectCopy>>,
): Promise<Exclude<Reading<ObjectCopy>, { readonly outcome: 'failed' }> | undefined> {
  const title = withoutIcons(vscode.l10n.t('Reading {0} {1}', key.kind, key.name));
  const reading = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () => pending);
  if (reading.outcome !== 'failed') return reading;
  warn(`${nameOf(key)} ${failureSentence(reading.because ?? reading.failure)}`);
  return undefined;
}

/** Pins an object that no pod refers to, so that it stays. */
export function keep(connection: OpenConnection, key: ObjectKey): void {
  if ((connection.objects.inspect(key)?.references ?? 0) === 0) connection.holds.pin(key);
}

function nameOf({ kind, namespace, name }: ObjectKey): string {
  return vscode.l10n.t('{0} {1} in namespace {2}:', kind, name, namespace);
}

function itemOf(connection: OpenConnection, key: ObjectKey): ObjectItem {
  const freshness = connection.objects.freshness(key);
  return {
    key,
    label: `$(${iconOfKind(key.kind)}) ${withoutIcons(key.name)}`,
    description: withoutIcons(`${key.kind} · ${key.namespace}`),
    detail: [`${badges[freshness.state]} ${freshnessLabel(connection.times, freshness)}`, usersPhrase(connection, key)]
      .filter((part) => part !== '')
      .join(' · '),
  };
}

function typedItem(key: ObjectKey, typed: string): ObjectItem {
  return {
    key,
    label: `$(search) ${vscode.l10n.t('Fetch {0} {1}', key.kind, typed.trim())}`,
    description: withoutIcons(vscode.l10n.t('namespace {0}', key.namespace)),
    detail: vscode.l10n.t('No registered pod refers to it; it will be pinned.'),
    alwaysShow: true,
  };
}

function byName(a: ObjectKey, b: ObjectKey): number {
  return `${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1;
}
