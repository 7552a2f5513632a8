import * as vscode from 'vscode';
import type { Changes, Connection } from '../connection/connection';
import { isOptional, requiredKeysMissing } from '../connection/referenceState';
import { views } from '../ids';
import type { ObjectKey } from '../objects/objectKey';
import { freshnessLabel, freshnessSentence } from '../wording/freshnessWording';
import { plain } from '../wording/markdown';
import { iconOfKind, kindOfObject, routeLabel } from '../wording/referenceWording';
import { byteSize } from '../wording/times';
import { usersPhrase, usersSentence } from '../wording/usersWording';
import { ConnectionTree, goneItem } from './connectionTree';
import { objectNode, ObjectGroups, rowsOfObject, type ObjectNode } from './objectTree';
import { uriOf } from './uris';

/** The Secrets & ConfigMaps view: what is cached, its keys, and who uses it. */
export class ObjectsView extends ConnectionTree<ObjectNode> {
  protected readonly viewId = views.objects;
  #groups: ObjectGroups | undefined;

  /** How many objects the filter leaves. */
  get shownObjects(): number {
    const { connection } = this;
    return connection === undefined ? 0 : this.#grouped(connection).size;
  }

  /** The row of an object, for revealing it. The filter is cleared if it hides the object. */
  nodeOf(key: ObjectKey): ObjectNode | undefined {
    const { connection } = this;
    if (connection?.inspect(key) === undefined) return undefined;
    if (!this.filter.showsObject(connection, key)) this.filter.clear();
    // The object may have been registered a moment ago, and its root is to be painted before it is revealed.
    this.rebuild();
    const groups = this.#grouped(connection);
    const root = groups.rootOf(key);
    if (root !== undefined) this.showAtLeast(root.id, groups.placeOf(key) + 1);
    return this.same(objectNode(key));
  }

  protected childrenOf(connection: Connection, node: ObjectNode | undefined): readonly ObjectNode[] {
    if (node === undefined) return this.#grouped(connection).roots;
    switch (node.row) {
      case 'kind':
      case 'injected':
        return this.#grouped(connection).objectsOf(node);
      case 'object':
        return rowsOfObject(connection, node.key);
      case 'dataKey':
      case 'use':
        return [];
    }
  }

  protected parentOf(connection: Connection, node: ObjectNode): ObjectNode | undefined {
    switch (node.row) {
      case 'kind':
      case 'injected':
        return undefined;
      case 'object':
        return this.#grouped(connection).rootOf(node.key);
      case 'dataKey':
      case 'use':
        return objectNode(node.key);
    }
  }

