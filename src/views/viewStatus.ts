import * as vscode from 'vscode';
import type { Facts } from '../connection/facts';
import type { Session } from '../session/session';
import type { SessionState } from '../session/sessionState';
import { contextKeys, views } from '../ids';
import { DisposableList, type Disposable } from '../objects/disposable';
import type { Failure } from '../objects/failure';
import { chooserPhrase } from '../wording/contextWording';
import { failureSentence, podsFailureSentence } from '../wording/failureWording';
import { outageSentence } from '../wording/healthWording';
import { scopeLabel } from '../wording/scopeWording';
import { strategyPhrase } from '../wording/strategyWording';
import { problemsLabel } from '../wording/summaryWording';
import { duration } from '../wording/times';
import type { Filter } from './filter';
import type { ObjectsView } from './objectsView';
import type { PodsView } from './podsView';
import { ViewProgress } from './viewProgress';

/** What the empty Pods view says. Each value has a welcome text in package.json. */
export type WelcomeState =
  | Exclude<SessionState['state'], 'connected'>
  | 'listing'
  | 'podsForbidden'
  /** The server does not know the user. */
  | 'unauthorized'
  /** A credential plugin or a file of the kubeconfig gave no credentials. */
  | 'noCredentials'
  /** The server and the user do not trust each other's certificates. */
  | 'certificates'
  | 'unreachable'
  | 'noPods';

export interface ViewStatusOptions {
  readonly session: Session;
  /** What the views show of what there is. */
  readonly rows: { readonly pods: PodsView; readonly objects: ObjectsView; readonly filter: Filter };
  readonly pods: vscode.TreeView<unknown>;
  readonly objects: vscode.TreeView<unknown>;
  /** The machine whose kubeconfig is read, if it is not the one that the user sits at. */
  readonly remoteMachine: string | undefined;
}

/** Keeps descriptions, messages, welcome texts and the badge of the two views true, and shows their progress. */
export class ViewStatus implements Disposable {
  readonly #options: ViewStatusOptions;
  readonly #owned = new DisposableList();
  readonly #contexts = new Map<string, string | boolean | undefined>();
  readonly #podsProgress = this.#owned.add(new ViewProgress(views.pods));
  readonly #objectsProgress = this.#owned.add(new ViewProgress(views.objects));
  #problems = 0;

  constructor(options: ViewStatusOptions) {
    this.#options = options;
    const update = (): void => {
      this.#update();
    };
    this.#owned.add(options.session.onDidChangeState(update));
    this.#owned.add(options.session.onDidChange(update));
    this.#owned.add(options.rows.filter.onDidChange(update));
    update();
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #update(): void {
    const { session, pods, objects, rows } = this.#options;
    const { state } = session;
    this.#setContext(contextKeys.filtered, rows.filter.text !== '');
    this.#setContext(contextKeys.problemsOnly, rows.filter.problemsOnly);
    const welcome = welcomeOf(state);
    this.#setContext(contextKeys.welcome, welcome);
    this.#setContext(contextKeys.connected, session.connection !== undefined);
    this.#setContext(contextKeys.demo, session.demo !== undefined);
    this.#setBadge(session.connection?.problems.summary.problems ?? 0);
    if (state.state !== 'connected') {
      // VS Code shows a welcome text only in a view without a message, so the reason stands in the title.
      pods.description = [reasonWhileUnconnected(state), ...this.#remotePhrase()]
        .filter((part) => part !== '')
        .join(' · ');
      pods.message = '';
      objects.description = '';
      objects.message = '';
      this.#podsProgress.show(state.state === 'connecting');
      this.#objectsProgress.show(false);
      return;
    }
    const { connection: facts } = state;
    const place = `${facts.context.name} · ${scopeLabel(facts.pods.scope)}`;
    const { feed } = facts.pods;
    // VS Code shows a welcome text only in a view without rows: beside open manifests and pins the message says it.
    const welcomes = welcome !== undefined && !hasHeldRows(facts);
    pods.description = [
      place,
      ...(welcomes && feed.state === 'interrupted' ? [podsFailureSentence(feed.failure)] : []),
      ...(welcomes && state.chosenBy !== 'demo' ? this.#remotePhrase() : []),
    ].join(' · ');
    objects.description = place;
    pods.message = welcomes ? '' : this.#podsMessage(state);
    const objectCount = countOf(facts.objects.keys());
    const shown = this.#filterPhrase(
      (total) => vscode.l10n.t('{0} of {1} objects', rows.objects.shownObjects, total),
      objectCount,
    );
    objects.message =
      objectCount === 0 && feed.state !== 'listing'
        ? ''
        : [...shown, ...outageSentences(facts), objectsMessage(facts)].join(' ');
    this.#podsProgress.show(feed.state === 'listing');
    this.#objectsProgress.show(facts.sync.status.running?.first === true);
  }

  #podsMessage(state: SessionState & { readonly state: 'connected' }): string {
    const { connection: facts, chosenBy, kubeconfigFailure } = state;
    const { feed } = facts.pods;
    const { rows } = this.#options;
    const lines = this.#filterPhrase(
      (total) => vscode.l10n.t('{0} of {1} pods', rows.pods.shownPods, total),
      facts.pods.count,
    );
    lines.push(...outageSentences(facts));
    if (feed.state === 'interrupted') {
      const reason = podsFailureSentence(feed.failure);
      lines.push(
        facts.pods.count === 0
          ? vscode.l10n.t('Pods cannot be listed: {0}', reason)
          : vscode.l10n.t('Pods may be out of date: {0}', reason),
      );
    } else if (feed.state === 'live' && facts.pods.count === 0) {
      lines.push(vscode.l10n.t('No pods are running here.'));
    }
    if (kubeconfigFailure !== undefined) {
      lines.push(
        vscode.l10n.t('The kubeconfig cannot be read any more, and the connection goes on: {0}', kubeconfigFailure),
      );
    }
    const remote = chosenBy === 'demo' ? [] : this.#remotePhrase();
    lines.push(`${[chooserPhrase(chosenBy), ...remote].join(', ')}.`);
    if (chosenBy === 'demo') lines.push(vscode.l10n.t('“Stop Demo Cluster” ends it.'));
    return lines.join(' ');
  }

  /** What is filtered, and how much of it is left. */
  #filterPhrase(leaves: (total: number) => string, total: number): string[] {
    const { filter } = this.#options.rows;
    if (!filter.active) return [];
    const what = [
      ...(filter.text === '' ? [] : [vscode.l10n.t('“{0}”', filter.text)]),
      ...(filter.problemsOnly ? [vscode.l10n.t('problems only')] : []),
    ].join(', ');
    return [vscode.l10n.t('Filter: {0}: {1}.', what, leaves(total))];
  }

  /** Whose kubeconfig is read, if it is not the one of the machine that the user sits at. */
  #remotePhrase(): string[] {
    const { remoteMachine } = this.#options;
    return remoteMachine === undefined ? [] : [vscode.l10n.t('kubeconfig of {0}', remoteMachine)];
  }

  #setContext(key: string, value: string | boolean | undefined): void {
    if (this.#contexts.get(key) === value) return;
    this.#contexts.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }

  #setBadge(problems: number): void {
    if (problems === this.#problems) return;
    this.#problems = problems;
    const tooltip = vscode.l10n.t('{0} with Secrets and ConfigMaps', problemsLabel(problems));
    this.#options.pods.badge = problems === 0 ? undefined : { value: problems, tooltip };
  }
}

