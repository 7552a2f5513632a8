import assert from 'node:assert/strict';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { sampleRole } from '../harness/sampleCluster';
import { waitFor } from '../harness/waiting';
import {
  chooseFromMenu,
  expandRow,
  fillQuickInput,
  openFile,
  openKubefreshSideBar,
  pick,
  pressRowButton,
  quickRow,
  runCommand,
  statusBarItem,
  toast,
  untilBadge,
  untilText,
  viewRow,
  webView,
} from '../harness/workbench';
import { Canary } from './canary';
import { describeScene } from './scene';

const user = 'dev';
const context = 'the "shop" at work';
const secrets = '/api/v1/namespaces/shop/secrets';
const configMaps = '/api/v1/namespaces/shop/configmaps';
const limitMs = 30_000;

function objectRow(page: Page, name: string): Locator {
  return viewRow(page, 'Secrets & ConfigMaps', new RegExp(`^${name}`));
}

function tab(page: Page, title: string): Locator {
  return page.locator('.tab', { hasText: title }).first();
}

/** The value that a web view shows. */
function shownValue(page: Page): Locator {
  return webView(page).locator('#value');
}

function button(frame: FrameLocator, name: string): Locator {
  return frame.getByRole('button', { name, exact: true });
}

function clipboard(page: Page): Promise<string> {
  return page.evaluate(() =>
    (
      globalThis as unknown as { navigator: { clipboard: { readText(): Promise<string> } } }
    ).navigator.clipboard.readText(),
  );
}

async function untilGone(locator: Locator): Promise<void> {
  await locator.waitFor({ state: 'detached', timeout: limitMs });
}

/** The text of the editor that is shown, as far as it is scrolled into view. */
function editorText(page: Page): Locator {
  return page.locator('.editor-instance .view-lines').first();
}

/** Waits for a text in the terminal, which breaks lines where its width ends. */
async function untilTerminalSays(page: Page, text: string): Promise<void> {
  const rows = page.locator('.terminal-wrapper.active .xterm-rows');
  let last = '';
  await waitFor(
    async () => {
      last = (await rows.innerText({ timeout: limitMs })).replaceAll('\n', '').replaceAll('\u00a0', ' ');
      return last.includes(text) ? true : undefined;
    },
    { what: `the terminal to say ${text}`, limitMs, details: () => last },
  );
}

const canary = new Canary();

