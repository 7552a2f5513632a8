import type { Disposable } from '../objects/disposable';
import { cancelledReading } from './storeFailures';
import type { Reading } from './reading';

/**
 * The callers of a store that wait for a reading. Each gets one answer: the reading, or `cancelled` when it gives up or the
 * store ends.
 */
export class Callers<T> implements Disposable {
  readonly #cancels = new Set<() => void>();
  #disposed = false;

  /**
   * @param begin Starts the work and returns a function that ends it, which may be called twice. `begin` must not call
   * `settle` before it returns.
   */
  wait(
    signal: AbortSignal | undefined,
    begin: (settle: (reading: Reading<T>) => void) => () => void,
  ): Promise<Reading<T>> {
    if (this.#disposed || signal?.aborted === true) return Promise.resolve(cancelledReading);
    return new Promise((resolve) => {
      const settle = (reading: Reading<T>): void => {
        this.#cancels.delete(cancel);
        signal?.removeEventListener('abort', cancel);
        end();
        resolve(reading);
      };
      const cancel = (): void => {
        settle(cancelledReading);
      };
      this.#cancels.add(cancel);
      signal?.addEventListener('abort', cancel);
      const end = begin(settle);
    });
  }

  dispose(): void {
    this.#disposed = true;
    for (const cancel of [...this.#cancels]) cancel();
  }
}
