import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { parse, stringify } from 'yaml';
import type { ApiServer } from '../harness/apiServer';
import {
  chooseFromMenu,
  fillQuickInput,
  openKubefreshSideBar,
  pick,
  pressRowButton,
  quickRow,
  runCommand,
  untilBadge,
  untilOpen,
  untilText,
  view,
  viewDescription,
  viewMessage,
  viewRow,
  welcome,
} from '../harness/workbench';
import { waitFor } from '../harness/waiting';
import { describeScene } from './scene';

/** As `aws eks update-kubeconfig` calls contexts. */
const arn = 'arn:aws:eks:eu-central-1:123456789012:cluster/production-main';
const limitMs = 60_000;

function kubeconfigFile(server: ApiServer): string {
  return path.join(server.folder, 'contexts.yaml');
}

function tokenFile(server: ApiServer): string {
  return path.join(server.folder, 'session-token');
}

/** One kubeconfig with a context for each thing that can be the matter. */
function writeKubeconfig(server: ApiServer): string {
  writeFileSync(tokenFile(server), 'expired');
  const own = parse(readFileSync(server.kubeconfig({ namespace: 'shop' }), 'utf8')) as {
    readonly clusters: readonly [{ readonly cluster: { readonly server: string } }];
    readonly users: readonly [{ readonly user: object }];
  };
  const { cluster } = own.clusters[0];
  const { user } = own.users[0];
  const plugin = { apiVersion: 'client.authentication.k8s.io/v1', command: 'no-such-plugin', interactiveMode: 'Never' };
  const table: readonly [name: string, cluster: object, user: object, namespace: string][] = [
    ['kind-dev', cluster, user, 'shop'],
    [arn, cluster, user, 'payments'],
    ['logged-out', cluster, { tokenFile: tokenFile(server) }, 'shop'],
    ['pluginless', cluster, { exec: plugin }, 'shop'],
    ['strange-authority', { server: cluster.server }, user, 'shop'],
    ['switched-off', { ...cluster, server: 'https://127.0.0.2:1' }, user, 'shop'],
    ['empty', cluster, user, 'kube-public'],
  ];
  const content = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: table.map(([name, of]) => ({ name, cluster: of })),
    users: table.map(([name, , of]) => ({ name, user: of })),
    contexts: table.map(([name, , , namespace]) => ({ name, context: { cluster: name, user: name, namespace } })),
    'current-context': 'kind-dev',
  };
  writeFileSync(kubeconfigFile(server), stringify(content), { mode: 0o600 });
  return kubeconfigFile(server);
}

async function switchTo(page: Page, context: string): Promise<void> {
  await runCommand(page, 'Kubefresh: Switch Context');
  await pick(page, context);
}

async function untilWelcome(page: Page, text: RegExp, buttons: readonly string[]): Promise<void> {
  await untilText(welcome(page, 'Pods'), text, limitMs);
  const shown = await welcome(page, 'Pods').locator('.monaco-button').allInnerTexts();
  assert.deepEqual(
    shown.map((label) => label.trim()),
    buttons,
  );
}

function button(page: Page, label: string): Locator {
  return welcome(page, 'Pods').locator('.monaco-button', { hasText: label });
}

function statusItem(page: Page): Locator {
  return page.locator('.statusbar .statusbar-item[id="kubefresh.kubefresh.kubefresh.status"]');
}

async function untilStatus(page: Page, text: string): Promise<void> {
  const shown = new RegExp(`^\\s*${text}\\s*$`);
  await untilText(statusItem(page), shown, limitMs);
}

/** Waits until the status bar says that the server cannot be asked, and since when. */
async function untilOutage(page: Page, context: string, what: string): Promise<void> {
  await untilStatus(page, `${context}: ${what} since \\d\\d:\\d\\d:\\d\\d`);
}

async function statusTooltip(page: Page): Promise<string> {
  const tooltip = page.locator('.workbench-hover-container:visible .monaco-hover').first();
  return waitFor(
    async () => {
      await statusItem(page).hover();
      await tooltip.waitFor({ timeout: 3000 }).catch(() => undefined);
      const [text] = await tooltip.allInnerTexts();
      if (text?.includes('Server:') === true) return text.replaceAll('\u200b', '');
      // A tooltip is shown only for a mouse that comes to rest.
      await page.mouse.move(0, 0);
      return undefined;
    },
    { what: 'the tooltip of the status bar', limitMs: 30_000 },
  );
}

