import * as vscode from 'vscode';
import type { Connection } from '../connection/connection';
import { isOptional, requiredKeysMissing, stateOfReference } from '../connection/referenceState';
import type { Session } from '../connection/session';
import { colors } from '../ids';
import { DisposableList, type Disposable } from '../objects/disposable';
import type { ObjectKey } from '../objects/objectKey';
import { badges, freshnessSentence, immutableMark } from '../wording/freshnessWording';
import { subjectOf, uriOf } from './uris';

/** Above this many rows it is cheaper to have VS Code ask again for those that it shows. */
const manyRows = 200;

/** Marks rows with how fresh their object is: a badge and a colour, and the same in words. */
export class FreshnessDecorations implements vscode.FileDecorationProvider, Disposable {
  readonly #session: Session;
  readonly #owned = new DisposableList();
  readonly #changed = this.#owned.add(new vscode.EventEmitter<vscode.Uri[] | undefined>());

  readonly onDidChangeFileDecorations = this.#changed.event;

  constructor(session: Session) {
    this.#session = session;
    this.#owned.add(
      session.onDidChangeState(() => {
        this.#changed.fire(undefined);
      }),
    );
    this.#owned.add(
      session.onDidChange(({ objects }) => {
        const { connection } = session;
        if (connection === undefined || objects.size === 0) return;
        const uris = objects.size > manyRows ? [] : [...objects.values()].flatMap((key) => rowsAbout(connection, key));
        this.#changed.fire(uris.length === 0 || uris.length > manyRows ? undefined : uris);
      }),
    );
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    const { connection } = this.#session;
    const subject = subjectOf(uri);
    if (connection === undefined || subject === undefined) return undefined;
    switch (subject.row) {
      case 'object': {
        const lacking = requiredKeysMissing(connection, subject.key);
        if (lacking.length > 0) return missingKey(lacking, false);
        return decorationOf(connection, subject.key, isOptional(connection, subject.key));
      }
      case 'reference': {
        const pod = connection.pod(subject.podId);
        const reference = pod?.references[subject.index];
        if (pod === undefined || reference === undefined) return undefined;
        const state = stateOfReference(connection, pod.pod.metadata.namespace ?? '', reference);
        if (state.missingKeys.length > 0) return missingKey(state.missingKeys, state.tolerated);
        return decorationOf(connection, state.key, reference.optional);
      }
      case 'key': {
        const content = connection.inspect(subject.key)?.content;
        const missing = content?.state === 'object' && !content.object.data.has(subject.dataKey);
        return missing ? missingKey([subject.dataKey], isOptional(connection, subject.key)) : undefined;
      }
    }
  }

  dispose(): void {
    this.#owned.dispose();
  }
}

/** @param optional Whether it does not matter if the object is missing: then it is marked, but not as an error. */
function decorationOf(connection: Connection, key: ObjectKey, optional: boolean): vscode.FileDecoration {
  const freshness = connection.freshness(key);
  const content = connection.inspect(key)?.content;
  const immutable = content?.state === 'object' && content.object.immutable;
  const badge = badges[freshness.state];
  const sentence = freshnessSentence(connection, freshness);
  return new vscode.FileDecoration(
    immutable ? `${badge}${immutableMark}` : badge,
    immutable ? `${sentence} ${vscode.l10n.t('Immutable: it never changes.')}` : sentence,
    new vscode.ThemeColor(optional && freshness.state === 'notFound' ? colors.notFetched : colors[freshness.state]),
  );
}

function missingKey(keys: readonly string[], tolerated: boolean): vscode.FileDecoration {
  return new vscode.FileDecoration(
    badges.notFound,
    vscode.l10n.t('The object exists and has no key {0}.', keys.join(', ')),
    new vscode.ThemeColor(tolerated ? colors.notFetched : colors.notFound),
  );
}

function rowsAbout(connection: Connection, key: ObjectKey): vscode.Uri[] {
  const content = connection.inspect(key)?.content;
  const dataKeys = new Set(content?.state === 'object' ? content.object.data.keys() : []);
  const uris = [uriOf({ row: 'object', key })];
  for (const { podId, index } of connection.placesOf(key)) {
    uris.push(uriOf({ row: 'reference', key, podId, index }));
    const chosen = connection.pod(podId)?.references[index]?.keys;
    if (chosen?.choose === 'some') for (const use of chosen.keys) dataKeys.add(use.key);
  }
  return [...uris, ...[...dataKeys].map((dataKey) => uriOf({ row: 'key', key, dataKey }))];
}
