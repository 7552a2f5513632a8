import { disposable, type Disposable } from '../objects/disposable';

/** Lets a number of things happen at a time; the others wait in order. */
export class Permits {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Waits for a permit, which is given back by disposing it; undefined if the signal was aborted before. */
  acquire(signal: AbortSignal): Promise<Disposable | undefined> {
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve(undefined);
        return;
      }
      const giveUp = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(grant), 1);
        resolve(undefined);
      };
      const grant = (): void => {
        signal.removeEventListener('abort', giveUp);
        this.#free--;
        resolve(
          disposable(() => {
            this.#free++;
            this.#waiting.shift()?.();
          }),
        );
      };
      if (this.#free > 0) {
        grant();
      } else {
        signal.addEventListener('abort', giveUp, { once: true });
        this.#waiting.push(grant);
      }
    });
  }
}
