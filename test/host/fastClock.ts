import type { Clock } from '../../src/objects/clock';
import { disposable, type Disposable } from '../../src/objects/disposable';

const tickMs = 2;

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/**
 * A clock that runs faster than the computer's. It goes forward by small steps, one in a turn of the event loop, so
 * that it waits for whoever is slow: on a busy machine sockets and processes get as many of its seconds as on an idle one.
 */
export class FastClock implements Clock {
  readonly #start = Date.now();
  readonly #ticking: NodeJS.Timeout;
  readonly #timers = new Set<Timer>();
  #now = 0;

  /** @param speed Milliseconds of this clock in one of the computer's. */
  constructor(speed: number) {
    let last = performance.now();
    this.#ticking = setInterval(() => {
      const passed = Math.min(performance.now() - last, 2 * tickMs);
      last = performance.now();
      this.#advance(Math.ceil(passed * speed));
    }, tickMs);
  }

  now(): number {
    return this.#now;
  }

  wallTime(): number {
    return this.#start + this.#now;
  }

  after(ms: number, run: () => void): Disposable {
    const timer = { at: this.#now + ms, run };
    this.#timers.add(timer);
    return disposable(() => {
      this.#timers.delete(timer);
    });
  }

  /** How many timers are set. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** No timer runs any more. */
  stop(): void {
    clearInterval(this.#ticking);
  }

  #advance(ms: number): void {
    const end = this.#now + ms;
    for (let timer = this.#dueBy(end); timer !== undefined; timer = this.#dueBy(end)) {
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, timer.at);
      timer.run();
    }
    this.#now = end;
  }

  #dueBy(end: number): Timer | undefined {
    let soonest: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at <= end && (soonest === undefined || timer.at < soonest.at)) soonest = timer;
    }
    return soonest;
  }
}
