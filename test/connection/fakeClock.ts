import type { Clock } from '../../src/objects/clock';
import { disposable, type Disposable } from '../../src/objects/disposable';

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** More than any test needs: what sets its timer again and again without time passing fails instead of hanging. */
const mostTimers = 10_000;

/** Lets every promise run that can. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A clock that is moved by hand. Its time of day is its time plus {@link dayOffset}. */
export class FakeClock implements Clock {
  readonly #timers = new Set<Timer>();
  #now: number;
  dayOffset = 1_700_000_000_000;

  constructor(now = 10_000) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  wallTime(): number {
    return this.#now + this.dayOffset;
  }

  after(ms: number, run: () => void): Disposable {
    const timer = { at: this.#now + ms, run };
    this.#timers.add(timer);
    return disposable(() => {
      this.#timers.delete(timer);
    });
  }

  /** When the timers that wait are due, counted from now, soonest first. */
  get waits(): number[] {
    return [...this.#timers].map(({ at }) => at - this.#now).sort((a, b) => a - b);
  }

  /** Moves the time, runs what falls due in order, and lets the promises of each run before the next. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    let ran = 0;
    for (let timer = this.#dueBy(end); timer !== undefined; timer = this.#dueBy(end)) {
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, timer.at);
      timer.run();
      ran += 1;
      if (ran > mostTimers) throw new Error(`more than ${mostTimers} timers fell due within ${ms} ms`);
      await settle();
    }
    this.#now = end;
  }

  /** Moves the time as a computer that sleeps does: what fell due meanwhile runs at the end. */
  async sleep(ms: number): Promise<void> {
    this.#now += ms;
    await this.advance(0);
  }

  #dueBy(end: number): Timer | undefined {
    let soonest: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at <= end && (soonest === undefined || timer.at < soonest.at)) soonest = timer;
    }
    return soonest;
  }
}
