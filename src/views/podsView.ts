import * as vscode from 'vscode';
import type { Changes, Connection } from '../connection/connection';
import { podStatus } from '../connection/owners';
import type { RegisteredPod } from '../connection/podRegistry';
import { stateOfReference, type ReferenceState } from '../connection/referenceState';
import type { Session } from '../connection/session';
import { DisposableList, type Disposable } from '../objects/disposable';
import type { ObjectKey } from '../objects/objectKey';
import { freshnessLabel, freshnessSentence } from '../wording/freshnessWording';
import { plain } from '../wording/markdown';
import { routeLabel, routeSentence } from '../wording/referenceWording';
import { NodeCache } from './nodeCache';
import { groupPods, injectedNode, podNode, referenceNode, rowsOfPod, type PodGroups, type PodNode } from './podTree';
import { uriOf } from './uris';

/** The Pods view: pods by owner, and below each pod what it refers to. Rendering it asks nothing of the cluster. */
export class PodsView implements vscode.TreeDataProvider<PodNode>, Disposable {
  readonly #session: Session;
  readonly #owned = new DisposableList();
  readonly #changed = this.#owned.add(new vscode.EventEmitter<PodNode | PodNode[] | undefined>());
  readonly #nodes = new NodeCache<PodNode>();
  #groups: PodGroups | undefined;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(session: Session) {
    this.#session = session;
    this.#owned.add(
      session.onDidChangeState(() => {
        this.#groups = undefined;
        this.#changed.fire(undefined);
      }),
    );
    this.#owned.add(
      session.onDidChange((changes) => {
        this.#apply(changes);
      }),
    );
  }

  getChildren(node?: PodNode): PodNode[] {
    const { connection } = this.#session;
    if (connection === undefined) return [];
    return this.#childrenOf(connection, node).map((child) => this.#nodes.same(child));
  }

  getParent(node: PodNode): PodNode | undefined {
    const { connection } = this.#session;
    const parent = connection === undefined ? undefined : this.#parentOf(connection, node);
    return parent === undefined ? undefined : this.#nodes.same(parent);
  }

  getTreeItem(node: PodNode): vscode.TreeItem {
    const item = this.#item(node);
    item.id = node.id;
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, node: PodNode): vscode.TreeItem {
    const { connection } = this.#session;
    const registered = node.row === 'owner' ? undefined : connection?.pod(node.podId);
    if (connection === undefined || registered === undefined) return item;
    const tooltip = new vscode.MarkdownString();
    switch (node.row) {
      case 'owner':
        break;
      case 'pod': {
        const { metadata, spec } = registered.pod;
        tooltip.appendMarkdown(
          plain(vscode.l10n.t('Pod {0} in namespace {1}', metadata.name, metadata.namespace ?? '')),
        );
        if (spec?.nodeName !== undefined) {
          tooltip.appendMarkdown('  \n').appendMarkdown(plain(vscode.l10n.t('on node {0}', spec.nodeName)));
        }
        for (const problem of problemsOf(connection, registered)) {
          tooltip.appendMarkdown('\n\n').appendMarkdown(plain(problemSentence(connection, problem)));
        }
        break;
      }
      case 'injected':
        tooltip.appendMarkdown(plain(vscode.l10n.t('Added to the pod by admission, not by whoever wrote it.')));
        break;
      case 'reference': {
        const reference = registered.references[node.index];
        if (reference === undefined) return item;
        const state = stateOfReference(connection, registered.pod.metadata.namespace ?? '', reference);
        tooltip.appendMarkdown(plain(`${reference.kind} ${reference.name}`));
        tooltip.appendMarkdown('  \n').appendMarkdown(plain(routeSentence(reference)));
        tooltip.appendMarkdown('\n\n').appendMarkdown(plain(problemSentence(connection, state)));
        break;
      }
    }
    item.tooltip = tooltip;
    return item;
  }

  /** The objects that a row shows when it is expanded. */
  keysOf(node: PodNode): ObjectKey[] {
    const { connection } = this.#session;
    const registered = node.row === 'pod' || node.row === 'injected' ? connection?.pod(node.podId) : undefined;
    if (registered === undefined) return [];
    const namespace = registered.pod.metadata.namespace ?? '';
    const shown = registered.references.filter(({ injected }) => injected === (node.row === 'injected'));
    const keys = new Map<string, ObjectKey>();
    for (const { kind, name } of shown) keys.set(`${kind}/${name}`, { kind, namespace, name });
    return [...keys.values()];
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #childrenOf(connection: Connection, node: PodNode | undefined): readonly PodNode[] {
    this.#groups ??= groupPods(connection);
    if (node === undefined) return this.#groups.roots;
    switch (node.row) {
      case 'owner':
        return this.#groups.byOwner.get(node.id) ?? [];
      case 'pod': {
        const registered = connection.pod(node.podId);
        return registered === undefined ? [] : rowsOfPod(registered);
      }
      case 'injected': {
        const references = connection.pod(node.podId)?.references ?? [];
        return references.flatMap(({ injected }, index) => (injected ? [referenceNode(node.podId, index)] : []));
      }
      case 'reference':
        return [];
    }
  }

  #parentOf(connection: Connection, node: PodNode): PodNode | undefined {
    switch (node.row) {
      case 'owner':
        return undefined;
      case 'pod':
        this.#groups ??= groupPods(connection);
        return this.#groups.roots.find(({ id }) => id === node.ownerId);
      case 'injected':
      case 'reference': {
        const registered = connection.pod(node.podId);
        if (registered === undefined) return undefined;
        const folded = node.row === 'reference' && registered.references[node.index]?.injected === true;
        return folded ? injectedNode(node.podId) : podNode(registered);
      }
    }
  }

  /** Repaints only the rows that changed, and only those that were shown. */
  #apply(changes: Changes): void {
    const { connection } = this.#session;
    if (connection === undefined) return;
    const rows = new Set<PodNode>();
    const addKnown = (id: string): void => {
      const node = this.#nodes.get(id);
      if (node !== undefined) rows.add(node);
    };
    if (changes.pods.size > 0) {
      const before = this.#groups;
      this.#groups = groupPods(connection);
      if (before === undefined || !sameIds(before.roots, this.#groups.roots)) {
        this.#changed.fire(undefined);
        return;
      }
      for (const podId of changes.pods) {
        addKnown(`pod/${podId}`);
        if (connection.pod(podId) === undefined) this.#nodes.delete(`pod/${podId}`);
      }
      for (const root of this.#groups.roots) {
        if (!sameIds(before.byOwner.get(root.id) ?? [], this.#groups.byOwner.get(root.id) ?? [])) addKnown(root.id);
      }
    }
    for (const key of changes.objects.values()) {
      for (const { pod } of connection.usesOf(key)) {
        addKnown(`pod/${pod.id}`);
        for (const [index, { kind, name }] of pod.references.entries()) {
          if (kind === key.kind && name === key.name) addKnown(`reference/${pod.id}/${index}`);
        }
      }
    }
    if (rows.size > 0) this.#changed.fire([...rows]);
  }

  #item(node: PodNode): vscode.TreeItem {
    const { connection } = this.#session;
    if (node.row === 'owner') return this.#ownerItem(node);
    const registered = connection?.pod(node.podId);
    if (connection === undefined || registered === undefined) {
      return new vscode.TreeItem(vscode.l10n.t('gone'));
    }
    switch (node.row) {
      case 'pod':
        return podItem(connection, registered);
      case 'injected': {
        const item = new vscode.TreeItem(
          vscode.l10n.t('Added by admission'),
          vscode.TreeItemCollapsibleState.Collapsed,
        );
        item.iconPath = new vscode.ThemeIcon('fold-down');
        item.contextValue = 'injected';
        return item;
      }
      case 'reference':
        return referenceItem(connection, registered, node.index);
    }
  }

  #ownerItem(node: PodNode & { readonly row: 'owner' }): vscode.TreeItem {
    const { owner } = node;
    const item = new vscode.TreeItem(owner.name, vscode.TreeItemCollapsibleState.Expanded);
    const count = this.#groups?.byOwner.get(node.id)?.length ?? 0;
    const pods = count === 1 ? vscode.l10n.t('1 pod') : vscode.l10n.t('{0} pods', count);
    const { scope } = this.#session.connection ?? {};
    const oneNamespace = scope?.in === 'namespaces' && scope.namespaces.length === 1;
    item.description = [owner.kind, ...(oneNamespace ? [] : [owner.namespace]), pods].join(' · ');
    item.iconPath = new vscode.ThemeIcon('layers');
    item.contextValue = 'owner';
    item.tooltip = vscode.l10n.t('{0} {1} in namespace {2}, {3}', owner.kind, owner.name, owner.namespace, pods);
    item.accessibilityInformation = { label: item.tooltip };
    return item;
  }
}

