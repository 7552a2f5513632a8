import * as vscode from 'vscode';
import type { Changes, Connection } from '../connection/connection';
import type { ManifestUse, OpenManifest } from '../connection/openManifest';
import { podStatus } from '../connection/owners';
import { objectsOf, type RegisteredPod } from '../connection/podRegistry';
import { namedKeys, problemsOfPod, stateOfReference, type ReferenceState } from '../connection/referenceState';
import type { Session } from '../connection/session';
import { views } from '../ids';
import { keyText, type ObjectKey } from '../objects/objectKey';
import type { Reference } from '../references/references';
import { freshnessLabel, freshnessSentence } from '../wording/freshnessWording';
import { plain } from '../wording/markdown';
import { iconOfKind, routeLabel, routeSentence } from '../wording/referenceWording';
import { ConnectionTree, goneItem, type MoreNode } from './connectionTree';
import type { Filter } from './filter';
import {
  injectedNode,
  manifestNode,
  manifestsNode,
  manifestUseNode,
  pinNode,
  pinsNode,
  podNode,
  PodGroups,
  referenceNodes,
  rowsOfPod,
  type Grouping,
  type PodGroup,
  type PodNode,
} from './podTree';
import { uriOf } from './uris';

/** With more pods than this, groups are closed until somebody opens them. */
const fewPods = 100;

/** The Pods view: open manifests, pins and pods in groups, and below each what it refers to. */
export class PodsView extends ConnectionTree<PodNode> {
  protected readonly viewId = views.pods;
  #grouping: Grouping;
  #groups: PodGroups | undefined;
  /** The roots besides pods, as they were last asked for. */
  #rootsAsked = '';

  constructor(session: Session, filter: Filter, grouping: Grouping) {
    super(session, filter);
    this.#grouping = grouping;
  }

  get grouping(): Grouping {
    return this.#grouping;
  }

