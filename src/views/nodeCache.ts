/**
 * Tree nodes by id. VS Code tells rows apart by the identity of their nodes, so each id has one node for as long as
 * it is shown.
 */
export class NodeCache<N extends { readonly id: string }> {
  readonly #nodes = new Map<string, N>();

  /** The node that is known under the id of `node`, else `node`. */
  same(node: N): N {
    const known = this.#nodes.get(node.id);
    if (known !== undefined) return known;
    this.#nodes.set(node.id, node);
    return node;
  }

  get(id: string): N | undefined {
    return this.#nodes.get(id);
  }

  delete(id: string): void {
    this.#nodes.delete(id);
  }

  clear(): void {
    this.#nodes.clear();
  }
}
