import * as vscode from 'vscode';
import type { Session } from '../session/session';
import { demoScheme } from '../ids';
import { DisposableList, type Disposable } from '../objects/disposable';

export function demoManifestUri(name: string): vscode.Uri {
  return vscode.Uri.from({ scheme: demoScheme, path: `/${name}` });
}

/** The manifests of the demo cluster, as documents that can be read only. Their tabs close when the demo ends. */
export class DemoManifests implements vscode.TextDocumentContentProvider, Disposable {
  readonly #session: Session;
  readonly #owned = new DisposableList();

  constructor(session: Session) {
    this.#session = session;
    this.#owned.add(
      session.onDidChangeState(() => {
        if (session.demo === undefined) void closeTabs();
      }),
    );
  }

  provideTextDocumentContent(uri: vscode.Uri): string | undefined {
    return this.#session.demo?.manifests.find(({ name }) => demoManifestUri(name).path === uri.path)?.text;
  }

  dispose(): void {
    this.#owned.dispose();
  }
}

/** What they name would be taken for objects of the user's own cluster. */
async function closeTabs(): Promise<void> {
  const tabs = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ input }) => input instanceof vscode.TabInputText && input.uri.scheme === demoScheme);
  if (tabs.length > 0) await vscode.window.tabGroups.close(tabs);
}
