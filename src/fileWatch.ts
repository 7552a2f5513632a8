import { existsSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { DisposableList, type Disposable } from './objects/disposable';

/** Tools write a kubeconfig in several steps. */
const settledMs = 200;
/** A watcher takes a while to start, and says nothing of what happened before. */
const startingMs = 5_000;

/**
 * Calls `changed` a moment after one of the files changed, came or went. Folders are watched, since kubectl and cloud
 * tools replace the file, and of a folder that does not exist the nearest one above it that does; what a watcher misses
 * is caught when the window gets the focus back.
 */
export function watchFiles(files: readonly string[], changed: () => void): Disposable {
  const owned = new DisposableList();
  let timer: NodeJS.Timeout | undefined;
  const after = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(changed, ms);
  };
  owned.add({
    dispose: () => {
      clearTimeout(timer);
    },
  });
  for (const file of files) {
    owned.add(
      watchPath(file, () => {
        after(settledMs);
      }),
    );
  }
  owned.add(
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) after(settledMs);
    }),
  );
  after(startingMs);
  return owned;
}

function watchPath(file: string, happened: () => void): Disposable {
  let watching = new DisposableList();
  const start = (): void => {
    watching.dispose();
    watching = new DisposableList();
    const { folder, name } = nearest(file);
    const pattern = new vscode.RelativePattern(vscode.Uri.file(folder), name);
    const watcher = watching.add(vscode.workspace.createFileSystemWatcher(pattern));
    watching.add(watcher.onDidChange(happened));
    watching.add(watcher.onDidDelete(happened));
    watching.add(
      watcher.onDidCreate(() => {
        // What was missing may have been the folder: then the file in it is to be watched from now on.
        if (path.join(folder, name) !== file) start();
        happened();
      }),
    );
  };
  start();
  return {
    dispose: () => {
      watching.dispose();
    },
  };
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
