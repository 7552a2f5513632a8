import type { FrameLocator, Locator, Page } from 'playwright-core';
import { waitFor } from './waiting';

// The parts of VS Code's window that tests touch. Every function waits until the thing it is about is there, for at
// most `limitMs`, and none waits for time to pass.

const limitMs = 30_000;

/** Waits until the window has been drawn. */
export async function untilOpen(page: Page): Promise<void> {
  await page.locator('.monaco-workbench .activitybar').waitFor({ timeout: 60_000 });
  await page.locator('.monaco-workbench .statusbar').waitFor({ timeout: limitMs });
}

/** Logs in to a server that was started with a password. */
export async function logIn(page: Page, password: string): Promise<void> {
  await page.locator('input[name=password]').fill(password);
  await page.locator('input[type=submit]').click();
}

/** Shows the side bar of the extension, which is not shown yet, and answers it: a click on its icon would hide it. */
export async function openKubefreshSideBar(page: Page): Promise<Locator> {
  const icon = page.locator('.activitybar .action-item:not(.checked) a.action-label[aria-label^="Kubefresh"]');
  await icon.click({ timeout: limitMs });
  const sideBar = page.locator('.part.sidebar');
  await sideBar.locator('.composite.title', { hasText: /kubefresh/i }).waitFor({ timeout: limitMs });
  return sideBar;
}

/** Drags the edge of the side bar until it is about as wide, in pixels. */
export async function resizeSideBar(page: Page, width: number): Promise<void> {
  const sideBar = page.locator('.part.sidebar');
  const box = await sideBar.boundingBox();
  if (box === null) throw new Error('there is no side bar');
  const y = box.y + box.height / 2 + 40;
  await page.mouse.move(box.x + box.width + 1, y);
  await page.mouse.down();
  await page.mouse.move(box.x + width, y, { steps: 5 });
  await page.mouse.up();
  await until(
    async () => Math.abs(((await sideBar.boundingBox())?.width ?? 0) - width) < 10,
    'the side bar to be resized',
  );
}

/** Runs a command by its title in the palette, such as `Kubefresh: Refresh`. */
export async function runCommand(page: Page, title: string): Promise<void> {
  await page.keyboard.press('F1');
  await fillQuickInput(page, `>${title}`);
  await quickRow(page, title).click();
}

/** Types into the quick input that is open, in place of what is there. */
export async function fillQuickInput(page: Page, text: string): Promise<void> {
  const input = page.locator('.quick-input-widget:visible input[type=text]');
  await input.waitFor({ timeout: limitMs });
  await input.fill(text);
}

/** Takes the first row of the open quick pick that holds the text. */
export async function pick(page: Page, text: string): Promise<void> {
  await quickRow(page, text).click({ timeout: limitMs });
}

/** Ticks exactly these rows of the open quick pick, which offers several, and ends it. */
export async function pickSeveral(page: Page, labels: readonly string[]): Promise<void> {
  const rows = page.locator('.quick-input-widget:visible .quick-input-list .monaco-list-row');
  await rows.first().waitFor({ timeout: limitMs });
  for (const row of await rows.all()) {
    const wanted = labels.includes((await row.innerText()).trim());
    const box = row.locator('.monaco-checkbox').first();
    if (((await box.getAttribute('aria-checked')) === 'true') !== wanted) await box.click({ timeout: limitMs });
  }
  await page.locator('.quick-input-widget:visible .quick-input-action .monaco-button', { hasText: 'OK' }).click();
}

/** The first row of the open quick pick that holds the text. */
export function quickRow(page: Page, text: string): Locator {
  return page.locator('.quick-input-widget:visible .quick-input-list .monaco-list-row', { hasText: text }).first();
}

/** The first row of the side bar that holds the text. Only rows scrolled into view exist. */
export function treeRow(page: Page, text: string | RegExp): Locator {
  return page.locator('.part.sidebar .monaco-list-row', { hasText: text }).first();
}

export type ViewTitle = 'Pods' | 'Secrets & ConfigMaps';

