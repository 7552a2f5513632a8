/** How a value is shown to a person. `left`: bytes that are not shown. */
export type ValueView =
  | { readonly shows: 'nothing' }
  | { readonly shows: 'text'; readonly text: string; readonly left: number }
  | { readonly shows: 'bytes'; readonly dump: string; readonly left: number };

const mostTextBytes = 64 * 1024;
const mostDumpedBytes = 4 * 1024;
const bytesInLine = 16;

/** The text that the bytes are in UTF-8, or `undefined` if they are none. Nothing is added, dropped or replaced. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

export function viewOf(bytes: Uint8Array): ValueView {
  if (bytes.length === 0) return { shows: 'nothing' };
  const text = textOf(bytes);
  if (text === undefined) {
    const shown = bytes.subarray(0, mostDumpedBytes);
    return { shows: 'bytes', dump: dumpOf(shown), left: bytes.length - shown.length };
  }
  if (bytes.length <= mostTextBytes) return { shows: 'text', text, left: 0 };
  const end = characterStart(bytes, mostTextBytes);
  return { shows: 'text', text: textOf(bytes.subarray(0, end)) ?? '', left: bytes.length - end };
}

/** The offset of the character that the byte belongs to. */
function characterStart(bytes: Uint8Array, offset: number): number {
  let start = offset;
  while (start > 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start -= 1;
  return start;
}

/** Offset, bytes and what of them is ASCII, in lines of 16 bytes. */
function dumpOf(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let start = 0; start < bytes.length; start += bytesInLine) {
    const line = [...bytes.subarray(start, start + bytesInLine)];
    const hex = line.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const ascii = line.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${start.toString(16).padStart(8, '0')}  ${hex.padEnd(bytesInLine * 3 - 1)}  ${ascii}`);
  }
  return lines.join('\n');
}
