import type { Clock } from '../objects/clock';
import type { Disposable } from '../objects/disposable';

export interface Clipboard {
  readonly readText: () => PromiseLike<string>;
  readonly writeText: (text: string) => PromiseLike<void>;
}

export interface SecretClipboardOptions {
  readonly clipboard: Clipboard;
  readonly clock: Clock;
  /** In a browser the clipboard of a window without the focus cannot be read. */
  readonly isFocused: () => boolean;
}

interface Copied {
  readonly text: string;
  /** Whether its time is over. */
  due: boolean;
}

const keptMs = 30_000;

/**
 * Copies values of Secrets, and takes each out of the clipboard after a short time unless something else is in it. Not
 * at the end of the window: VS Code answers an extension nothing any more before it tells it of its end.
 */
export class SecretClipboard implements Disposable {
  readonly #options: SecretClipboardOptions;
  #copied: Copied | undefined;
  #timer: Disposable | undefined;

  constructor(options: SecretClipboardOptions) {
    this.#options = options;
  }

  /** @returns the time of day at which it will be cleared. */
  async copy(text: string): Promise<number> {
    const { clipboard, clock } = this.#options;
    // Before it is written, lest a clearing that is under way takes it for the value before.
    this.#forget();
    const copied = { text, due: false };
    this.#copied = copied;
    this.#timer = clock.after(keptMs, () => {
      void this.#clear(copied);
    });
    const clearedAt = clock.wallTime() + keptMs;
    await clipboard.writeText(text);
    return clearedAt;
  }

  /** To be called when the window gets the focus. */
  async focused(): Promise<void> {
    if (this.#copied?.due === true) await this.#clear(this.#copied);
  }

  dispose(): void {
    this.#forget();
  }

  async #clear(copied: Copied): Promise<void> {
    copied.due = true;
    const { clipboard, isFocused } = this.#options;
    const held = await clipboard.readText();
    if (this.#copied !== copied) return;
    // An empty text is also what comes of a clipboard that may not be read at the moment.
    if (held === '' && !isFocused()) return;
    this.#copied = undefined;
    if (held === copied.text) await clipboard.writeText('');
  }

  #forget(): void {
    this.#timer?.dispose();
    this.#copied = undefined;
  }
}
