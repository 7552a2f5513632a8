import type * as vscode from 'vscode';
import type { Changes, Connection } from '../connection/connection';
import { views } from '../ids';
import type { ObjectKey } from '../objects/objectKey';
import { ConnectionTree } from './connectionTree';
import { dataKeyItem, injectedItem, kindItem, objectItem, objectTooltip, offerItem, useItem } from './objectRows';
import { objectNode, ObjectGroups, offerNode, rowsOfObject, type ObjectNode } from './objectTree';

/** The Secrets & ConfigMaps view: what is cached, its keys, and who uses it. */
export class ObjectsView extends ConnectionTree<ObjectNode> {
  protected readonly viewId = views.objects;
  #groups: ObjectGroups | undefined;
  #offers = false;

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
    if (node === undefined) {
      this.#offers = offersCache(connection);
      return [...(this.#offers ? [offerNode] : []), ...this.#grouped(connection).roots];
    }
    switch (node.row) {
      case 'kind':
      case 'injected':
        return this.#grouped(connection).objectsOf(node);
      case 'object':
        return rowsOfObject(connection, node.key);
      case 'dataKey':
      case 'use':
      case 'offer':
        return [];
    }
  }

  protected parentOf(connection: Connection, node: ObjectNode): ObjectNode | undefined {
    switch (node.row) {
      case 'kind':
      case 'injected':
      case 'offer':
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
    if (groups === undefined || offersCache(connection) !== this.#offers) return 'all';
    const before = groups.roots;
    const rows = new Set<ObjectNode>();
    for (const key of changes.objects.values()) {
      for (const root of this.#place(connection, groups, key)) rows.add(root);
      const node = this.shown(objectNode(key).id);
      if (node !== undefined) rows.add(node);
    }
    const { roots } = groups;
    return roots.length === before.length && roots.every((root, i) => root === before[i]) ? rows : 'all';
  }

  protected forgetLevels(): void {
    this.#groups = undefined;
  }

  protected itemOf(connection: Connection, node: ObjectNode): vscode.TreeItem {
    switch (node.row) {
      case 'kind':
        return kindItem(node.kind, this.#grouped(connection).objectsOf(node).length);
      case 'injected':
        return injectedItem(this.#grouped(connection).objectsOf(node).length);
      case 'offer':
        return offerItem();
      case 'object':
        return objectItem(connection, node.key);
      case 'dataKey':
        return dataKeyItem(connection, node.key, node.dataKey);
      case 'use':
        return useItem(connection, node.key, node.podId);
    }
  }

  protected tooltipOf(connection: Connection, node: ObjectNode): string | undefined {
    return node.row === 'object' ? objectTooltip(connection, node.key) : undefined;
  }

  #grouped(connection: Connection): ObjectGroups {
    if (this.#groups !== undefined) return this.#groups;
    const groups = new ObjectGroups();
    for (const key of connection.keys()) this.#place(connection, groups, key);
    this.#groups = groups;
    return groups;
  }

  #place(connection: Connection, groups: ObjectGroups, key: ObjectKey): ObjectNode[] {
    const isShown = connection.inspect(key) !== undefined && this.filter.showsObject(connection, key);
    return groups.place(key, isShown, connection.isInjectedOnly(key));
  }
}

/** Whether the role seems to allow no watch at all, so that another strategy may do better. */
function offersCache({ strategy, summary: { counts } }: Connection): boolean {
  return strategy === 'watch' && counts.forbidden > 0 && counts.live + counts.immutable === 0;
}
