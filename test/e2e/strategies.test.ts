import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import type { KubeObject } from '../harness/kubeObjects';
import { sampleRole } from '../harness/sampleCluster';
import {
  goToLine,
  hoverText,
  openFile,
  openKubefreshSideBar,
  pick,
  runCommand,
  tooltipText,
  untilBadge,
  untilText,
  viewMessage,
  viewRow,
} from '../harness/workbench';
import { describeScene } from './scene';

const user = 'dev';
const offer = /^Use the Cache strategy/;
/** The longest pause of a reflector is 60 s. */
const retryMs = 90_000;

function objectRow(page: Page, name: string): Locator {
  return viewRow(page, 'Secrets & ConfigMaps', new RegExp(`^${name}`));
}

function message(page: Page): Locator {
  return viewMessage(page, 'Secrets & ConfigMaps');
}

async function changeStrategy(page: Page, strategy: string): Promise<void> {
  await runCommand(page, 'Kubefresh: Change Strategy…');
  await pick(page, strategy);
}

/** The role of `dev`, which may also list and watch what it may get. */
function watchingRole(): readonly KubeObject[] {
  return sampleRole('shop').map((object) => {
    if (object.kind !== 'Role') return object;
    const { rules } = object as unknown as { readonly rules: readonly object[] };
    return { ...object, rules: rules.map((rule) => ({ ...rule, verbs: ['get', 'list', 'watch'] })) };
  });
}

describeScene(
  'a user who watches as the kubelet does',
  {
    users: [{ name: user }],
    kubeconfig: (server) => server.kubeconfig({ user, namespace: 'shop' }),
    settings: { 'kubefresh.strategy': 'watch' },
  },
  (step) => {
    step('who may only get sees each object forbidden, and what to ask for', async ({ page }) => {
      await openKubefreshSideBar(page);
      await untilText(message(page), /^Watch strategy: 0 of 13 in sync\./);
      await untilBadge(objectRow(page, 'db-credentials'), '⊘');
      const tooltip = await tooltipText(page, objectRow(page, 'db-credentials'), /Forbidden/);
      assert.match(tooltip, /cannot list resource "secrets".*Ask for the verbs “list” and “watch” on this name/s);
    });

    step('one click leads to the Cache strategy', async ({ page, vscode }) => {
      await viewRow(page, 'Secrets & ConfigMaps', offer).click();
      await untilText(message(page), /^TTL 60 s .*Last pass: 13 objects/);
      await untilBadge(objectRow(page, 'db-credentials'), '✓');
      assert.equal(await viewRow(page, 'Secrets & ConfigMaps', offer).count(), 0);
      const settings = await readFile(path.join(vscode.userDataFolder, 'User', 'settings.json'), 'utf8');
      assert.match(settings, /"kubefresh.strategy": *"cache"/);
    });

    step('with the verbs to list and watch, objects are live', async ({ page, server }) => {
      await server.apply(watchingRole());
      await changeStrategy(page, 'Watch');
      await untilBadge(objectRow(page, 'db-credentials'), '●', retryMs);
      await untilBadge(objectRow(page, 'app-settings'), '●', retryMs);
      await untilText(objectRow(page, 'db-credentials'), /live, event \d\d:\d\d:\d\d · 3 keys · used by 4 pods/);
      await untilText(message(page), /^Watch strategy: 3 of 13 in sync\./, retryMs);
    });

    step('a change shows by itself, and so does a removal', async ({ page, server }) => {
      await server.patch('/api/v1/namespaces/shop/secrets/db-credentials', { stringData: { port: '5432' } });
      await untilText(objectRow(page, 'db-credentials'), /4 keys/);
      await server.remove('/api/v1/namespaces/shop/secrets/api-token');
      await untilBadge(objectRow(page, 'api-token'), '✗');
    });

    step('the hover names the strategy and says when the last event was', async ({ page }) => {
      await openFile(page, 'web-deployment.yaml');
      await goToLine(page, 74);
      const text = await hoverText(page, 'password');
      assert.match(text, /Watch strategy: live, last list or event at .*Event .+ ago\./s);
    });

    step('what can never change is watched no longer once it was read', async ({ page, server }) => {
      await server.patch('/api/v1/namespaces/shop/configmaps/app-settings', { immutable: true });
      await untilBadge(objectRow(page, 'app-settings'), '●=');
      await page.keyboard.press('Escape');
      await objectRow(page, 'app-settings').locator('.monaco-tl-twistie').click();
      await untilBadge(objectRow(page, 'app-settings'), '■=');
      await untilText(objectRow(page, 'app-settings'), /watch stopped: immutable/);
    });

    step('with Get each use reads', async ({ page, server }) => {
      await changeStrategy(page, 'Each use reads the newest version');
      await untilText(message(page), /^Get strategy: each use reads anew\./);
      await untilBadge(objectRow(page, 'db-credentials'), '↻');
      const reads = async (): Promise<number> =>
        (await server.auditEvents()).filter(
          ({ requestURI, verb }) => verb === 'get' && requestURI.endsWith('/secrets/db-credentials'),
        ).length;
      const before = await reads();
      await objectRow(page, 'db-credentials').locator('.monaco-tl-twistie').click();
      await untilText(objectRow(page, 'db-credentials'), /4 keys/);
      assert.ok((await reads()) > before);
    });
  },
);