function countOf(items: Iterable<unknown>): number {
  let counted = 0;
  for (const _ of items) counted += 1;
  return counted;
}

function welcomeOf(state: SessionState): WelcomeState | undefined {
  if (state.state !== 'connected') return state.state;
  const { feed, count } = state.connection.pods;
  if (count > 0) return undefined;
  switch (feed.state) {
    case 'listing':
      return 'listing';
    case 'live':
      return 'noPods';
    case 'interrupted':
      return welcomeAfter(feed.failure);
  }
}

/** Whether the Pods view has rows though there are no pods. */
function hasHeldRows({ holds: { manifests, pins } }: Pick<Facts, 'holds'>): boolean {
  const [manifest] = manifests;
  return manifest !== undefined || pins.length > 0;
}

/** By what a person can do about it. */
function welcomeAfter(failure: Failure): WelcomeState {
  switch (failure.kind) {
    case 'forbidden':
      return 'podsForbidden';
    case 'unauthorized':
      return 'unauthorized';
    case 'credentials':
      return 'noCredentials';
    case 'tls':
      return 'certificates';
    default:
      return 'unreachable';
  }
}

function reasonWhileUnconnected(state: SessionState): string {
  switch (state.state) {
    case 'brokenKubeconfig':
      return failureSentence(state.failure);
    case 'failed':
      return failureSentence(state.failure);
    case 'noKubeconfig':
      return vscode.l10n.t('Looked for {0}.', state.searched.join(', '));
    case 'noContext':
      return state.wanted === undefined
        ? vscode.l10n.t('The kubeconfig has no current context.')
        : vscode.l10n.t('The kubeconfig has no context {0}. It has: {1}', state.wanted, state.contexts.join(', '));
    default:
      return '';
  }
}

function outageSentences({ health: { server }, times }: Pick<Facts, 'health' | 'times'>): string[] {
  return server.state === 'outage' ? [outageSentence(times, server)] : [];
}

function objectsMessage(facts: Facts): string {
  const { running, last } = facts.sync.status;
  const strategy = strategyPhrase(facts);
  // What is watched is read by nobody.
  if (facts.objects.strategy === 'watch') return strategy;
  if (running?.first === true) {
    return `${strategy} ${vscode.l10n.t('First pass: {0} of {1} read.', running.done, running.total)}`;
  }
  if (last === undefined || last.objects === 0) return strategy;
  const objects = last.objects === 1 ? vscode.l10n.t('1 object') : vscode.l10n.t('{0} objects', last.objects);
  return `${strategy} ${vscode.l10n.t('Last pass: {0} in {1}.', objects, duration(last.tookMs))}`;
}
