import { readFileSync } from 'node:fs';
import { PerformanceObserver } from 'node:perf_hooks';

/** A time in which the event loop did nothing else. */
export interface Block {
  /** When it ended, in milliseconds since the probe started. */
  readonly at: number;
  /** How long timers waited. */
  readonly wallMs: number;
  /** Of that, what this process did: without the time in which other programs had the processor. */
  readonly ownMs: number;
  /** Of that, the pauses of the garbage collector. */
  readonly gcMs: number;
}

/** A timer this often; a block is what makes it late. */
const tickMs = 2;
/** Shorter ones are not kept. */
const leastMs = 8;

/**
 * Measures how long the event loop of this process is blocked. On a machine that is shared, a timer is also late because
 * others run; so a block is judged by its own time: without what the thread waited for a processor, and no longer than
 * all of its threads ran, since in a collection it waits for helpers that wait for a processor.
 */
export class BlockProbe {
  readonly #startedAt = performance.now();
  readonly #observer: PerformanceObserver;
  readonly #timer: NodeJS.Timeout;
  readonly #pauses: { readonly start: number; readonly end: number }[] = [];
  #blocks: Block[] = [];
  #tickedAt = performance.now();
  #waited = waitedMs();
  #ran = ranMs();

  constructor() {
    this.#observer = new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) {
        this.#pauses.push({ start: startTime, end: startTime + duration });
      }
    });
    this.#observer.observe({ entryTypes: ['gc'] });
    this.#timer = setInterval(() => {
      this.#tick();
    }, tickMs);
  }

  /** The blocks since the last call, the longest first. */
  async take(): Promise<Block[]> {
    // Pauses of the collector are told a turn of the event loop later.
    await new Promise((resolve) => setTimeout(resolve, 2 * tickMs));
    const blocks = this.#blocks.map((block) => ({ ...block, gcMs: this.#pausedIn(block) }));
    this.#blocks = [];
    this.#pauses.length = 0;
    return blocks.sort((a, b) => b.ownMs - a.ownMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#observer.disconnect();
  }

  #tick(): void {
    const now = performance.now();
    const waited = waitedMs();
    const wallMs = now - this.#tickedAt - tickMs;
    const ran = ranMs();
    const ownMs = Math.max(0, Math.min(wallMs - (waited - this.#waited), ran - this.#ran));
    if (wallMs >= leastMs) this.#blocks.push({ at: now - this.#startedAt, wallMs, ownMs, gcMs: 0 });
    this.#tickedAt = now;
    this.#waited = waited;
    this.#ran = ran;
  }

  #pausedIn({ at, wallMs }: Block): number {
    const end = at + this.#startedAt;
    const start = end - wallMs - tickMs;
    let paused = 0;
    for (const pause of this.#pauses) paused += Math.max(0, Math.min(end, pause.end) - Math.max(start, pause.start));
    return paused;
  }
}

/** How long the main thread has waited for a processor; always 0 where the system does not tell. */
function waitedMs(): number {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}

/** How long all threads of this process have run. */
function ranMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
