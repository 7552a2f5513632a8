import type { Clock } from '../objects/clock';
import type { Disposable } from '../objects/disposable';
import { Emitter, type Event } from '../objects/emitter';
import { keyText, type ObjectKey } from '../objects/objectKey';
import { onceEach, type Known } from './assess';
import { Expiries } from './expiries';
import type { Changes } from './facts';

/** Milliseconds that changes are collected for, so that a burst of events is one repaint. */
const coalesceMs = 50;

export interface ChangeBatchesOptions {
  readonly clock: Clock;
  readonly objects: Known;
  /** Called before changes are told, if pods came, went or changed. */
  readonly podsChanged: () => void;
  /** Called when copies have crossed their TTL. */
  readonly expired: (keys: readonly ObjectKey[]) => void;
  /**
   * Brings up to date what follows from the changes, before anybody is told.
   * @returns ids of further pods that changed.
   */
  readonly apply: (
    objects: ReadonlyMap<string, ObjectKey>,
    pods: ReadonlySet<string>,
    known: Known,
  ) => Iterable<string>;
}

/**
 * Collects what changes and tells of it at once. Time changes freshness too: while somebody looks, one timer is set for
 * the next copy that crosses its TTL.
 */
export class ChangeBatches implements Disposable {
  readonly #options: ChangeBatchesOptions;
  readonly #emitter = new Emitter<Changes>();
  readonly #expiries = new Expiries();
  #objects = new Map<string, ObjectKey>();
  #pods = new Set<string>();
  #status = false;
  #active = false;
  #disposed = false;
  #flush: Disposable | undefined;
  #boundary: { readonly at: number; readonly timer: Disposable } | undefined;

  readonly onDidChange: Event<Changes> = this.#emitter.event;

  constructor(options: ChangeBatchesOptions) {
    this.#options = options;
  }

  noteObject(key: ObjectKey): void {
    this.#objects.set(keyText(key), key);
    this.#schedule();
  }

  noteObjects(keys: Iterable<ObjectKey>): void {
    for (const key of keys) this.#objects.set(keyText(key), key);
    this.#schedule();
  }

  notePod(id: string): void {
    this.#pods.add(id);
    this.#schedule();
  }

  noteStatus(): void {
    this.#status = true;
    this.#schedule();
  }

  /** Whether somebody looks, so that the end of a TTL is to be told. */
  setActive(active: boolean): void {
    this.#active = active;
    this.#setBoundary();
  }

  dispose(): void {
    this.#disposed = true;
    this.#emitter.dispose();
    this.#flush?.dispose();
    this.#boundary?.timer.dispose();
  }

  #schedule(): void {
    if (this.#disposed) return;
    this.#flush ??= this.#options.clock.after(coalesceMs, () => {
      if (this.#pods.size > 0) this.#options.podsChanged();
      this.#takeExpired();
      this.#flush = undefined;
      this.#tell();
    });
  }

  #tell(): void {
    const objects = this.#objects;
    const pods = this.#pods;
    const status = this.#status;
    this.#objects = new Map();
    this.#pods = new Set();
    this.#status = false;
    const known = onceEach(this.#options.objects);
    for (const podId of this.#options.apply(objects, pods, known)) pods.add(podId);
    for (const key of objects.values()) {
      const freshness = known.freshness(key);
      this.#expiries.set(key, freshness.state === 'fresh' ? freshness.until : undefined);
    }
    this.#setBoundary();
    this.#emitter.fire({ objects, pods, status });
  }

  /** Before expiries are noted anew: those of copies that are no longer fresh would be lost. */
  #takeExpired(): void {
    const expired = this.#expiries.take(this.#options.clock.now());
    if (expired.length === 0) return;
    this.noteObjects(expired);
    this.#options.expired(expired);
  }

  #setBoundary(): void {
    const { clock } = this.#options;
    const at = this.#active ? this.#expiries.next : undefined;
    if (this.#boundary?.at === at) return;
    this.#boundary?.timer.dispose();
    this.#boundary =
      at === undefined
        ? undefined
        : {
            at,
            timer: clock.after(at - clock.now(), () => {
              this.#boundary = undefined;
              this.#takeExpired();
              this.#setBoundary();
            }),
          };
  }
}
