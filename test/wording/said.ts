import { mock } from 'node:test';
import * as vscode from 'vscode';
import type { Connection } from '../../src/connection/connection';
import type { ConnectionSource } from '../../src/connection/facts';
import type { Session } from '../../src/session/session';
import type { ContextChooser, SessionState } from '../../src/session/sessionState';
import type { OpenManifest } from '../../src/connection/openManifest';
import type { RegisteredPod } from '../../src/connection/podRegistry';
import { explain, explainUnconnected } from '../../src/language/explanation';
import type { ReferenceAt } from '../../src/manifest/referenceAt';
import { disposable } from '../../src/objects/disposable';
import type { ObjectKey } from '../../src/objects/objectKey';
import type { Reference } from '../../src/references/references';
import { FreshnessDecorations } from '../../src/views/decorations';
import { Filter } from '../../src/views/filter';
import { dataKeyItem, objectItem, objectTooltip, useItem } from '../../src/views/objectRows';
import type { ObjectsView } from '../../src/views/objectsView';
import { rowsOfObject } from '../../src/views/objectTree';
import * as podRows from '../../src/views/podRows';
import type { PodsView } from '../../src/views/podsView';
import { StatusBar } from '../../src/views/statusBar';
import { ViewStatus } from '../../src/views/viewStatus';
import { summarySentence } from '../../src/wording/summaryWording';

// All that the golden texts ask of src. Each answer is a block: a title, and lines such as `row  read 12:00:00`.
// Paragraphs of Markdown stand on lines of their own, `⏎` is a hard break, `⍽` a space that
// never breaks, and `‹…›` an argument of a link that is percent-encoded.

export function objectRowSays(connection: Connection, key: ObjectKey): string {
  const item = objectItem(connection, key);
  return block(`object ${item.label as string}`, {
    ...rowSays(connection, item),
    tooltip: objectTooltip(connection, key),
  });
}

/** The rows below an object: its keys, those that it lacks, and the pods that use it. */
export function rowsBelowObjectSay(connection: Connection, key: ObjectKey): string {
  return rowsOfObject(connection, key)
    .map((node) => {
      if (node.row === 'dataKey') {
        const item = dataKeyItem(connection, key, node.dataKey);
        return block(`key ${node.dataKey}`, { ...rowSays(connection, item), tooltip: item.tooltip as string });
      }
      if (node.row !== 'use') return '';
      const item = useItem(connection, key, node.podId);
      return block(`used by ${item.label as string}`, rowSays(connection, item));
    })
    .join('');
}

export function podRowSays(connection: Connection, pod: RegisteredPod): string {
  const item = podRows.podItem(connection, pod, undefined);
  return block(`pod ${item.label as string}`, {
    icon: iconOf(item),
    ...rowSays(connection, item),
    tooltip: podRows.podTooltip(connection, pod),
  });
}

export function referenceRowSays(connection: Connection, namespace: string, reference: Reference): string {
  const key = { kind: reference.kind, namespace, name: reference.name };
  const item = podRows.referenceItem(connection, key, reference);
  return block(`reference ${item.label as string}`, {
    ...rowSays(connection, item),
    tooltip: podRows.referenceTooltip(connection, key, reference),
  });
}

/** @param keyUnderPointer The key that the pointer stands on; absent if it stands on the name. */
export function hoverSays(
  connection: Connection,
  namespace: string,
  reference: Reference,
  keyUnderPointer?: string,
): string {
  const key = { kind: reference.kind, namespace, name: reference.name };
  return block(`hover ${reference.name}`, { '': explain(connection, key, at(reference, keyUnderPointer), 0).value });
}

export function unconnectedHoverSays(state: SessionState, reference: Reference): string {
  return block(`hover ${reference.name}`, { '': explainUnconnected(state, at(reference)).value });
}

export function pinRowSays(connection: Connection, key: ObjectKey): string {
  const item = podRows.pinItem(connection, key);
  return block(`pin ${item.label as string}`, {
    ...rowSays(connection, item),
    tooltip: podRows.pinTooltip(connection, key),
  });
}

/** A manifest in a tab, and the rows of its references. */
export function manifestRowsSay(connection: Connection, manifest: OpenManifest): string {
  const item = podRows.manifestItem(connection, manifest);
  const uses = manifest.uses.map((use) => {
    const row = podRows.manifestUseItem(connection, manifest.id, use);
    return block(`reference ${row.label as string}`, rowSays(connection, row));
  });
  return [block(`manifest ${item.label as string}`, rowSays(connection, item)), ...uses].join('');
}

/** The status bar in short: its text, how many objects are in which state, and the badge of the Pods view. */
export function standingSays(connection: Connection): string {
  const { bar, badge } = statusOf(connection, 'current');
  return block('standing', { bar: bar.text, summary: summarySentence(connection.problems.summary), badge });
}

