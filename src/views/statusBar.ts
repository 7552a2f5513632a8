import * as vscode from 'vscode';
import type { Facts } from '../connection/facts';
import type { FreshnessState } from '../connection/freshness';
import type { Session } from '../session/session';
import type { SessionState } from '../session/sessionState';
import { statusBarItem, views } from '../ids';
import { DisposableList, type Disposable } from '../objects/disposable';
import { chooserPhrase } from '../wording/contextWording';
import { failureLabel, podsFailureSentence } from '../wording/failureWording';
import { shortened, withoutIcons } from '../wording/labels';
import { outageLabel, outageSentence } from '../wording/healthWording';
import { plain } from '../wording/markdown';
import { scopeLabel } from '../wording/scopeWording';
import { problemsLabel, stateLabel, summarySentence } from '../wording/summaryWording';

/** Names of contexts may be as long as an ARN. */
const longestName = 24;

/** The one item of the status bar: the context and the worst freshness. Hidden while nothing is connected. */
export class StatusBar implements Disposable {
  readonly #session: Session;
  readonly #owned = new DisposableList();
  readonly #item = this.#owned.add(vscode.window.createStatusBarItem(statusBarItem, vscode.StatusBarAlignment.Left));
  #shown = '';

  constructor(session: Session) {
    this.#session = session;
    this.#item.name = 'Kubefresh';
    this.#item.command = `${views.pods}.focus`;
    const update = (): void => {
      this.#update();
    };
    this.#owned.add(session.onDidChangeState(update));
    this.#owned.add(session.onDidChange(update));
    update();
  }

  /** What the item says, or `undefined` while it is hidden. */
  get text(): string | undefined {
    return this.#shown === '' ? undefined : this.#item.text;
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #update(): void {
    const { state } = this.#session;
    if (state.state !== 'connected') {
      if (this.#shown !== '') this.#item.hide();
      this.#shown = '';
      return;
    }
    const { connection: facts, chosenBy } = state;
    const { icon, label } = standingOf(facts);
    const name = chosenBy === 'demo' ? vscode.l10n.t('Demo') : facts.context.name;
    const sentences = sentencesOf(state);
    // The connection tells of each change, and most change nothing here.
    const shown = [icon, name, label, ...sentences].join('\n');
    if (shown === this.#shown) return;
    if (this.#shown === '') this.#item.show();
    this.#shown = shown;
    this.#item.text = `$(${icon}) ${withoutIcons(shortened(name, longestName))}: ${label}`;
    this.#item.tooltip = new vscode.MarkdownString(sentences.map(plain).join('\n\n'));
    this.#item.accessibilityInformation = { label: ['Kubefresh.', `${label}.`, ...sentences].join(' ') };
  }
}

/** How things stand, in a word or two. */
function standingOf(facts: Facts): { readonly icon: string; readonly label: string } {
  const { feed, count } = facts.pods;
  const { summary } = facts.problems;
  const { server } = facts.health;
  if (server.state === 'outage') return { icon: 'debug-disconnect', label: outageLabel(facts.times, server) };
  if (feed.state === 'listing') {
    const label = feed.received === 0 ? vscode.l10n.t('connecting…') : vscode.l10n.t('listing pods…');
    return { icon: 'sync~spin', label };
  }
  if (feed.state === 'interrupted') {
    if (feed.failure.kind !== 'forbidden') return { icon: 'debug-disconnect', label: failureLabel(feed.failure) };
    // Whoever may not list pods works with those registered by name.
    if (count === 0) return { icon: 'circle-slash', label: vscode.l10n.t('pods are forbidden') };
  }
  if (facts.sync.status.running?.first === true) return { icon: 'sync~spin', label: vscode.l10n.t('reading…') };
  if (summary.problems > 0) return { icon: 'warning', label: problemsLabel(summary.problems) };
  return summary.worst === undefined
    ? { icon: 'circle-outline', label: vscode.l10n.t('no objects') }
    : // Nothing that is missing is a problem here.
      {
        icon: summary.worst === 'notFound' ? 'circle-outline' : iconOf(summary.worst),
        label: stateLabel(summary.worst),
      };
}

function iconOf(state: FreshnessState): string {
  switch (state) {
    case 'fresh':
    case 'readOnUse':
    case 'immutable':
      return 'check';
    case 'live':
      return 'broadcast';
    case 'idle':
      return 'debug-pause';
    case 'stale':
      return 'history';
    case 'notFetched':
    case 'fetching':
      return 'circle-outline';
    case 'kept':
    case 'notFound':
    case 'forbidden':
    case 'failed':
      return 'warning';
  }
}

function sentencesOf({
  connection: { context, health, pods, problems, times },
  chosenBy,
  kubeconfigFailure,
}: SessionState & { readonly state: 'connected' }): string[] {
  const { feed, scope, count } = pods;
  const registered = count === 1 ? vscode.l10n.t('1 pod') : vscode.l10n.t('{0} pods', count);
  return [
    chosenBy === 'demo' ? `${chooserPhrase(chosenBy)}.` : `${chooserPhrase(chosenBy)}: ${context.name}.`,
    vscode.l10n.t('Server: {0}', context.server),
    vscode.l10n.t('Registered: {0} of {1}.', registered, scopeLabel(scope)),
    ...(health.server.state === 'outage' ? [outageSentence(times, health.server)] : []),
    summarySentence(problems.summary),
    ...(feed.state === 'interrupted' ? [podsFailureSentence(feed.failure)] : []),
    ...(kubeconfigFailure === undefined
      ? []
      : [vscode.l10n.t('The kubeconfig cannot be read: {0}', kubeconfigFailure)]),
  ];
}
