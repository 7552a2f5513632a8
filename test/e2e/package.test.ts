import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { runTool } from '../harness/processes';
import { openKubefreshSideBar, untilBadge, untilText, viewMessage, viewRow } from '../harness/workbench';
import { describeScene } from './scene';
import { zipEntries } from './zipEntries';

const vsix = path.join(process.cwd(), 'dist', 'kubefresh.vsix');

test('the package holds what runs and what people read, and nothing else', async () => {
  await runTool(process.execPath, ['esbuild.mjs'], { cwd: process.cwd() });
  const said = await runTool('/bin/sh', ['-c', 'npm run package 2>&1'], { cwd: process.cwd() });
  assert.doesNotMatch(said, /WARNING/);
  assert.deepEqual([...(await zipEntries(vsix))].sort(), [
    '[Content_Types].xml',
    'extension.vsixmanifest',
    'extension/LICENSE.txt',
    'extension/changelog.md',
    'extension/dist/cluster.js',
    'extension/dist/demo.js',
    'extension/dist/extension.js',
    'extension/dist/manifest.js',
    'extension/dist/socks.js',
    'extension/dist/yaml.js',
    'extension/media/icon.png',
    'extension/media/kubefresh.svg',
    'extension/media/walkthrough/connect.svg',
    'extension/media/walkthrough/demo.svg',
    'extension/media/walkthrough/freshness.svg',
    'extension/media/walkthrough/hover.svg',
    'extension/media/walkthrough/pods.svg',
    'extension/package.json',
    'extension/package.nls.json',
    'extension/readme.md',
  ]);
  const { size } = await stat(vsix);
  assert.ok(size < 1_000_000, `${size} bytes`);
});

describeScene('the package, installed into a VS Code of its own', { vsix }, (step) => {
  step('connects and fills both views', async ({ page }) => {
    await openKubefreshSideBar(page);
    await viewRow(page, 'Pods', /^webDeployment · 2 pods$/).waitFor({ timeout: 30_000 });
    await untilText(viewMessage(page, 'Secrets & ConfigMaps'), /Last pass: 13 objects/);
    await untilBadge(viewRow(page, 'Secrets & ConfigMaps', /^db-credentials/), '↻');
  });
});
