/**
 * A text as Markdown that shows it as it is: no formatting, links, images, HTML or icons, and on one line. Unlike
 * `MarkdownString.appendText` it leaves spaces alone, so that long sentences wrap.
 */
export function plain(text: string): string {
  return text
    .replace(/[\\`*_{}[\]()#+\-!~|]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/\s+/g, ' ');
}
