import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import { clientIsLoaded } from '../host/extension';
import { note } from '../host/measuring';

function extensionPath(): string {
  return vscode.extensions.getExtension('kubefresh.kubefresh')?.extensionPath ?? '';
}

describe('budgets of loading', () => {
  it('activation', () => {
    // The function itself, since `Extension.activate` also waits for the window in the other process.
    const file = path.join(extensionPath(), 'dist/extension.js');
    const memory = new Map<string, unknown>();
    const context = {
      subscriptions: [] as vscode.Disposable[],
      workspaceState: { get: (key: string) => memory.get(key), update: () => Promise.resolve() },
      extension: { id: 'kubefresh.kubefresh' },
      extensionMode: vscode.ExtensionMode.Production,
    };
    const start = performance.now();
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- as VS Code loads it
    const main = require(file) as { activate(context: unknown): unknown };
    const loaded = performance.now();
    main.activate(context);
    note('activation', performance.now() - start);
    note('activationLoad', loaded - start);
    assert.equal(clientIsLoaded(), false);
    for (const owned of context.subscriptions.reverse()) owned.dispose();
  });

  it('loading the cluster bundle', () => {
    const file = path.join(extensionPath(), 'dist/cluster.js');
    const start = performance.now();
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the extension loads it in the same way
    require(file);
    note('clusterLoad', performance.now() - start);
  });
});
