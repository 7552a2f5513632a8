import * as vscode from 'vscode';
import type { Changes, Connection } from '../connection/connection';
import type { Session } from '../connection/session';
import { DisposableList, type Disposable } from '../objects/disposable';

/** A row. Ids are unique in a view and stay the same for the same thing. */
interface TreeNode {
  readonly id: string;
}

/** A tree of what a connection knows. Rendering it asks nothing of the cluster. */
export abstract class ConnectionTree<N extends TreeNode> implements vscode.TreeDataProvider<N>, Disposable {
  readonly #session: Session;
  readonly #owned = new DisposableList();
  readonly #changed = this.#owned.add(new vscode.EventEmitter<N | N[] | undefined>());
  /** VS Code tells rows apart by the identity of their nodes, so each id has one node for as long as it is shown. */
  readonly #nodes = new Map<string, N>();

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(session: Session) {
    this.#session = session;
    this.#owned.add(
      session.onDidChangeState(() => {
        this.forgetGroups();
        this.repaint('all');
      }),
    );
    this.#owned.add(
      session.onDidChange((changes) => {
        const { connection } = this;
        if (connection !== undefined) this.repaint(this.changedRows(connection, changes));
      }),
    );
  }

  getChildren(node?: N): N[] {
    const { connection } = this;
    return connection === undefined ? [] : this.childrenOf(connection, node).map((child) => this.same(child));
  }

  getParent(node: N): N | undefined {
    const { connection } = this;
    const parent = connection === undefined ? undefined : this.parentOf(connection, node);
    return parent === undefined ? undefined : this.same(parent);
  }

  getTreeItem(node: N): vscode.TreeItem {
    const { connection } = this;
    const item = connection === undefined ? goneItem() : this.itemOf(connection, node);
    item.id = node.id;
    return item;
  }

  /** Tooltips are built for the rows that the mouse rests on. */
  resolveTreeItem(item: vscode.TreeItem, node: N): vscode.TreeItem {
    const { connection } = this;
    const tooltip = connection === undefined ? undefined : this.tooltipOf(connection, node);
    if (tooltip !== undefined) item.tooltip = new vscode.MarkdownString(tooltip);
    return item;
  }

  dispose(): void {
    this.#owned.dispose();
  }

  protected get connection(): Connection | undefined {
    return this.#session.connection;
  }

  /** The node that is known under the id of `node`, else `node`. */
  protected same(node: N): N {
    const known = this.#nodes.get(node.id);
    if (known !== undefined) return known;
    this.#nodes.set(node.id, node);
    return node;
  }

  /** The node of a row that was shown. */
  protected shown(id: string): N | undefined {
    return this.#nodes.get(id);
  }

  protected forget(id: string): void {
    this.#nodes.delete(id);
  }

  protected abstract childrenOf(connection: Connection, node: N | undefined): readonly N[];
  protected abstract parentOf(connection: Connection, node: N): N | undefined;
  protected abstract itemOf(connection: Connection, node: N): vscode.TreeItem;
  /** Markdown, or nothing for a row that has its tooltip already. */
  protected abstract tooltipOf(connection: Connection, node: N): string | undefined;
  /** The rows that were shown and have changed, or `all` if the roots are others. */
  protected abstract changedRows(connection: Connection, changes: Changes): ReadonlySet<N> | 'all';
  /** Another connection has other groups. */
  protected abstract forgetGroups(): void;

  protected repaint(rows: ReadonlySet<N> | 'all'): void {
    if (rows === 'all') {
      // All are asked for again, so those that are gone need not be remembered.
      this.#nodes.clear();
      this.#changed.fire(undefined);
    } else if (rows.size > 0) this.#changed.fire([...rows]);
  }
}

/** A row whose subject went between two repaints. */
export function goneItem(): vscode.TreeItem {
  return new vscode.TreeItem(vscode.l10n.t('gone'));
}

export function sameIds(a: readonly TreeNode[], b: readonly TreeNode[]): boolean {
  return a.length === b.length && a.every((node, i) => node.id === b[i]?.id);
}
