import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import {
  badgeOf,
  editorHover,
  expandRow,
  fillQuickInput,
  goToLine,
  hoverText,
  labelColour,
  openFile,
  openKubefreshSideBar,
  pick,
  pickSeveral,
  runCommand,
  statusBarItem,
  toast,
  untilBadge,
  untilText,
  view,
  viewMessage,
  viewRow,
} from '../harness/workbench';
import { waitFor } from '../harness/waiting';
import { describeScene } from './scene';

const stale = '~';

function podRow(page: Page, text: RegExp): Locator {
  return viewRow(page, 'Pods', text);
}

function objectRow(page: Page, text: RegExp): Locator {
  return viewRow(page, 'Secrets & ConfigMaps', text);
}

/** Waits until a row is the one that is selected. */
async function untilSelected(row: Locator): Promise<void> {
  await waitFor(async () => ((await row.getAttribute('aria-selected')) === 'true' ? true : undefined), {
    what: 'a row to be selected',
    limitMs: 30_000,
  });
}

describeScene('an administrator who looks around', {}, (step) => {
  step('the TTL is the node’s: with 0 objects are read on use, and none is ever stale', async ({ page }) => {
    await openKubefreshSideBar(page);
    await untilText(viewMessage(page, 'Secrets & ConfigMaps'), /^TTL 0 s \(node-a\)\. Last pass: 13 objects/);
    await untilBadge(objectRow(page, /^db-credentials/), '↻');
    await untilBadge(objectRow(page, /^app-settings/), '↻');
    // It can never change, and says so beside its freshness.
    await untilBadge(objectRow(page, /^cart-limits/), '↻=');
    const rows = view(page, 'Secrets & ConfigMaps').locator('.monaco-list-row');
    for (const row of await rows.all()) assert.notEqual(await badgeOf(row), stale);
    assert.equal(
      (await rows.allInnerTexts()).some((text) => text.includes('stale')),
      false,
    );
  });

  step('pods stand below their Deployment, with their state and their problems', async ({ page }) => {
    await podRow(page, /^webDeployment · 2 pods$/).waitFor();
    await podRow(page, /^search1 with problems · Deployment · 1 pod$/).waitFor();
    await podRow(page, /^web-\w+-x2k9pRunning$/).waitFor();
    await podRow(page, /^notifications-\w+-g5x8kCrashLoopBackOff$/).waitFor();
    await podRow(page, /^search-\w+-d2f7w1 problem · CreateContainerConfigError$/).waitFor();
    // The job's pod has finished, so it needs nothing.
    assert.equal(await podRow(page, /^worker/).count(), 0);
  });

  step('a key that is missing is marked at the pod and at the Secret', async ({ page }) => {
    await expandRow(podRow(page, /^search-\w+-d2f7w/));
    const reference = podRow(page, /^search-index/);
    await untilText(reference, /no key api-key · env INDEX_API_KEY · search · key api-key/);
    await untilBadge(reference, '✗');
    await expandRow(objectRow(page, /^search-index/));
    const key = objectRow(page, /^api-key/);
    await untilText(key, /missing, but a pod refers to it/);
    await untilBadge(key, '✗');
    await untilText(objectRow(page, /^apiKey/), /18 B/);
    await expandRow(objectRow(page, /^search-index/), false);
  });

  step('what is optional and missing is marked, but not as an error', async ({ page }) => {
    await expandRow(podRow(page, /^web-\w+-x2k9p/));
    const optional = podRow(page, /^web-overridesenv BANNER · nginx · key banner · optional/);
    await untilBadge(optional, '✗');
    await untilBadge(objectRow(page, /^web-overrides/), '✗');
    await untilText(objectRow(page, /^web-overrides/), /not found, asked .* · optional/);
    const error = await labelColour(podRow(page, /^search-index/));
    assert.notEqual(await labelColour(optional), error);
    assert.notEqual(await labelColour(objectRow(page, /^web-overrides/)), error);
    await expandRow(podRow(page, /^web-\w+-x2k9p/), false);
    await expandRow(podRow(page, /^search-\w+-d2f7w/), false);
  });

  step('what admission added is folded away and not read before somebody looks', async ({ page }) => {
    const root = objectRow(page, /^Added by the cluster/);
    await expandRow(root);
    const certificate = objectRow(page, /^kube-root-ca\.crt/);
    await untilBadge(certificate, '○');
    await untilText(certificate, /not fetched/);
    await expandRow(certificate);
    await untilBadge(certificate, '↻');
    await untilText(objectRow(page, /^ca\.crt/), /\d+ B/);
    await expandRow(root, false);
  });

  step('Fetch reads a registered name and shows its row', async ({ page }) => {
    await runCommand(page, 'Kubefresh: Fetch Secret or ConfigMap');
    await fillQuickInput(page, 'smtp-login');
    await pick(page, 'smtp-login');
    const row = objectRow(page, /^smtp-login/);
    await untilSelected(row);
    await untilBadge(row, '↻');
  });

  step('Fetch reads a name of another namespace that is typed, and pins it', async ({ page }) => {
    await runCommand(page, 'Kubefresh: Fetch Secret or ConfigMap');
    await fillQuickInput(page, 'payments/ledger-db');
    await pick(page, 'Fetch Secret payments/ledger-db');
    const row = objectRow(page, /^ledger-db/);
    await untilSelected(row);
    await untilText(row, /^ledger-db\s*payments · read \d\d:\d\d:\d\d · 2 keys · pinned$/);
  });

  step('Change Scope shows the pods of another namespace, and those of the first again', async ({ page }) => {
    await runCommand(page, 'Kubefresh: Change Scope');
    await pick(page, 'Namespaces…');
    await pickSeveral(page, ['payments']);
    await podRow(page, /^ledgerStatefulSet · 2 pods$/).waitFor({ timeout: 30_000 });
    await podRow(page, /^webDeployment/).waitFor({ state: 'detached', timeout: 30_000 });
    await untilBadge(objectRow(page, /^fraud-api-key/), '✗');
    await untilText(objectRow(page, /^fraud-api-key/), /not found, asked/);
    await untilText(objectRow(page, /^ledger-db/), /used by 2 pods, pinned$/);
    await untilText(view(page, 'Pods').locator('.pane-header'), /kubefresh-admin.* · payments/);
    await runCommand(page, 'Kubefresh: Change Scope');
    await pick(page, 'Namespace of the context');
    await podRow(page, /^webDeployment · 2 pods$/).waitFor({ timeout: 30_000 });
    await untilBadge(objectRow(page, /^db-credentials/), '↻');
    await untilText(objectRow(page, /^ledger-db/), /pinned$/);
  });

  step('a hover on the name explains the reference, and its link shows the row', async ({ page }) => {
    await openFile(page, 'web-deployment.yaml');
    const text = await hoverText(page, 'db-credentials');
    assert.match(text, /Secret db-credentials · namespace shop, context kubefresh-admin/);
    assert.match(text, /It exists\./);
    assert.match(text, /Keys:.*uri 72 B, password 28 B, username 8 B/s);
    assert.match(text, /Read on use: read at/);
    assert.match(text, /Reference count 4: .*Kept in 1 open manifest\./s);
    await editorHover(page).getByText('Show in Kubefresh').click();
    await untilSelected(objectRow(page, /^db-credentials/));
    await expandRow(objectRow(page, /^db-credentials/), false);
  });

  step('a hover on the key explains that key', async ({ page }) => {
    await goToLine(page, 74, 1);
    const text = await hoverText(page, 'password');
    assert.match(text, /It exists\./);
    assert.match(text, /Keys:\s*password 28 B, uri 72 B, username 8 B/s);
  });

  step('Explain Reference at Cursor does the same by keyboard', async ({ page }) => {
    await openFile(page, 'search-deployment.yaml');
    await goToLine(page, 25, 26);
    await page.mouse.move(0, 0);
    await runCommand(page, 'Kubefresh: Explain Reference at Cursor');
    await untilText(editorHover(page), /It exists, but has no key api-key\. That is required/);
    await page.keyboard.press('Escape');
  });

  step('where there is no reference it says so, and a hover says nothing', async ({ page }) => {
    await goToLine(page, 1, 1);
    await runCommand(page, 'Kubefresh: Explain Reference at Cursor');
    await toast(page, /There is no reference to a Secret or ConfigMap at the cursor/).waitFor({ timeout: 30_000 });
    assert.equal(await editorHover(page).count(), 0);
  });

  step('open manifests and pins stand beside the pods, marked as what they are', async ({ page }) => {
    const manifests = podRow(page, /^Open manifests\d$/);
    await expandRow(manifests);
    const manifest = podRow(page, /^search-deployment\.yaml1 problem · 1 reference$/);
    await expandRow(manifest);
    const use = podRow(page, /^search-indexno key api-key · env INDEX_API_KEY/);
    await untilBadge(use, '✗');
    await use.click();
    await statusBarItem(page, 'Ln 24, Col 25').waitFor({ timeout: 30_000 });
    await expandRow(manifests, false);
    const pins = podRow(page, /^Pinned1$/);
    await expandRow(pins);
    await untilText(podRow(page, /^ledger-db/), /^ledger-db\s*payments · read \d\d:\d\d:\d\d$/);
    await expandRow(pins, false);
  });

  step('pods are grouped by node or namespace, and by owner again', async ({ page }) => {
    for (const [grouping, row] of [
      ['Node', /^node-a(\d with problems · )?\d pods$/],
      ['Namespace', /^shop1 with problems · 8 pods$/],
      ['Owner', /^webDeployment · 2 pods$/],
    ] as const) {
      await runCommand(page, 'Kubefresh: Group Pods By…');
      await pick(page, grouping);
      await podRow(page, row).waitFor({ timeout: 30_000 });
    }
  });

  step('a filter leaves the rows that hold each word, while it is typed', async ({ page }) => {
    await runCommand(page, 'Kubefresh: Filter Rows…');
    await fillQuickInput(page, 'smtp');
    await untilText(viewMessage(page, 'Pods'), /^Filter: “smtp”: 1 of 8 pods\./);
    await untilText(viewMessage(page, 'Secrets & ConfigMaps'), /^Filter: “smtp”: 1 of 15 objects\./);
    await podRow(page, /^notifications-/).waitFor();
    assert.equal(await podRow(page, /^web/).count(), 0);
    await page.keyboard.press('Escape');
    await podRow(page, /^webDeployment/).waitFor({ timeout: 30_000 });
    await runCommand(page, 'Kubefresh: Filter Rows…');
    await fillQuickInput(page, 'search');
    await page.keyboard.press('Enter');
    await untilText(viewMessage(page, 'Pods'), /^Filter: “search”: 1 of 8 pods\./);
    await runCommand(page, 'Kubefresh: Clear Filter');
    await podRow(page, /^webDeployment/).waitFor({ timeout: 30_000 });
  });

  step('problems only are the rows that somebody should look at', async ({ page }) => {
    await runCommand(page, 'Kubefresh: Show Problems Only');
    await untilText(viewMessage(page, 'Pods'), /^Filter: problems only: 1 of 8 pods\./);
    await podRow(page, /^search-\w+-d2f7w/).waitFor();
    await untilText(viewMessage(page, 'Secrets & ConfigMaps'), /^Filter: problems only: 1 of 15 objects\./);
    await runCommand(page, 'Kubefresh: Show All Rows');
    await podRow(page, /^webDeployment/).waitFor({ timeout: 30_000 });
  });

  step('the log shows the requests that were sent', async ({ page }) => {
    await runCommand(page, 'Kubefresh: Show Log');
    const lines = page.locator('.part.panel .view-lines');
    await untilText(lines, /GET\s\/api\/v1\/namespaces\/shop\/secrets\/[a-z-]+\s200\s\d+\sms/);
  });
});
