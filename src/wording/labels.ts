/** At most so many characters of a text: its beginning and its end, since names of clusters differ at either. */
export function shortened(text: string, most: number): string {
  const characters = Array.from(text);
  if (characters.length <= most) return text;
  const start = Math.floor((most - 1) / 2);
  return `${characters.slice(0, start).join('')}…${characters.slice(characters.length - (most - 1 - start)).join('')}`;
}

/** A text for a label in which VS Code would make icons of `$(name)`. */
export function withoutIcons(text: string): string {
  return text.replace(/\$\(/g, '$\u200b(');
}
