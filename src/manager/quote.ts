const named = new Map([
  ['\u0007', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['"', '\\"'],
  ['\\', '\\\\'],
]);

/** A text in double quotes as Go's `%q` writes it: error texts of the kubelet are compared to the letter. */
export function quoteGo(text: string): string {
  return `"${text.replace(/["\\\u0000-\u001f\u007f]/g, (character) => named.get(character) ?? hexadecimal(character))}"`;
}

function hexadecimal(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
