import type { Clock } from '../objects/clock';
import type { Disposable } from '../objects/disposable';
import { isAboutTheServer, needsPeople } from '../objects/failure';
import { keyText, type ObjectKey } from '../objects/objectKey';
import { failureOfReading, type Reading } from '../manager/reading';
import type { SyncFacts, SyncStatus } from './facts';
import type { TokenBucket } from './tokenBucket';

/** The kubelet's sync period and its jitter: the next sync comes 1 to 1.5 periods after the last. */
const periodMs = 60_000;
const jitter = 0.5;
/** After a pass that could not reach the server: the kubelet's back-off after a failed sync, with the same jitter. */
const retryMs = 10_000;
/** Reads under way at once: fewer than the eight that go to the server at once, so that others need not wait for them. */
const parallelReads = 6;

/** One round over all objects. */
interface Pass {
  /** Whether it began as another request was answered, after a pass that nobody answered. */
  readonly isRetry: boolean;
  readonly startedAt: number;
  readonly total: number;
  /** Objects that are not done: each is in the queue, or is being read by this pass. */
  readonly pending: Set<string>;
}

export interface SyncLoopOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly bucket: TokenBucket;
  /** The objects of the registered pods, each once. */
  readonly keys: () => readonly ObjectKey[];
  /** Uses an object if the loop need not send a request for that, as its copy is fresh or is watched. Says whether. */
  readonly useWithoutRequest: (key: ObjectKey) => boolean;
  readonly read: (key: ObjectKey) => Promise<Reading<unknown>>;
  /** Called before each pass. What else is to be read once a pass is read by this. */
  readonly beforePass: () => void;
  readonly statusChanged: (status: SyncStatus) => void;
}

/**
 * Reads each object of the registered pods once a pass, as the kubelet does when it syncs its pods, while it is
 * active. A pass registers nothing. Newly registered objects are read at once, as a new pod's are.
 */
export class SyncLoop implements SyncFacts, Disposable {
  readonly #options: SyncLoopOptions;
  /** Objects to read, in order of arrival. */
  readonly #queue = new Map<string, ObjectKey>();
  /** Objects whose turn since the last pass began needed no request. */
  readonly #skipped = new Set<string>();
  #active = false;
  #disposed = false;
  /** Objects whose read is under way, each with the pass it belongs to. One that began between passes has none. */
  readonly #reading = new Map<string, Pass | undefined>();
  #timer: Disposable | undefined;
  /** Until then no read starts, since there is no token or the server asked to wait. */
  #pausedUntil = -Infinity;
  /** The timer of the pause, while there is one and the loop is active. */
  #pause: Disposable | undefined;
  #pass: Pass | undefined;
  #last: SyncStatus['last'];
  /** When the next pass is due. A loop that becomes active later than that starts one at once. */
  #nextPassAt = -Infinity;
  /** Whether an answer to another request starts the next pass at once: nobody answered the last one. */
  #isUnanswered = false;

  constructor(options: SyncLoopOptions) {
    this.#options = options;
  }

