import { shownText } from './labels';

/** Shows nothing and ends whatever a Markdown reader would make of the characters around it. */
const unjoined = '&#8203;';

/**
 * A text as Markdown that shows it as it is: no formatting, links, images, HTML or icons, on one line, and with every
 * character in view. Unlike
 * `MarkdownString.appendText` it leaves spaces alone, so that long sentences wrap.
 */
export function plain(text: string): string {
  return (
    shownText(text)
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/[\\`*_{}[\]()#+\-!~|]/g, '\\$&')
      // VS Code makes icons of `$(name)` after the Markdown is read, so an escape does not help against them.
      .replace(/\$/g, `$$${unjoined}`)
      // Addresses become links by themselves, in the middle of words too.
      .replace(/:\/\//g, `:${unjoined}//`)
      .replace(/www\./gi, (prefix) => `${prefix.slice(0, -1)}${unjoined}.`)
      .replace(/@/g, `${unjoined}@`)
      .replace(/\s+/g, ' ')
  );
}

/**
 * A text for a notification, without links. VS Code makes links of `[label](address)` there, also of commands, and the
 * text may come from a server.
 */
export function unlinked(text: string): string {
  return shownText(text).replace(/\]\(/g, '] (');
}
