const redacted = '[redacted]';

/**
 * Bytes that must not be shown by accident. A sealed value that is printed, joined to a string, serialised or inspected
 * says `[redacted]`. Only `reveal` returns the bytes, and only an explicit act of the user may call it.
 */
export class Sealed {
  readonly #base64: string;
  /** The number of bytes. Only the size is shown to people. */
  readonly size: number;

  /** @param base64 The value as the API gives it. */
  constructor(base64: string) {
    this.#base64 = base64;
    this.size = Buffer.byteLength(base64, 'base64');
  }

  reveal(): Uint8Array {
    return Buffer.from(this.#base64, 'base64');
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }

  [Symbol.toPrimitive](): string {
    return redacted;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return redacted;
  }
}
