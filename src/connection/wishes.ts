import type { ObjectKey } from '../objects/objectKey';

export interface PodName {
  readonly namespace: string;
  readonly name: string;
}

/** What the user asked for by name. It outlives the connection, whose parts keep it up to date. */
export interface Wishes {
  readonly pins: Names<ObjectKey>;
  /** Pods that the user registered by name. */
  readonly pods: Names<PodName>;
}

/** Names in the order in which they were added, each once. */
export class Names<T> {
  readonly #textOf: (name: T) => string;
  readonly #byText: Map<string, T>;
  readonly #changed: () => void;

  /** @param changed Called after a name came or went. */
  constructor(names: readonly T[], textOf: (name: T) => string, changed: () => void) {
    this.#textOf = textOf;
    this.#byText = new Map(names.map((name) => [textOf(name), name]));
    this.#changed = changed;
  }

  get all(): readonly T[] {
    return [...this.#byText.values()];
  }

  has(name: T): boolean {
    return this.#byText.has(this.#textOf(name));
  }

  add(name: T): void {
    if (this.has(name)) return;
    this.#byText.set(this.#textOf(name), name);
    this.#changed();
  }

  delete(name: T): void {
    if (this.#byText.delete(this.#textOf(name))) this.#changed();
  }
}
