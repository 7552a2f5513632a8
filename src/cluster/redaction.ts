const redacted = '[redacted]';

/** `token=…`, `Authorization: Bearer …`, `"password": "…"`. */
const namedCredential =
  /(token|password|passwd|secret|authorization|bearer|credential|key)(["']?\s*[=:]\s*["']?|\s+)(\S+)/gi;
/** A long run of characters of base64, base64url or hexadecimal numbers. */
const encodedRun = /[A-Za-z0-9_+=-]{20,}/;

/**
 * The first line of a program's output, at most 200 characters, without anything that looks like a credential. It
 * rather redacts too much: a word that is redacted by mistake is lost, but one that is missed shows a credential.
 */
export function redactedFirstLine(output: string): string {
  const line = output.split('\n', 50).find((candidate) => candidate.trim() !== '') ?? '';
  return redact(line.slice(0, 2000).trim()).slice(0, 200);
}

/** The text without anything that looks like a credential. */
export function redact(text: string): string {
  return text
    .replace(/:\/\/[^/\s@]+@/g, `://${redacted}@`)
    .replace(/\b(bearer|basic)\s+[^\s,;"']+/gi, `$1 ${redacted}`)
    .replace(namedCredential, (whole, word: string, between: string, value: string) =>
      // "token expired" says something; "token: abc" and "token abc123" show one.
      /[=:]/.test(between) || /\d/.test(value) ? `${word}${between}${redacted}` : whole,
    )
    .split(/([\s"'`,;()<>[\]{}]+)/)
    .map((part) => (looksLikeCredential(part) ? redacted : part))
    .join('');
}

function looksLikeCredential(word: string): boolean {
  if (word.startsWith('eyJ')) return true;
  const found = encodedRun.exec(word)?.[0];
  return found !== undefined && ((/\d/.test(found) && /[A-Za-z]/.test(found)) || found.length >= 40);
}
