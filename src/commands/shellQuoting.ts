export type Shell = 'posix' | 'powershell' | 'cmd';

/** The kind of a shell by the path of its program. Whatever is not known is taken for one that reads as `sh` does. */
export function shellOf(program: string): Shell {
  const name = (program.split(/[\\/]/).at(-1) ?? '').toLowerCase().replace(/\.exe$/, '');
  if (name === 'cmd') return 'cmd';
  return name === 'pwsh' || name === 'powershell' ? 'powershell' : 'posix';
}

/** Words that every shell takes as they are: names, contexts such as `admin@shop`, and options. */
const plain = /^(?:--[a-z]+|[A-Za-z_][A-Za-z0-9_./:@-]*)$/;

/** A line break would run the command, and other characters without a form of their own could hide what it is. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** A command for a shell to read as these words, or `undefined` if one of them cannot be written for it. */
export function commandLine(words: readonly string[], shell: Shell): string | undefined {
  const quoted = words.map((word) => quotedFor(word, shell));
  return quoted.every((word) => word !== undefined) ? quoted.join(' ') : undefined;
}

function quotedFor(word: string, shell: Shell): string | undefined {
  if (unseen.test(word)) return undefined;
  if (plain.test(word)) return word;
  switch (shell) {
    case 'posix':
      return posix(word);
    case 'powershell':
      return powershell(word);
    case 'cmd':
      return cmd(word);
  }
}

/** In single quotes everything stands for itself, but that fish reads backslashes there: so these stand outside. */
function posix(word: string): string {
  if (word === '') return "''";
  return word.replace(/[^'\\]+|['\\]/g, (part) => (part === "'" || part === '\\' ? `\\${part}` : `'${part}'`));
}

/**
 * PowerShell takes typographic quotes for straight ones. What it hands to a program does not survive a double quote, or
 * a backslash at the end, in all of its versions.
 */
function powershell(word: string): string | undefined {
  return word.includes('"') || word.endsWith('\\') ? undefined : `'${word.replace(/['\u2018-\u201b]/g, '$&$&')}'`;
}

/** A variable is put in its place even between quotes, and there is no way to write its percent sign otherwise. */
function cmd(word: string): string | undefined {
  return /["%!]/.test(word) || word.endsWith('\\') ? undefined : `"${word}"`;
}
