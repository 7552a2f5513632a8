/** What a store keeps by namespace and name: two levels, since keys joined of both would have to be made at each look. */
export class ItemMap<I> {
  readonly #items = new Map<string, Map<string, I>>();

  find(namespace: string, name: string): I | undefined {
    return this.#items.get(namespace)?.get(name);
  }

  findOrAdd(namespace: string, name: string, make: () => I): I {
    let items = this.#items.get(namespace);
    if (items === undefined) {
      items = new Map();
      this.#items.set(namespace, items);
    }
    let item = items.get(name);
    if (item === undefined) {
      item = make();
      items.set(name, item);
    }
    return item;
  }

  /** Puts an item in the place of the one that is there. */
  put(namespace: string, name: string, item: I): void {
    this.#items.get(namespace)?.set(name, item);
  }

  remove(namespace: string, name: string): void {
    const items = this.#items.get(namespace);
    if (items?.delete(name) === true && items.size === 0) this.#items.delete(namespace);
  }

  clear(): void {
    this.#items.clear();
  }

  *keys(): Iterable<{ readonly namespace: string; readonly name: string }> {
    for (const [namespace, items] of this.#items) {
      for (const name of items.keys()) yield { namespace, name };
    }
  }

  *values(): Iterable<I> {
    for (const items of this.#items.values()) yield* items.values();
  }
}
