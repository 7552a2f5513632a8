const firstMs = 800;
const longestMs = 30_000;
const forgottenMs = 120_000;

/**
 * Pauses that double from 0.8 s to 30 s, each times a random factor in [1, 2). They begin with the first again once none
 * began for more than two minutes. (`NewExponentialBackoffManager` as client-go's reflector uses it, 1.25. There lists and
 * watches have one each; from 1.35 on they share one, as here.)
 */
export class Backoff {
  readonly #now: () => number;
  readonly #random: () => number;
  #nextMs = firstMs;
  #lastBegan: number;

  /** @param random In [0, 1). */
  constructor(now: () => number, random: () => number) {
    this.#now = now;
    this.#random = random;
    this.#lastBegan = now();
  }

  /** Milliseconds of a pause that begins now. */
  next(): number {
    const now = this.#now();
    const ms = now - this.#lastBegan > forgottenMs ? firstMs : this.#nextMs;
    this.#lastBegan = now;
    this.#nextMs = Math.min(2 * ms, longestMs);
    return ms * (1 + this.#random());
  }
}
