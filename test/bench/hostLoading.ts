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
    const context = {
      subscriptions: [] as vscode.Disposable[],
      workspaceState: { get: () => undefined, update: () => Promise.resolve() },
      extension: { id: 'kubefresh.kubefresh' },
      extensionMode: vscode.ExtensionMode.Production,
    };
    const start = performance.now();
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- as VS Code loads it
    const main = require(path.join(extensionPath(), 'dist/extension.js')) as { activate(context: unknown): unknown };
    main.activate(context);
    note('activation', performance.now() - start);
    assert.equal(clientIsLoaded(), false);
  });

  it('loading the cluster bundle', () => {
    const start = performance.now();
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- as the extension loads it on first use
    require(path.join(extensionPath(), 'dist/cluster.js'));
    note('clusterLoad', performance.now() - start);
  });
});