/** One of the views of the side bar: its header and its rows, or what it says without rows. */
export function view(page: Page, title: ViewTitle): Locator {
  return page.locator('.part.sidebar .pane', {
    has: page.locator('.pane-header .title', { hasText: new RegExp(`^${title}$`) }),
  });
}

/**
 * The first row of a view whose text matches. The text is the label, the description and nothing between them, so
 * `/^web\b/` is a row by its name. Only rows scrolled into view exist.
 */
export function viewRow(page: Page, title: ViewTitle, text: RegExp): Locator {
  return view(page, title).locator('.monaco-list-row', { hasText: text }).first();
}

/** Waits until the locator's text matches, and answers it. Says what the text was when it does not come to that. */
export async function untilText(locator: Locator, text: RegExp, limit = limitMs): Promise<string> {
  let last: string | undefined;
  return waitFor(
    async () => {
      const texts = await locator.allInnerTexts();
      last = texts[0];
      return texts.find((found) => text.test(found));
    },
    {
      what: `${locator.toString()} to say ${text.source}`,
      limitMs: limit,
      details: () => `It says: ${last ?? '(nothing)'}`,
    },
  );
}

/** The line above the rows of a view. */
export function viewMessage(page: Page, title: ViewTitle): Locator {
  return view(page, title).locator('.tree-explorer-viewlet-tree-view > .message');
}

/** What stands beside the title of a view. */
export function viewDescription(page: Page, title: ViewTitle): Locator {
  return view(page, title).locator('.pane-header .description');
}

/** What a view without rows says. */
export function welcome(page: Page, title: ViewTitle): Locator {
  return view(page, title).locator('.welcome-view:visible');
}

/** Presses one of the buttons that a row shows while the mouse is on it. */
export async function pressRowButton(row: Locator, label: string): Promise<void> {
  await row.hover({ timeout: limitMs });
  await row.locator(`.actions a.action-label[aria-label^="${label}"]`).click({ timeout: limitMs });
}

/** Rests the mouse on a row and answers the text of its tooltip, once it holds the text. */
export async function tooltipText(page: Page, row: Locator, text: RegExp): Promise<string> {
  const tooltip = page.locator('.workbench-hover-container:visible .monaco-hover').first();
  return waitFor(
    async () => {
      await row.locator('.monaco-icon-label').first().hover({ timeout: limitMs });
      await tooltip.waitFor({ timeout: 3000 }).catch(() => undefined);
      const [found] = await tooltip.allInnerTexts();
      if (found !== undefined && text.test(found)) return found;
      // A tooltip is shown only for a mouse that comes to rest.
      await page.mouse.move(0, 0);
      return undefined;
    },
    { what: 'a tooltip', limitMs, everyMs: 100 },
  );
}

/** Opens or closes a row of a tree. */
export async function expandRow(row: Locator, expanded = true): Promise<void> {
  await row.waitFor({ timeout: limitMs });
  if ((await row.getAttribute('aria-expanded')) === expanded.toString()) return;
  await row.locator('.monaco-tl-twistie').click();
  await until(async () => (await row.getAttribute('aria-expanded')) === expanded.toString(), 'a row to open or close');
}

/** The badge at the end of a row, or undefined. It comes after the row: ask again until it is the one expected. */
export async function badgeOf(row: Locator): Promise<string | undefined> {
  const content = await computedStyle(row.locator('.monaco-icon-label').first(), 'content', '::after');
  const text = content.replace(/^"|"$/g, '');
  return text === 'none' || text === 'normal' || text === '' ? undefined : text;
}

/** Waits until the row has that badge. */
export async function untilBadge(row: Locator, badge: string | undefined, limit = limitMs): Promise<void> {
  await until(async () => (await badgeOf(row)) === badge, `the badge ${badge ?? '(none)'}`, limit);
}

/** The computed colour of a row's label, such as `rgb(204, 204, 204)`. */
export function labelColour(row: Locator): Promise<string> {
  return computedStyle(row.locator('.label-name').first(), 'color');
}

