import { existsSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { DisposableList, type Disposable } from '../objects/disposable';

/** Tools write a kubeconfig in several steps. */
const settledMs = 200;
/** A watcher takes a while to start, and says nothing of what happened before. */
const startingMs = 5_000;

/**
 * Calls `changed` a moment after one of the files changed, came or went. Folders are watched, since kubectl and cloud
 * tools replace the file, and of a folder that does not exist the nearest one above it that does; what a watcher misses
 * is caught once it has had the time to start, and when the window gets the focus back.
 */
export function watchFiles(files: readonly string[], changed: () => void): Disposable {
  const owned = new DisposableList();
  const settled = owned.add(new Delay(settledMs, changed));
  for (const file of files) owned.add(new FileWatch(file, settled));
  owned.add(
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) settled.restart();
    }),
  );
  return owned;
}

class FileWatch implements Disposable {
  readonly #file: string;
  readonly #settled: Delay;
  readonly #started: Delay;
  #watching = new DisposableList();
  #folder = '';

  constructor(file: string, settled: Delay) {
    this.#file = file;
    this.#settled = settled;
    this.#started = new Delay(startingMs, () => {
      this.#follow();
      settled.restart();
    });
    this.#follow();
  }

  dispose(): void {
    this.#started.dispose();
    this.#watching.dispose();
  }

  /** Watches for the file, or for the topmost of its folders that does not exist. */
  #follow(): void {
    const { folder, name } = nearest(this.#file);
    if (folder === this.#folder) return;
    this.#folder = folder;
    this.#watching.dispose();
    this.#watching = new DisposableList();
    const pattern = new vscode.RelativePattern(vscode.Uri.file(folder), name);
    const watcher = this.#watching.add(vscode.workspace.createFileSystemWatcher(pattern));
    for (const event of [watcher.onDidChange, watcher.onDidDelete, watcher.onDidCreate]) {
      this.#watching.add(
        event(() => {
          this.#follow();
          this.#settled.restart();
        }),
      );
    }
    this.#started.restart();
  }
}

/** Runs something once, a while after the last time it was asked to. */
class Delay implements Disposable {
  readonly #ms: number;
  readonly #run: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number, run: () => void) {
    this.#ms = ms;
    this.#run = run;
  }

  restart(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#run, this.#ms);
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}

/** The nearest folder above a file that exists, and the name in it that leads to the file. */
function nearest(file: string): { readonly folder: string; readonly name: string } {
  let folder = path.dirname(file);
  let name = path.basename(file);
  while (!existsSync(folder) && path.dirname(folder) !== folder) {
    name = path.basename(folder);
    folder = path.dirname(folder);
  }
  return { folder, name };
}
