/** Cuts a stream of bytes into lines. An incomplete line waits for the next chunk. */
export class LineSplitter {
  readonly #maxBytes: number;
  #incomplete: Buffer[] = [];
  #incompleteBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The lines that the chunk completes, without empty ones. Undefined if a line is too long. */
  add(chunk: Buffer): string[] | undefined {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, start)) {
      this.#incomplete.push(chunk.subarray(start, end));
      const line = Buffer.concat(this.#incomplete).toString('utf8');
      this.#incomplete = [];
      this.#incompleteBytes = 0;
      start = end + 1;
      if (line.length > this.#maxBytes) return undefined;
      if (line.trim() !== '') lines.push(line);
    }
    this.#incomplete.push(chunk.subarray(start));
    this.#incompleteBytes += chunk.length - start;
    return this.#incompleteBytes > this.#maxBytes ? undefined : lines;
  }
}
