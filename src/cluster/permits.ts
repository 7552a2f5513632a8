import { disposable, type Disposable } from '../objects/disposable';

/** Hands out a limited number of permits. Callers wait for one in order. */
export class Permits {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Waits for a permit. Disposing it gives it back. Undefined if the signal is aborted first. */
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
