import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Connection } from '../../src/connection/connection';
import { commands, demoScheme } from '../../src/ids';
import { activated, clientIsLoaded, eventually, hoverAt, openYaml } from './extension';

const secret = 'db-credentials';
/** A value of that Secret in the sample. */
const canary = 'correct-horse-battery-staple';

function pod(name: string, namespace = 'shop'): string {
  return [
    'apiVersion: v1',
    'kind: Pod',
    `metadata: {name: hovered, namespace: ${namespace}}`,
    'spec:',
    '  containers:',
    '    - name: main',
    '      env:',
    '        - name: PASSWORD',
    '          valueFrom:',
    '            secretKeyRef:',
    `              name: ${name}`,
    '              key: password',
  ].join('\n');
}

function hasDemoTab(): boolean {
  return vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .some(({ input }) => input instanceof vscode.TabInputText && input.uri.scheme === demoScheme);
}

async function connection(): Promise<Connection> {
  const api = await activated();
  await api.session.connect();
  return eventually(
    api,
    () => {
      const connected = api.session.connection;
      return connected?.pods.feed.state === 'live' ? connected : undefined;
    },
    'the pods to be listed',
  );
}

describe('before anybody asks for a connection', () => {
  it('a YAML file that is no manifest loads no Kubernetes client and gives no hover', async () => {
    const { session } = await activated();
    const document = await openYaml('services:\n  web:\n    image: nginx\n    secrets: [db-credentials]\n');
    const hover = await hoverAt(document, secret);
    assert.doesNotMatch(hover, /Secret/);
    assert.equal(session.state.state, 'idle');
    assert.equal(clientIsLoaded(), false);
  });

  it('hovering a reference says how to connect, and does not connect', async () => {
    const { session } = await activated();
    const document = await openYaml(pod(secret));
    assert.match(await hoverAt(document, secret), /not connected[^]*command:kubefresh\.connect/);
    assert.equal(session.state.state, 'idle');
    assert.equal(clientIsLoaded(), false);
  });
});

