export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

/**
 * Limits a rate as the kubelet's client does (`kubeAPIQPS`, `kubeAPIBurst`): a bucket of `burst` tokens that is filled
 * with `perSecond` of them. The limit is asked for at each turn, since the user may change it.
 */
export class TokenBucket {
  readonly #limit: () => RateLimit;
  readonly #now: () => number;
  #tokens: number;
  #filledAt: number;

  constructor(limit: () => RateLimit, now: () => number) {
    this.#limit = limit;
    this.#now = now;
    this.#tokens = limit().burst;
    this.#filledAt = now();
  }

  /** Takes a token. Answers 0, or the milliseconds until there is one; then none is taken. */
  take(): number {
    const { perSecond, burst } = this.#limit();
    const perMs = perSecond / 1000;
    const now = this.#now();
    this.#tokens = Math.min(burst, this.#tokens + (now - this.#filledAt) * perMs);
    this.#filledAt = now;
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return 0;
    }
    return Math.ceil((1 - this.#tokens) / perMs);
  }
}
