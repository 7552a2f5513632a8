import type * as vscode from 'vscode';
import type { Changes, Connection } from '../connection/connection';
import { objectsOf, type RegisteredPod } from '../connection/podRegistry';
import type { ShownSession } from '../connection/session';
import { views } from '../ids';
import { keyText, type ObjectKey } from '../objects/objectKey';
import { askedIn, changedAsked, rootsOfAsked, type Asked } from './asked';
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

/** What the view shows: what the user asked for by name or in a tab, then pods. */
interface Levels {
  asked: Asked;
  readonly groups: PodGroups;
}

/** The Pods view: open manifests, pins and pods in groups, and below each what it refers to. */
export class PodsView extends ConnectionTree<PodNode> {
  protected readonly viewId = views.pods;
  #grouping: Grouping;
  #known: Levels | undefined;

  constructor(session: ShownSession, filter: Filter, grouping: Grouping) {
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
    return connection === undefined ? 0 : this.#levels(connection).groups.size;
  }

  /** The objects that a row shows when it is expanded. */
  keysOf(node: PodNode | MoreNode): readonly ObjectKey[] {
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
        return connection.pins;
      default:
        return [];
    }
  }

  protected childrenOf(connection: Connection, node: PodNode | undefined): readonly PodNode[] {
    const { asked, groups } = this.#levels(connection);
    if (node === undefined) return [...rootsOfAsked(asked), ...groups.roots];
    switch (node.row) {
      case 'manifests':
        return asked.manifests.map(manifestNode);
      case 'manifest': {
        const manifest = connection.manifest(node.manifestId);
        return manifest?.uses.map((use, index) => manifestUseNode(manifest, use, index)) ?? [];
      }
      case 'pins':
        return asked.pins.map(pinNode);
      case 'group':
        return groups.podsOf(node.id);
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
        return this.#levels(connection).groups.parentOf(node.podId);
      case 'injected':
        return podNode(node.podId);
      case 'reference': {
        const folded = connection.pod(node.podId)?.references[node.index]?.injected === true;
        return folded ? injectedNode(node.podId) : podNode(node.podId);
      }
    }
  }

  protected changedRows(connection: Connection, changes: Changes): ReadonlySet<PodNode> | 'all' {
    const known = this.#known;
    if (known === undefined) return 'all';
    const asked = askedIn(connection, this.filter);
    const changed = changedAsked(known.asked, asked, changes.objects);
    known.asked = asked;
    for (const podId of changes.pods) {
      changed.push(podNode(podId).id, ...this.#place(connection, known.groups, podId, connection.pod(podId)));
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

  protected itemOf(connection: Connection, node: PodNode): vscode.TreeItem {
    const { asked, groups } = this.#levels(connection);
    switch (node.row) {
      case 'manifests':
        return manifestsItem(asked.manifests.length);
      case 'manifest': {
        const manifest = connection.manifest(node.manifestId);
        return manifest === undefined ? goneItem() : manifestItem(connection, manifest);
      }
      case 'manifestUse': {
        const use = connection.manifest(node.manifestId)?.uses[node.index];
        return use === undefined ? goneItem() : manifestUseItem(connection, node.manifestId, use);
      }
      case 'pins':
        return pinsItem(asked.pins.length);
      case 'pin':
        return pinItem(connection, node.key);
      case 'group':
        return groupItem(connection, node.group, {
          pods: groups.podsOf(node.id).length,
          troubled: groups.troubledIn(node.id),
        });
      case 'injected':
        return injectedItem();
      case 'pod': {
        const registered = connection.pod(node.podId);
        const group = groups.parentOf(node.podId)?.group;
        return registered === undefined ? goneItem() : podItem(connection, registered, group);
      }
      case 'reference': {
        const reference = connection.pod(node.podId)?.references[node.index];
        return reference === undefined ? goneItem() : referenceItem(connection, node.key, reference);
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
        return pinTooltip(connection, node.key);
      default:
        return undefined;
    }
  }

  #levels(connection: Connection): Levels {
    if (this.#known !== undefined) return this.#known;
    const groups = new PodGroups(this.#grouping);
    for (const registered of connection.pods) this.#place(connection, groups, registered.id, registered);
    this.#known = { asked: askedIn(connection, this.filter), groups };
    return this.#known;
  }

  /** @param pod `undefined`: it is gone. */
  #place(connection: Connection, groups: PodGroups, podId: string, pod: RegisteredPod | undefined): string[] {
    const shown = pod !== undefined && this.filter.showsPod(connection, pod) ? pod : undefined;
    return groups.place(podId, shown, connection.problemsOf(podId) !== undefined);
  }
}
