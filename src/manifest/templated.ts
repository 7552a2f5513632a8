import type { Range } from './pieces';

/** A text whose template actions are masked. */
export interface Masked {
  /** Of the same length, so that every offset stays what it was. */
  readonly text: string;
  /** Where the actions stood, in order and apart. */
  readonly masks: readonly Range[];
}

/**
 * Hides Helm's `{{ … }}` from the YAML parser. Actions at the beginning of a line become blanks, because they mostly
 * are lines of their own and print nothing there; any other becomes a word, so that the scalar around it can be told
 * to be templated.
 */
export function maskTemplates(text: string): Masked {
  const masks: Range[] = [];
  let masked = '';
  let copied = 0;
  let start = text.indexOf('{{');
  while (start !== -1) {
    const end = actionEnd(text, start);
    masked += text.slice(copied, start);
    const line = masked.slice(masked.lastIndexOf('\n') + 1);
    if (line.trim() === '') masked += text.slice(start, end).replaceAll(/[^\r\n]/g, ' ');
    else masked += 'x'.repeat(end - start);
    masks.push({ start, end });
    copied = end;
    start = text.indexOf('{{', end);
  }
  return { text: masked + text.slice(copied), masks };
}

/** Where the action ends; one that is not closed ends with its line, as while it is typed. */
function actionEnd(text: string, start: number): number {
  if (/^\{\{-?\s*\/\*/.test(text.slice(start, start + 16))) {
    const end = text.indexOf('}}', Math.max(start, text.indexOf('*/', start)));
    return end === -1 ? text.length : end + 2;
  }
  for (let position = start + 2; position < text.length; position++) {
    const character = text[position];
    if (character === '"') {
      // `}}` may stand in a string. One without an end on its line is no string.
      const end = stringEnd(text, position);
      if (end !== undefined) position = end;
    } else if (character === '}' && text[position + 1] === '}') {
      return position + 2;
    } else if (character === '{' && text[position + 1] === '{') {
      break;
    }
  }
  const lineEnd = text.indexOf('\n', start);
  return lineEnd === -1 ? text.length : lineEnd;
}

function stringEnd(text: string, start: number): number | undefined {
  for (let position = start + 1; position < text.length; position++) {
    if (text[position] === '\\') position++;
    else if (text[position] === '"') return position;
    else if (text[position] === '\n') return undefined;
  }
  return undefined;
}
