const firstMs = 800;
const longestMs = 30_000;
/** Without a pause for longer than this, the next one is the first again. */
const forgottenMs = 120_000;

/**
 * Pauses that double: 0.8 s to 30 s, each times a random factor in [1, 2).
 * (`NewExponentialBackoffManager` of apimachinery `pkg/util/wait/wait.go` as client-go's reflector sets it up, 1.25)
 */
export class Backoff {
  readonly #now: () => number;
  readonly #random: () => number;
  #ms = firstMs;
  #lastAt = -Infinity;

  /** @param random In [0, 1). */
  constructor(now: () => number, random: () => number) {
    this.#now = now;
    this.#random = random;
  }

  /** Milliseconds of a pause that begins now. */
  next(): number {
    const now = this.#now();
    if (now - this.#lastAt > forgottenMs) this.#ms = firstMs;
    this.#lastAt = now;
    const ms = this.#ms;
    this.#ms = Math.min(2 * ms, longestMs);
    return ms * (1 + this.#random());
  }
}
