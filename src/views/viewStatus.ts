import * as vscode from 'vscode';
import type { Connection } from '../connection/connection';
import type { Session, SessionState } from '../connection/session';
import { contextKeys, views } from '../ids';
import { DisposableList, type Disposable } from '../objects/disposable';
import type { Failure } from '../objects/failure';
import { failureSentence } from '../wording/failureWording';
import { scopeLabel } from '../wording/scopeWording';
import { duration } from '../wording/times';
import { ttlPhrase } from '../wording/ttlWording';
import type { Filter } from './filter';
import type { ObjectsView } from './objectsView';
import type { PodsView } from './podsView';

/** What the empty Pods view says. Each value has a welcome text in package.json. */
export type WelcomeState =
  Exclude<SessionState['state'], 'connected'> | 'listing' | 'podsForbidden' | 'unreachable' | 'noPods';

export interface ViewStatusOptions {
  readonly session: Session;
  /** What the views show of what there is. */
  readonly rows: { readonly pods: PodsView; readonly objects: ObjectsView; readonly filter: Filter };
  readonly pods: vscode.TreeView<unknown>;
  readonly objects: vscode.TreeView<unknown>;
  /** The machine whose kubeconfig is read, if it is not the one that the user sits at. */
  readonly remoteMachine: string | undefined;
}

/** Keeps descriptions, messages and welcome texts of the two views true, and shows the progress of the first pass. */
export class ViewStatus implements Disposable {
  readonly #options: ViewStatusOptions;
  readonly #owned = new DisposableList();
  readonly #contexts = new Map<string, string | boolean | undefined>();
  #endProgress: (() => void) | undefined;

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
    this.#endProgress?.();
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
    if (state.state !== 'connected') {
      // VS Code shows a welcome text only in a view without a message, so the reason stands in the title.
      pods.description = [...this.#remotePhrase(), reasonWhileUnconnected(state)]
        .filter((part) => part !== '')
        .join(' · ');
      pods.message = '';
      objects.description = '';
      objects.message = '';
      this.#showProgress(state.state === 'connecting');
      return;
    }
    const { connection } = state;
    const place = `${connection.context.name} · ${scopeLabel(connection.scope)}`;
    const { feed } = connection;
    const explains = welcome !== undefined && feed.state === 'interrupted';
    pods.description = [
      place,
      ...(welcome === undefined ? [] : this.#remotePhrase()),
      ...(explains ? [podsFailureSentence(feed.failure)] : []),
    ].join(' · ');
    objects.description = place;
    pods.message = welcome === undefined ? this.#podsMessage(state) : '';
    const objectCount = count(connection.keys());
    const shown = this.#filterPhrase(
      (total) => vscode.l10n.t('{0} of {1} objects', rows.objects.shownObjects, total),
      objectCount,
    );
    objects.message =
      objectCount === 0 && feed.state !== 'listing' ? '' : [...shown, objectsMessage(connection)].join(' ');
    this.#showProgress(feed.state === 'listing' || connection.sync.running?.first === true);
  }

  #podsMessage(state: SessionState & { readonly state: 'connected' }): string {
    const { connection, follows, kubeconfigFailure } = state;
    const { feed } = connection;
    const { rows } = this.#options;
    const lines = this.#filterPhrase(
      (total) => vscode.l10n.t('{0} of {1} pods', rows.pods.shownPods, total),
      connection.podCount,
    );
    if (feed.state === 'interrupted') {
      lines.push(vscode.l10n.t('Pods may be out of date: {0}', podsFailureSentence(feed.failure)));
    }
    if (kubeconfigFailure !== undefined) {
      lines.push(
        vscode.l10n.t('The kubeconfig cannot be read any more, and the connection goes on: {0}', kubeconfigFailure),
      );
    }
    const [remote] = this.#remotePhrase();
    const context =
      follows === 'current' ? vscode.l10n.t('Current context') : vscode.l10n.t('Context chosen for this window');
    lines.push(remote === undefined ? `${context}.` : `${context}, ${remote}.`);
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

  #showProgress(shown: boolean): void {
    if (shown === (this.#endProgress !== undefined)) return;
    if (!shown) {
      this.#endProgress?.();
      this.#endProgress = undefined;
      return;
    }
    void vscode.window.withProgress(
      { location: { viewId: views.pods } },
      () =>
        new Promise<void>((resolve) => {
          this.#endProgress = resolve;
        }),
    );
  }
}

function count(items: Iterable<unknown>): number {
  let counted = 0;
  for (const _ of items) counted += 1;
  return counted;
}

function welcomeOf(state: SessionState): WelcomeState | undefined {
  if (state.state !== 'connected') return state.state;
  const { connection } = state;
  if (connection.podCount > 0) return undefined;
  switch (connection.feed.state) {
    case 'listing':
      return 'listing';
    case 'live':
      return 'noPods';
    case 'interrupted':
      return connection.feed.failure.kind === 'forbidden' ? 'podsForbidden' : 'unreachable';
  }
}

/** Why pods cannot be listed or watched. What to ask for is not what it is for a Secret. */
function podsFailureSentence(failure: Failure): string {
  return failure.kind === 'forbidden'
    ? vscode.l10n.t('{0}. Ask for the verbs “list” and “watch” on pods.', failure.message)
    : failureSentence(failure);
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

function objectsMessage(connection: Connection): string {
  const { running, last } = connection.sync;
  const ttl = ttlPhrase(connection.ttl);
  if (running?.first === true) {
    return `${ttl} ${vscode.l10n.t('First pass: {0} of {1} read.', running.done, running.total)}`;
  }
  if (last === undefined || last.objects === 0) return ttl;
  const objects = last.objects === 1 ? vscode.l10n.t('1 object') : vscode.l10n.t('{0} objects', last.objects);
  return `${ttl} ${vscode.l10n.t('Last pass: {0} in {1}.', objects, duration(last.tookMs))}`;
}
