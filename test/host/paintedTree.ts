import type * as vscode from 'vscode';
import { DisposableList, type Disposable } from '../../src/objects/disposable';

/** What VS Code uses of a tree. */
export interface Tree<N> {
  readonly onDidChangeTreeData: vscode.Event<N[] | undefined>;
  getChildren(node?: N): N[];
  getTreeItem(node: N): vscode.TreeItem;
  getParent(node: N): N | undefined;
}

interface Row<N> {
  readonly id: string;
  readonly node: N;
  readonly parent: Row<N> | undefined;
  text: string;
  children: readonly Row<N>[] | undefined;
}

/** A row and what stands below it, as a person sees it. */
export interface Painted {
  readonly id: string;
  readonly text: string;
  /** Absent below a row that is closed. */
  readonly children?: readonly Painted[];
}

/**
 * What VS Code shows of a tree: rows as they were when it last asked for them. As VS Code does, it asks again only for
 * what it is told has changed, with all that is open below; it knows rows by the identity of their nodes, and an id may
 * be there once.
 */
export class PaintedTree<N> implements Disposable {
  readonly #tree: Tree<N>;
  readonly #opens: (id: string) => boolean;
  readonly #owned = new DisposableList();
  readonly #rows = new Map<N, Row<N>>();
  readonly #ids = new Set<string>();
  #roots: readonly Row<N>[];
  #changed: (readonly N[] | undefined)[] = [];

  /** @param opens Whether a person has opened the row with this id. */
  constructor(tree: Tree<N>, opens: (id: string) => boolean = () => true) {
    this.#tree = tree;
    this.#opens = opens;
    this.#owned.add(tree.onDidChangeTreeData((nodes) => this.#changed.push(nodes)));
    this.#roots = this.#ask(undefined);
  }

  /**
   * Asks again for what has changed since the last call.
   * @returns the ids of the rows that it asks for, without those that stand below another one, or `all`.
   */
  paint(): string[] | 'all' {
    const changed = this.#changed.splice(0);
    if (changed.some((nodes) => nodes === undefined)) {
      this.#rows.clear();
      this.#ids.clear();
      this.#roots = this.#ask(undefined);
      return 'all';
    }
    const told = new Set<Row<N>>();
    for (const node of changed.flatMap((nodes) => nodes ?? [])) {
      const row = this.#rows.get(node);
      if (row !== undefined) told.add(row);
    }
    const topmost = [...told].filter(({ parent }) => !isBelow(parent, told));
    // What moves from one row to another has left the first when the second asks for it.
    for (const row of topmost) this.#forgetBelow(row);
    for (const row of topmost) {
      row.text = textOf(this.#tree.getTreeItem(row.node));
      if (row.children !== undefined) row.children = this.#ask(row);
    }
    return topmost.map(({ id }) => id);
  }

  get painted(): readonly Painted[] {
    return paintedOf(this.#roots);
  }

  /** Each row that is shown, from the top. */
  get ids(): readonly string[] {
    const below = ({ id, children }: Painted): string[] => [id, ...(children ?? []).flatMap(below)];
    return this.painted.flatMap(below);
  }

  find(id: string): Painted | undefined {
    const within = (rows: readonly Painted[]): Painted | undefined => {
      for (const row of rows) {
        const found = row.id === id ? row : within(row.children ?? []);
        if (found !== undefined) return found;
      }
      return undefined;
    };
    return within(this.painted);
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #ask(parent: Row<N> | undefined): Row<N>[] {
    return this.#tree.getChildren(parent?.node).map((node) => {
      const item = this.#tree.getTreeItem(node);
      const { id } = item;
      if (id === undefined || this.#ids.has(id)) throw new Error(`a second row has the id ${String(id)}`);
      if (this.#tree.getParent(node) !== parent?.node) throw new Error(`${id} says that it stands elsewhere`);
      const row: Row<N> = { id, node, parent, text: textOf(item), children: undefined };
      this.#ids.add(id);
      this.#rows.set(node, row);
      if ((item.collapsibleState ?? 0) > 0 && this.#opens(id)) row.children = this.#ask(row);
      return row;
    });
  }

  #forgetBelow({ children }: Row<N>): void {
    for (const child of children ?? []) {
      this.#forgetBelow(child);
      this.#ids.delete(child.id);
      this.#rows.delete(child.node);
    }
  }
}

function isBelow<N>(parent: Row<N> | undefined, rows: ReadonlySet<Row<N>>): boolean {
  return parent !== undefined && (rows.has(parent) || isBelow(parent.parent, rows));
}

function paintedOf<N>(rows: readonly Row<N>[]): Painted[] {
  return rows.map(({ id, text, children }) =>
    children === undefined ? { id, text } : { id, text, children: paintedOf(children) },
  );
}

/** All that a row shows and says. */
function textOf(item: vscode.TreeItem): string {
  const { label, description, tooltip, contextValue, iconPath, resourceUri, command, collapsibleState } = item;
  const { accessibilityInformation } = item;
  const what = { label, description, tooltip, contextValue, iconPath, command, collapsibleState };
  return JSON.stringify({ ...what, uri: resourceUri?.toString(), says: accessibilityInformation?.label });
}