describe('against the API server at another loopback address, with a client certificate', () => {
  it('connects, lists the pods and reads their objects once each', async () => {
    const connected = await connection();
    assert.equal(clientIsLoaded(), true);
    assert.ok(connected.pods.count > 5, `${connected.pods.count} pods`);
    const reading = await connected.objects.read({ kind: 'Secret', namespace: 'shop', name: secret });
    assert.notEqual(reading.outcome, 'failed');
  });

  it('hovers a key reference: existence, keys with sizes, users, and no value', async () => {
    const connected = await connection();
    const document = await openYaml(pod(secret));
    const hover = await hoverAt(document, secret);
    assert.match(hover, /It exists/);
    assert.match(hover, /password\*\* 28 B/);
    assert.match(hover, /Reference count 4/);
    assert.ok(!hover.includes(canary) && !hover.includes(Buffer.from(canary).toString('base64')));
    assert.ok(connected.objects.inspect({ kind: 'Secret', namespace: 'shop', name: secret }) !== undefined);
  });

  it('hovers a name that nobody refers to, and says that it does not exist', async () => {
    await connection();
    const document = await openYaml(pod('no-such-secret'));
    assert.match(await hoverAt(document, 'no-such-secret'), /does not exist, and is required/);
  });

  it('keeps no hold of a hover once the manifest is closed', async () => {
    const connected = await connection();
    const key = { kind: 'Secret', namespace: 'shop', name: 'closing-secret' } as const;
    const document = await openYaml(pod(key.name));
    await hoverAt(document, key.name);
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    const api = await activated();
    await eventually(api, () => (connected.objects.inspect(key) === undefined ? true : undefined), 'the hold to end');
  });

  it('escapes names from the cluster and links to its own commands only', async () => {
    await connection();
    const document = await openYaml(pod(secret));
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      document.positionAt(document.getText().indexOf(secret) + 1),
    );
    const own = hovers
      .flatMap(({ contents }) => contents)
      .find((content) => content instanceof vscode.MarkdownString && content.value.includes(secret));
    assert.ok(own instanceof vscode.MarkdownString);
    assert.equal(own.supportHtml ?? false, false);
    const links = [...own.value.matchAll(/\(command:([a-zA-Z.]+)/g)].map(([, id]) => id);
    assert.deepEqual(links, [commands.revealObject]);
  });

  it('gives every row of both views an id of its own, a label for screen readers and a decoration it accepts', async () => {
    const api = await activated();
    await connection();
    const ids = new Set<string>();
    const visit = (node?: Parameters<typeof api.pods.getTreeItem>[0]): void => {
      for (const child of api.pods.getChildren(node)) {
        const item = api.pods.getTreeItem(child);
        assert.ok(item.id !== undefined && !ids.has(item.id), `id ${String(item.id)}`);
        ids.add(item.id);
        const decoration =
          item.resourceUri === undefined ? undefined : api.decorations.provideFileDecoration(item.resourceUri);
        assert.ok((decoration?.badge ?? '').length <= 2);
        if (child.row !== 'injected') assert.ok((item.accessibilityInformation?.label ?? '').length > 0, item.id);
        visit(child);
        assert.equal(api.pods.getParent(child)?.id, node?.id);
      }
    };
    visit();
    assert.ok(ids.size > 20, `${ids.size} rows`);
    const objectIds = api.objects
      .getChildren()
      .flatMap((root) => [root, ...api.objects.getChildren(root)])
      .flatMap((node) => [node, ...(node.row === 'object' ? api.objects.getChildren(node) : [])])
      .map((node) => api.objects.getTreeItem(node).id);
    assert.equal(new Set(objectIds).size, objectIds.length);
  });

  it('rendering every row sends no request', async () => {
    const api = await activated();
    const connected = await connection();
    const before = [...connected.objects.keys()].map((key) => JSON.stringify(connected.objects.freshness(key)));
    for (const root of api.objects.getChildren()) {
      for (const object of api.objects.getChildren(root)) api.objects.getTreeItem(object);
    }
    assert.deepEqual(
      [...connected.objects.keys()].map((key) => JSON.stringify(connected.objects.freshness(key))),
      before,
    );
    assert.ok([...connected.objects.keys()].every((key) => connected.objects.inspect(key)?.reading === false));
  });

  it('contributes every command that its manifest names', async () => {
    const registered = new Set(await vscode.commands.getCommands(true));
    for (const id of Object.values(commands)) assert.ok(registered.has(id), id);
  });

  it('pins a name that is asked for, and follows a change of scope', async () => {
    const api = await activated();
    const connected = await connection();
    const key = { kind: 'ConfigMap', namespace: 'payments', name: 'no-such-map' } as const;
    connected.holds.pin(key);
    assert.equal((await connected.objects.read(key)).outcome, 'failed');
    assert.equal(connected.objects.freshness(key).state, 'notFound');
    api.session.changeScope({ in: 'namespaces', namespaces: ['payments'] });
    await eventually(
      api,
      () =>
        [...connected.pods.all].every(({ pod: { metadata } }) => metadata.namespace === 'payments') &&
        connected.pods.count > 0
          ? true
          : undefined,
      'the pods of payments',
    );
    api.session.changeScope({ in: 'namespaces', namespaces: ['shop'] });
    await eventually(api, () => (connected.pods.count > 5 ? true : undefined), 'the pods of shop');
  });

  it('remembers the context that was chosen for this window, until it follows the kubeconfig again', async () => {
    const { session } = await activated();
    const { name } = (await connection()).context;
    const chosen = async (): Promise<string | undefined> => {
      const answer = await session.contexts();
      assert.ok(answer.ok);
      return answer.value.window;
    };
    const state = await session.switchContext(name);
    assert.deepEqual([state.state === 'connected' && state.chosenBy, await chosen()], ['window', name]);
    await session.switchContext(undefined);
    assert.equal(await chosen(), undefined);
  });

  it('uses the context that the workspace sets only once the user agrees', async () => {
    const api = await activated();
    const { name: own } = (await connection()).context;
    const ofWorkspace = 'context-of-the-workspace';
    const set = (value: string | undefined): Thenable<void> =>
      vscode.workspace.getConfiguration('kubefresh').update('context', value, vscode.ConfigurationTarget.Workspace);
    await set(ofWorkspace);
    try {
      assert.equal(vscode.workspace.getConfiguration('kubefresh').get('context'), ofWorkspace);
      await api.session.settingsChanged();
      assert.deepEqual([api.settings.current.context, api.session.connection?.context.name], ['', own]);
      await api.settings.choose('context', ofWorkspace);
      const wanted = (): string | undefined =>
        api.session.state.state === 'noContext' ? api.session.state.wanted : undefined;
      assert.equal(await eventually(api, wanted, 'the context of the workspace to be looked for'), ofWorkspace);
    } finally {
      await set(undefined);
    }
    assert.equal((await connection()).context.name, own);
  });

  it('says in the status bar how things stand', async () => {
    const api = await activated();
    const { context } = await connection();
    const text = new RegExp(`^\\$\\(\\w+\\) ${context.name}: \\d+ problems?$`);
    await eventually(api, () => (text.test(api.statusBar.text ?? '') ? true : undefined), 'the problems to be counted');
  });

  it('lets go of what was named, and of nothing else', async () => {
    const connected = await connection();
    const answer = await connected.pods.registerByName('payments', 'ledger-0');
    assert.ok(answer.ok);
    const { id } = answer.value;
    const key = { kind: 'Secret', namespace: 'payments', name: 'vault-login' } as const;
    connected.holds.pin(key);
    for (const nothing of [undefined, null, 'pod', {}, { podId: 7 }, { key: { kind: 'Pod' } }]) {
      await vscode.commands.executeCommand(commands.unregisterPod, nothing);
      await vscode.commands.executeCommand(commands.unpin, nothing);
    }
    assert.deepEqual([connected.pods.get(id)?.byName, connected.holds.isPinned(key)], [true, true]);
    await vscode.commands.executeCommand(commands.unregisterPod, { row: 'pod', podId: id });
    await vscode.commands.executeCommand(commands.unpin, { row: 'object', key });
    assert.deepEqual([connected.pods.get(id), connected.holds.isPinned(key)], [undefined, false]);
  });

  it('shows a manifest of the demo while it runs, and goes back to the context after it', async () => {
    const api = await activated();
    const own = (await connection()).context.fingerprint;
    await vscode.commands.executeCommand(commands.startDemo);
    const { state } = api.session;
    assert.ok(state.state === 'connected' && state.chosenBy === 'demo');
    const document = vscode.window.visibleTextEditors.find(
      (editor) => editor.document.uri.scheme === demoScheme,
    )?.document;
    assert.equal(document?.languageId, 'yaml');
    const isHeld = (): boolean =>
      [...state.connection.objects.keys()].some((key) => (state.connection.objects.inspect(key)?.holds ?? 0) > 0);
    await eventually(api, () => (isHeld() ? true : undefined), 'the manifest to hold what it names');
    assert.ok(hasDemoTab());
    const closed = new Promise<void>((resolve) => {
      const subscription = vscode.window.tabGroups.onDidChangeTabs(() => {
        if (hasDemoTab()) return;
        subscription.dispose();
        resolve();
      });
    });
    await vscode.commands.executeCommand(commands.stopDemo);
    await closed;
    assert.equal(api.session.connection?.context.fingerprint, own);
  });
});