/** Opens an item of a row's context menu. */
export async function chooseFromMenu(page: Page, row: Locator, item: string): Promise<void> {
  const entry = page.locator('.monaco-menu .action-item', { hasText: item }).first();
  await until(async () => {
    // An editor that still opens takes the focus, which closes the menu.
    await row.click({ button: 'right', timeout: limitMs });
    return entry.waitFor({ timeout: 3000 }).then(
      () => true,
      () => false,
    );
  }, `a menu with ${item}`);
  await until(async () => {
    // A menu takes no click in its first moments, since it may be the end of the one that opened it.
    await entry.click({ timeout: 1000 }).catch(() => undefined);
    return entry.isHidden();
  }, `the menu to take a click on ${item}`);
}

/** Opens a file of the workspace by its name and waits until its editor is shown. */
export async function openFile(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+p');
  await fillQuickInput(page, name);
  await quickRow(page, name).click({ timeout: limitMs });
  await page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor({ timeout: limitMs });
  await page.locator('.editor-instance .view-line').first().waitFor({ timeout: limitMs });
}

/** Puts the cursor on a line and column of the editor that is shown. */
export async function goToLine(page: Page, line: number, column = 1): Promise<void> {
  await page.keyboard.press('Control+g');
  await fillQuickInput(page, `:${line}:${column}`);
  await page.keyboard.press('Enter');
  await statusBarItem(page, `Ln ${line}, Col ${column}`).waitFor({ timeout: limitMs });
}

/** A piece of the text in the editor that is coloured as one, such as a whole YAML value. It must be scrolled into view. */
export function editorToken(page: Page, token: string): Locator {
  return page.locator('.editor-instance .view-lines').getByText(token, { exact: true }).first();
}

/** The hover that the editor shows. */
export function editorHover(page: Page): Locator {
  return page.locator('.monaco-editor .monaco-hover:visible, .monaco-resizable-hover .monaco-hover:visible').first();
}

/** Rests the mouse on a token of the editor and answers the text of the hover, once it is complete. */
export async function hoverText(page: Page, token: string): Promise<string> {
  const hover = editorHover(page);
  return waitFor(
    async () => {
      await editorToken(page, token).hover({ timeout: limitMs });
      const appeared = await hover.waitFor({ timeout: 3000 }).then(
        () => true,
        () => false,
      );
      if (appeared) {
        const text = await hover.innerText();
        if (text !== '' && !text.includes('Loading...')) return text;
      }
      // A hover is shown only for a mouse that comes to rest.
      if (!appeared) await page.mouse.move(0, 0);
      return undefined;
    },
    { what: `a hover on ${token}`, limitMs, everyMs: 100 },
  );
}

/** A notification that holds the text. There are none under the smoke test driver. */
export function toast(page: Page, text: string | RegExp): Locator {
  return page.locator('.notification-toast', { hasText: text }).first();
}

/** An item of the status bar that holds the text. */
export function statusBarItem(page: Page, text: string | RegExp): Locator {
  return page.locator('.statusbar .statusbar-item', { hasText: text }).first();
}

/** The document inside the first web view that is shown. */
export function webView(page: Page): FrameLocator {
  return page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
}

/** Changes the colour theme, such as to `Dark High Contrast`, and waits until the window has it. */
export async function setColorTheme(page: Page, theme: string): Promise<void> {
  await runCommand(page, 'Preferences: Color Theme');
  await fillQuickInput(page, theme);
  await pick(page, theme);
  await page.locator('.quick-input-widget:visible').waitFor({ state: 'hidden', timeout: limitMs });
}

/** What is used of the page's own globals, whose types these tests do not have. */
interface PageGlobals {
  getComputedStyle(element: unknown, pseudo: string | null): Readonly<Record<string, string>>;
}

async function computedStyle(element: Locator, property: string, pseudo: string | null = null): Promise<string> {
  const read = (target: unknown, names: readonly [string, string | null]): string | undefined =>
    (globalThis as unknown as PageGlobals).getComputedStyle(target, names[1])[names[0]];
  return (await element.evaluate(read, [property, pseudo] as const)) ?? '';
}

async function until(holds: () => Promise<boolean>, what: string, limit = limitMs): Promise<void> {
  await waitFor(async () => ((await holds()) ? true : undefined), { what, limitMs: limit });
}
