import * as vscode from 'vscode';
import type { Disposable } from '../objects/disposable';

/** The progress bar of a view, shown for as long as something is under way. */
export class ViewProgress implements Disposable {
  readonly #viewId: string;
  #end: (() => void) | undefined;

  constructor(viewId: string) {
    this.#viewId = viewId;
  }

  show(shown: boolean): void {
    if (shown === (this.#end !== undefined)) return;
    if (!shown) {
      this.#end?.();
      this.#end = undefined;
      return;
    }
    const ended = new Promise<void>((resolve) => {
      this.#end = resolve;
    });
    void vscode.window.withProgress({ location: { viewId: this.#viewId } }, () => ended);
  }

  dispose(): void {
    this.show(false);
  }
}
