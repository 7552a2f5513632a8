import type * as vscode from 'vscode';
import { isFolded } from '../connection/assess';
import type { Changes, Facts } from '../connection/facts';
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
    const { facts } = this;
    return facts === undefined ? 0 : this.#grouped(facts).size;
  }

  /** The row of an object, for revealing it. The filter is cleared if it hides the object. */
  nodeOf(key: ObjectKey): ObjectNode | undefined {
    const { facts } = this;
    if (facts?.objects.inspect(key) === undefined) return undefined;
    if (!this.filter.showsObject(facts, key)) this.filter.clear();
    // The object may have been registered a moment ago, and its root is to be painted before it is revealed.
    this.rebuild();
    const groups = this.#grouped(facts);
    const root = groups.rootOf(key);
    if (root !== undefined) this.showAtLeast(root.id, groups.placeOf(key) + 1);
    return this.same(objectNode(key));
  }

  protected childrenOf(facts: Facts, node: ObjectNode | undefined): readonly ObjectNode[] {
    if (node === undefined) {
      this.#offers = offersCache(facts);
      return [...(this.#offers ? [offerNode] : []), ...this.#grouped(facts).roots];
    }
    switch (node.row) {
      case 'kind':
      case 'injected':
        return this.#grouped(facts).objectsOf(node);
      case 'object':
        return rowsOfObject(facts, node.key);
      case 'dataKey':
      case 'use':
      case 'offer':
        return [];
    }
  }

  protected parentOf(facts: Facts, node: ObjectNode): ObjectNode | undefined {
    switch (node.row) {
      case 'kind':
      case 'injected':
      case 'offer':
        return undefined;
      case 'object':
        return this.#grouped(facts).rootOf(node.key);
      case 'dataKey':
      case 'use':
        return objectNode(node.key);
    }
  }

  protected changedRows(facts: Facts, changes: Changes): ReadonlySet<ObjectNode> | 'all' {
    const groups = this.#groups;
    if (groups === undefined || offersCache(facts) !== this.#offers) return 'all';
    const before = groups.roots;
    const rows = new Set<ObjectNode>();
    for (const key of changes.objects.values()) {
      for (const root of this.#place(facts, groups, key)) rows.add(root);
      const node = this.shown(objectNode(key).id);
      if (node !== undefined) rows.add(node);
    }
    const { roots } = groups;
    return roots.length === before.length && roots.every((root, i) => root === before[i]) ? rows : 'all';
  }

  protected forgetLevels(): void {
    this.#groups = undefined;
  }

  protected itemOf(facts: Facts, node: ObjectNode): vscode.TreeItem {
    switch (node.row) {
      case 'kind':
        return kindItem(node.kind, this.#grouped(facts).objectsOf(node).length);
      case 'injected':
        return injectedItem(this.#grouped(facts).objectsOf(node).length);
      case 'offer':
        return offerItem();
      case 'object':
        return objectItem(facts, node.key);
      case 'dataKey':
        return dataKeyItem(facts, node.key, node.dataKey);
      case 'use':
        return useItem(facts, node.key, node.podId);
    }
  }

  protected tooltipOf(facts: Facts, node: ObjectNode): string | undefined {
    return node.row === 'object' ? objectTooltip(facts, node.key) : undefined;
  }

  #grouped(facts: Facts): ObjectGroups {
    if (this.#groups !== undefined) return this.#groups;
    const groups = new ObjectGroups();
    for (const key of facts.objects.keys()) this.#place(facts, groups, key);
    this.#groups = groups;
    return groups;
  }

  #place(facts: Facts, groups: ObjectGroups, key: ObjectKey): ObjectNode[] {
    const isShown = facts.objects.inspect(key) !== undefined && this.filter.showsObject(facts, key);
    return groups.place(key, isShown, isFolded(facts, key));
  }
}

/** Whether the role seems to allow no watch at all, so that another strategy may do better. */
function offersCache({ objects, problems }: Pick<Facts, 'objects' | 'problems'>): boolean {
  const { counts } = problems.summary;
  return objects.strategy === 'watch' && counts.forbidden > 0 && counts.live + counts.immutable === 0;
}
