import { keyText, type ObjectKey } from '../objects/objectKey';

/** What rows of any view have in common. Ids are unique in a view and stay the same for the same thing. */
export interface RowNode {
  readonly id: string;
  /** The object that the row is about. */
  readonly key?: ObjectKey;
}

/**
 * The rows that VS Code has been told of. It tells them apart by the identity of their nodes, so each id has one node
 * for as long as its row is shown.
 */
export class ShownRows<N extends RowNode> {
  readonly #nodes = new Map<string, N>();
  /** The ids of the rows below a row, and of the row above one, as they were last asked for. */
  readonly #below = new Map<string, readonly string[]>();
  readonly #above = new Map<string, string>();
  readonly #about = new Map<string, Set<N>>();
  /** Every node that was ever known. VS Code may give back one whose row is gone. */
  readonly #ever = new WeakSet<object>();

  get(id: string): N | undefined {
    return this.#nodes.get(id);
  }

  /** Rows that are about an object. */
  about(text: string): Iterable<N> {
    return this.#about.get(text) ?? [];
  }

  /** Whether something is one of our nodes and no imitation of one. */
  isOwn(node: unknown): boolean {
    return typeof node === 'object' && node !== null && this.#ever.has(node);
  }

  /** The node that is known under the id of `node`; else `node`, which is known from then on. */
  same(node: N): N {
    const known = this.#nodes.get(node.id);
    if (known !== undefined) return known;
    this.#nodes.set(node.id, node);
    this.#ever.add(node);
    if (node.key !== undefined) {
      const text = keyText(node.key);
      this.#about.set(text, (this.#about.get(text) ?? new Set()).add(node));
    }
    return node;
  }

  /** Takes what stands below a row, or below `''` for the roots. Rows that stood there and are gone are forgotten. */
  setBelow(parentId: string, nodes: readonly N[]): N[] {
    const shown = nodes.map((node) => this.same(node));
    const ids = new Set(shown.map(({ id }) => id));
    for (const id of ids) this.#above.set(id, parentId);
    const gone = this.#childrenOf(parentId).filter((id) => !ids.has(id));
    this.#below.set(parentId, [...ids]);
    for (const id of gone) this.#forget(id);
    return shown;
  }

  clear(): void {
    for (const known of [this.#nodes, this.#below, this.#above, this.#about]) known.clear();
  }

  /** Without those that stand below another row by now. */
  #childrenOf(id: string): readonly string[] {
    return (this.#below.get(id) ?? []).filter((child) => this.#above.get(child) === id);
  }

  #forget(id: string): void {
    for (const child of this.#childrenOf(id)) this.#forget(child);
    const node = this.#nodes.get(id);
    if (node?.key !== undefined) {
      const text = keyText(node.key);
      const rows = this.#about.get(text);
      rows?.delete(node);
      if (rows?.size === 0) this.#about.delete(text);
    }
    this.#nodes.delete(id);
    this.#below.delete(id);
    this.#above.delete(id);
  }
}
