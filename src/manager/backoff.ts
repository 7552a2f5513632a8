const firstMs = 800;
const longestMs = 30_000;
const forgottenMs = 120_000;

/**
 * When pauses begin again with the first. `unused`: without a pause for more than two minutes. `periodic`: with the first
 * pause that comes more than two minutes after they last began.
 */
export type Forgetting = 'unused' | 'periodic';

/**
 * Pauses that double: 0.8 s to 30 s, each times a random factor in [1, 2). As client-go's reflector sets them up:
 * `NewExponentialBackoffManager` of apimachinery `pkg/util/wait`, 1.25, forgets what is unused, and `DelayWithReset`,
 * 1.37, periodically.
 */
export class Backoff {
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #forgetting: Forgetting;
  #ms = firstMs;
  /** Of the last pause, or of when the pauses last began. */
  #countedFrom: number;

  /** @param random In [0, 1). */
  constructor(now: () => number, random: () => number, forgetting: Forgetting = 'unused') {
    this.#now = now;
    this.#random = random;
    this.#forgetting = forgetting;
    this.#countedFrom = now();
  }

  /** Milliseconds of a pause that begins now. */
  next(): number {
    const now = this.#now();
    const forgotten = now - this.#countedFrom > forgottenMs;
    if (forgotten) this.#ms = firstMs;
    if (forgotten || this.#forgetting === 'unused') this.#countedFrom = now;
    const ms = this.#ms;
    this.#ms = Math.min(2 * ms, longestMs);
    return ms * (1 + this.#random());
  }
}