  groupBy(grouping: Grouping): void {
    if (grouping === this.#grouping) return;
    this.#grouping = grouping;
    this.rebuild();
  }

  /** How many pods the filter leaves. */
  get shownPods(): number {
    const { connection } = this;
    return connection === undefined ? 0 : this.#grouped(connection).size;
  }

  /** The objects that a row shows when it is expanded. */
  keysOf(node: PodNode | MoreNode): ObjectKey[] {
    const { connection } = this;
    if (connection === undefined) return [];
    switch (node.row) {
      case 'pod':
      case 'injected': {
        const registered = connection.pod(node.podId);
        if (registered === undefined) return [];
        return objectsOf(registered, ({ injected }) => injected === (node.row === 'injected'));
      }
      case 'manifest': {
        const uses = connection.manifest(node.manifestId)?.uses ?? [];
        return [...new Map(uses.map(({ key }) => [keyText(key), key])).values()];
      }
      case 'pins':
        return [...connection.asked.pins];
      default:
        return [];
    }
  }

  protected childrenOf(connection: Connection, node: PodNode | undefined): readonly PodNode[] {
    if (node === undefined) {
      const asked = this.#askedRoots(connection);
      this.#rootsAsked = asked.map(({ id }) => id).join();
      return [...asked, ...this.#grouped(connection).roots];
    }
    switch (node.row) {
      case 'manifests':
        return this.#manifests(connection).map(manifestNode);
      case 'manifest': {
        const manifest = connection.manifest(node.manifestId);
        return manifest?.uses.map((use, index) => manifestUseNode(manifest, use, index)) ?? [];
      }
      case 'pins':
        return this.#pins(connection).map(pinNode);
      case 'group':
        return this.#grouped(connection).podsOf(node.id);
      case 'pod': {
        const registered = connection.pod(node.podId);
        return registered === undefined ? [] : rowsOfPod(registered);
      }
      case 'injected': {
        const registered = connection.pod(node.podId);
        return registered === undefined ? [] : referenceNodes(registered, true);
      }
      case 'reference':
      case 'manifestUse':
      case 'pin':
        return [];
    }
  }

  protected parentOf(connection: Connection, node: PodNode): PodNode | undefined {
    switch (node.row) {
      case 'manifests':
      case 'pins':
      case 'group':
        return undefined;
      case 'manifest':
        return manifestsNode;
      case 'pin':
        return pinsNode;
      case 'manifestUse': {
        const manifest = connection.manifest(node.manifestId);
        return manifest === undefined ? undefined : manifestNode(manifest);
      }
      case 'pod':
        return this.#grouped(connection).parentOf(node.podId);
      case 'injected':
      case 'reference': {
        const registered = connection.pod(node.podId);
        if (registered === undefined) return undefined;
        const folded = node.row === 'reference' && registered.references[node.index]?.injected === true;
        return folded ? injectedNode(node.podId) : podNode(node.podId);
      }
    }
  }

  protected changedRows(connection: Connection, changes: Changes): ReadonlySet<PodNode> | 'all' {
    const rows = new Set<PodNode>();
    const addShown = (id: string): void => {
      const node = this.shown(id);
      if (node !== undefined) rows.add(node);
    };
    const groups = this.#groups;
    if (groups === undefined) return 'all';
    let rootsChanged =
      this.#askedRoots(connection)
        .map(({ id }) => id)
        .join() !== this.#rootsAsked;
    for (const podId of changes.pods) {
      const before = groups.parentOf(podId)?.id;
      for (const id of groups.place(podId, this.#shownPod(connection, podId))) {
        if (id === '') rootsChanged = true;
        else addShown(id);
      }
      addShown(podNode(podId).id);
      // Groups say how many of their pods have problems.
      addShown(groups.parentOf(podId)?.id ?? before ?? '');
    }
    if (rootsChanged) return 'all';
    if (changes.asked) for (const { id } of [manifestsNode, pinsNode]) addShown(id);
    for (const text of changes.objects.keys()) {
      for (const node of this.shownAbout(text)) {
        rows.add(node);
        if (node.row === 'manifestUse') addShown(this.parentOf(connection, node)?.id ?? '');
      }
    }
    return rows;
  }

  protected forgetLevels(): void {
    this.#groups = undefined;
  }

  protected itemOf(connection: Connection, node: PodNode): vscode.TreeItem {
    switch (node.row) {
      case 'manifests':
        return manifestsItem(this.#manifests(connection).length);
      case 'manifest': {
        const manifest = connection.manifest(node.manifestId);
        return manifest === undefined ? goneItem() : manifestItem(connection, manifest);
      }
      case 'manifestUse': {
        const use = connection.manifest(node.manifestId)?.uses[node.index];
        return use === undefined ? goneItem() : manifestUseItem(connection, node.manifestId, use);
      }
      case 'pins':
        return pinsItem(this.#pins(connection).length);
      case 'pin':
        return pinItem(connection, node.key);
      case 'group':
        return this.#groupItem(connection, node.id, node.group);
      case 'injected':
        return injectedItem();
      case 'pod': {
        const registered = connection.pod(node.podId);
        return registered === undefined ? goneItem() : podItem(connection, registered);
      }
      case 'reference': {
        const reference = connection.pod(node.podId)?.references[node.index];
        return reference === undefined ? goneItem() : useItem(connection, node.key, reference);
      }
    }
  }

  protected tooltipOf(connection: Connection, node: PodNode): string | undefined {
    switch (node.row) {
      case 'pod': {
        const registered = connection.pod(node.podId);
        return registered === undefined ? undefined : podTooltip(connection, registered);
      }
      case 'reference': {
        const reference = connection.pod(node.podId)?.references[node.index];
        return reference === undefined ? undefined : referenceTooltip(connection, node.key, reference);
      }
      case 'manifestUse': {
        const use = connection.manifest(node.manifestId)?.uses[node.index];
        return use === undefined ? undefined : referenceTooltip(connection, use.key, use.reference);
      }
      case 'pin':
        return `${plain(placeOf(node.key))}\n\n${plain(freshnessSentence(connection, connection.freshness(node.key)))}`;
      default:
        return undefined;
    }
  }

  #grouped(connection: Connection): PodGroups {
    if (this.#groups !== undefined) return this.#groups;
    const groups = new PodGroups(this.#grouping);
    for (const registered of connection.pods) {
      if (this.filter.showsPod(connection, registered)) groups.place(registered.id, registered);
    }
    this.#groups = groups;
    return groups;
  }

  #shownPod(connection: Connection, podId: string): RegisteredPod | undefined {
    const registered = connection.pod(podId);
    return registered !== undefined && this.filter.showsPod(connection, registered) ? registered : undefined;
  }

  #askedRoots(connection: Connection): PodNode[] {
    return [
      ...(this.#manifests(connection).length === 0 ? [] : [manifestsNode]),
      ...(this.#pins(connection).length === 0 ? [] : [pinsNode]),
    ];
  }

  #manifests(connection: Connection): OpenManifest[] {
    const shown = [...connection.manifests].filter((manifest) => this.filter.showsManifest(connection, manifest));
    return shown.sort((a, b) => (`${a.name}/${a.id}` < `${b.name}/${b.id}` ? -1 : 1));
  }

  #pins(connection: Connection): ObjectKey[] {
    const shown = connection.asked.pins.filter((key) => this.filter.showsObject(connection, key));
    return shown.sort((a, b) => (keyText(a) < keyText(b) ? -1 : 1));
  }

  #groupItem(connection: Connection, id: string, group: PodGroup): vscode.TreeItem {
    const pods = this.#grouped(connection).podsOf(id);
    const troubled = pods.filter(
      (node) => node.row === 'pod' && connection.problemsOf(node.podId) !== undefined,
    ).length;
    const state =
      connection.podCount > fewPods
        ? vscode.TreeItemCollapsibleState.Collapsed
        : vscode.TreeItemCollapsibleState.Expanded;
    const item = new vscode.TreeItem(groupLabel(group), state);
    const count = pods.length === 1 ? vscode.l10n.t('1 pod') : vscode.l10n.t('{0} pods', pods.length);
    const trouble = troubled === 0 ? [] : [vscode.l10n.t('{0} with problems', troubled)];
    const namespace =
      group.by === 'owner' && !isOneNamespace(connection, group.owner.namespace) ? [group.owner.namespace] : [];
    item.description = [...trouble, ...(group.by === 'owner' ? [group.owner.kind] : []), ...namespace, count].join(
      ' · ',
    );
    item.iconPath = new vscode.ThemeIcon(groupIcons[group.by]);
    item.contextValue = `group ${group.by}`;
    item.tooltip = [groupSentence(group), count, ...trouble].join(', ');
    item.accessibilityInformation = { label: item.tooltip };
    return item;
  }
}

const groupIcons: Readonly<Record<Grouping, string>> = { owner: 'layers', node: 'vm', namespace: 'symbol-namespace' };

function groupLabel(group: PodGroup): string {
  switch (group.by) {
    case 'owner':
      return group.owner.name;
    case 'node':
      return group.node ?? vscode.l10n.t('not scheduled');
    case 'namespace':
      return group.namespace;
  }
}

function groupSentence(group: PodGroup): string {
  switch (group.by) {
    case 'owner':
      return vscode.l10n.t('{0} {1} in namespace {2}', group.owner.kind, group.owner.name, group.owner.namespace);
    case 'node':
      return group.node === undefined
        ? vscode.l10n.t('Pods that no node runs yet')
        : vscode.l10n.t('Node {0}', group.node);
    case 'namespace':
      return vscode.l10n.t('Namespace {0}', group.namespace);
  }
}

/** Whether the view is about this one namespace, so that it need not be said. */
function isOneNamespace({ scope }: Connection, namespace: string): boolean {
  return scope.in === 'namespaces' && scope.namespaces.length === 1 && scope.namespaces[0] === namespace;
}

function manifestsItem(count: number): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Open manifests'), vscode.TreeItemCollapsibleState.Collapsed);
  item.description = String(count);
  item.iconPath = new vscode.ThemeIcon('files');
  item.contextValue = 'manifests';
  item.tooltip = vscode.l10n.t(
    'Manifests in tabs. They are no pods: what they refer to is kept readable, and not counted.',
  );
  item.accessibilityInformation = { label: `${vscode.l10n.t('Open manifests')}, ${count}. ${item.tooltip}` };
  return item;
}

function manifestItem(connection: Connection, manifest: OpenManifest): vscode.TreeItem {
  const problems = manifest.uses.filter(
    ({ key, reference }) => stateOfReference(connection, key.namespace, reference).problem,
  ).length;
  const item = new vscode.TreeItem(manifest.name, vscode.TreeItemCollapsibleState.Collapsed);
  const count =
    manifest.uses.length === 1 ? vscode.l10n.t('1 reference') : vscode.l10n.t('{0} references', manifest.uses.length);
  item.description = [...(problems === 0 ? [] : [problemCount(problems)]), count].join(' · ');
  item.iconPath = new vscode.ThemeIcon('file-code');
  item.contextValue = 'manifest';
  item.tooltip = vscode.l10n.t('Manifest {0}, {1}', manifest.name, item.description);
  item.accessibilityInformation = { label: item.tooltip };
  return item;
}

function manifestUseItem(connection: Connection, manifestId: string, use: ManifestUse): vscode.TreeItem {
  const item = useItem(connection, use.key, use.reference);
  const { namespace } = use.key;
  if (!isOneNamespace(connection, namespace)) item.description = `${namespace} · ${String(item.description)}`;
  const start = new vscode.Position(use.line, use.character);
  item.command = {
    command: 'vscode.open',
    title: vscode.l10n.t('Show in the manifest'),
    arguments: [vscode.Uri.parse(manifestId), { selection: new vscode.Range(start, start) }],
  };
  return item;
}

function pinsItem(count: number): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Pinned'), vscode.TreeItemCollapsibleState.Collapsed);
  item.description = String(count);
  item.iconPath = new vscode.ThemeIcon('pinned');
  item.contextValue = 'pins';
  item.tooltip = vscode.l10n.t('Objects that you fetched by name. They are kept until they are unpinned.');
  item.accessibilityInformation = { label: `${vscode.l10n.t('Pinned')}, ${count}. ${item.tooltip}` };
  return item;
}

function pinItem(connection: Connection, key: ObjectKey): vscode.TreeItem {
  const item = new vscode.TreeItem(key.name);
  const freshness = connection.freshness(key);
  const namespace = isOneNamespace(connection, key.namespace) ? [] : [key.namespace];
  item.description = [...namespace, freshnessLabel(connection, freshness)].join(' · ');
  item.iconPath = new vscode.ThemeIcon(iconOfKind(key.kind));
  item.resourceUri = uriOf({ row: 'object', key });
  item.contextValue = `object ${key.kind} pinned`;
  item.accessibilityInformation = { label: `${placeOf(key)}. ${freshnessSentence(connection, freshness)}` };
  return item;
}

function placeOf({ kind, name, namespace }: ObjectKey): string {
  return vscode.l10n.t('{0} {1} in namespace {2}', kind, name, namespace);
}

function problemCount(count: number): string {
  return count === 1 ? vscode.l10n.t('1 problem') : vscode.l10n.t('{0} problems', count);
}

function podItem(connection: Connection, registered: RegisteredPod): vscode.TreeItem {
  const { id, pod, byName } = registered;
  const status = podStatus(pod);
  const problems = connection.problemsOf(id);
  const item = new vscode.TreeItem(pod.metadata.name, vscode.TreeItemCollapsibleState.Collapsed);
  item.description = [
    ...(problems === undefined ? [] : [problemCount(problems.count)]),
    status,
    ...(byName ? [vscode.l10n.t('registered by name')] : []),
  ].join(' · ');
  item.iconPath =
    problems?.blocking === true
      ? new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'))
      : new vscode.ThemeIcon('server-process');
  item.contextValue = byName ? 'pod byName' : 'pod';
  item.accessibilityInformation = {
    label: vscode.l10n.t(
      'Pod {0}, {1}, {2}',
      pod.metadata.name,
      status,
      problems === undefined ? vscode.l10n.t('no problem with its references') : problemCount(problems.count),
    ),
  };
  return item;
}

/** One reference to an object, by a pod or a manifest. */
function useItem(connection: Connection, key: ObjectKey, reference: Reference): vscode.TreeItem {
  const state = stateOfReference(connection, key.namespace, reference);
  const item = new vscode.TreeItem(reference.name);
  item.description = [
    ...state.missingKeys.map((name) => vscode.l10n.t('no key {0}', name)),
    routeLabel(reference),
    ...(reference.optional ? [vscode.l10n.t('optional')] : []),
    freshnessLabel(connection, state.freshness),
  ].join(' · ');
  item.iconPath = new vscode.ThemeIcon(iconOfKind(reference.kind));
  item.resourceUri = uriOf({ row: 'use', key, keys: namedKeys(reference), optional: reference.optional });
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
  const problems = problemsOfPod(connection, registered).map((problem) => {
    const { kind, name } = problem.key;
    return `\n\n${plain(`${kind} ${name}: ${problemSentence(connection, problem)}`)}`;
  });
  return `${plain(place)}${node}${problems.join('')}`;
}

function referenceTooltip(connection: Connection, key: ObjectKey, reference: Reference): string {
  const state = stateOfReference(connection, key.namespace, reference);
  const title = plain(`${reference.kind} ${reference.name}`);
  return `${title}  \n${plain(routeSentence(reference))}\n\n${plain(problemSentence(connection, state))}`;
}

function problemSentence(connection: Connection, state: ReferenceState): string {
  const missing = state.missingKeys.map((key) => vscode.l10n.t('It has no key {0}.', key));
  return [...missing, freshnessSentence(connection, state.freshness)].join(' ');
}
