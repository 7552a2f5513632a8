import * as vscode from 'vscode';
import type { Changes, Facts } from '../connection/facts';
import type { Scope } from '../connection/scope';
import type { ConnectionSource } from '../connection/facts';
import { commands } from '../ids';
import { DisposableList, type Disposable } from '../objects/disposable';
import { shownName, shownText } from '../wording/labels';
import type { Filter } from './filter';
import { ShownRows, type RowNode } from './shownRows';

interface TreeNode extends RowNode {
  readonly row: string;
}

/** Stands for the rows of a level that are not shown yet. */
export interface MoreNode {
  readonly row: 'more';
  readonly id: string;
  /** The row whose level goes on, or `''` for the roots. */
  readonly parentId: string;
  readonly hidden: number;
}

/** Rows of a level that are shown at first, and how many more each time. VS Code is sent every row of an open level. */
const pageRows = 500;
/** Above this many changed rows it is cheaper to have VS Code ask again for all that it shows. */
const manyRows = 500;

/**
 * A tree of what a connection knows. Rendering it asks nothing of the cluster. While its view is hidden nothing is
 * painted, but the levels follow all the same: to put ten thousand rows in order anew would take longer.
 */
export abstract class ConnectionTree<N extends TreeNode> implements vscode.TreeDataProvider<N | MoreNode>, Disposable {
  readonly #session: ConnectionSource;
  readonly #owned = new DisposableList();
  readonly #changed = this.#owned.add(new vscode.EventEmitter<(N | MoreNode)[] | undefined>());
  readonly #rows = new ShownRows<N>();
  /** How many rows a level shows, by the id of the row above it. */
  readonly #limits = new Map<string, number>();
  /** The scope that the rows say, as they were painted last: what is the same for all rows is said by none. */
  #scope: Scope | undefined;
  #visible = false;
  #changedWhileHidden = false;

