import type { ValueView } from './valueView';

/** What the page says to the extension. */
export type PageMessage = 'copy' | 'close';

export interface ValuePage {
  /** Marks the page's own style and script, the only ones that run. */
  readonly nonce: string;
  readonly language: string;
  readonly title: string;
  /** What is known of the value, such as its size and when it was read. */
  readonly facts: readonly { readonly label: string; readonly text: string }[];
  readonly view: ValueView;
  /** Sentences about how the value is shown. */
  readonly notes: readonly string[];
  /** Names the value for those who listen. */
  readonly valueLabel: string;
  readonly closes: string;
  readonly copy: string;
  readonly close: string;
}

/** One value as a page that loads nothing. Whatever the texts hold, they stay text. */
export function valuePage(page: ValuePage): string {
  const { nonce, view } = page;
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'`;
  const facts = page.facts.map(({ label, text }) => `<div><dt>${escaped(label)}</dt><dd>${escaped(text)}</dd></div>`);
  const notes = page.notes.map((note) => `<p>${escaped(note)}</p>`);
  return `<!DOCTYPE html>
<html lang="${escaped(page.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escaped(page.title)}</title>
<style nonce="${nonce}">${style}</style>
</head>
<body>
<main>
<h1>${escaped(page.title)}</h1>
<dl>${facts.join('')}</dl>
${notes.join('\n')}
${view.shows === 'nothing' ? '' : valueBlock(view, page.valueLabel)}
<p class="end">${view.shows === 'nothing' ? '' : `<button id="copy">${escaped(page.copy)}</button>`}
<button id="close" class="secondary">${escaped(page.close)}</button>
<span>${escaped(page.closes)}</span></p>
<p id="status" role="status"></p>
</main>
<script nonce="${nonce}">${script}</script>
</body>
</html>`;
}

/** No `pre`: HTML drops the first line break in one, each time that it is read, and VS Code reads it twice. */
function valueBlock(view: Exclude<ValueView, { readonly shows: 'nothing' }>, label: string): string {
  const kind = view.shows === 'text' ? 'text' : 'bytes';
  const value = view.shows === 'text' ? visible(view.text) : view.dump;
  return `<div id="value" class="${kind}" tabindex="0" role="region" aria-label="${escaped(label)}">${escaped(value)}</div>`;
}

/** Whether a text holds characters that {@link valuePage} shows as symbols. */
export function hasControls(text: string): boolean {
  return controls.test(text);
}

/** Control characters but for tabs and line breaks. */
const controls = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/;

/** Has control characters as the symbols that Unicode has for them, since a page shows none, and no NUL at all. */
function visible(text: string): string {
  return text.replace(new RegExp(controls, 'g'), (character) =>
    String.fromCharCode(character === '\x7f' ? 0x2421 : 0x2400 + character.charCodeAt(0)),
  );
}

function escaped(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');
}

const style = `
body { padding: 0 1.5em 1.5em; }
main { max-width: 80em; }
h1 { font-size: 1.3em; font-weight: 600; overflow-wrap: anywhere; }
dl > div { display: flex; gap: 0.6em; margin: 0.2em 0; }
dt { color: var(--vscode-descriptionForeground); }
dt::after { content: ":"; }
dd { margin: 0; overflow-wrap: anywhere; }
#value {
  margin: 1em 0; padding: 0.8em; max-height: 60vh; overflow: auto; white-space: pre;
  color: var(--vscode-editor-foreground); background: var(--vscode-textCodeBlock-background);
  border: 1px solid var(--vscode-contrastBorder, var(--vscode-widget-border, transparent));
  font-family: var(--vscode-editor-font-family, monospace); font-size: var(--vscode-editor-font-size, 1em);
}
#value.text { white-space: pre-wrap; overflow-wrap: anywhere; }
#value:focus, button:focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: 2px; }
.end { display: flex; flex-wrap: wrap; gap: 0.8em; align-items: center; }
button {
  padding: 0.3em 1em; font: inherit; cursor: pointer;
  color: var(--vscode-button-foreground); background: var(--vscode-button-background);
  border: 1px solid var(--vscode-button-border, var(--vscode-contrastBorder, transparent)); border-radius: 2px;
}
button:hover { background: var(--vscode-button-hoverBackground); }
button.secondary { color: var(--vscode-button-secondaryForeground); background: var(--vscode-button-secondaryBackground); }
button.secondary:hover { background: var(--vscode-button-secondaryHoverBackground); }
`;

const script = `
const vscode = acquireVsCodeApi();
const byId = (id) => document.getElementById(id);
for (const id of ['copy', 'close']) byId(id)?.addEventListener('click', () => vscode.postMessage(id));
window.addEventListener('keydown', ({ key }) => { if (key === 'Escape') vscode.postMessage('close'); });
window.addEventListener('message', ({ data }) => { byId('status').textContent = data; });
(byId('value') ?? byId('close')).focus();
`;
