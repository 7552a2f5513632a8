const quote = 0x22;
const comma = 0x2c;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Comes before the record of who wrote which field. That record is half of the JSON of a pod. */
const managedFields = Buffer.from('"managedFields":');

/**
 * Cuts the JSON of a Kubernetes list into its items as it arrives, so that they can be parsed one at a time. It looks at
 * brackets and strings alone; whoever parses an item finds out whether it is JSON. It empties the managed fields of the
 * items: nobody reads them, and parsing them would take as long as parsing the rest.
 */
export class ItemSplitter {
  /** How many brackets are open: 1 in the list, 2 among its items, 3 in one of them, 4 in its metadata. */
  #depth = 0;
  #inString = false;
  #escaped = false;
  #amongItems = false;
  #inManagedFields = false;
  /** The part of the current item that has arrived. */
  readonly #item = new Pieces();
  /** The part of the list, without its items, that has arrived. */
  readonly #list = new Pieces();

  /** The items that the chunk completes. */
  add(chunk: Buffer): string[] {
    const items: string[] = [];
    /** Where the bytes begin that are in neither yet. */
    let from = 0;
    for (let at = this.#inString ? this.#endOfString(chunk, 0) + 1 : 0; at < chunk.length; at += 1) {
      switch (chunk[at]) {
        case quote:
          at = this.#endOfString(chunk, at + 1);
          break;
        case openBrace:
        case openBracket:
          this.#depth += 1;
          if (this.#amongItems && this.#depth === 3) {
            this.#list.add(chunk, from, at);
            from = at;
          } else if (this.#depth === 2 && chunk[at] === openBracket) {
            this.#list.add(chunk, from, at + 1);
            from = at + 1;
            this.#amongItems = /(?<!\\)"items"\s*:\s*\[$/.test(this.#list.text());
          } else if (this.#amongItems && this.#depth === 5 && endsWith(chunk, at, managedFields)) {
            this.#item.add(chunk, from, at + 1);
            this.#inManagedFields = true;
          }
          break;
        case closeBrace:
        case closeBracket:
          this.#depth -= 1;
          if (this.#inManagedFields && this.#depth === 4) {
            this.#inManagedFields = false;
            from = at;
          } else if (this.#amongItems && this.#depth === 2) {
            this.#item.add(chunk, from, at + 1);
            from = at + 1;
            items.push(this.#item.text());
            this.#item.clear();
          } else if (this.#depth === 1) {
            this.#amongItems = false;
          }
          break;
        case comma:
          if (this.#amongItems && this.#depth === 2) {
            this.#list.add(chunk, from, at);
            from = at + 1;
          }
          break;
        default:
      }
    }
    if (!this.#inManagedFields) {
      const sink = this.#amongItems && this.#depth > 2 ? this.#item : this.#list;
      sink.add(chunk, from, chunk.length);
    }
    return items;
  }

  /** The JSON of the list without its items. If an item is incomplete, it is appended, so that parsing fails. */
  end(): string {
    return this.#list.text() + this.#item.text();
  }

  /** The position of the quote that ends the string, or a position behind the chunk. The string goes on at `start`. */
  #endOfString(chunk: Buffer, start: number): number {
    let at = this.#escaped ? start + 1 : start;
    while (at < chunk.length && chunk[at] !== quote) at += chunk[at] === backslash ? 2 : 1;
    this.#inString = at >= chunk.length;
    this.#escaped = at > chunk.length;
    return at;
  }
}

/** A text, collected from pieces of chunks without copying them. */
class Pieces {
  #pieces: Buffer[] = [];

  add(chunk: Buffer, from: number, to: number): void {
    if (from < to) this.#pieces.push(chunk.subarray(from, to));
  }

  text(): string {
    return Buffer.concat(this.#pieces).toString('utf8');
  }

  clear(): void {
    this.#pieces = [];
  }
}

function endsWith(chunk: Buffer, end: number, text: Buffer): boolean {
  return end >= text.length && chunk.compare(text, 0, text.length, end - text.length, end) === 0;
}