  protected readonly filter: Filter;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(session: ConnectionSource, filter: Filter) {
    this.#session = session;
    this.filter = filter;
    this.#owned.add(
      session.onDidChangeState(() => {
        this.#limits.clear();
        this.rebuild();
      }),
    );
    this.#owned.add(
      filter.onDidChange(() => {
        this.rebuild();
      }),
    );
    this.#owned.add(
      session.onDidChange((changes) => {
        const { facts } = this;
        if (facts === undefined) return;
        const rows = this.changedRows(facts, changes);
        if (!this.#visible) this.#changedWhileHidden = true;
        else if (rows === 'all' || rows.size > manyRows || facts.pods.scope !== this.#scope) this.#repaintAll();
        else if (rows.size > 0) this.#changed.fire([...rows]);
      }),
    );
  }

  setVisible(visible: boolean): void {
    this.#visible = visible;
    if (visible && this.#changedWhileHidden) this.#repaintAll();
  }

  getChildren(node?: N | MoreNode): (N | MoreNode)[] {
    const { facts } = this;
    if (facts === undefined || isMore(node)) return [];
    const parentId = node?.id ?? '';
    const all = this.childrenOf(facts, node);
    const limit = this.#limits.get(parentId) ?? pageRows;
    const shown = this.#rows.setBelow(parentId, all.slice(0, limit));
    const hidden = all.length - shown.length;
    return hidden === 0 ? shown : [...shown, { row: 'more', id: `more/${parentId}`, parentId, hidden }];
  }

  getParent(node: N | MoreNode): N | undefined {
    const { facts } = this;
    if (facts === undefined) return undefined;
    if (isMore(node)) return this.shown(node.parentId);
    const parent = this.parentOf(facts, node);
    return parent === undefined ? undefined : this.same(parent);
  }

  getTreeItem(node: N | MoreNode): vscode.TreeItem {
    const { facts } = this;
    if (isMore(node)) return moreItem(this.viewId, node);
    const item = facts === undefined ? goneItem() : this.itemOf(facts, node);
    item.id = node.id;
    return inView(item);
  }

  /** Tooltips are built for the rows that the mouse rests on. */
  resolveTreeItem(item: vscode.TreeItem, node: N | MoreNode): vscode.TreeItem {
    const { facts } = this;
    const tooltip = facts === undefined || isMore(node) ? undefined : this.tooltipOf(facts, node);
    if (tooltip !== undefined) item.tooltip = new vscode.MarkdownString(tooltip);
    return item;
  }

  /**
   * Whether an argument of a command is a row that this tree has given to VS Code. Others can call commands with an
   * argument of the same shape; the identity of a row they cannot have.
   */
  isOwnRow(argument: unknown): boolean {
    return this.#rows.isOwn(argument);
  }

  /** Shows the next rows of a level. */
  showMore(parentId: string): void {
    this.showAtLeast(parentId, (this.#limits.get(parentId) ?? pageRows) + 1);
    const parent = this.shown(parentId);
    this.#changed.fire(parent === undefined ? undefined : [parent]);
  }

  dispose(): void {
    this.#owned.dispose();
  }

  protected get facts(): Facts | undefined {
    return this.#session.connection;
  }

  /** The node that VS Code knows a row by. */
  protected same(node: N): N {
    return this.#rows.same(node);
  }

  /** The node of a row that was shown. */
  protected shown(id: string): N | undefined {
    return this.#rows.get(id);
  }

  /** The nodes of rows that were shown and are about an object. */
  protected shownAbout(text: string): Iterable<N> {
    return this.#rows.about(text);
  }

  /** Has a level show this many rows, in whole pages. */
  protected showAtLeast(parentId: string, rows: number): void {
    const limit = Math.ceil(rows / pageRows) * pageRows;
    if (limit > (this.#limits.get(parentId) ?? pageRows)) this.#limits.set(parentId, limit);
  }

  /** Shows everything anew. */
  protected rebuild(): void {
    this.forgetLevels();
    this.#repaintAll();
  }

  protected abstract readonly viewId: string;
  protected abstract childrenOf(facts: Facts, node: N | undefined): readonly N[];
  protected abstract parentOf(facts: Facts, node: N): N | undefined;
  protected abstract itemOf(facts: Facts, node: N): vscode.TreeItem;
  /** Markdown, or nothing for a row that has its tooltip already. */
  protected abstract tooltipOf(facts: Facts, node: N): string | undefined;
  /** Takes changes into the levels. Answers the rows that were shown and have changed, or `all` if the roots are others. */
  protected abstract changedRows(facts: Facts, changes: Changes): ReadonlySet<N> | 'all';
  /** Another connection, filter or grouping has other rows. */
  protected abstract forgetLevels(): void;

  #repaintAll(): void {
    this.#changedWhileHidden = false;
    this.#scope = this.facts?.pods.scope;
    // All are asked for again, so those that are gone need not be remembered.
    this.#rows.clear();
    this.#changed.fire(undefined);
  }
}

function isMore(node: TreeNode | undefined): node is MoreNode {
  return node?.row === 'more';
}

/** A row with every character in view. Names come from manifests, pods and the kubeconfig, and may hold any. */
function inView(item: vscode.TreeItem): vscode.TreeItem {
  const { label, description, tooltip, accessibilityInformation: aloud } = item;
  if (typeof label === 'string') item.label = shownName(label);
  if (typeof description === 'string') item.description = shownText(description);
  if (typeof tooltip === 'string') item.tooltip = shownText(tooltip);
  if (aloud !== undefined) item.accessibilityInformation = { ...aloud, label: shownText(aloud.label) };
  return item;
}

function moreItem(viewId: string, { id, parentId, hidden }: MoreNode): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Show more…'));
  item.id = id;
  item.description = vscode.l10n.t('{0} not shown', hidden);
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.contextValue = 'more';
  item.tooltip = vscode.l10n.t(
    '{0} rows are not shown. Show the next {1}, or filter.',
    hidden,
    Math.min(hidden, pageRows),
  );
  item.accessibilityInformation = { label: item.tooltip };
  item.command = { command: commands.showMore, title: item.tooltip, arguments: [viewId, parentId] };
  return item;
}

/** A row whose subject went between two repaints. */
export function goneItem(): vscode.TreeItem {
  return new vscode.TreeItem(vscode.l10n.t('gone'));
}
