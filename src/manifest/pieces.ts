/** A half-open range of UTF-16 offsets. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** One document of a file, before it is parsed. Its index in the list is its number for Kubernetes. */
export interface Piece extends Range {
  readonly form: 'yaml' | 'json';
  /** Why Kubernetes does not read this piece, if the cut shows it. */
  readonly problem?: string;
}

const separator = '---';

/**
 * Cuts a file as Kubernetes does (`k8s.io/apimachinery/pkg/util/yaml`): a file whose first character is `{` is a
 * stream of JSON values, any other is cut at lines that begin with `---`, before YAML has a say. So a separator inside
 * a block scalar cuts too, and `%` directives stand in a piece of their own.
 */
export function cutPieces(text: string): Piece[] {
  const start = text.startsWith('\uFEFF') ? 1 : 0;
  let first = start;
  while (first < text.length && isBlank(text.charCodeAt(first))) first++;
  if (text[first] !== '{') return cutYaml(text, start);
  // A template that begins with an action would be taken for JSON and fail; what stands in it is YAML all the same.
  if (text[first + 1] === '{') return cutYaml(text, start, 'a file that begins with "{" is read as JSON');
  return cutJson(text, start);
}

/** @param problem The problem of all pieces, if they have one. */
function cutYaml(text: string, from: number, problem?: string): Piece[] {
  const pieces: Piece[] = [];
  const add = (start: number, end: number, own = problem): void => {
    pieces.push({ start, end, form: 'yaml', ...(own === undefined ? {} : { problem: own }) });
  };
  let start = from;
  let line = text.startsWith(separator, from) ? from : nextSeparator(text, from);
  while (line !== -1) {
    const lineEnd = text.indexOf('\n', line);
    const next = lineEnd === -1 ? text.length : lineEnd + 1;
    const rest = text.slice(line + separator.length, next).trim();
    if (rest !== '' && !rest.startsWith('#')) {
      add(start, line, problem ?? `invalid document separator: ---${rest}`);
      start = next;
    } else if (line > start) {
      add(start, line);
      start = next;
    }
    // Otherwise nothing precedes the separator, and it becomes the first line of the piece that follows.
    line = text.startsWith(separator, next) ? next : nextSeparator(text, next);
    if (next === text.length) break;
  }
  if (start < text.length) add(start, text.length);
  return pieces;
}

/** The start of the next line that begins with the separator, for a `from` that is not at one. */
function nextSeparator(text: string, from: number): number {
  const lineEnd = text.indexOf('\n---', from);
  return lineEnd === -1 ? -1 : lineEnd + 1;
}

function cutJson(text: string, from: number): Piece[] {
  const pieces: Piece[] = [];
  let position = from;
  for (;;) {
    while (position < text.length && isBlank(text.charCodeAt(position))) position++;
    if (position >= text.length) return pieces;
    const end = jsonValueEnd(text, position);
    const problem = jsonProblem(text.slice(position, end));
    if (problem !== undefined) {
      // Go's decoder stops here for good. What follows a sound value may yet be YAML, as in a file being edited.
      if (pieces.length > 0 && text[position] !== '{') pieces.push(...cutYaml(text, position, problem));
      else pieces.push({ start: position, end: text.length, form: 'json', problem });
      return pieces;
    }
    pieces.push({ start: position, end, form: 'json' });
    position = end;
  }
}

/** The end of the value, if the value is valid JSON. Otherwise a guess. */
function jsonValueEnd(text: string, start: number): number {
  let depth = 0;
  for (let position = start; position < text.length; position++) {
    switch (text[position]) {
      case '"':
        position = jsonStringEnd(text, position);
        break;
      case '{':
      case '[':
        depth++;
        continue;
      case '}':
      case ']':
        depth--;
        break;
      default:
        // A number or a word: it ends where a blank or another value begins.
        if (depth === 0 && /^[\s{["]?$/.test(text[position + 1] ?? '')) return position + 1;
        continue;
    }
    if (depth <= 0) return position + 1;
  }
  return text.length;
}

function jsonStringEnd(text: string, start: number): number {
  let position = start + 1;
  while (position < text.length && text[position] !== '"') position += text[position] === '\\' ? 2 : 1;
  return position;
}

function jsonProblem(value: string): string | undefined {
  try {
    JSON.parse(value);
    return undefined;
  } catch {
    return 'invalid JSON';
  }
}

function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === 0x85 || code === 0xa0;
}