  protected changedRows(connection: Connection, changes: Changes): ReadonlySet<ObjectNode> | 'all' {
    const groups = this.#groups;
    if (groups === undefined) return 'all';
    const before = groups.roots.length;
    const rows = new Set<ObjectNode>();
    for (const [text, key] of changes.objects) {
      for (const root of groups.place(key, this.#isShown(connection, key), connection.isInjectedOnly(key)))
        rows.add(root);
      for (const node of this.shownAbout(text)) if (node.row === 'object') rows.add(node);
    }
    return groups.roots.length === before ? rows : 'all';
  }

  protected forgetLevels(): void {
    this.#groups = undefined;
  }

  #grouped(connection: Connection): ObjectGroups {
    if (this.#groups !== undefined) return this.#groups;
    const groups = new ObjectGroups();
    for (const key of connection.keys()) {
      groups.place(key, this.#isShown(connection, key), connection.isInjectedOnly(key));
    }
    this.#groups = groups;
    return groups;
  }

  #isShown(connection: Connection, key: ObjectKey): boolean {
    return connection.inspect(key) !== undefined && this.filter.showsObject(connection, key);
  }

  protected tooltipOf(connection: Connection, node: ObjectNode): string | undefined {
    return node.row === 'object' ? objectTooltip(connection, node.key) : undefined;
  }

  protected itemOf(connection: Connection, node: ObjectNode): vscode.TreeItem {
    switch (node.row) {
      case 'kind': {
        const label = node.kind === 'Secret' ? vscode.l10n.t('Secrets') : vscode.l10n.t('ConfigMaps');
        const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded);
        item.description = String(this.#grouped(connection).objectsOf(node).length);
        item.contextValue = 'kind';
        return item;
      }
      case 'injected': {
        const label = vscode.l10n.t('Added by the cluster');
        const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
        item.description = String(this.#grouped(connection).objectsOf(node).length);
        item.tooltip = vscode.l10n.t(
          'Referred to only by the volume that the cluster adds to pods. Read when looked at.',
        );
        item.contextValue = 'injected';
        return item;
      }
      case 'object':
        return objectItem(connection, node.key);
      case 'dataKey':
        return dataKeyItem(connection, node.key, node.dataKey);
      case 'use':
        return useItem(connection, node.key, node.podId);
    }
  }
}

function objectItem(connection: Connection, key: ObjectKey): vscode.TreeItem {
  const item = new vscode.TreeItem(key.name, vscode.TreeItemCollapsibleState.Collapsed);
  const freshness = connection.freshness(key);
  const content = connection.inspect(key)?.content;
  const { scope } = connection;
  const oneNamespace =
    scope.in === 'namespaces' && scope.namespaces.length === 1 && scope.namespaces[0] === key.namespace;
  const size = content?.state === 'object' ? content.object.data.size : undefined;
  const keyCount = size === 1 ? vscode.l10n.t('1 key') : vscode.l10n.t('{0} keys', size ?? 0);
  const immutable = content?.state === 'object' && content.object.immutable;
  const optional = freshness.state === 'notFound' && isOptional(connection, key);
  const lacking = requiredKeysMissing(connection, key);
  item.description = [
    ...lacking.map((name) => vscode.l10n.t('no key {0}', name)),
    ...(oneNamespace ? [] : [key.namespace]),
    freshnessLabel(connection, freshness),
    ...(optional ? [vscode.l10n.t('optional')] : []),
    ...(size === undefined ? [] : [keyCount]),
    ...(immutable ? [vscode.l10n.t('immutable')] : []),
    usersPhrase(connection, key),
  ]
    .filter((part) => part !== '')
    .join(' · ');
  item.iconPath = new vscode.ThemeIcon(iconOfKind(key.kind));
  item.resourceUri = uriOf({ row: 'object', key });
  item.contextValue = connection.isPinned(key) ? `object ${key.kind} pinned` : `object ${key.kind}`;
  item.accessibilityInformation = {
    label: [
      `${key.kind} ${key.name}.`,
      freshnessSentence(connection, freshness),
      ...(size === undefined ? [] : [`${keyCount}.`]),
      ...(immutable ? [vscode.l10n.t('Immutable: it never changes.')] : []),
      usersSentence(connection, key),
    ].join(' '),
  };
  return item;
}

function objectTooltip(connection: Connection, key: ObjectKey): string {
  const title = plain(vscode.l10n.t('{0} {1} in namespace {2}', key.kind, key.name, key.namespace));
  const content = connection.inspect(key)?.content;
  const lines: string[] = [];
  if (content?.state === 'object') {
    const { object } = content;
    lines.push(vscode.l10n.t('{0}, version {1}', kindOfObject(object), object.metadata.resourceVersion ?? ''));
    if (object.immutable) lines.push(vscode.l10n.t('Immutable: it never changes.'));
  }
  const about = [title, ...lines.map(plain)].join('  \n');
  const freshness = plain(freshnessSentence(connection, connection.freshness(key)));
  return `${about}\n\n${freshness}\n\n${plain(usersSentence(connection, key))}`;
}

function dataKeyItem(connection: Connection, key: ObjectKey, dataKey: string): vscode.TreeItem {
  const content = connection.inspect(key)?.content;
  const value = content?.state === 'object' ? content.object.data.get(dataKey) : undefined;
  const item = new vscode.TreeItem(dataKey);
  item.description = value === undefined ? vscode.l10n.t('missing, but a pod refers to it') : byteSize(value.size);
  item.iconPath = new vscode.ThemeIcon('key');
  item.resourceUri = uriOf({ row: 'key', key, dataKey });
  item.contextValue = value === undefined ? `dataKey ${key.kind} missing` : `dataKey ${key.kind}`;
  item.tooltip = vscode.l10n.t('Key {0} of {1} {2}, {3}', dataKey, key.kind, key.name, item.description);
  item.accessibilityInformation = { label: item.tooltip };
  return item;
}

function useItem(connection: Connection, key: ObjectKey, podId: string): vscode.TreeItem {
  const use = connection.useBy(podId, key);
  if (use === undefined) return goneItem();
  const { name } = use.pod.pod.metadata;
  const routes = use.references.map(routeLabel).join('; ');
  const item = new vscode.TreeItem(name);
  item.description = routes;
  item.iconPath = new vscode.ThemeIcon('server-process');
  item.contextValue = 'use';
  item.tooltip = vscode.l10n.t('Pod {0} uses it by {1}', name, routes);
  item.accessibilityInformation = { label: item.tooltip };
  return item;
}
