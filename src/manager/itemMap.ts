/** The items of a store by namespace and name. It has two levels of maps, so that no look-up has to build a joined key. */
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

  /** Replaces the item of a name that has one. */
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
