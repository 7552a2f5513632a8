import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { RevealPanel } from '../../src/commands/revealPanel';
import { SecretClipboard } from '../../src/commands/secretClipboard';
import { commands, manifestScheme } from '../../src/ids';
import { LiveManifests } from '../../src/language/liveManifests';
import * as writer from '../../src/manifest/write';
import type { SecretCopy } from '../../src/objects/objectCopy';
import type { ObjectKey } from '../../src/objects/objectKey';
import { Sealed } from '../../src/objects/sealed';
import type { TestApi } from '../../src/extension';
import { FakeClock, settle } from '../connection/fakeClock';
import { configMapKey, secretKey } from '../connection/support';
import { waitFor } from '../harness/waiting';
import { activated, eventually } from './extension';
import { ScriptedSession } from './scriptedSession';

/** The password of `db-credentials` in the sample. */
const canary = 'correct-horse-battery-staple';
const db = secretKey('db-credentials');

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** What others can give to a command; our own rows are known by their identity. */
function dataKeyRow(key: ObjectKey, dataKey: string): object {
  return { row: 'dataKey', key, dataKey };
}

/** The row of a key, as VS Code gives it to a command. */
async function ownRow({ session, objects }: TestApi, key: ObjectKey, dataKey: string): Promise<unknown> {
  await session.connection?.objects.read(key);
  const rows = objects.getChildren(objects.nodeOf(key));
  return rows.find((row) => row.row === 'dataKey' && row.dataKey === dataKey) ?? assert.fail(`no row of ${dataKey}`);
}

/** Waits until `look` holds, looking again after each event. */
function after<T>(event: vscode.Event<T>, look: () => boolean, what: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (settled: () => void): void => {
      clearTimeout(limit);
      subscription.dispose();
      settled();
    };
    const check = (): void => {
      if (look()) end(resolve);
    };
    const limit = setTimeout(() => {
      end(() => {
        reject(new Error(`gave up waiting for ${what}`));
      });
    }, 20_000);
    const subscription = event(check);
    check();
  });
}

function tabs(): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all.flatMap((group) => group.tabs);
}

/** The titles of the tabs that show a value. */
function revealed(): readonly string[] {
  return tabs()
    .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('kubefresh.value'))
    .map(({ label }) => label);
}

async function untilRevealed(...titles: readonly string[]): Promise<void> {
  const onTabs = vscode.window.tabGroups.onDidChangeTabs;
  await after(onTabs, () => revealed().join() === titles.join(), `the tabs ${titles.join() || '(none)'}`);
}

function documentsWith(text: string): readonly string[] {
  return vscode.workspace.textDocuments
    .filter((document) => document.getText().includes(text) || document.uri.toString().includes(text))
    .map(({ uri }) => uri.toString());
}

