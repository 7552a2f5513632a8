import type { Range } from './pieces';

/** A text whose template actions are masked. */
export interface Masked {
  /** As long as the original, so that offsets stay the same. */
  readonly text: string;
  /** The ranges of the actions, in order and without overlap. */
  readonly masks: readonly Range[];
}

/**
 * Hides Helm's `{{ … }}` from the YAML parser. An action at the beginning of a line becomes blanks, because most of these are
 * lines of their own and print nothing. Any other action becomes a word, so that the scalar around it is known as templated.
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

/** The end of the action. One that is not closed, as while it is typed, ends with its line. */
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
