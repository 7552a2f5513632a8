import type { Page } from 'playwright-core';

/**
 * Has the windows of a page ask for a display language, as an installed language pack would: extensions speak it, and
 * VS Code itself, whose texts are not in the pack, goes on in English. To be called before the page is loaded.
 */
export async function useDisplayLanguage(page: Page, language: string): Promise<void> {
  await page.addInitScript((chosen) => {
    Object.assign(globalThis, { _VSCODE_NLS_LANGUAGE: chosen });
  }, language);
}