async function closeEditors(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

async function connectedApi(): Promise<TestApi> {
  const api = await activated();
  await api.session.connect();
  await eventually(api, () => (api.session.connection?.pods.feed.state === 'live' ? true : undefined), 'the pods');
  return api;
}

describe('Open Manifest', () => {
  afterEach(closeEditors);

  it('shows a Secret as YAML without its values', async () => {
    await connectedApi();
    await vscode.commands.executeCommand(commands.openManifest, { row: 'object', key: db });
    const document = vscode.window.activeTextEditor?.document;
    assert.ok(document !== undefined);
    assert.equal(document.uri.scheme, manifestScheme);
    assert.equal(document.languageId, 'yaml');
    const text = document.getText();
    assert.match(text, /^# Read-only copy from context \S+\. Read on use: read/);
    assert.match(text, /^data:\n {2}password: <redacted, 28 B>\n {2}uri: <redacted, 72 B>\n {2}username: /m);
    assert.match(text, /^type: Opaque$/m);
    assert.deepEqual([...documentsWith(canary), ...documentsWith(base64(canary))], []);
  });

  it('leaves out the annotation in which kubectl keeps the object', async () => {
    await connectedApi();
    await vscode.commands.executeCommand(commands.openManifest, secretKey('api-token'));
    const text = vscode.window.activeTextEditor?.document.getText() ?? '';
    assert.match(text, /token: <redacted/);
    assert.doesNotMatch(text, /last-applied|sample_tok|annotations:/);
  });

  it('shows the texts of a ConfigMap in full', async () => {
    await connectedApi();
    await vscode.commands.executeCommand(commands.openManifest, configMapKey('web-nginx'));
    assert.match(vscode.window.activeTextEditor?.document.getText() ?? '', /^ {2}\S+: \|\n {4}\S/m);
  });

  it('cannot be edited', async () => {
    await connectedApi();
    await vscode.commands.executeCommand(commands.openManifest, db);
    const document = vscode.window.activeTextEditor?.document;
    await vscode.commands.executeCommand('type', { text: 'typed' });
    assert.match(document?.getText() ?? '', /^# Read-only/);
    assert.equal(document?.isDirty, false);
  });

  it('holds its object for as long as a tab shows it', async () => {
    const { session } = await connectedApi();
    const { connection } = session;
    const key = configMapKey('settings-of-nobody');
    const other = secretKey('exporter-login', 'monitoring');
    assert.ok(connection !== undefined && connection.objects.inspect(other) === undefined);
    await vscode.commands.executeCommand(commands.openManifest, key);
    assert.equal(connection.objects.inspect(key), undefined, 'what does not exist has no document');
    await vscode.commands.executeCommand(commands.openManifest, { row: 'object', key: other });
    assert.equal(connection.objects.inspect(other)?.holds, 1);
    await closeEditors();
    await after(
      vscode.window.tabGroups.onDidChangeTabs,
      () => connection.objects.inspect(other) === undefined,
      'the hold to end',
    );
  });
});

describe('the document of an object', () => {
  let own: ScriptedSession;
  let documents: LiveManifests;
  const key = secretKey('db');
  const uri = vscode.Uri.from({
    scheme: manifestScheme,
    path: '/Secret/shop/db.yaml',
    query: 'context=test&server=https%3A%2F%2F127.0.0.1%3A6443',
  });

  beforeEach(async () => {
    own = new ScriptedSession();
    await own.connect();
    documents = new LiveManifests(own.session, () => Promise.resolve(writer));
  });
  afterEach(() => {
    documents.dispose();
    own.dispose();
  });

  it('says what became of the object', async () => {
    const text = (): Promise<string> => documents.provideTextDocumentContent(uri);
    assert.match(await text(), /^# Secret db in namespace shop, context test\n# Nothing refers to it any more/);
    const { connection } = own.session;
    assert.ok(connection !== undefined);
    connection.holds.pin(key);
    own.cluster.put({ kind: 'Secret', metadata: { name: 'db' }, type: 'Opaque', immutable: false, data: new Map() });
    await connection.objects.read(key);
    assert.match(await text(), /^# Read-only copy from context test\. Fresh: read at/);
    own.cluster.delete(key);
    await connection.objects.refresh(key);
    assert.match(await text(), /^# Secret db in namespace shop, context test\n# Not found at .*\n$/);
  });

  it('never shows the object of another cluster, also under the same name of a context', async () => {
    for (const context of [{ name: 'other' }, { name: 'test', server: 'https://127.0.0.9:6443', fingerprint: 'f2' }]) {
      own.context = { ...own.context, ...context };
      await own.connect();
      const { connection } = own.session;
      assert.equal(connection?.context.server, own.context.server);
      connection.holds.pin(key);
      own.cluster.put({ kind: 'Secret', metadata: { name: 'db' }, type: 'x', immutable: false, data: new Map() });
      await connection.objects.read(key);
      assert.match(await documents.provideTextDocumentContent(uri), /\n# Not shown: .*not connected.*\n$/);
    }
  });

  it('keeps what a server says within its comment', async () => {
    const { connection } = own.session;
    connection?.holds.pin(key);
    own.cluster.failures.set('*', { kind: 'forbidden', message: 'no\nkind: Secret\u2028data: {}' });
    await connection?.objects.read(key);
    const text = await documents.provideTextDocumentContent(uri);
    assert.match(text, /no kind: Secret data: \{\}/);
    for (const line of text.trimEnd().split('\n')) assert.ok(line.startsWith('# '), line);
  });

  it('of 1 MiB in 3,000 keys is whole', async () => {
    const { connection } = own.session;
    const large = configMapKey('large');
    connection?.holds.pin(large);
    const value = { text: 'some.property = value\n'.repeat(16), size: 352 };
    const data = new Map(Array.from({ length: 3000 }, (_, i) => [`key-${i}`, value] as const));
    own.cluster.put({ kind: 'ConfigMap', metadata: { name: 'large' }, immutable: false, data });
    await connection?.objects.read(large);
    const text = await documents.provideTextDocumentContent(uri.with({ path: '/ConfigMap/shop/large.yaml' }));
    assert.ok(text.length > 1_000_000);
    assert.match(text, /\n {2}key-2999: \|\n( {4}some\.property = value\n){16}$/);
  });
});

describe('Reveal Key', () => {
  let own: ScriptedSession;
  let panel: RevealPanel;
  const key = secretKey('db');
  const secrets = (): SecretClipboard =>
    new SecretClipboard({ clipboard: vscode.env.clipboard, clock: own.clock, isFocused: () => true });

  function put(version: string): SecretCopy {
    const data = new Map([
      ['password', new Sealed(base64(canary))],
      ['user', new Sealed(base64('shop'))],
    ]);
    const metadata = { name: 'db', namespace: 'shop', uid: 'u1', resourceVersion: version };
    const copy: SecretCopy = { kind: 'Secret', metadata, type: 'Opaque', immutable: false, data };
    own.cluster.put(copy);
    return copy;
  }

  async function show(dataKey = 'password'): Promise<void> {
    const { connection } = own.session;
    assert.ok(connection !== undefined);
    connection.holds.pin(key);
    const copy = put('1');
    await connection.objects.read(key);
    await own.clock.advance(100);
    panel.show(connection, { key, dataKey, copy, value: copy.data.get(dataKey) ?? assert.fail(dataKey) });
    await untilRevealed(`Secret shop/db · ${dataKey}`);
  }

  beforeEach(async () => {
    own = new ScriptedSession();
    await own.connect();
    panel = new RevealPanel({ session: own.session, clock: own.clock, secrets: secrets() });
  });
  afterEach(async () => {
    panel.dispose();
    own.dispose();
    await untilRevealed();
    await closeEditors();
  });

  it('shows the value for 30 seconds, in a tab that does not name it, and in no document', async () => {
    await show();
    await own.clock.advance(29_000);
    await settle();
    assert.equal(revealed().length, 1);
    assert.deepEqual([...documentsWith(canary), ...documentsWith(base64(canary))], []);
    await own.clock.advance(1000);
    await untilRevealed();
    assert.deepEqual(
      own.clock.waits.filter((wait) => wait === 30_000),
      [],
    );
  });

  it('shows one value at a time', async () => {
    await show('user');
    await show('password');
    await own.clock.advance(30_000);
    await untilRevealed();
  });

  it('closes when its tab is left', async () => {
    await show();
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content: 'elsewhere' }));
    await untilRevealed();
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('stays while the object is read again and is the same', async () => {
    await show();
    await own.session.connection?.objects.refresh(key);
    await own.clock.advance(1000);
    await settle();
    assert.equal(revealed().length, 1);
  });

  it('closes when the object is replaced', async () => {
    await show();
    put('2');
    await own.session.connection?.objects.refresh(key);
    await own.clock.advance(1000);
    await untilRevealed();
  });

  it('closes when the object is gone', async () => {
    await show();
    own.cluster.delete(key);
    await own.session.connection?.objects.refresh(key);
    await own.clock.advance(1000);
    await untilRevealed();
  });

  it('closes when the window connects to something else', async () => {
    await show();
    own.context = { ...own.context, name: 'other' };
    await own.connect();
    await untilRevealed();
  });
});

describe('commands that copy', () => {
  const { clipboard } = vscode.env;

  beforeEach(async () => {
    await connectedApi();
    await clipboard.writeText('before');
  });

  it('a value of a Secret, and of a ConfigMap', async () => {
    const api = await activated();
    await vscode.commands.executeCommand(commands.copyKeyValue, await ownRow(api, db, 'password'));
    assert.equal(await clipboard.readText(), canary);
    const limits = await ownRow(api, configMapKey('cart-limits'), 'limits.json');
    await vscode.commands.executeCommand(commands.copyKeyValue, limits);
    assert.match(await clipboard.readText(), /maxItems/);
    assert.deepEqual([...documentsWith(canary), ...documentsWith(base64(canary))], []);
  });

  it('a value of a Secret for 30 seconds', async () => {
    const clock = new FakeClock();
    const secrets = new SecretClipboard({ clipboard, clock, isFocused: () => true });
    await secrets.copy('hunter2');
    assert.equal(await clipboard.readText(), 'hunter2');
    await clock.advance(30_000);
    await waitFor(async () => ((await clipboard.readText()) === '' ? true : undefined), {
      what: 'an empty clipboard',
      limitMs: 10_000,
    });
    secrets.dispose();
  });

  it('nothing that others chose and the user did not agree to', async () => {
    for (const row of [dataKeyRow(db, 'password'), dataKeyRow(configMapKey('cart-limits'), 'limits.json')]) {
      // The question is modal, and VS Code shows no dialogs in tests: it fails instead.
      await assert.rejects(async () => vscode.commands.executeCommand(commands.copyKeyValue, row), /dialog/i);
    }
    assert.equal(await clipboard.readText(), 'before');
  });

  it('the name of every row that has one', async () => {
    const api = await activated();
    const named: string[] = [];
    const copied = async (row: unknown): Promise<string> => {
      await clipboard.writeText('before');
      await vscode.commands.executeCommand(commands.copyName, row);
      return clipboard.readText();
    };
    for (const root of api.pods.getChildren().filter(({ row }) => row === 'group')) {
      for (const row of [root, ...api.pods.getChildren(root)].slice(0, 2)) {
        assert.equal(await copied(row), api.pods.getTreeItem(row).label);
        named.push(row.row);
      }
    }
    assert.ok(named.includes('group') && named.includes('pod'));
    const object = { row: 'object', id: '', key: db } as const;
    assert.equal(await copied(object), 'db-credentials');
    for (const row of api.objects.getChildren(object)) {
      assert.equal(await copied(row), api.objects.getTreeItem(row).label);
    }
  });

  it('references as a container needs them', async () => {
    await vscode.commands.executeCommand(commands.copyReference, dataKeyRow(db, 'password'));
    assert.equal(
      await clipboard.readText(),
      'valueFrom:\n  secretKeyRef:\n    name: db-credentials\n    key: password',
    );
    await vscode.commands.executeCommand(commands.copyReference, { row: 'object', key: configMapKey('app-settings') });
    assert.equal(await clipboard.readText(), '- configMapRef:\n    name: app-settings');
  });

  it('take no argument but a row of theirs', async () => {
    for (const argument of [
      undefined,
      null,
      7,
      'db',
      {},
      { row: 'pod', podId: 'x' },
      { row: 'kind', kind: 'Secret' },
    ]) {
      for (const id of [commands.copyName, commands.copyReference, commands.openInTerminal]) {
        await vscode.commands.executeCommand(id, argument);
      }
    }
    assert.equal(await clipboard.readText(), 'before');
    assert.equal(vscode.window.terminals.length, 0);
  });
});

describe('Open in Terminal', () => {
  it('opens a terminal of its own for each', async () => {
    await connectedApi();
    const row = { row: 'object', key: db };
    await vscode.commands.executeCommand(commands.openInTerminal, row);
    await vscode.commands.executeCommand(commands.openInTerminal, row);
    assert.deepEqual(
      vscode.window.terminals.map(({ name }) => name),
      ['Kubefresh: db-credentials', 'Kubefresh: db-credentials'],
    );
    for (const terminal of vscode.window.terminals) terminal.dispose();
  });
});