describeScene(
  'a developer who looks at values',
  {
    users: [{ name: user }],
    kubeconfig: (server) => server.kubeconfig({ user, namespace: 'shop', context }),
    // Text in the page instead of a picture.
    settings: { 'terminal.integrated.gpuAcceleration': 'off' },
    prepare: async (server) => {
      await server.patch(`${secrets}/db-credentials`, {
        stringData: { password: canary.value },
        data: { bytes: Buffer.from([0xff, 0xfe, 0x00]).toString('base64') },
        metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': `{"x":"${canary.value}"}` } },
      });
      await server.patch(`${configMaps}/app-settings`, { binaryData: { 'logo.png': 'AAEC' } });
      await server.apply(sampleRole('shop'));
    },
  },
  (step) => {
    step('a key of a Secret is revealed in a page of its own', async ({ page }) => {
      await openKubefreshSideBar(page);
      await untilBadge(objectRow(page, 'db-credentials'), '✓');
      await expandRow(objectRow(page, 'db-credentials'));
      await chooseFromMenu(page, objectRow(page, 'password'), 'Reveal Key');
      await untilText(shownValue(page), new RegExp(`^${canary.value}$`));
      await untilText(webView(page).locator('dl'), /Context\s+the "shop" at work\s+Freshness\s+Fresh: read at/);
      await untilText(webView(page).locator('.end'), /This closes at \d\d:\d\d:\d\d\./);
      await tab(page, 'Secret shop/db-credentials · password').waitFor();
      // The keyboard is on the value, and Escape closes it.
      await waitFor(async () => ((await webView(page).locator('#value:focus').count()) === 1 ? true : undefined), {
        what: 'the focus',
        limitMs,
      });
      await page.keyboard.press('Escape');
      await untilGone(tab(page, 'db-credentials · password'));
    });

    step('it goes when its tab is left', async ({ page }) => {
      await chooseFromMenu(page, objectRow(page, 'password'), 'Reveal Key');
      await shownValue(page).waitFor({ timeout: limitMs });
      await openFile(page, 'web-deployment.yaml');
      await untilGone(tab(page, 'db-credentials · password'));
      assert.equal(await canary.isOnPage(page), false);
    });

    step('it goes when the object is replaced', async ({ page, server }) => {
      // While a row is painted anew, VS Code does not know which one a menu was opened on.
      await untilText(objectRow(page, 'db-credentials'), /in 1 open manifest/);
      await chooseFromMenu(page, objectRow(page, 'username'), 'Reveal Key');
      await shownValue(page).waitFor({ timeout: limitMs });
      await server.patch(`${secrets}/db-credentials`, { stringData: { username: 'other' } });
      await pressRowButton(objectRow(page, 'db-credentials'), 'Refresh');
      await untilGone(tab(page, 'db-credentials · username'));
    });

    step('bytes are shown as such, and the palette asks for object and key', async ({ page }) => {
      await runCommand(page, 'Kubefresh: Reveal Key');
      await pick(page, 'db-credentials');
      await pick(page, 'bytes');
      await untilText(shownValue(page), /^00000000 {2}ff fe 00 +\.\.\.$/);
      await untilText(webView(page).locator('main'), /It is not UTF-8 text, so its bytes are shown\./);
      await button(webView(page), 'Close').click();
      await untilGone(tab(page, 'db-credentials · bytes'));
    });

    step('the palette offers no ConfigMap to reveal', async ({ page }) => {
      await runCommand(page, 'Kubefresh: Reveal Key');
      await quickRow(page, 'api-token').waitFor({ timeout: limitMs });
      await fillQuickInput(page, 'app-settings');
      await untilGone(quickRow(page, 'ConfigMap'));
      await page.keyboard.press('Escape');
    });

    step('the button copies the value, and says until when', async ({ page }) => {
      await chooseFromMenu(page, objectRow(page, 'password'), 'Reveal Key');
      await button(webView(page), 'Copy').click();
      await untilText(
        webView(page).getByRole('status'),
        /^Copied password \(31 B, read \d\d:\d\d:\d\d\)\. The clipboard is cleared at \d\d:\d\d:\d\d unless it is changed\.$/,
      );
      assert.equal(await clipboard(page), canary.value);
      await button(webView(page), 'Close').click();
      await untilGone(tab(page, 'db-credentials · password'));
    });

    step('a value is copied from its row', async ({ page }) => {
      await chooseFromMenu(page, objectRow(page, 'bytes'), 'Copy Key Value');
      await statusBarItem(page, /Copied bytes \(3 B, .*\)\. It is in base64, since it is not UTF-8 text/).waitFor({
        timeout: limitMs,
      });
      assert.equal(await clipboard(page), '//4A');
      await chooseFromMenu(page, objectRow(page, 'password'), 'Copy Key Value');
      await statusBarItem(page, /Copied password \(31 B, /).waitFor({ timeout: limitMs });
      assert.equal(await clipboard(page), canary.value);
    });

    step('names and references are copied', async ({ page }) => {
      await chooseFromMenu(page, objectRow(page, 'password'), 'Copy Reference');
      await statusBarItem(page, /Copied valueFrom/).waitFor({ timeout: limitMs });
      assert.equal(await clipboard(page), 'valueFrom:\n  secretKeyRef:\n    name: db-credentials\n    key: password');
      await chooseFromMenu(page, viewRow(page, 'Pods', /^web(\d with problems · )?Deployment/), 'Copy Name');
      await statusBarItem(page, 'Copied web.').waitFor({ timeout: limitMs });
      assert.equal(await clipboard(page), 'web');
      await expandRow(objectRow(page, 'db-credentials'), false);
    });

    step('bytes of a ConfigMap are not copied, and it says why', async ({ page }) => {
      await expandRow(objectRow(page, 'app-settings'));
      await chooseFromMenu(page, objectRow(page, 'logo.png'), 'Copy Key Value');
      await toast(page, /logo\.png of ConfigMap app-settings is binary data \(3 B\)/).waitFor({ timeout: limitMs });
      assert.equal(await clipboard(page), 'web');
      await expandRow(objectRow(page, 'app-settings'), false);
    });

    step(
      'the manifest of a Secret is a document without values, which follows the object',
      async ({ page, server }) => {
        await chooseFromMenu(page, objectRow(page, 'db-credentials'), 'Open Manifest');
        await tab(page, 'db-credentials.yaml').waitFor({ timeout: limitMs });
        const text = await untilText(editorText(page), /password:\s<redacted,\s31\sB>/);
        assert.match(text, /^#\sRead-only\scopy\sfrom\scontext\sthe\s"shop"\sat\swork\.\sFresh:\sread\sat/);
        assert.doesNotMatch(text, /last-applied/);
        assert.equal(canary.isIn(text), false);
        await server.patch(`${secrets}/db-credentials`, { stringData: { added: 'four' } });
        await pressRowButton(objectRow(page, 'db-credentials'), 'Refresh');
        await untilText(editorText(page), /added:\s<redacted,\s4\sB>/);
        await untilText(objectRow(page, 'db-credentials'), /in 1 open manifest|in 2 open manifests/);
      },
    );

    step('the palette opens the manifest of a ConfigMap', async ({ page }) => {
      await runCommand(page, 'Kubefresh: Open Manifest');
      await pick(page, 'app-settings');
      await untilText(editorText(page), /FEATURE_NEW_CHECKOUT:\s"true"[^]*logo\.png:\s<bytes,\s3\sB>/);
    });

    step('a terminal has the command, which was not run', async ({ page }) => {
      await chooseFromMenu(page, objectRow(page, 'db-credentials'), 'Open in Terminal');
      const command = `kubectl --context '${context}' --namespace shop describe secret db-credentials`;
      await untilTerminalSays(page, command);
      // What is typed now would stand on a line of its own, had the command been run.
      await page.keyboard.type(' # by hand');
      await untilTerminalSays(page, `${command} # by hand`);
      await page.keyboard.press('Control+c');
    });

    step(
      'the value is in no file of VS Code while it is revealed and copied, nor later, and not in the page then',
      async (scene) => {
        const { page, vscode, profileFolder } = scene;
        const folders = [vscode.userDataFolder, vscode.logFolder, profileFolder];
        await expandRow(objectRow(page, 'db-credentials'));
        await chooseFromMenu(page, objectRow(page, 'password'), 'Reveal Key');
        await button(webView(page), 'Copy').click();
        await untilText(webView(page).getByRole('status'), /^Copied password/);
        for (const folder of folders) assert.deepEqual(await canary.filesWithIt(folder), []);
        await button(webView(page), 'Close').click();
        await untilGone(tab(page, 'db-credentials · password'));
        for (const folder of folders) assert.deepEqual(await canary.filesWithIt(folder), []);
        assert.equal(await canary.isOnPage(page), false);
      },
    );
  },
);
