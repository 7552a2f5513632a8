import * as vscode from 'vscode';
import type { TestApi } from '../../src/extension';

/** The extension as tests see it; it is active afterwards. */
export async function activated(): Promise<TestApi> {
  const extension = vscode.extensions.getExtension<TestApi | undefined>('kubefresh.kubefresh');
  const api = await extension?.activate();
  if (api === undefined) throw new Error('the extension does not run under test');
  return api;
}

/** Waits until `look` answers something, asking again after each event of the session. */
export function eventually<T>(api: TestApi, look: () => T | undefined, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      clearTimeout(limit);
      for (const subscription of subscriptions) subscription.dispose();
      settle();
    };
    const check = (): void => {
      const found = look();
      if (found !== undefined) {
        end(() => {
          resolve(found);
        });
      }
    };
    const limit = setTimeout(() => {
      end(() => {
        reject(
          new Error(
            `gave up waiting for ${what}; the session is ${api.session.state.state}, its pods are ${api.session.connection?.pods.feed.state ?? 'none'}`,
          ),
        );
      });
    }, 30_000);
    const subscriptions = [api.session.onDidChange(check), api.session.onDidChangeState(check)];
    check();
  });
}

/** Opens a text as an unsaved YAML document in an editor. */
export async function openYaml(content: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument({ language: 'yaml', content });
  await vscode.window.showTextDocument(document);
  return document;
}

/** The text of the hovers at the first occurrence of a word, from all providers. */
export async function hoverAt(document: vscode.TextDocument, word: string): Promise<string> {
  const offset = document.getText().indexOf(word);
  if (offset < 0) throw new Error(`${word} is not in the document`);
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    document.positionAt(offset + 1),
  );
  return hovers
    .flatMap(({ contents }) => contents)
    .map((content) => (content instanceof vscode.MarkdownString ? content.value : ''))
    .join('\n');
}

/** Whether the bundle with the Kubernetes client has been loaded into this extension host. */
export function clientIsLoaded(): boolean {
  return Object.keys(require.cache).some((file) => file.endsWith('cluster.js') && file.includes('dist'));
}
