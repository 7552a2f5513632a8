import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { story } from '../../src/demo/story';
import { storyObjects } from '../../src/demo/storyObjects';
import { waitFor } from '../harness/waiting';
import {
  expandRow,
  fillQuickInput,
  hoverText,
  openKubefreshSideBar,
  resizeSideBar,
  runCommand,
  tooltipText,
  treeRow,
  untilBadge,
} from '../harness/workbench';
import { pseudo } from '../localization/pseudoTranslation';
import { describeWindow } from './scene';

// Every text of the extension in a language in which no letter is an English one, so that what was not translated, or
// was put together from pieces that are not, can be told.

const ownTexts = JSON.parse(readFileSync('package.nls.json', 'utf8')) as Readonly<Record<string, string>>;

/** The narrowest that VS Code makes a side bar, and the width that it has at first. */
const widths = [170, 300] as const;

const limitMs = 30_000;

/** The beginning of a text of package.json, as the window shows it. */
function shown(key: string): string {
  return pseudo(ownTexts[key] ?? key).split(/[[\n]/)[0] ?? '';
}

function command(name: string): string {
  return `Kubefresh: ${shown(`command.${name}`)}`;
}

/** Names that the demo cluster gives, and those that no language changes. */
const given = new Set([
  ...['Kubefresh', 'Secret', 'ConfigMap', 'Pod', 'Deployment', 'demo', 'http', 'kubefresh.kubefresh'],
  ...namesIn(storyObjects(story, Date.now())),
]);
const workloads = story.workloads.map(({ name }) => `${name}-`);

/** What has no space in it is a name, a key, a type or a reason; texts are left out. */
function namesIn(value: unknown): string[] {
  if (typeof value === 'string') return value.includes(' ') ? [] : [value];
  if (typeof value !== 'object' || value === null) return [];
  const keys = 'data' in value && typeof value.data === 'object' ? Object.keys(value.data ?? {}) : [];
  return [...keys, ...Object.values(value).flatMap(namesIn)];
}

/** What servers say and VS Code adds is in English, such as the name of the icon that a label begins with. */
const ofOthers =
  /(secrets|configmaps) "[^"]*" (not found|is forbidden: .*? in the namespace "[^"]*")|\(Press 'Enter' to confirm or 'Escape' to cancel\)|^[a-z-]+(?= {2})/g;

