import { keyText, type ObjectKey } from '../objects/objectKey';
import { placeIn } from '../objects/sorted';

interface Expiry {
  readonly until: number;
  readonly text: string;
  readonly key: ObjectKey;
}

/** When fresh copies become stale, in order of time, so that the next one is found without looking at all. */
export class Expiries {
  /** In order of time. */
  readonly #queue: Expiry[] = [];
  /** When a copy expires, by its key; what the queue says otherwise is outdated. */
  readonly #until = new Map<string, number>();

  /** @param until `undefined`: the copy is not fresh, or there is none. */
  set(key: ObjectKey, until: number | undefined): void {
    const text = keyText(key);
    if (this.#until.get(text) === until) return;
    if (until === undefined) {
      this.#until.delete(text);
      return;
    }
    this.#until.set(text, until);
    const place = placeIn(this.#queue, (other) => other.until <= until);
    this.#queue.splice(place, 0, { until, text, key });
  }

  /** When the next copy expires. */
  next(): number | undefined {
    const place = this.#queue.findIndex((expiry) => this.#isCurrent(expiry));
    this.#queue.splice(0, place < 0 ? this.#queue.length : place);
    return this.#queue[0]?.until;
  }

  /** Takes out the copies that have expired by then. */
  take(now: number): ObjectKey[] {
    const place = placeIn(this.#queue, ({ until }) => until <= now);
    const expired: ObjectKey[] = [];
    for (const expiry of this.#queue.splice(0, place)) {
      if (!this.#isCurrent(expiry)) continue;
      this.#until.delete(expiry.text);
      expired.push(expiry.key);
    }
    return expired;
  }

  #isCurrent({ text, until }: Expiry): boolean {
    return this.#until.get(text) === until;
  }
}
