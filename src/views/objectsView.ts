import * as vscode from 'vscode';
import type { Changes, Connection } from '../connection/connection';
import { isOptional } from '../connection/referenceState';
import type { Session } from '../connection/session';
import { DisposableList, type Disposable } from '../objects/disposable';
import type { ObjectKey } from '../objects/objectKey';
import { freshnessLabel, freshnessSentence } from '../wording/freshnessWording';
import { plain } from '../wording/markdown';
import { kindOfObject, routeLabel } from '../wording/referenceWording';
import { byteSize } from '../wording/times';
import { usersPhrase, usersSentence } from '../wording/usersWording';
import { NodeCache } from './nodeCache';
import { groupObjects, objectNode, rowsOfObject, type ObjectGroups, type ObjectNode } from './objectTree';
import { uriOf } from './uris';

/** The Secrets & ConfigMaps view: what is cached, its keys, and who uses it. Rendering it asks nothing of the cluster. */
export class ObjectsView implements vscode.TreeDataProvider<ObjectNode>, Disposable {
  readonly #session: Session;
  readonly #owned = new DisposableList();
  readonly #changed = this.#owned.add(new vscode.EventEmitter<ObjectNode | ObjectNode[] | undefined>());
  readonly #nodes = new NodeCache<ObjectNode>();
  #groups: ObjectGroups | undefined;

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

  /** The row of an object, for revealing it. */
  nodeOf(key: ObjectKey): ObjectNode | undefined {
    const { connection } = this.#session;
    if (connection?.inspect(key) === undefined) return undefined;
    // The object may have been registered a moment ago: VS Code reveals only rows that it can ask for.
    const moved = this.#regroup(connection);
    if (moved === 'roots') this.#changed.fire(undefined);
    else if (moved.length > 0) this.#changed.fire(moved);
    return this.#nodes.same(objectNode(key));
  }

  getChildren(node?: ObjectNode): ObjectNode[] {
    const { connection } = this.#session;
    if (connection === undefined) return [];
    return this.#childrenOf(connection, node).map((child) => this.#nodes.same(child));
  }

  getParent(node: ObjectNode): ObjectNode | undefined {
    const { connection } = this.#session;
    if (connection === undefined) return undefined;
    switch (node.row) {
      case 'kind':
      case 'injected':
        return undefined;
      case 'object': {
        this.#groups ??= groupObjects(connection);
        const root = this.#groups.rootOf.get(node.id);
        return root === undefined ? undefined : this.#nodes.same(root);
      }
      case 'dataKey':
      case 'use':
        return this.#nodes.same(objectNode(node.key));
    }
  }

  getTreeItem(node: ObjectNode): vscode.TreeItem {
    const { connection } = this.#session;
    const item = connection === undefined ? new vscode.TreeItem(vscode.l10n.t('gone')) : this.#itemOf(connection, node);
    item.id = node.id;
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, node: ObjectNode): vscode.TreeItem {
    const { connection } = this.#session;
    if (connection === undefined || node.row !== 'object') return item;
    const { key } = node;
    const tooltip = new vscode.MarkdownString();
    tooltip.appendMarkdown(plain(vscode.l10n.t('{0} {1} in namespace {2}', key.kind, key.name, key.namespace)));
    const content = connection.inspect(key)?.content;
    if (content?.state === 'object') {
      const { object } = content;
      const version = vscode.l10n.t('{0}, version {1}', kindOfObject(object), object.metadata.resourceVersion ?? '');
      tooltip.appendMarkdown('  \n').appendMarkdown(plain(version));
      if (object.immutable)
        tooltip.appendMarkdown('  \n').appendMarkdown(plain(vscode.l10n.t('Immutable: it never changes.')));
    }
    tooltip.appendMarkdown('\n\n').appendMarkdown(plain(freshnessSentence(connection, connection.freshness(key))));
    tooltip.appendMarkdown('\n\n').appendMarkdown(plain(usersSentence(connection, key)));
    item.tooltip = tooltip;
    return item;
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #childrenOf(connection: Connection, node: ObjectNode | undefined): readonly ObjectNode[] {
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

  /** Repaints only the rows that changed, and only those that were shown. */
  #apply(changes: Changes): void {
    const { connection } = this.#session;
    if (connection === undefined) return;
    const before = this.#groups;
    const rows = new Set<ObjectNode>();
    const membership = [...changes.objects.values()].some(
      (key) => (connection.inspect(key) === undefined) === (before?.rootOf.has(objectNode(key).id) ?? false),
    );
    if (before === undefined || membership || changes.pods.size > 0) {
      const moved = this.#regroup(connection);
      if (moved === 'roots') {
        this.#changed.fire(undefined);
        return;
      }
      for (const root of moved) rows.add(root);
    }
    for (const key of changes.objects.values()) {
      const known = this.#nodes.get(objectNode(key).id);
      if (known === undefined) continue;
      if (connection.inspect(key) === undefined) this.#nodes.delete(known.id);
      else rows.add(known);
    }
    if (rows.size > 0) this.#changed.fire([...rows]);
  }

