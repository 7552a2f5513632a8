import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { localizedTexts, speakingSources } from './sourceTexts';

const letters = new Map(
  Object.entries({
    ...{ a: 'ä', b: 'ƀ', c: 'ç', d: 'đ', e: 'é', f: 'ƒ', g: 'ğ', h: 'ĥ', i: 'ï', j: 'ĵ', k: 'ķ', l: 'ļ', m: 'ɱ' },
    ...{ n: 'ñ', o: 'ö', p: 'þ', q: 'ɋ', r: 'ŕ', s: 'š', t: 'ť', u: 'ü', v: 'ṽ', w: 'ŵ', x: 'ẋ', y: 'ý', z: 'ž' },
    ...{ A: 'Ä', B: 'Ɓ', C: 'Ç', D: 'Đ', E: 'É', F: 'Ƒ', G: 'Ğ', H: 'Ĥ', I: 'Ï', J: 'Ĵ', K: 'Ķ', L: 'Ļ', M: 'Ḿ' },
    ...{ N: 'Ñ', O: 'Ö', P: 'Þ', Q: 'Ɋ', R: 'Ŕ', S: 'Š', T: 'Ť', U: 'Ü', V: 'Ṽ', W: 'Ŵ', X: 'Ẋ', Y: 'Ý', Z: 'Ž' },
  }),
);

/** Values, icons, code and addresses of links, which a translation leaves as they are. */
const kept = /(\{\d+\}|\$\([\w~-]+\)|`[^`]*`|\]\([^)]*\))/;

/**
 * A text as a translation that anybody can read: no letter is left as it was, each word is about as much longer as a
 * German one, and brackets show where a line begins and ends.
 */
export function pseudo(text: string): string {
  return text.split('\n').map(pseudoLine).join('\n');
}

function pseudoLine(line: string): string {
  // A line that is nothing but a link is a button in a welcome view, and stays one.
  const [, label, address] = /^\[([^\]]*)\](\([^)]*\))$/.exec(line) ?? [];
  if (label !== undefined && address !== undefined) return `[${pseudoLine(label)}]${address}`;
  const pieces = line.split(kept).map((piece) => (kept.test(piece) ? piece : pseudoWords(piece)));
  return line.trim() === '' ? line : `⟦${pieces.join('')}⟧`;
}

function pseudoWords(text: string): string {
  return Array.from(text.replace(/[aeiou]/gi, (vowel) => vowel + vowel.toLowerCase()))
    .map((letter) => letters.get(letter) ?? letter)
    .join('');
}

/** Gives a copy of the extension all its texts in a further language, which it pretends to be. */
export async function addPseudoTranslation(extensionFolder: string, language: string): Promise<void> {
  const file = (name: string): string => path.join(extensionFolder, name);
  const texts = speakingSources()
    .flatMap(localizedTexts)
    .flatMap(({ message }) => (message === undefined ? [] : [message]));
  const ofManifest = JSON.parse(await readFile(file('package.nls.json'), 'utf8')) as Record<string, string>;
  const manifest = JSON.parse(await readFile(file('package.json'), 'utf8')) as object;
  await mkdir(file('l10n'));
  await write(
    file(`l10n/bundle.l10n.${language}.json`),
    texts.map((text) => [text, pseudo(text)] as const),
  );
  await write(
    file(`package.nls.${language}.json`),
    Object.entries(ofManifest).map(([key, text]) => [key, pseudo(text)] as const),
  );
  await write(file('package.json'), Object.entries({ ...manifest, l10n: './l10n' }));
}

function write(file: string, entries: readonly (readonly [string, unknown])[]): Promise<void> {
  return writeFile(file, JSON.stringify(Object.fromEntries(entries)));
}
