import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions {
  /** What is waited for, as it reads after "gave up waiting for". */
  readonly what: string;
  readonly limitMs: number;
  /** Pause between two looks; 50 ms without it. */
  readonly everyMs?: number;
  /** Added to the error, such as the end of a log. */
  readonly details?: () => string;
}

/**
 * Looks again and again until `look` answers something other than `undefined`, and answers that. What `look` throws
 * is passed on at once. Throws after `limitMs`.
 */
export async function waitFor<T>(look: () => Promise<T | undefined>, options: WaitOptions): Promise<T> {
  const end = Date.now() + options.limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) {
      const details = options.details?.() ?? '';
      const seconds = Math.round(options.limitMs / 1000);
      throw new Error(`gave up waiting for ${options.what} after ${seconds} s${details === '' ? '' : `\n${details}`}`);
    }
    await delay(options.everyMs ?? 50);
  }
}
