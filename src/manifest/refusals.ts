import { isCollection, isMap, isNode, isPair, isScalar, type Node } from 'yaml';

/** A part of a document in which no block structure can begin. */
interface Leaf {
  readonly start: number;
  readonly end: number;
  readonly style: 'plain' | 'double' | 'block' | 'other';
  /** The column from which its further lines are its own. */
  readonly column: number;
}

/** Why Kubernetes' YAML library refuses a document that the parser takes. They are rare, so most texts are not searched. */
export function refusal(text: string, root: Node | undefined): string | undefined {
  if (/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u0084\u0086-\u009F\uFFFE\uFFFF]/.test(text)) {
    return 'control characters are not allowed';
  }
  if (root === undefined) return undefined;
  const tabs = tabsBeforeContent(text);
  const escapes = text.includes('\\/');
  if (tabs.length === 0 && !escapes) return undefined;
  const leaves: Leaf[] = [];
  collectLeaves(root, 0, text, leaves);
  if (tabs.some((tab) => isRefusedTab(tab, text, leaves))) return 'a tab where only blanks may stand';
  if (leaves.some((leaf) => leaf.style === 'double' && hasSlashEscape(text.slice(leaf.start, leaf.end)))) {
    return 'unknown escape character: \\/';
  }
  return undefined;
}

/** The first tab of each line that begins with one, or has one after the `-` or `?` it begins with. */
function tabsBeforeContent(text: string): number[] {
  if (!text.includes('\t')) return [];
  return [...text.matchAll(/^ *(?:[-?] +)*(?:[-?] *)?\t/gm)].map((match) => match.index + match[0].length - 1);
}

/**
 * A tab may stand in brackets and quotes, and as content of a scalar of several lines. A plain scalar may go on after
 * blank lines, so there, too, a tab counts as content if it is far enough to the right.
 */
function isRefusedTab(tab: number, text: string, leaves: readonly Leaf[]): boolean {
  const leaf = leaves.findLast(({ start }) => start < tab);
  if (leaf === undefined) return true;
  if (leaf.style === 'double' || leaf.style === 'other') return tab >= leaf.end;
  return (tab >= leaf.end && text.slice(leaf.end, tab).trim() !== '') || columnOf(text, tab) < leaf.column;
}

function collectLeaves(node: Node, column: number, text: string, leaves: Leaf[]): void {
  const { range } = node;
  if (range === undefined || range === null) return;
  const [start, end] = range;
  if (isScalar(node) && node.type === 'PLAIN') {
    if (end > start) leaves.push({ start, end, style: 'plain', column });
  } else if (isScalar(node) && node.type?.startsWith('BLOCK') === true) {
    leaves.push({ start, end, style: 'block', column: blockColumn(text.slice(start, end)) });
  } else if (!isCollection(node) || node.flow === true) {
    // What is in brackets comes before them, so that the last leaf to begin before an offset is the outer one.
    if (isCollection(node)) collectItems(node.items, column, text, leaves);
    const style = isScalar(node) && node.type === 'QUOTE_DOUBLE' ? 'double' : 'other';
    leaves.push({ start, end, style, column });
  } else {
    const own = isMap(node) || node.items.length > 0 ? columnOf(text, start) + 1 : column;
    collectItems(node.items, own, text, leaves);
  }
}

function collectItems(items: readonly unknown[], column: number, text: string, leaves: Leaf[]): void {
  for (const item of items) {
    for (const node of isPair(item) ? [item.key, item.value] : [item]) {
      if (isNode(node)) collectLeaves(node, column, text, leaves);
    }
  }
}

function blockColumn(text: string): number {
  return /\n( *)[^\s]/.exec(text)?.[1]?.length ?? 0;
}

function hasSlashEscape(text: string): boolean {
  return /^(?:[^\\]|\\[^/])*\\\//.test(text);
}

function columnOf(text: string, offset: number): number {
  return offset - 1 - text.lastIndexOf('\n', offset - 1);
}