let before: Buffer | undefined;

describeScene('a window that goes from context to context', { kubeconfig: writeKubeconfig }, (step) => {
  step('before anybody asks there is nothing in the status bar', async ({ page, server }) => {
    before = await readFile(kubeconfigFile(server));
    assert.equal(await statusItem(page).count(), 0);
  });

  step('the status bar tells the context and how many problems there are', async ({ page, server }) => {
    await openKubefreshSideBar(page);
    await untilText(viewMessage(page, 'Pods'), /^Current context, kubeconfig of /);
    await untilStatus(page, 'kind-dev: 1 problem');
    const tooltip = await statusTooltip(page);
    assert.match(tooltip, /Current context: kind-dev\./);
    assert.ok(tooltip.includes(`Server: ${server.url}`), tooltip);
    assert.match(tooltip, /Registered: 8 pods of shop\./);
    assert.match(tooltip, /Secrets and ConfigMaps: 12 read on use, 1 not found\. 1 problem to look at\./);
    const badge = page.locator('.activitybar .action-item', { has: page.locator('[aria-label^="Kubefresh"]') });
    await untilText(badge.locator('.badge-content'), /^1$/);
  });

  step('the picker shows each context with what it names, and which one counts', async ({ page }) => {
    await runCommand(page, 'Kubefresh: Switch Context');
    await untilText(quickRow(page, 'Follow the kubeconfig'), /Follow the kubeconfig\s*kind-dev/);
    await quickRow(page, 'Follow the kubeconfig').locator('.codicon-check').waitFor();
    await untilText(
      quickRow(page, 'connected, current'),
      /kind-dev[^]*namespace shop · cluster kind-dev · user kind-dev/,
    );
    await untilText(quickRow(page, arn), /namespace payments · cluster arn:aws:eks:eu…/);
    await untilText(quickRow(page, 'Demo cluster'), /nothing in it is real/);
    await pick(page, arn);
  });

  step('a switch shows the pods of the other context, and its long name shortened', async ({ page }) => {
    await viewRow(page, 'Pods', /^ledger-0/).waitFor({ timeout: limitMs });
    await untilText(viewMessage(page, 'Pods'), /^Context chosen for this window, /);
    await untilStatus(page, 'arn:aws:eks…duction-main: 2 problems');
    assert.ok((await statusTooltip(page)).includes(`Context chosen for this window: ${arn}.`));
    assert.equal(await viewRow(page, 'Pods', /^web/).count(), 0);
  });

  step('a reload of the window keeps the choice', async ({ page }) => {
    await page.reload();
    await untilOpen(page);
    // VS Code shows the side bar again that was shown before.
    await viewRow(page, 'Pods', /^ledger-0/).waitFor({ timeout: limitMs });
    await untilText(viewMessage(page, 'Pods'), /^Context chosen for this window, /);
  });

  step('who is logged out is told to log in, and to try again', async ({ page, server }) => {
    await switchTo(page, 'logged-out');
    await untilWelcome(page, /does not accept your credentials\. Log in again/, ['Try Again', 'Switch Context…']);
    await untilText(viewDescription(page, 'Pods'), /^logged-out · shop · .*401 Unauthorized\. Log in again/);
    await untilOutage(page, 'logged-out', 'not authenticated');
    await writeFile(tokenFile(server), server.adminToken);
    await button(page, 'Try Again').click();
    await viewRow(page, 'Pods', /^web-\w+-x2k9p/).waitFor({ timeout: 20_000 });
  });

  step(
    'without the credential plugin, with a strange authority or no server, each says what to do',
    async ({ page }) => {
      await switchTo(page, 'pluginless');
      await untilWelcome(page, /gives no credentials.*say in the settings where the program is/, [
        'Try Again',
        'Open Settings',
        'Switch Context…',
      ]);
      await untilText(viewDescription(page, 'Pods'), /no-such-plugin/);
      await untilOutage(page, 'pluginless', 'no credentials');
      await switchTo(page, 'strange-authority');
      await untilWelcome(page, /Check the certificates in the kubeconfig/, ['Try Again', 'Switch Context…']);
      await untilOutage(page, 'strange-authority', 'not trusted');
      await switchTo(page, 'switched-off');
      await untilWelcome(page, /The pods cannot be listed\. Kubefresh goes on trying/, [
        'Try Again',
        'Switch Context…',
      ]);
      await untilOutage(page, 'switched-off', 'no answer');
      await switchTo(page, 'empty');
      await untilWelcome(page, /No pods are running here/, ['Change Scope…', 'Register Pod by Name…']);
      await untilStatus(page, 'empty: no objects');
    },
  );

  step('the way back is to follow the kubeconfig, which has not been touched', async ({ page, server }) => {
    await switchTo(page, 'Follow the kubeconfig');
    await untilText(viewMessage(page, 'Pods'), /^Current context, /);
    await untilStatus(page, 'kind-dev: 1 problem');
    assert.deepEqual(await readFile(kubeconfigFile(server)), before);
  });

  step('without a current context one is chosen for the window', async ({ page, server }) => {
    const text = before!.toString();
    await writeFile(kubeconfigFile(server), text.replace(/^current-context: .*$/m, 'current-context: gone'));
    await untilWelcome(page, /no current context, or not the one that was chosen/, [
      'Switch Context…',
      'Open Settings',
    ]);
    await untilText(viewDescription(page, 'Pods'), /^The kubeconfig has no context gone\. It has: kind-dev, /);
    await statusItem(page).waitFor({ state: 'detached', timeout: limitMs });
    await button(page, 'Switch Context…').click();
    await pick(page, 'kind-dev');
    await untilText(viewMessage(page, 'Pods'), /^Context chosen for this window, /);
    await writeFile(kubeconfigFile(server), text);
  });

  step(
    'a pod that was registered by name is unregistered, and an object that was fetched is unpinned',
    async ({ page }) => {
      await runCommand(page, 'Kubefresh: Register Pod by Name');
      await fillQuickInput(page, 'payments/ledger-0');
      await page.keyboard.press('Enter');
      await untilText(viewRow(page, 'Pods', /^ledger-0/), /registered by name/);
      await chooseFromMenu(page, viewRow(page, 'Pods', /^ledger-0/), 'Unregister');
      await viewRow(page, 'Pods', /^ledger-0/).waitFor({ state: 'detached', timeout: limitMs });
      await runCommand(page, 'Kubefresh: Fetch Secret or ConfigMap');
      await fillQuickInput(page, 'payments/vault-login');
      await pick(page, 'Fetch Secret payments/vault-login');
      const row = viewRow(page, 'Secrets & ConfigMaps', /^vault-login/);
      await untilBadge(row, '↻');
      await pressRowButton(row, 'Unpin');
      await row.waitFor({ state: 'detached', timeout: limitMs });
    },
  );

  step('the demo runs in place of the context, and says that nothing in it is real', async ({ page }) => {
    await runCommand(page, 'Kubefresh: Start Demo Cluster');
    await untilText(viewMessage(page, 'Pods'), /^Demo cluster: nothing here is real\. “Stop Demo Cluster” ends it\.$/);
    await untilStatus(page, 'Demo: .+');
    assert.match(await statusTooltip(page), /^Demo cluster: nothing here is real\./);
    await page.locator('.tab.active[data-resource-name$=".yaml"]').waitFor({ timeout: limitMs });
    assert.equal(await viewRow(page, 'Pods', /^web-7d9c5b8f4d-x2k9p/).count(), 0);
  });

  step('its end closes its manifests and brings the context back', async ({ page, server }) => {
    const header = view(page, 'Pods').locator('.pane-header');
    await header.hover();
    await header.locator('.action-label[aria-label^="Stop Demo Cluster"]').click();
    await viewRow(page, 'Pods', /^web-7d9c5b8f4d-x2k9p/).waitFor({ timeout: limitMs });
    await untilStatus(page, 'kind-dev: 1 problem');
    await page.locator('.tab').first().waitFor({ state: 'detached', timeout: limitMs });
    assert.deepEqual(await readFile(kubeconfigFile(server)), before);
  });
});
