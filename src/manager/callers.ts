import type { Disposable } from '../objects/disposable';
import { cancelledReading } from './storeFailures';
import type { Reading } from './reading';

/**
 * Those who wait for a reading. Each is answered once: by what it waits for, when it gives up, or at the end of the
 * store.
 */
export class Callers<T> implements Disposable {
  readonly #cancels = new Set<() => void>();
  #disposed = false;

  /**
   * @param begin Starts what is waited for, and answers what ends it, which may be called again. It is not to settle
   * before it returns.
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
