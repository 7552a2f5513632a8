import { isObjectName } from '../objects/objectKey';
import { isAlias, isNode, isPair, isScalar, parseDocument, isCollection, type Document, type Node } from 'yaml';
import { locateReferences, type LocatedReference, type Reference } from '../references/references';
import { mayHoldTemplates } from './isManifest';
import { endOf, NodeAccess } from './nodeAccess';
import type { Range } from './pieces';
import { refusal } from './refusals';
import { maskTemplates } from './templated';
import { findTemplates, type FoundTemplate } from './templates';

/** A reference in a manifest, and its ranges in the text. */
export interface ManifestReference {
  readonly reference: Reference;
  /** The name, without quotes. */
  readonly name: Range;
  /** The keys, in the order of those of the reference. */
  readonly keys: readonly Range[];
  /** The field around it: from a key such as `secretKeyRef` to the end of its value, or an item of `imagePullSecrets`. */
  readonly field: Range;
  /** Whether an object can have this name, and the namespace is not templated. Only then may it be read. */
  readonly literal: boolean;
}

/** A pod template in a document. Offsets count from the start of the document. */
export interface DocumentTemplate {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly itemPath?: readonly number[];
  readonly range: Range;
  readonly references: readonly ManifestReference[];
}

/** The content of one document, whatever the other documents contain. */
export interface ReadDocument {
  readonly templates: readonly DocumentTemplate[];
  /** Why Kubernetes cannot decode it. Templates that are certain are found all the same. */
  readonly problem?: string;
}

/**
 * Reads one document. A document that Kubernetes would refuse is probably a chart's template, so `{{ … }}` in it is masked. A
 * sound document is read as it is, even with `{{ … }}` in its texts.
 */
export function readDocument(text: string, form: 'yaml' | 'json'): ReadDocument {
  // Parsing takes thousands of times as long as this look at the words.
  if (!mayHoldTemplates(text)) return { templates: [] };
  const plain = form === 'json' ? text : readableYaml(text);
  const parsed = parse(plain, []);
  const problem = form === 'json' ? undefined : (parsed.problem ?? refusal(plain, parsed.root));
  const masked = problem !== undefined && plain.includes('{{') ? maskTemplates(plain) : undefined;
  const { root, access } = masked === undefined ? parsed : parse(masked.text, masked.masks);
  const templates = root === undefined ? [] : findTemplates(root, access).map((found) => located(found, access, text));
  return {
    templates,
    ...(problem === undefined ? {} : { problem }),
  };
}

interface Parsed {
  readonly root: Node | undefined;
  readonly access: NodeAccess;
  readonly problem: string | undefined;
}

function parse(text: string, masks: readonly Range[]): Parsed {
  const document = parseIndented(text);
  const contents: unknown = document?.contents;
  const root = isNode(contents) ? contents : undefined;
  const access = new NodeAccess(root ?? null, masks);
  const problem = document === undefined ? 'nested too deeply' : (refusedError(document)?.message ?? access.problem);
  return { root: root !== undefined && isNullScalar(root) ? undefined : root, access, problem };
}

function parseYaml(text: string): Document | undefined {
  try {
    return parseDocument(text, {
      // All scalars are texts at first: what they are to Kubernetes differs from what they are to the library.
      schema: 'failsafe',
      version: '1.1',
      resolveKnownTags: false,
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'silent',
    });
  } catch {
    // The library recurses with the depth of the text, and so may exhaust the stack.
    return undefined;
  }
}

interface ParserError {
  readonly code: string;
  readonly message: string;
  readonly pos: readonly [number, number];
}

function isBroken(document: Document): boolean {
  return refusedError(document) !== undefined;
}

function refusedError({ contents, errors }: Document): ParserError | undefined {
  // The document ends with the bracket that it began with; what follows is not read.
  const end = isCollection(contents) && contents.flow === true ? contents.range?.[1] : undefined;
  return errors.find((error) => isRefused(error) && (end === undefined || error.pos[0] < end));
}

/** Whether Kubernetes' library refuses it too. Some errors exist only in YAML 1.2. */
function isRefused({ code, message }: ParserError): boolean {
  return (
    code !== 'MULTIPLE_DOCS' && code !== 'KEY_OVER_1024_CHARS' && !message.startsWith('Comments must be separated')
  );
}

function isNullScalar(node: Node): boolean {
  return isScalar(node) && node.type === 'PLAIN' && node.tag === undefined && isNullWord(String(node.value));
}

function isNullWord(text: string): boolean {
  return /^(?:~|null|Null|NULL)?\s*$/.test(text);
}

/**
 * What the parser is given: without what follows a `...` line or a directive, for both end the document, and with the line ends that only
 * YAML 1.1 knows turned into ones that both know.
 */
function readableYaml(text: string): string {
  const end = /(?:^|\n)\.\.\.(?=\s|$)|\n%(?:YAML|TAG)\s/.exec(text);
  const read = end === null ? text : text.slice(0, end.index + 1);
  return read.replaceAll(/\r(?!\n)|[\u0085\u2028\u2029]/g, '\n');
}

/**
 * Parses, and takes lines that are indented too little. The parser wants the lines of `[…]`, `{…}` and of quoted texts
 * to be indented, while Kubernetes' library does not care. If joining such lines does not lead to a sound document, the
 * first result is the better one: the parser finds its way at the next line that is indented less.
 */
