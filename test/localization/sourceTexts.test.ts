import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { localizedTexts, parse, speakingSources, unlocalizedTexts } from './sourceTexts';

function found(code: string, file = 'src/views/some.ts'): string[] {
  return unlocalizedTexts(parse(file, code)).map(({ text }) => text);
}

describe('the texts of the sources', () => {
  const sources = speakingSources();
  const texts = sources.flatMap(localizedTexts);

  test('all go through vscode.l10n.t', () => {
    assert.ok(sources.length > 30 && texts.length > 150, 'the sources were found');
    assert.deepEqual(sources.flatMap(unlocalizedTexts), []);
  });

  test('are literals, which translations can be found for', () => {
    for (const { place, message } of texts) {
      assert.ok(message !== undefined, place);
      assert.equal(message, message.trim(), place);
      assert.notEqual(message, '', place);
    }
  });

  test('have a place for each value, and a value for each place', () => {
    for (const { place, message = '', arguments: count } of texts) {
      const places = new Set([...message.matchAll(/\{(\d+)\}/g)].map(([, index]) => Number(index)));
      assert.deepEqual([...places].sort(), [...Array(count).keys()], `${place}: ${message}`);
    }
  });

  test('a folder of translations is named in package.json if there is one', () => {
    const { l10n } = JSON.parse(readFileSync('package.json', 'utf8')) as { l10n?: string };
    assert.equal(l10n, existsSync('l10n') ? './l10n' : undefined);
  });
});

describe('the search for texts that are not localized', () => {
  test('finds what messages, rows, quick picks and inputs show', () => {
    const shown = [
      "void vscode.window.showInformationMessage('Hello');",
      'vscode.window.showErrorMessage(`${what} failed`, { modal: true });',
      "vscode.window.setStatusBarMessage('read', 1000);",
      "const item = new vscode.TreeItem('gone');",
      "const items = [{ label: 'all' }];",
      "item.description = 'stale';",
      'item.tooltip = problems === 0 ? undefined : `${problems} problems`;',
      "item.accessibilityInformation = { label: ['stale', since].join(', ') };",
      "void vscode.window.showQuickPick(['yes', vscode.l10n.t('No')]);",
      "void vscode.window.showInputBox({ prompt: 'name' });",
      "void vscode.window.showInputBox({ validateInput: (text) => (ok(text) ? undefined : 'wrong') });",
      "text.appendMarkdown(`$(key) ${plain('keys')}`);",
      "new vscode.FileDecoration('!', 'kept');",
      "progress.report({ message: count + ' read' });",
    ];
    for (const code of shown) assert.equal(found(code).length, 1, code);
  });

  test('follows names and functions of the same file', () => {
    assert.deepEqual(found("function pick() { const title = 'pods'; void vscode.window.showInputBox({ title }); }"), [
      'pods',
    ]);
    assert.deepEqual(
      found("item.label = wordOf(x); function wordOf(x: X) { switch (x) { case 'a': return 'alpha'; } }"),
      ['alpha'],
    );
    assert.deepEqual(found("item.description = pods.map((pod) => pod.ready ? 'ready' : t(pod)).join(' and ');"), [
      'ready',
      ' and ',
    ]);
  });

  test('finds what functions answer whose work is wording', () => {
    assert.deepEqual(found("function ageLabel(): string { return 'old'; }"), ['old']);
    assert.deepEqual(found("export function age(): string { return 'old'; }", 'src/wording/age.ts'), ['old']);
    assert.deepEqual(found("export function iconOf(): string { return 'lock'; }", 'src/wording/age.ts'), []);
  });

  test('finds what is put into a localized text, and prose wherever it stands', () => {
    assert.deepEqual(found("vscode.l10n.t('It is {0}.', isOld ? 'old' : vscode.l10n.t('new'))"), ['old']);
    assert.deepEqual(found("const reason = { because: 'the server is away' };"), ['the server is away']);
    assert.deepEqual(found("warn('Refused.');"), ['Refused.']);
    assert.deepEqual(found('page(`<p class="a b">${x}</p><p title="more">The end</p>`);'), [
      '</p><p title="more">The end</p>',
    ]);
  });

  test('leaves alone what nobody reads, and names', () => {
    const silent = [
      "void vscode.window.showInformationMessage(vscode.l10n.t('Hello {0}', name));",
      "import { two } from './two words';",
      "item.iconPath = new vscode.ThemeIcon('server-process');",
      "item.contextValue = pinned ? 'object pinned' : 'object';",
      'item.id = `pod of ${name}`;',
      "const node = { row: 'pod', id: `pod/${id}` };",
      "item.label = state === 'stale' ? name : '';",
      "type Choice = 'all of them' | 'none';",
      "switch (x) { case 'two words': break; }",
      "void vscode.commands.executeCommand('setContext', key, value);",
      'item.label = `$(${icon}) ${name} · $(sync~spin)`;',
      'text.appendMarkdown(`[${plain(label)}](command:kubefresh.connect) &amp;`);',
      "const kind = { label: 'Secret' };",
      'const style = `body { margin: 0 auto; }`;',
      'page(`<p class="two words" data-x="${x}" hidden>${y}</p>`);',
    ];
    for (const code of silent) assert.deepEqual(found(code), [], code);
  });
});
