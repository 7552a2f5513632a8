/** Something that runs until it is disposed. Disposing it twice has the effect of once. */
export interface Disposable {
  dispose(): void;
}

/** A disposable that runs `end` at the first call of `dispose`. */
export function disposable(end: () => void): Disposable {
  let ended = false;
  return {
    dispose: (): void => {
      if (ended) return;
      ended = true;
      end();
    },
  };
}

/** Owns disposables and disposes them together, last first. An item that is added later is disposed at once. */
export class DisposableList implements Disposable {
  #owned: Disposable[] | undefined = [];

  add<T extends Disposable>(item: T): T {
    if (this.#owned === undefined) item.dispose();
    else this.#owned.push(item);
    return item;
  }

  get disposed(): boolean {
    return this.#owned === undefined;
  }

  dispose(): void {
    const owned = this.#owned ?? [];
    this.#owned = undefined;
    for (const item of owned.reverse()) item.dispose();
  }
}
