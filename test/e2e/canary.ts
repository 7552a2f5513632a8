import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';

/** A value that is nowhere else, and every form of it that software could leave behind. */
export class Canary {
  readonly value = `canary-${randomBytes(12).toString('hex')}`;
  readonly #forms: readonly Buffer[];

  constructor() {
    const forms = [this.value, ...base64Forms(this.value), Buffer.from(this.value).toString('hex')];
    // Browsers and VS Code also store text with two bytes a character.
    this.#forms = forms.flatMap((form) => [Buffer.from(form, 'utf8'), Buffer.from(form, 'utf16le')]);
  }

  isIn(content: Buffer | string): boolean {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    return this.#forms.some((form) => bytes.includes(form));
  }

  /** The files below the folder that hold it. */
  async filesWithIt(folder: string): Promise<readonly string[]> {
    const found: string[] = [];
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      // What is deleted while it is looked at holds nothing any more.
      const content = await readFile(file).catch(() => undefined);
      if (content !== undefined && this.isIn(content)) found.push(file);
    }
    return found;
  }

  /** Whether the page holds it: as text, in an attribute, or in what is typed into a field. */
  async isOnPage(page: Page): Promise<boolean> {
    const texts = await page.evaluate(() => {
      const { document } = globalThis as unknown as PageGlobals;
      const fields = [...document.querySelectorAll('input, textarea')].map(({ value }) => value ?? '');
      return [document.body.innerText, document.documentElement.outerHTML, ...fields];
    });
    return texts.some((text) => this.isIn(text));
  }
}

/** What is used of the page's own globals, whose types these tests do not have. */
interface PageGlobals {
  readonly document: {
    readonly body: { readonly innerText: string };
    readonly documentElement: { readonly outerHTML: string };
    querySelectorAll(selector: string): Iterable<{ readonly value?: string }>;
  };
}

/** A text in base64 by itself, and the part of it that is the same wherever it stands in a longer text in base64. */
function base64Forms(text: string): readonly string[] {
  const shifted = [0, 1, 2].map((before) => {
    const encoded = Buffer.from('x'.repeat(before) + text).toString('base64url');
    const first = Math.ceil((before * 4) / 3);
    return encoded.slice(first, encoded.length - 3);
  });
  return [Buffer.from(text).toString('base64'), ...shifted];
}