/** The status bar, and what the two views say beside their titles (first line) and above their rows (second line). */
export function statusSays(connection: Connection, chosenBy: ContextChooser = 'current'): string {
  const { bar, pods, objects, badge } = statusOf(connection, chosenBy);
  return block('status', {
    bar: bar.text,
    tooltip: (bar.tooltip as vscode.MarkdownString).value,
    aloud: bar.accessibilityInformation?.label,
    pods: viewSays(pods),
    objects: viewSays(objects),
    badge,
  });
}

function viewSays({ description = '', message = '' }: vscode.TreeView<unknown>): string {
  return `${description}\n\n${message === '' ? '(no message)' : message}`;
}

interface Status {
  readonly bar: vscode.StatusBarItem;
  readonly pods: vscode.TreeView<unknown>;
  readonly objects: vscode.TreeView<unknown>;
  readonly badge: string | undefined;
}

/** Shows the parts of a session, of the views and of VS Code's views that a status looks at. */
function statusOf(connection: Connection, chosenBy: ContextChooser): Status {
  const session: LookedAt = {
    ...silent,
    connection,
    demo: undefined,
    state: { state: 'connected', connection, chosenBy },
  };
  const bar = statusBarItemOf(session as Session);
  const pods = blank() as vscode.TreeView<unknown>;
  const objects = blank() as vscode.TreeView<unknown>;
  // Only a filter that is active asks how many rows are shown.
  const rows = { pods: blank() as PodsView, objects: blank() as ObjectsView, filter: new Filter() };
  new ViewStatus({ session: session as Session, rows, pods, objects, remoteMachine: undefined }).dispose();
  const badge = pods.badge === undefined ? undefined : `${pods.badge.value}: ${pods.badge.tooltip}`;
  return { bar, pods, objects, badge };
}

/** Takes what is written to it, and holds nothing before. */
function blank(): unknown {
  return {};
}

type LookedAt = Pick<Session, 'connection' | 'demo' | 'state' | 'onDidChange' | 'onDidChangeState'>;

/** Nothing changes while a text is asked for. */
const silent = {
  onDidChange: () => disposable(() => undefined),
  onDidChangeState: () => disposable(() => undefined),
};

function statusBarItemOf(session: Session): vscode.StatusBarItem {
  const item = vscode.window.createStatusBarItem();
  const made = mock.method(vscode.window, 'createStatusBarItem', () => item);
  new StatusBar(session).dispose();
  made.mock.restore();
  return item;
}

function rowSays(connection: Connection, item: vscode.TreeItem): Lines {
  return {
    row: item.description as string,
    aloud: item.accessibilityInformation?.label,
    badge: item.resourceUri === undefined ? undefined : decorationOf(connection, item.resourceUri),
  };
}

function decorationOf(connection: Connection, uri: vscode.Uri): string {
  const session: ConnectionSource = { ...silent, connection };
  const decoration = new FreshnessDecorations(session).provideFileDecoration(uri);
  if (decoration === undefined) return 'none';
  const color = decoration.color?.id.replace('kubefresh.freshness.', '') ?? 'no colour';
  return `${decoration.badge ?? ''} in ${color}: ${decoration.tooltip ?? ''}`;
}

function iconOf({ iconPath }: vscode.TreeItem): string {
  const { id, color } = iconPath as vscode.ThemeIcon;
  return color === undefined ? id : `${id} in ${color.id}`;
}

/** Where a reference stands in a manifest matters to no text. */
function at(reference: Reference, key?: string): ReferenceAt {
  const nowhere = { start: 0, end: 0 };
  const template = {
    ...{ apiVersion: 'v1', kind: 'Pod', name: 'web', namespace: undefined },
    ...{ document: 0, documentNonNull: 0, line: 1, range: nowhere, references: [] },
  };
  const located = { reference, name: nowhere, keys: [], field: nowhere, literal: true };
  return key === undefined
    ? { template, reference: located, on: 'name' }
    : { template, reference: located, on: 'key', key };
}

/** What is said, by how it is said. */
type Lines = Readonly<Record<string, string | undefined>>;

function block(title: string, lines: Lines): string {
  const width = Math.max(...Object.keys(lines).map((name) => name.length));
  const said = Object.entries(lines).flatMap(([name, text]) => {
    if (text === undefined) return [];
    const [first = '', ...others] = shown(text).split('\n\n');
    const indent = ' '.repeat(width === 0 ? 2 : width + 4);
    const label = width === 0 ? indent : `  ${name.padEnd(width)}  `;
    return [`${label}${first}`, ...others.map((other) => `${indent}${other}`)].map((line) => `${line.trimEnd()}\n`);
  });
  return `${title}\n${said.join('')}`;
}

/** Nothing in it is invisible. */
function shown(text: string): string {
  return text
    .replaceAll('  \n', ' ⏎ ')
    .replaceAll('\u00a0', '⍽')
    .replaceAll('\u200b', '[U+200B]')
    .replace(/(?<=\(command:[^?)]*\?)%[^)]*/, (argument) => `‹${decodeURIComponent(argument)}›`);
}
