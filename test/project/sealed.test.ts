import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

test('values of Secrets are unsealed by the two commands that show and copy one, and nowhere else', () => {
  const source = path.join(process.cwd(), 'src');
  const unsealing = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && readFileSync(path.join(source, file), 'utf8').includes('.reveal()'))
    .map((file) => file.replaceAll(path.sep, '/'));
  assert.deepEqual(unsealing.sort(), ['commands/copyKeyValue.ts', 'commands/revealPanel.ts']);
});