function podItem(connection: Connection, registered: RegisteredPod): vscode.TreeItem {
  const { pod, byName } = registered;
  const status = podStatus(pod);
  const problems = problemsOf(connection, registered);
  const blocking = problems.some((problem) => problem.blocking);
  const item = new vscode.TreeItem(pod.metadata.name, vscode.TreeItemCollapsibleState.Collapsed);
  const problemCount =
    problems.length === 1 ? vscode.l10n.t('1 problem') : vscode.l10n.t('{0} problems', problems.length);
  item.description = [
    status,
    ...(problems.length === 0 ? [] : [problemCount]),
    ...(byName ? [vscode.l10n.t('registered by name')] : []),
  ].join(' · ');
  item.iconPath = blocking
    ? new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'))
    : new vscode.ThemeIcon('server-process');
  item.contextValue = byName ? 'pod byName' : 'pod';
  item.accessibilityInformation = {
    label: vscode.l10n.t(
      'Pod {0}, {1}, {2}',
      pod.metadata.name,
      status,
      problems.length === 0 ? vscode.l10n.t('no problem with its references') : problemCount,
    ),
  };
  return item;
}

function referenceItem(connection: Connection, registered: RegisteredPod, index: number): vscode.TreeItem {
  const reference = registered.references[index];
  if (reference === undefined) return new vscode.TreeItem(vscode.l10n.t('gone'));
  const namespace = registered.pod.metadata.namespace ?? '';
  const state = stateOfReference(connection, namespace, reference);
  const item = new vscode.TreeItem(reference.name);
  item.description = [
    ...state.missingKeys.map((key) => vscode.l10n.t('no key {0}', key)),
    routeLabel(reference),
    ...(reference.optional ? [vscode.l10n.t('optional')] : []),
    freshnessLabel(connection, state.freshness),
  ].join(' · ');
  item.iconPath = new vscode.ThemeIcon(reference.kind === 'Secret' ? 'lock' : 'symbol-parameter');
  item.resourceUri = uriOf({ row: 'reference', key: state.key, podId: registered.id, index });
  item.contextValue = `reference ${reference.kind}`;
  item.accessibilityInformation = {
    label: `${reference.kind} ${reference.name}, ${routeSentence(reference)}. ${problemSentence(connection, state)}`,
  };
  return item;
}

/** The references of a pod that somebody should look at. */
function problemsOf(connection: Connection, { pod, references }: RegisteredPod): ReferenceState[] {
  return references
    .filter((reference) => !reference.injected)
    .map((reference) => stateOfReference(connection, pod.metadata.namespace ?? '', reference))
    .filter((state) => state.problem);
}

function problemSentence(connection: Connection, state: ReferenceState): string {
  const missing = state.missingKeys.map((key) => vscode.l10n.t('It has no key {0}.', key));
  return [...missing, freshnessSentence(connection, state.freshness)].join(' ');
}

function sameIds(a: readonly PodNode[], b: readonly PodNode[]): boolean {
  return a.length === b.length && a.every((node, i) => node.id === b[i]?.id);
}
