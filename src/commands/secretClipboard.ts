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

const keptMs = 30_000;

/** Copies values of Secrets, and takes each out of the clipboard after a short time unless something else is in it. */
export class SecretClipboard implements Disposable {
  readonly #options: SecretClipboardOptions;
  #copied: { readonly text: string; readonly timer: Disposable; due: boolean } | undefined;

  constructor(options: SecretClipboardOptions) {
    this.#options = options;
  }

  /** @returns the time of day at which it will be cleared. */
  async copy(text: string): Promise<number> {
    const { clipboard, clock } = this.#options;
    // Before it is written, lest a clearing that is under way takes it for the value before.
    this.#forget();
    const timer = clock.after(keptMs, () => {
      void this.clear();
    });
    this.#copied = { text, timer, due: false };
    const clearedAt = clock.wallTime() + keptMs;
    await clipboard.writeText(text);
    return clearedAt;
  }

  /** Clears what was copied, unless it is no longer what the clipboard holds. */
  async clear(): Promise<void> {
    const copied = this.#copied;
    if (copied === undefined) return;
    copied.timer.dispose();
    copied.due = true;
    const { clipboard, isFocused } = this.#options;
    const held = await clipboard.readText();
    if (this.#copied !== copied) return;
    // An empty text is also what comes of a clipboard that may not be read at the moment.
    if (held === '' && !isFocused()) return;
    this.#copied = undefined;
    if (held === copied.text) await clipboard.writeText('');
  }

  /** To be called when the window gets the focus. */
  async focused(): Promise<void> {
    if (this.#copied?.due === true) await this.clear();
  }

  dispose(): void {
    this.#forget();
  }

  #forget(): void {
    this.#copied?.timer.dispose();
    this.#copied = undefined;
  }
}
