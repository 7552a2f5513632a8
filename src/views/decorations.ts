import * as vscode from 'vscode';
import { assessObject, assessUse, type Assessment, type MissingKey } from '../connection/assess';
import type { ConnectionSource, Times } from '../connection/facts';
import { colors } from '../ids';
import { DisposableList, type Disposable } from '../objects/disposable';
import { keyText } from '../objects/objectKey';
import { badges, freshnessSentence, immutableMark } from '../wording/freshnessWording';
import { shownText } from '../wording/labels';
import { subjectOf } from './uris';

/** VS Code passes over some of the URIs if an event names more than this many. Then it is to ask for all again. */
const mostUris = 250;

/** How many URIs are remembered before all are forgotten. A screen shows far fewer rows. */
const mostAsked = 1000;

/** Marks rows with how fresh their object is: a badge and a colour, and the same in words. */
export class FreshnessDecorations implements vscode.FileDecorationProvider, Disposable {
  readonly #session: ConnectionSource;
  readonly #owned = new DisposableList();
  readonly #changed = this.#owned.add(new vscode.EventEmitter<vscode.Uri[] | undefined>());

  /** What VS Code has asked for and keeps until it is told of a change: URIs by the object that they are about. */
  readonly #asked = new Map<string, Map<string, vscode.Uri>>();
  #askedCount = 0;

  readonly onDidChangeFileDecorations = this.#changed.event;

  constructor(session: ConnectionSource) {
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
    const facts = this.#session.connection;
    const subject = subjectOf(uri);
    if (facts === undefined || subject === undefined) return undefined;
    this.#remember(keyText(subject.key), uri);
    switch (subject.row) {
      case 'object': {
        const assessment = assessObject(facts, subject.key);
        const lacking = assessment.missingKeys.filter(({ required }) => required);
        return lacking.length > 0 ? missingKey(assessment, lacking) : decorationOf(facts.times, assessment);
      }
      case 'use': {
        const assessment = assessUse(facts.objects, subject.key, subject.keys, subject.demand);
        const { missingKeys } = assessment;
        return missingKeys.length > 0 ? missingKey(assessment, missingKeys) : decorationOf(facts.times, assessment);
      }
      case 'key': {
        const assessment = assessObject(facts, subject.key);
        const missing = assessment.missingKeys.filter(({ name }) => name === subject.dataKey);
        return missing.length > 0 ? missingKey(assessment, missing) : undefined;
      }
    }
  }

  dispose(): void {
    this.#owned.dispose();
  }

  /** VS Code never says which URIs it shows no longer. After `#askAgain` it asks for those that it shows. */
  #remember(text: string, uri: vscode.Uri): void {
    if (this.#askedCount >= mostAsked) this.#askAgain();
    const uris = this.#asked.get(text) ?? new Map<string, vscode.Uri>();
    if (!uris.has(uri.toString())) this.#askedCount += 1;
    this.#asked.set(text, uris.set(uri.toString(), uri));
  }

  /** Forgets all, together with VS Code: it would keep what it is never told of again. */
  #askAgain(): void {
    this.#asked.clear();
    this.#askedCount = 0;
    this.#changed.fire(undefined);
  }
}

function decorationOf(times: Times, { freshness, copy, demand }: Assessment): vscode.FileDecoration {
  const immutable = copy?.immutable === true;
  const badge = badges[freshness.state];
  const sentence = freshnessSentence(times, freshness);
  // What everybody can do without may well be missing: it is marked, but not as an error.
  const tolerated = freshness.state === 'notFound' && (demand === 'optional' || demand === 'unmounted');
  return new vscode.FileDecoration(
    immutable ? `${badge}${immutableMark}` : badge,
    shownText(immutable ? `${sentence} ${vscode.l10n.t('Immutable: it never changes.')}` : sentence),
    new vscode.ThemeColor(tolerated ? colors.notFetched : colors[freshness.state]),
  );
}

function missingKey({ freshness }: Assessment, keys: readonly MissingKey[]): vscode.FileDecoration {
  const names = shownText(keys.map(({ name }) => name).join(', '));
  const tolerated = keys.every(({ required }) => !required);
  return new vscode.FileDecoration(
    badges.notFound,
    // A copy that could not be read again may have the key by now.
    freshness.state === 'kept'
      ? vscode.l10n.t('When the object was last read, it had no key {0}.', names)
      : vscode.l10n.t('The object exists and has no key {0}.', names),
    new vscode.ThemeColor(tolerated ? colors.notFetched : colors.notFound),
  );
}
