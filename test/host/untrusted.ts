import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands } from '../../src/ids';
import { activated, clientIsLoaded, hoverAt, openYaml } from './extension';

const manifest = `apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  imagePullSecrets: [{name: pull-secret}]
`;

describe('in a workspace that is not trusted', () => {
  it('is not trusted', () => {
    assert.equal(vscode.workspace.isTrusted, false);
  });

  it('does not connect, whatever is asked, and says why', async () => {
    const { session } = await activated();
    await vscode.commands.executeCommand(commands.connect);
    assert.equal(session.state.state, 'untrusted');
    assert.equal(clientIsLoaded(), false);
  });

  it('shows and copies nothing, whatever a command is called with', async () => {
    const { session } = await activated();
    await vscode.env.clipboard.writeText('before');
    const key = { kind: 'Secret', namespace: 'shop', name: 'db-credentials' };
    const { openManifest, revealKey, copyKeyValue, copyName, copyReference, openInTerminal } = commands;
    for (const id of [openManifest, revealKey, copyKeyValue, copyName, copyReference, openInTerminal]) {
      for (const row of [{ row: 'object', key }, { row: 'dataKey', key, dataKey: 'password' }, undefined]) {
        await vscode.commands.executeCommand(id, row);
      }
    }
    assert.equal(session.state.state, 'untrusted');
    assert.equal(clientIsLoaded(), false);
    assert.equal(await vscode.env.clipboard.readText(), 'before');
    assert.equal(vscode.window.terminals.length, 0);
    assert.deepEqual(
      vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs),
      [],
    );
  });

  it('says so in hovers', async () => {
    await activated();
    const document = await openYaml(manifest);
    assert.match(await hoverAt(document, 'pull-secret'), /not trusted/);
  });

  it('runs the demo, which reads no file and runs no program, and is as before after it', async () => {
    const { session, statusBar } = await activated();
    await vscode.commands.executeCommand(commands.startDemo);
    assert.ok(session.state.state === 'connected' && session.state.chosenBy === 'demo');
    assert.match(statusBar.text ?? '', /Demo: /);
    assert.equal((await session.contexts()).ok, false);
    await vscode.commands.executeCommand(commands.connect);
    assert.equal(session.demo === undefined, false);
    await vscode.commands.executeCommand(commands.stopDemo);
    assert.deepEqual([session.state.state, session.demo, statusBar.text], ['untrusted', undefined, undefined]);
  });
});
