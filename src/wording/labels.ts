/** At most so many characters of a text: its beginning and its end, since names of clusters differ at either. */
export function shortened(text: string, most: number): string {
  const characters = Array.from(text);
  if (characters.length <= most) return text;
  const start = Math.floor((most - 1) / 2);
  return `${characters.slice(0, start).join('')}…${characters.slice(characters.length - (most - 1 - start)).join('')}`;
}

/** Controls, line breaks, and what is not visible itself: characters that reorder, join or part others. */
const hidden = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** A name with every character in view: what is hidden stands as `\u{202e}`. */
export function shownName(name: string): string {
  return name.replace(hidden, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** A text with names or messages in it, on one line and with every character in view. */
export function shownText(text: string): string {
  return shownName(text.replace(/[\t-\r\x85\u2028\u2029]+/g, ' '));
}

/** The same where VS Code would make icons of `$(name)`: in the status bar and in lists to choose from. */
export function withoutIcons(text: string): string {
  return shownText(text).replace(/\$\(/g, '$\u200b(');
}
