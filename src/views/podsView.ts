import type * as vscode from 'vscode';
import type { Changes, Facts } from '../connection/facts';
import { objectsOf, type RegisteredPod } from '../connection/podRegistry';
import type { ConnectionSource } from '../connection/facts';
import { views } from '../ids';
import { keyText, type ObjectKey } from '../objects/objectKey';
import { heldRowsIn, changedHeldRows, rootsOfHeld, type HeldRows } from './heldRows';
import { ConnectionTree, goneItem, type MoreNode } from './connectionTree';
import type { Filter } from './filter';
import {
  groupItem,
  injectedItem,
  manifestItem,
  manifestsItem,
  manifestUseItem,
  pinItem,
  pinsItem,
  pinTooltip,
  podItem,
  podTooltip,
  referenceItem,
  referenceTooltip,
} from './podRows';
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
  type PodNode,
} from './podTree';

/** What the view shows: what the user held for by name or in a tab, then pods. */
interface Levels {
  held: HeldRows;
  readonly groups: PodGroups;
}

/** The Pods view: open manifests, pins and pods in groups, and below each what it refers to. */
export class PodsView extends ConnectionTree<PodNode> {
  protected readonly viewId = views.pods;
  #grouping: Grouping;
  #known: Levels | undefined;

  constructor(session: ConnectionSource, filter: Filter, grouping: Grouping) {
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
    const { facts } = this;
    return facts === undefined ? 0 : this.#levels(facts).groups.size;
  }

  /** The objects that a row shows when it is expanded. */
  keysOf(node: PodNode | MoreNode): readonly ObjectKey[] {
    const { facts } = this;
    if (facts === undefined) return [];
    switch (node.row) {
      case 'pod':
      case 'injected': {
        const registered = facts.pods.get(node.podId);
        if (registered === undefined) return [];
        return objectsOf(registered, ({ injected }) => injected === (node.row === 'injected'));
      }
      case 'manifest': {
        const uses = facts.holds.manifest(node.manifestId)?.uses ?? [];
        return [...new Map(uses.map(({ key }) => [keyText(key), key])).values()];
      }
      case 'pins':
        return facts.holds.pins;
      default:
        return [];
    }
  }

  protected childrenOf(facts: Facts, node: PodNode | undefined): readonly PodNode[] {
    const { held, groups } = this.#levels(facts);
    if (node === undefined) return [...rootsOfHeld(held), ...groups.roots];
    switch (node.row) {
      case 'manifests':
        return held.manifests.map(manifestNode);
      case 'manifest': {
        const manifest = facts.holds.manifest(node.manifestId);
        return manifest?.uses.map((use, index) => manifestUseNode(manifest, use, index)) ?? [];
      }
      case 'pins':
        return held.pins.map(pinNode);
      case 'group':
        return groups.podsOf(node.id);
      case 'pod': {
        const registered = facts.pods.get(node.podId);
        return registered === undefined ? [] : rowsOfPod(registered);
      }
      case 'injected': {
        const registered = facts.pods.get(node.podId);
        return registered === undefined ? [] : referenceNodes(registered, true);
      }
      case 'reference':
      case 'manifestUse':
      case 'pin':
        return [];
    }
  }

  protected parentOf(facts: Facts, node: PodNode): PodNode | undefined {
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
        const manifest = facts.holds.manifest(node.manifestId);
        return manifest === undefined ? undefined : manifestNode(manifest);
      }
      case 'pod':
        return this.#levels(facts).groups.parentOf(node.podId);
      case 'injected':
        return podNode(node.podId);
      case 'reference': {
        const folded = facts.pods.get(node.podId)?.references[node.index]?.injected === true;
        return folded ? injectedNode(node.podId) : podNode(node.podId);
      }
    }
  }

  protected changedRows(facts: Facts, changes: Changes): ReadonlySet<PodNode> | 'all' {
    const known = this.#known;
    if (known === undefined) return 'all';
    const held = heldRowsIn(facts, this.filter);
    const changed = changedHeldRows(known.held, held, changes.objects);
    known.held = held;
    for (const podId of changes.pods) {
      changed.push(podNode(podId).id, ...this.#place(facts, known.groups, podId, facts.pods.get(podId)));
    }
    if (changed.includes('')) return 'all';
    const rows = new Set<PodNode>();
    for (const id of changed) {
      const node = this.shown(id);
      if (node !== undefined) rows.add(node);
    }
    for (const text of changes.objects.keys()) for (const node of this.shownAbout(text)) rows.add(node);
    return rows;
  }

  protected forgetLevels(): void {
    this.#known = undefined;
  }

  protected itemOf(facts: Facts, node: PodNode): vscode.TreeItem {
    const { held, groups } = this.#levels(facts);
    switch (node.row) {
      case 'manifests':
        return manifestsItem(held.manifests.length);
      case 'manifest': {
        const manifest = facts.holds.manifest(node.manifestId);
        return manifest === undefined ? goneItem() : manifestItem(facts, manifest);
      }
      case 'manifestUse': {
        const use = facts.holds.manifest(node.manifestId)?.uses[node.index];
        return use === undefined ? goneItem() : manifestUseItem(facts, node.manifestId, use);
      }
      case 'pins':
        return pinsItem(held.pins.length);
      case 'pin':
        return pinItem(facts, node.key);
      case 'group':
        return groupItem(facts, node.group, {
          pods: groups.podsOf(node.id).length,
          troubled: groups.troubledIn(node.id),
        });
      case 'injected':
        return injectedItem();
      case 'pod': {
        const registered = facts.pods.get(node.podId);
        const group = groups.parentOf(node.podId)?.group;
        return registered === undefined ? goneItem() : podItem(facts, registered, group);
      }
      case 'reference': {
        const reference = facts.pods.get(node.podId)?.references[node.index];
        return reference === undefined ? goneItem() : referenceItem(facts, node.key, reference);
      }
    }
  }

  protected tooltipOf(facts: Facts, node: PodNode): string | undefined {
    switch (node.row) {
      case 'pod': {
        const registered = facts.pods.get(node.podId);
        return registered === undefined ? undefined : podTooltip(facts, registered);
      }
      case 'reference': {
        const reference = facts.pods.get(node.podId)?.references[node.index];
        return reference === undefined ? undefined : referenceTooltip(facts, node.key, reference);
      }
      case 'manifestUse': {
        const use = facts.holds.manifest(node.manifestId)?.uses[node.index];
        return use === undefined ? undefined : referenceTooltip(facts, use.key, use.reference);
      }
      case 'pin':
        return pinTooltip(facts, node.key);
      default:
        return undefined;
    }
  }

  #levels(facts: Facts): Levels {
    if (this.#known !== undefined) return this.#known;
    const groups = new PodGroups(this.#grouping);
    for (const registered of facts.pods.all) this.#place(facts, groups, registered.id, registered);
    this.#known = { held: heldRowsIn(facts, this.filter), groups };
    return this.#known;
  }

  /** @param pod `undefined`: it is gone. */
  #place(facts: Facts, groups: PodGroups, podId: string, pod: RegisteredPod | undefined): string[] {
    const shown = pod !== undefined && this.filter.showsPod(facts, pod) ? pod : undefined;
    return groups.place(podId, shown, facts.problems.ofPod(podId) !== undefined);
  }
}