  get status(): SyncStatus {
    const pass = this.#pass;
    return {
      running:
        pass === undefined || !this.#active
          ? undefined
          : { done: pass.total - pass.pending.size, total: pass.total, first: this.#last === undefined },
      last: this.#last,
    };
  }

  /**
   * Starts or stops reading. Reads that are under way when it stops are finished. A pass that was cut short goes on
   * where it was, unless the next one would be due by then.
   */
  setActive(active: boolean): void {
    if (this.#disposed || active === this.#active) return;
    this.#active = active;
    if (!active) {
      this.#timer?.dispose();
      this.#pause?.dispose();
      this.#pause = undefined;
      this.#options.statusChanged(this.status);
      return;
    }
    const now = this.#options.clock.now();
    this.#pauseUntil(this.#pausedUntil);
    const passIsOld = this.#pass !== undefined && this.#pass.startedAt + periodMs <= now;
    if (passIsOld || (this.#pass === undefined && this.#nextPassAt <= now)) {
      this.#startPass();
      return;
    }
    this.#options.statusChanged(this.status);
    // What was added meanwhile is read as well.
    this.#schedule();
    this.#pump();
    this.#endPassIfDone();
  }

  /** Reads the objects of a pod that has just been registered, ahead of the next pass. While inactive they wait. */
  add(keys: readonly ObjectKey[]): void {
    if (this.#disposed) return;
    for (const key of keys) this.#queue.set(keyText(key), key);
    this.#pump();
  }

  /**
   * Reads those of the objects that the last pass skipped, since their copies have just expired. The next pass could
   * be up to 90 s away. While inactive they wait.
   */
  expired(keys: Iterable<ObjectKey>): void {
    if (this.#disposed) return;
    for (const key of keys) {
      const text = keyText(key);
      if (this.#skipped.delete(text)) this.#queue.set(text, key);
    }
    this.#pump();
  }

  /** Starts the pass that is under way anew, since other objects are to be read. */
  startAnew(): void {
    if (this.#pass === undefined) return;
    this.#pass = undefined;
    this.#queue.clear();
    this.#nextPassAt = -Infinity;
    if (this.#active) this.#startPass();
  }

  /**
   * Another request shows that the server answers again. If the last pass was given up since nobody answered, its retry
   * starts at once. If that fails too, it waits its time: a server that answers every other request is not asked without
   * a pause.
   */
  retry(): void {
    if (!this.#isUnanswered || this.#disposed) return;
    this.#isUnanswered = false;
    this.#nextPassAt = -Infinity;
    if (this.#active) this.#startPass(true);
  }

  /**
   * Another request got no answer. The next pass comes as after a pass that nobody answered, so that somebody asks whether
   * the server is back. A pass that is under way finds out by itself.
   */
  expectNoAnswer(): void {
    if (this.#pass !== undefined || this.#disposed) return;
    this.#isUnanswered = true;
    this.#giveUp(retryMs);
  }

  dispose(): void {
    this.setActive(false);
    this.#disposed = true;
    this.#queue.clear();
    this.#skipped.clear();
  }

  #schedule(): void {
    this.#timer?.dispose();
    if (!this.#active || this.#pass !== undefined) return;
    const { clock } = this.#options;
    this.#timer = clock.after(Math.max(0, this.#nextPassAt - clock.now()), () => {
      this.#startPass();
    });
  }

  #startPass(isRetry = false): void {
    this.#options.beforePass();
    this.#timer?.dispose();
    this.#isUnanswered = false;
    this.#skipped.clear();
    const keys = new Map(this.#options.keys().map((key) => [keyText(key), key]));
    const pass = { isRetry, startedAt: this.#options.clock.now(), total: keys.size, pending: new Set(keys.keys()) };
    // A read that began between passes counts for this one. A read of an older pass does not.
    for (const [text, of] of this.#reading) if (of === undefined) this.#reading.set(text, pass);
    for (const [text, key] of keys) if (this.#reading.get(text) !== pass) this.#queue.set(text, key);
    this.#pass = pass;
    this.#options.statusChanged(this.status);
    this.#pump();
    this.#endPassIfDone();
  }

  #pump(): void {
    for (const [text, key] of this.#queue) {
      if (!this.#active || this.#pause !== undefined || this.#reading.size >= parallelReads) return;
      // No key is read twice at the same time.
      if (this.#reading.has(text)) continue;
      if (this.#options.useWithoutRequest(key)) {
        // No request, hence no token.
        this.#queue.delete(text);
        this.#skipped.add(text);
        this.#done(text);
        continue;
      }
      const waitMs = this.#options.bucket.take();
      if (waitMs > 0) {
        this.#pauseFor(waitMs);
        return;
      }
      this.#queue.delete(text);
      this.#reading.set(text, this.#pass);
      void this.#read(text, key);
    }
  }

  async #read(text: string, key: ObjectKey): Promise<void> {
    const reading = await this.#options.read(key);
    const pass = this.#reading.get(text);
    this.#reading.delete(text);
    if (this.#disposed) return;
    // What was asked in an older pass says nothing about the one that is under way.
    const failure = failureOfReading(reading);
    // Nor does what was cancelled between passes: another strategy has begun, and what it reads is in the queue.
    const isBetweenPasses = this.#pass === undefined && failure?.kind !== 'cancelled';
    const counts = isBetweenPasses || (this.#pass !== undefined && this.#pass === pass);
    if (failure?.kind === 'throttled') {
      this.#pauseFor(failure.retryAfterMs ?? 1000);
      this.#queue.set(text, key);
    } else if (counts && failure !== undefined && isAboutTheServer(failure)) {
      this.#isUnanswered = !needsPeople(failure) && pass?.isRetry !== true;
      this.#giveUp(needsPeople(failure) ? periodMs : retryMs);
    } else if (counts) {
      this.#done(text);
    }
    this.#pump();
  }

  #pauseFor(ms: number): void {
    this.#pauseUntil(this.#options.clock.now() + ms);
  }

  /** Of several pauses the longest counts. */
  #pauseUntil(until: number): void {
    const { clock } = this.#options;
    this.#pausedUntil = Math.max(this.#pausedUntil, until);
    this.#pause?.dispose();
    this.#pause = undefined;
    const ms = this.#pausedUntil - clock.now();
    if (!this.#active || ms <= 0) return;
    this.#pause = clock.after(ms, () => {
      this.#pause = undefined;
      this.#pump();
    });
  }

  #done(text: string): void {
    if (this.#pass?.pending.delete(text) !== true) return;
    this.#options.statusChanged(this.status);
    this.#endPassIfDone();
  }

  #endPassIfDone(): void {
    const pass = this.#pass;
    if (pass === undefined || pass.pending.size > 0) return;
    const endedAt = this.#options.clock.now();
    this.#last = { endedAt, tookMs: endedAt - pass.startedAt, objects: pass.total };
    this.#endPass(this.#afterAbout(periodMs));
  }

  /** Ends the pass before its end: each further request would fail as well, perhaps after its whole time limit. */
  #giveUp(waitMs: number): void {
    this.#queue.clear();
    const nextPassAt = this.#afterAbout(waitMs);
    // Between passes the next one may be due sooner.
    this.#endPass(this.#pass === undefined ? Math.min(this.#nextPassAt, nextPassAt) : nextPassAt);
  }

  #afterAbout(ms: number): number {
    return this.#options.clock.now() + ms * (1 + jitter * this.#options.random());
  }

  #endPass(nextPassAt: number): void {
    this.#pass = undefined;
    this.#nextPassAt = nextPassAt;
    this.#options.statusChanged(this.status);
    this.#schedule();
  }
}