function parseIndented(text: string): Document | undefined {
  const first = parseYaml(text);
  let document = first;
  let source = text;
  // Each turn joins at least one line, and few documents have more than one such place.
  for (let turn = 0; turn < 20 && document !== undefined && isBroken(document); turn++) {
    const joined = joinUnindented(source, document);
    if (joined === undefined) return first;
    source = joined;
    document = parseYaml(source);
  }
  return document === undefined || isBroken(document) ? first : document;
}

/** The text, of equal length, with the lines joined of the first place that the parser wants to be indented. */
function joinUnindented(text: string, document: Document): string | undefined {
  for (const { code, message, pos } of document.errors) {
    const isFlow = code === 'BAD_INDENT' && message.startsWith('Flow ');
    const isQuoted = code === 'MISSING_CHAR' && message.startsWith('Missing closing ');
    const start = isFlow || isQuoted ? unfinished(document.contents, pos[0]) : undefined;
    if (start !== undefined) return joinLines(text, start);
  }
  return undefined;
}

/** The start of the outermost flow collection, or of the quoted scalar, that the parser ended at the offset. */
function unfinished(node: unknown, offset: number): number | undefined {
  if (isPair(node)) return unfinished(node.key, offset) ?? unfinished(node.value, offset);
  if (!isNode(node) || isAlias(node)) return undefined;
  const { range } = node;
  if (range === undefined || range === null || range[0] > offset || range[2] < offset) return undefined;
  if (isScalar(node)) return node.type?.startsWith('QUOTE') === true && range[1] === offset ? range[0] : undefined;
  if (node.flow === true) return range[0];
  for (const item of node.items) {
    const start = unfinished(item, offset);
    if (start !== undefined) return start;
  }
  return undefined;
}

/** Joins the lines from a bracket or quote to the one that closes it. Comments between them become blanks. */
function joinLines(text: string, start: number): string | undefined {
  let joined = '';
  let depth = 0;
  let position = start;
  while (position < text.length) {
    const character = text[position] ?? '';
    let end = position + 1;
    if (character === '"' || character === "'") {
      end = quoteEnd(text, position);
      joined += text.slice(position, end).replaceAll(/[\r\n]/g, ' ');
    } else if (character === '#' && /\s/.test(text[position - 1] ?? '')) {
      const lineEnd = text.indexOf('\n', position);
      end = lineEnd === -1 ? text.length : lineEnd;
      joined += ' '.repeat(end - position);
    } else {
      joined += character === '\n' || character === '\r' ? ' ' : character;
      if (character === '[' || character === '{') depth++;
      if (character === ']' || character === '}') depth--;
    }
    position = end;
    if (depth === 0) {
      const result = text.slice(0, start) + joined + text.slice(position);
      return result === text ? undefined : result;
    }
  }
  return undefined;
}

function quoteEnd(text: string, start: number): number {
  const quote = text[start];
  for (let position = start + 1; position < text.length; position++) {
    if (text[position] === '\\' && quote === '"') position++;
    else if (text[position] === quote && (quote === '"' || text[position + 1] !== quote)) return position + 1;
    else if (text[position] === quote) position++;
  }
  return text.length;
}

function located(found: FoundTemplate<Node>, access: NodeAccess, text: string): DocumentTemplate {
  const { apiVersion, kind, name, namespace, itemPath, node, spec } = found;
  const namespaceNode = namespaceOf(node, access);
  // Kubernetes takes an empty namespace for none.
  const namespaceKnown =
    namespaceNode === undefined || namespace === '' || (namespace !== undefined && isLabel(namespace));
  const references = spec === undefined ? [] : locateReferences(spec, access);
  return {
    apiVersion,
    kind,
    name,
    namespace,
    ...(itemPath === undefined ? {} : { itemPath }),
    range: rangeOf(node),
    references: references.map((each) => manifestReference(each, namespaceKnown, access, text)),
  };
}

function namespaceOf(node: Node, access: NodeAccess): Node | undefined {
  const metadata = access.field(node, 'metadata');
  return metadata === undefined ? undefined : access.field(metadata, 'namespace');
}

function manifestReference(
  { reference, holder, name, keys, item }: LocatedReference<Node>,
  namespaceKnown: boolean,
  access: NodeAccess,
  text: string,
): ManifestReference {
  const key = holder === item ? undefined : access.keyOf(holder);
  return {
    reference,
    name: textRange(name, text),
    keys: keys.map((each) => textRange(each, text)),
    field: { start: (key ?? holder).range?.[0] ?? 0, end: endOf(holder) },
    literal: namespaceKnown && isObjectName(reference.name),
  };
}

function rangeOf(node: Node): Range {
  return { start: node.range?.[0] ?? 0, end: endOf(node) };
}

/** The range of a scalar without its quotes. */
function textRange(node: Node, text: string): Range {
  const { start, end } = rangeOf(node);
  const quote = text[start];
  if (quote !== '"' && quote !== "'") return { start, end };
  return { start: start + 1, end: text[end - 1] === quote && end > start + 1 ? end - 1 : end };
}

function isLabel(name: string): boolean {
  return name.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name);
}
