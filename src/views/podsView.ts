import * as vscode from 'vscode';
import type { Changes, Connection } from '../connection/connection';
import { podStatus } from '../connection/owners';
import { objectsOf, type RegisteredPod } from '../connection/podRegistry';
import { stateOfReference, type ReferenceState } from '../connection/referenceState';
import type { ObjectKey } from '../objects/objectKey';
import { freshnessLabel, freshnessSentence } from '../wording/freshnessWording';
import { plain } from '../wording/markdown';
import { iconOfKind, routeLabel, routeSentence } from '../wording/referenceWording';
import { ConnectionTree, goneItem, sameIds } from './connectionTree';
import { groupPods, injectedNode, podNode, referenceNode, rowsOfPod, type PodGroups, type PodNode } from './podTree';
import { uriOf } from './uris';

/** The Pods view: pods by owner, and below each pod what it refers to. */
export class PodsView extends ConnectionTree<PodNode> {
  #groups: PodGroups | undefined;

  /** The objects that a row shows when it is expanded. */
  keysOf(node: PodNode): ObjectKey[] {
    const { connection } = this;
    const registered = node.row === 'pod' || node.row === 'injected' ? connection?.pod(node.podId) : undefined;
    if (registered === undefined) return [];
    return objectsOf(registered, ({ injected }) => injected === (node.row === 'injected'));
  }

  protected childrenOf(connection: Connection, node: PodNode | undefined): readonly PodNode[] {
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

  protected parentOf(connection: Connection, node: PodNode): PodNode | undefined {
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

  protected changedRows(connection: Connection, changes: Changes): ReadonlySet<PodNode> | 'all' {
    const rows = new Set<PodNode>();
    const addShown = (id: string): void => {
      const node = this.shown(id);
      if (node !== undefined) rows.add(node);
    };
    if (changes.pods.size > 0) {
      const before = this.#groups;
      this.#groups = groupPods(connection);
      if (before === undefined || !sameIds(before.roots, this.#groups.roots)) return 'all';
      for (const podId of changes.pods) {
        addShown(`pod/${podId}`);
        if (connection.pod(podId) === undefined) this.forget(`pod/${podId}`);
      }
      for (const root of this.#groups.roots) {
        if (!sameIds(before.byOwner.get(root.id) ?? [], this.#groups.byOwner.get(root.id) ?? [])) addShown(root.id);
      }
    }
    for (const key of changes.objects.values()) {
      for (const { podId, index } of connection.placesOf(key)) {
        addShown(`pod/${podId}`);
        addShown(`reference/${podId}/${index}`);
      }
    }
    return rows;
  }

  protected forgetGroups(): void {
    this.#groups = undefined;
  }

  protected itemOf(connection: Connection, node: PodNode): vscode.TreeItem {
    if (node.row === 'owner') return this.#ownerItem(connection, node);
    const registered = connection.pod(node.podId);
    if (registered === undefined) return goneItem();
    switch (node.row) {
      case 'pod':
        return podItem(connection, registered);
      case 'injected':
        return injectedItem();
      case 'reference':
        return referenceItem(connection, registered, node.index);
    }
  }

  protected tooltipOf(connection: Connection, node: PodNode): string | undefined {
    if (node.row === 'owner' || node.row === 'injected') return undefined;
    const registered = connection.pod(node.podId);
    if (registered === undefined) return undefined;
    return node.row === 'pod'
      ? podTooltip(connection, registered)
      : referenceTooltip(connection, registered, node.index);
  }

  #ownerItem(connection: Connection, node: PodNode & { readonly row: 'owner' }): vscode.TreeItem {
    const { owner } = node;
    const item = new vscode.TreeItem(owner.name, vscode.TreeItemCollapsibleState.Expanded);
    const count = this.#groups?.byOwner.get(node.id)?.length ?? 0;
    const pods = count === 1 ? vscode.l10n.t('1 pod') : vscode.l10n.t('{0} pods', count);
    const { scope } = connection;
    const oneNamespace = scope.in === 'namespaces' && scope.namespaces.length === 1;
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
    ...(problems.length === 0 ? [] : [problemCount]),
    status,
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
  if (reference === undefined) return goneItem();
  const namespace = registered.pod.metadata.namespace ?? '';
  const state = stateOfReference(connection, namespace, reference);
  const item = new vscode.TreeItem(reference.name);
  item.description = [
    ...state.missingKeys.map((key) => vscode.l10n.t('no key {0}', key)),
    routeLabel(reference),
    ...(reference.optional ? [vscode.l10n.t('optional')] : []),
    freshnessLabel(connection, state.freshness),
  ].join(' · ');
  item.iconPath = new vscode.ThemeIcon(iconOfKind(reference.kind));
  item.resourceUri = uriOf({ row: 'reference', key: state.key, podId: registered.id, index });
  item.contextValue = `reference ${reference.kind}`;
  item.accessibilityInformation = {
    label: `${reference.kind} ${reference.name}, ${routeSentence(reference)}. ${problemSentence(connection, state)}`,
  };
  return item;
}

function injectedItem(): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Added by the cluster'), vscode.TreeItemCollapsibleState.Collapsed);
  item.iconPath = new vscode.ThemeIcon('fold-down');
  item.contextValue = 'injected';
  item.tooltip = vscode.l10n.t('Added to the pod when it was admitted, not by whoever wrote it.');
  item.accessibilityInformation = { label: item.tooltip };
  return item;
}

function podTooltip(connection: Connection, registered: RegisteredPod): string {
  const { metadata, spec } = registered.pod;
  const place = vscode.l10n.t('Pod {0} in namespace {1}', metadata.name, metadata.namespace ?? '');
  const node = spec?.nodeName === undefined ? '' : `  \n${plain(vscode.l10n.t('on node {0}', spec.nodeName))}`;
  const problems = problemsOf(connection, registered).map((problem) => {
    const { kind, name } = problem.key;
    return `\n\n${plain(`${kind} ${name}: ${problemSentence(connection, problem)}`)}`;
  });
  return `${plain(place)}${node}${problems.join('')}`;
}

function referenceTooltip(connection: Connection, registered: RegisteredPod, index: number): string | undefined {
  const reference = registered.references[index];
  if (reference === undefined) return undefined;
  const state = stateOfReference(connection, registered.pod.metadata.namespace ?? '', reference);
  const title = plain(`${reference.kind} ${reference.name}`);
  return `${title}  \n${plain(routeSentence(reference))}\n\n${plain(problemSentence(connection, state))}`;
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
