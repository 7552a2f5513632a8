import type { FreshnessState } from './freshness';

/**
 * How the objects are that registered pods use or that are pinned. What only an open manifest names, or what admission
 * added, is not counted.
 */
export interface Summary {
  readonly counts: Readonly<Record<FreshnessState, number>>;
  /** Objects that a person should look at. */
  readonly problems: number;
  /** The worst freshness there is: that of a problem if there is any, else the oldest. `undefined` without objects. */
  readonly worst: FreshnessState | undefined;
}

/** States of problems, the worst first. A missing key counts as `notFound`. */
const problemStates = ['failed', 'forbidden', 'notFound', 'kept'] as const satisfies readonly FreshnessState[];
const otherStates = [
  'stale',
  'fetching',
  'notFetched',
  'idle',
  'readOnUse',
  'fresh',
  'immutable',
  'live',
  'notFound',
] as const satisfies readonly FreshnessState[];

interface Counted {
  readonly state: FreshnessState;
  readonly problem: FreshnessState | undefined;
}

/** Counts objects by state, one change at a time. */
export class Tally {
  readonly #known = new Map<string, Counted>();
  readonly #states = noStates();
  readonly #problems = noStates();

  /**
   * @param key The text of the object's key.
   * @param state `undefined`: it is not counted any more.
   * @param problem The state that a person should look at, if there is one.
   */
  set(key: string, state: FreshnessState | undefined, problem: FreshnessState | undefined): void {
    const before = this.#known.get(key);
    if (before !== undefined) {
      this.#states[before.state] -= 1;
      if (before.problem !== undefined) this.#problems[before.problem] -= 1;
    }
    if (state === undefined) {
      this.#known.delete(key);
      return;
    }
    this.#known.set(key, { state, problem });
    this.#states[state] += 1;
    if (problem !== undefined) this.#problems[problem] += 1;
  }

  /** Whether a person should look at the object. */
  isProblem(key: string): boolean {
    return this.#known.get(key)?.problem !== undefined;
  }

  get summary(): Summary {
    return {
      counts: { ...this.#states },
      problems: problemStates.reduce((sum, state) => sum + this.#problems[state], 0),
      worst:
        problemStates.find((state) => this.#problems[state] > 0) ??
        otherStates.find((state) => this.#states[state] > 0),
    };
  }
}

function noStates(): Record<FreshnessState, number> {
  return {
    notFetched: 0,
    fetching: 0,
    fresh: 0,
    readOnUse: 0,
    live: 0,
    immutable: 0,
    idle: 0,
    stale: 0,
    kept: 0,
    notFound: 0,
    forbidden: 0,
    failed: 0,
  };
}
