import { disposable, type Disposable } from './disposable';

/** Subscribes a listener until the result is disposed. */
export type Event<T> = (listener: (value: T) => void) => Disposable;

/** Calls its listeners with each value. A listener that is added or removed during a call counts from the next call on. */
export class Emitter<T> implements Disposable {
  readonly #listeners = new Set<(value: T) => void>();

  readonly event: Event<T> = (listener) => {
    // A function of its own, so that one listener can be subscribed twice.
    const own = (value: T): void => {
      listener(value);
    };
    this.#listeners.add(own);
    return disposable(() => {
      this.#listeners.delete(own);
    });
  };

  fire(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }

  dispose(): void {
    this.#listeners.clear();
  }
}