  /** Groups the objects as they are now. Answers the shown roots below which objects came or went, or that roots did. */
  #regroup(connection: Connection): ObjectNode[] | 'roots' {
    const before = this.#groups;
    const after = groupObjects(connection);
    this.#groups = after;
    if (before === undefined || !sameIds(before.roots, after.roots)) return 'roots';
    return after.roots.flatMap((root) => {
      const known = this.#nodes.get(root.id);
      const same = sameIds(before.byRoot.get(root.id) ?? [], after.byRoot.get(root.id) ?? []);
      return known === undefined || same ? [] : [known];
    });
  }

  #itemOf(connection: Connection, node: ObjectNode): vscode.TreeItem {
    switch (node.row) {
      case 'kind': {
        const label = node.kind === 'Secret' ? vscode.l10n.t('Secrets') : vscode.l10n.t('ConfigMaps');
        const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded);
        item.description = String(this.#groups?.byRoot.get(node.id)?.length ?? 0);
        item.contextValue = 'kind';
        return item;
      }
      case 'injected': {
        const label = vscode.l10n.t('Added by admission');
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
  item.description = [
    ...(oneNamespace ? [] : [key.namespace]),
    freshnessLabel(connection, freshness),
    ...(optional ? [vscode.l10n.t('optional')] : []),
    ...(size === undefined ? [] : [keyCount]),
    ...(immutable ? [vscode.l10n.t('immutable')] : []),
    usersPhrase(connection, key),
  ].join(' · ');
  item.iconPath = new vscode.ThemeIcon(key.kind === 'Secret' ? 'lock' : 'symbol-parameter');
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

function dataKeyItem(connection: Connection, key: ObjectKey, dataKey: string): vscode.TreeItem {
  const content = connection.inspect(key)?.content;
  const value = content?.state === 'object' ? content.object.data.get(dataKey) : undefined;
  const item = new vscode.TreeItem(dataKey);
  item.description = value === undefined ? vscode.l10n.t('missing, but a pod refers to it') : byteSize(value.size);
  item.iconPath = new vscode.ThemeIcon('key');
  item.resourceUri = uriOf({ row: 'key', key, dataKey });
  item.contextValue = 'dataKey';
  item.tooltip = vscode.l10n.t('Key {0} of {1} {2}, {3}', dataKey, key.kind, key.name, item.description);
  item.accessibilityInformation = { label: item.tooltip };
  return item;
}

function useItem(connection: Connection, key: ObjectKey, podId: string): vscode.TreeItem {
  const use = connection.usesOf(key).find(({ pod }) => pod.id === podId);
  if (use === undefined) return new vscode.TreeItem(vscode.l10n.t('gone'));
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

function sameIds(a: readonly ObjectNode[], b: readonly ObjectNode[]): boolean {
  return a.length === b.length && a.every((node, i) => node.id === b[i]?.id);
}
