import path from 'node:path';
import * as vscode from 'vscode';
import { DisposableList, type Disposable } from './objects/disposable';

/** Tools write a kubeconfig in several steps. */
const settledMs = 200;

/**
 * Calls `changed` a moment after one of the files changed, came or went. Folders are watched, since kubectl and cloud
 * tools replace the file; what a watcher misses is caught when the window gets the focus back.
 */
export function watchFiles(files: readonly string[], changed: () => void): Disposable {
  const owned = new DisposableList();
  let timer: NodeJS.Timeout | undefined;
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(changed, settledMs);
  };
  owned.add({
    dispose: () => {
      clearTimeout(timer);
    },
  });
  for (const file of files) {
    const folder = vscode.Uri.file(path.dirname(file));
    const watcher = owned.add(
      vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, path.basename(file))),
    );
    owned.add(watcher.onDidChange(soon));
    owned.add(watcher.onDidCreate(soon));
    owned.add(watcher.onDidDelete(soon));
  }
  owned.add(
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) soon();
    }),
  );
  return owned;
}
