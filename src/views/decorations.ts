import * as vscode from 'vscode';
import type { Connection } from '../connection/connection';
import { isOptional, missingKeys, requiredKeysMissing } from '../connection/referenceState';
import type { ShownSession } from '../connection/session';
import { colors } from '../ids';
import { DisposableList, type Disposable } from '../objects/disposable';
import { keyText, type ObjectKey } from '../objects/objectKey';
import { badges, freshnessSentence, immutableMark } from '../wording/freshnessWording';
import { subjectOf } from './uris';

/** VS Code passes over some of the URIs if an event names more than this many. Then it is to ask for all again. */
const mostUris = 250;

/** Marks rows with how fresh their object is: a badge and a colour, and the same in words. */
export class FreshnessDecorations implements vscode.FileDecorationProvider, Disposable {
  readonly #session: ShownSession;
  readonly #owned = new DisposableList();
  readonly #changed = this.#owned.add(new vscode.EventEmitter<vscode.Uri[] | undefined>());

  /** What VS Code has asked for and keeps until it is told of a change: URIs by the object that they are about. */
  readonly #asked = new Map<string, Map<string, vscode.Uri>>();

  readonly onDidChangeFileDecorations = this.#changed.event;

  constructor(session: ShownSession) {
    this.#session = session;
    this.#owned.add(
      session.onDidChangeState(() => {
        this.#askAgain();
      }),
    );
    this.#owned.add(
      session.onDidChange(({ objects }) => {
        const uris: vscode.Uri[] = [];
        for (const text of objects.keys()) uris.push(...(this.#asked.get(text)?.values() ?? []));
        if (uris.length > mostUris) this.#askAgain();
        else if (uris.length > 0) this.#changed.fire(uris);
      }),
    );
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    const { connection } = this.#session;
    const subject = subjectOf(uri);
    if (connection === undefined || subject === undefined) return undefined;
    const text = keyText(subject.key);
    this.#asked.set(text, (this.#asked.get(text) ?? new Map<string, vscode.Uri>()).set(uri.toString(), uri));
    switch (subject.row) {
      case 'object': {
        const lacking = requiredKeysMissing(connection, subject.key);
        if (lacking.length > 0) return missingKey(lacking, false);
        return decorationOf(connection, subject.key, isOptional(connection, subject.key));
      }
      case 'use': {
        const missing = missingKeys(connection, subject.key, subject.keys);
        if (missing.length > 0) return missingKey(missing, subject.optional);
        return decorationOf(connection, subject.key, subject.optional);
      }
      case 'key': {
        const content = connection.inspect(subject.key)?.content;
        if (content?.state !== 'object' || content.object.data.has(subject.dataKey)) return undefined;
        const needs = connection.needsOf(subject.key).keys.get(subject.dataKey);
        return missingKey([subject.dataKey], needs?.required === 0);
      }
    }
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #askAgain(): void {
    this.#asked.clear();
    this.#changed.fire(undefined);
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
