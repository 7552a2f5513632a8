import * as vscode from 'vscode';
import type { Changes, Connection } from '../connection/connection';
import { isOptional, requiredKeysMissing } from '../connection/referenceState';
import type { ObjectKey } from '../objects/objectKey';
import { freshnessLabel, freshnessSentence } from '../wording/freshnessWording';
import { plain } from '../wording/markdown';
import { iconOfKind, kindOfObject, routeLabel } from '../wording/referenceWording';
import { byteSize } from '../wording/times';
import { usersPhrase, usersSentence } from '../wording/usersWording';
import { ConnectionTree, goneItem, sameIds } from './connectionTree';
import { groupObjects, objectNode, rowsOfObject, type ObjectGroups, type ObjectNode } from './objectTree';
import { uriOf } from './uris';

/** The Secrets & ConfigMaps view: what is cached, its keys, and who uses it. */
export class ObjectsView extends ConnectionTree<ObjectNode> {
  #groups: ObjectGroups | undefined;

  /** The row of an object, for revealing it. */
  nodeOf(key: ObjectKey): ObjectNode | undefined {
    const { connection } = this;
    if (connection?.inspect(key) === undefined) return undefined;
    // The object may have been registered a moment ago, and its root is to be painted before it is revealed.
    this.repaint(this.#regroup(connection));
    return this.same(objectNode(key));
  }

  protected childrenOf(connection: Connection, node: ObjectNode | undefined): readonly ObjectNode[] {
    this.#groups ??= groupObjects(connection);
    if (node === undefined) return this.#groups.roots;
    switch (node.row) {
      case 'kind':
      case 'injected':
        return this.#groups.byRoot.get(node.id) ?? [];
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
        this.#groups ??= groupObjects(connection);
        return this.#groups.rootOf.get(node.id);
      case 'dataKey':
      case 'use':
        return objectNode(node.key);
    }
  }

  protected changedRows(connection: Connection, changes: Changes): ReadonlySet<ObjectNode> | 'all' {
    const known = this.#groups?.rootOf;
    const membership = [...changes.objects.values()].some(
      (key) => (connection.inspect(key) === undefined) === (known?.has(objectNode(key).id) ?? false),
    );
    const regrouped = membership || changes.pods.size > 0 ? this.#regroup(connection) : new Set<ObjectNode>();
    if (regrouped === 'all') return 'all';
    const rows = new Set(regrouped);
    for (const key of changes.objects.values()) {
      const shown = this.shown(objectNode(key).id);
      if (shown === undefined) continue;
      if (connection.inspect(key) === undefined) this.forget(shown.id);
      else rows.add(shown);
    }
    return rows;
  }

  /** Groups anew, and answers the roots whose objects are others than before. */
  #regroup(connection: Connection): ReadonlySet<ObjectNode> | 'all' {
    const before = this.#groups;
    const groups = groupObjects(connection);
    this.#groups = groups;
    if (before === undefined || !sameIds(before.roots, groups.roots)) return 'all';
    const changed = groups.roots.filter(({ id }) => !sameIds(before.byRoot.get(id) ?? [], groups.byRoot.get(id) ?? []));
    return new Set(changed.map((root) => this.same(root)));
  }

  protected forgetGroups(): void {
    this.#groups = undefined;
  }

  protected tooltipOf(connection: Connection, node: ObjectNode): string | undefined {
    return node.row === 'object' ? objectTooltip(connection, node.key) : undefined;
  }

  protected itemOf(connection: Connection, node: ObjectNode): vscode.TreeItem {
    switch (node.row) {
      case 'kind': {
        const label = node.kind === 'Secret' ? vscode.l10n.t('Secrets') : vscode.l10n.t('ConfigMaps');
        const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded);
        item.description = String(this.#groups?.byRoot.get(node.id)?.length ?? 0);
        item.contextValue = 'kind';
        return item;
      }
      case 'injected': {
        const label = vscode.l10n.t('Added by the cluster');
        const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
        item.description = String(this.#groups?.byRoot.get(node.id)?.length ?? 0);
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
  const use = connection.usesOf(key).find(({ pod }) => pod.id === podId);
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
