import { keyText, type ObjectKey } from '../objects/objectKey';
import { placeIn } from '../objects/sorted';

interface Expiry {
  readonly until: number;
  readonly text: string;
  readonly key: ObjectKey;
}

/** When fresh copies become stale, in order of time, so that the next one is found without looking at all. */
export class Expiries {
  /** In order of time, then of key. */
  readonly #queue: Expiry[] = [];
  /** When a copy expires, by its key. */
  readonly #until = new Map<string, number>();

  /** @param until `undefined`: the copy is not fresh, or there is none. */
  set(key: ObjectKey, until: number | undefined): void {
    const text = keyText(key);
    const before = this.#until.get(text);
    if (before === until) return;
    if (before !== undefined) this.#queue.splice(this.#placeOf(before, text), 1);
    if (until === undefined) {
      this.#until.delete(text);
      return;
    }
    this.#until.set(text, until);
    this.#queue.splice(this.#placeOf(until, text), 0, { until, text, key });
  }

  /** When the next copy expires. */
  get next(): number | undefined {
    return this.#queue[0]?.until;
  }

  /** Takes out the copies that have expired by then. */
  take(now: number): ObjectKey[] {
    const expired = this.#queue.splice(
      0,
      placeIn(this.#queue, ({ until }) => until <= now),
    );
    for (const { text } of expired) this.#until.delete(text);
    return expired.map(({ key }) => key);
  }

  #placeOf(until: number, text: string): number {
    return placeIn(this.#queue, (other) => other.until < until || (other.until === until && other.text < text));
  }
}
