/** Cuts a stream of bytes into lines. What follows the last line break is kept for the next chunk. */
export class LineSplitter {
  readonly #most: number;
  #rest: Buffer[] = [];
  #size = 0;

  /** @param most The longest line in bytes. */
  constructor(most: number) {
    this.#most = most;
  }

  /** The lines that the chunk completes, without empty ones; undefined if a line is longer than allowed. */
  add(chunk: Buffer): string[] | undefined {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, start)) {
      this.#rest.push(chunk.subarray(start, end));
      const line = Buffer.concat(this.#rest).toString('utf8');
      this.#rest = [];
      this.#size = 0;
      start = end + 1;
      if (line.length > this.#most) return undefined;
      if (line.trim() !== '') lines.push(line);
    }
    this.#rest.push(chunk.subarray(start));
    this.#size += chunk.length - start;
    return this.#size > this.#most ? undefined : lines;
  }
}