/** The words of a text that are neither translated nor names. */
function untranslated(text: string): string[] {
  return (text.replace(ofOthers, '').match(/[\w./*-]*[A-Za-z]{3}[\w./*-]*/g) ?? [])
    .map((word) => word.replace(/^\/|[./*]+$/g, ''))
    .filter((word) => !given.has(word) && !workloads.some((name) => word.startsWith(name)));
}

/** Waits until all of it is translated: VS Code shows some things a moment later. */
async function untilTranslated(what: string, read: () => Promise<readonly string[]>): Promise<void> {
  let left: readonly string[] = [];
  await waitFor(
    async () => {
      const texts = await read();
      left = texts.filter((text) => untranslated(text).length > 0);
      return texts.some((text) => text.includes('⟦')) && left.length === 0 ? true : undefined;
    },
    {
      what: `${what} to be translated`,
      limitMs: 10_000,
      details: () => left.map((text) => `${untranslated(text).join(', ')} in: ${text}`).join('\n'),
    },
  );
}

interface PageNode {
  readonly nodeValue: string | null;
  readonly childNodes: Iterable<PageNode>;
  /** Of elements alone: none while it is not shown. */
  getClientRects?(): { readonly length: number };
}

interface PageElement extends PageNode {
  readonly scrollWidth: number;
  readonly clientWidth: number;
  readonly innerText: string;
  getAttribute(name: string): string | null;
}

/** What is seen of elements, piece by piece, and what is heard of them. */
async function textsOf(elements: Locator): Promise<string[]> {
  return elements.evaluateAll((all: readonly PageElement[]) => {
    // VS Code uses rows of lists again, and hides what the next one has no use for.
    const isHidden = (node: PageNode): boolean => node.getClientRects?.().length === 0;
    const within = (node: PageNode): string[] =>
      isHidden(node) ? [] : [node.nodeValue ?? '', ...[...node.childNodes].flatMap(within)];
    const attributes = ['aria-label', 'title', 'placeholder'];
    return all.flatMap((element) => [
      ...within(element),
      ...attributes.map((name) => element.getAttribute(name) ?? ''),
    ]);
  });
}

/** The texts that are wider than the element that shows them. */
async function cutTexts(elements: Locator): Promise<string[]> {
  return elements.evaluateAll((all: readonly PageElement[]) =>
    all.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).map(({ innerText }) => innerText),
  );
}

function inSideBar(page: Page, selector: string): Locator {
  return page.locator('.part.sidebar').locator(selector);
}

const kubeconfigWithoutCurrentContext = `
apiVersion: v1
kind: Config
clusters: [{ name: c, cluster: { server: 'https://127.0.0.2:1' } }]
users: [{ name: u, user: { token: t } }]
contexts: [{ name: ledger, context: { cluster: c, user: u, namespace: demo-payments } }]
`;

describeWindow('a window in another language', { pseudoLanguage: 'de', width: 1200, height: 1000 }, (step) => {
  step('views without a cluster say what to do, and nothing of it is cut', async ({ page, kubeconfig }) => {
    await openKubefreshSideBar(page);
    for (const [state, content] of [
      ['noKubeconfig', undefined],
      ['brokenKubeconfig', '{'],
      ['noContext', kubeconfigWithoutCurrentContext],
    ] as const) {
      if (content !== undefined) await writeFile(kubeconfig, content);
      const welcome = inSideBar(page, '.welcome-view:visible');
      await welcome.filter({ hasText: shown(`welcome.${state}`) }).waitFor({ timeout: limitMs });
      const texts = welcome.locator('p, .monaco-button');
      await untilTranslated('welcome texts', () => textsOf(texts));
      for (const width of widths) {
        await resizeSideBar(page, width);
        assert.deepEqual(await cutTexts(texts), [], `${state}, ${width} pixels wide`);
      }
    }
  });

  step('titles, messages and rows of both views are seen and heard', async ({ page }) => {
    await runCommand(page, command('startDemo'));
    // Rows that come later would push others away from under the pointer.
    for (const last of [new RegExp(`^${shown('Open manifests').slice(0, 5)}`), /^storefront-/, /^search-synonyms/]) {
      await treeRow(page, last).waitFor({ timeout: limitMs });
    }
    await untilBadge(treeRow(page, /^orders-db-root/), '⊘');
    await expandRow(treeRow(page, /^checkout-/));
    await expandRow(treeRow(page, /^db-login/));
    await untilTranslated('rows', () => textsOf(inSideBar(page, '.monaco-list-row')));
    await untilTranslated('titles', () => textsOf(inSideBar(page, '.pane-header .title')));
    await untilTranslated('messages', () => textsOf(inSideBar(page, '.tree-explorer-viewlet-tree-view > .message')));
    const buttons = ':is(.pane-header, .monaco-list-row) .actions a.action-label[class*="codicon-"]';
    await untilTranslated('buttons', async () => {
      const labels = await textsOf(inSideBar(page, buttons));
      return labels.filter((label) => !/^(Collapse All|(Views and )?More Actions\.\.\.)$/.test(label));
    });
  });

  step('what stands outside the side bar is too', async ({ page }) => {
    const badge = page.locator('.activitybar a.action-label[aria-label^="Kubefresh"]');
    await untilTranslated('the badge', () => textsOf(badge));
    await untilTranslated('the status bar item', () =>
      textsOf(page.locator('.statusbar-item[id="kubefresh.kubefresh.kubefresh.status"] *')),
    );
  });

  step('tooltips and hovers are', async ({ page }) => {
    for (const row of [/^db-login/, /^log-shipper-/, /^checkout/]) {
      assert.deepEqual(untranslated(await tooltipText(page, treeRow(page, row), /⟦/)), []);
    }
    assert.deepEqual(untranslated(await hoverText(page, 'db-login')), []);
    await page.keyboard.press('Escape');
  });

  step('quick picks and inputs are', async ({ page }) => {
    for (const name of [
      'switchContext',
      'changeScope',
      'groupPods',
      'changeStrategy',
      'fetch',
      'filterRows',
      'registerPod',
    ]) {
      await runCommand(page, command(name));
      const widget = page.locator('.quick-input-widget:visible');
      const title = shown(`command.${name}`).replace(/…?⟧$/, '');
      await widget.locator('.quick-input-title', { hasText: title }).waitFor({ timeout: limitMs });
      const parts = '.quick-input-title, .quick-input-message, input[type=text], .monaco-list-row';
      await untilTranslated(name, () => textsOf(widget.locator(parts)));
      await page.keyboard.press('Escape');
      await widget.waitFor({ state: 'hidden', timeout: limitMs });
    }
  });

  step('settings are, but for their names', async ({ page }) => {
    await runCommand(page, command('openSettings'));
    const descriptions = page.locator('.setting-item-contents .setting-item-description');
    await descriptions.first().waitFor({ timeout: limitMs });
    await untilTranslated('settings', async () => {
      const [texts, code] = [await descriptions.allInnerTexts(), await descriptions.locator('code').allInnerTexts()];
      return texts.map((text) => code.reduce((rest, part) => rest.replace(part, ''), text));
    });
    await page.keyboard.press('Escape');
    await descriptions.first().waitFor({ state: 'hidden', timeout: limitMs });
  });

  step('the walkthrough is', async ({ page }) => {
    await page.keyboard.press('F1');
    await fillQuickInput(page, '>Welcome: Open Walkthrough');
    await page.keyboard.press('Enter');
    await page.getByPlaceholder('Select a walkthrough to open').waitFor({ timeout: limitMs });
    await page
      .locator('.quick-input-widget .monaco-list-row', { hasText: shown('walkthrough.title') })
      .click({ timeout: limitMs });
    const steps = page.locator('.getting-started-step');
    await steps.nth(4).waitFor({ timeout: limitMs });
    for (const one of await steps.all()) {
      await one.click({ timeout: limitMs });
      await untilTranslated('a step', () => textsOf(one.locator('.step-title, .step-description-container')));
      assert.deepEqual(await cutTexts(one.locator('.monaco-button')), []);
    }
    await untilTranslated('its title', () => textsOf(page.locator('.getting-started-detail-container > *').first()));
  });
});
