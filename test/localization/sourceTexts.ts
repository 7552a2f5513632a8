import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

// What the sources say to people, as their syntax shows it: the texts that go through `vscode.l10n.t`, and those that
// reach the user by another way.

/** A text that is handed to `vscode.l10n.t`. */
export interface LocalizedText {
  /** `file:line`. */
  readonly place: string;
  /** `undefined` if it is no plain literal, so that no translation can be found for it. */
  readonly message: string | undefined;
  readonly arguments: number;
}

/** A text for people that is not handed to `vscode.l10n.t`. */
export interface UnlocalizedText {
  readonly place: string;
  readonly text: string;
  /** What makes it a text for people, such as `label` or `showInformationMessage`. */
  readonly because: string;
}

/** Names that are the same in every language. */
const names = new Set(['Kubefresh', 'Kubernetes', 'Secret', 'ConfigMap', 'kubectl']);

/** Properties of the API whose strings are shown. */
const shownProperties = new Set([
  ...['label', 'description', 'detail', 'tooltip', 'title', 'message', 'text', 'name'],
  ...['placeHolder', 'placeholder', 'prompt', 'validateInput'],
]);

/** Functions and classes of the API whose arguments are shown, and from which one to which. */
const shownArguments: Readonly<Record<string, readonly [from: number, to: number]>> = {
  showInformationMessage: [0, Infinity],
  showWarningMessage: [0, Infinity],
  showErrorMessage: [0, Infinity],
  setStatusBarMessage: [0, 1],
  showQuickPick: [0, 1],
  appendMarkdown: [0, 1],
  appendText: [0, 1],
  createOutputChannel: [0, 1],
  MarkdownString: [0, 1],
  TreeItem: [0, 1],
  FileDecoration: [0, 2],
  Hover: [0, 1],
  Diagnostic: [1, 2],
  InlayHint: [1, 2],
};

/** Functions whose results show what they are given. */
const passingOn = new Set(['plain', 'unlinked', 'shortened', 'withoutIcons', 'String']);

/** Functions that answer what people read, by their names; in src/wording all but those that answer icons do. */
const wordingName = /(label|sentence|phrase|message|tooltip|title)s?$/i;

/** Properties whose texts look like words and are read by VS Code alone, and constants that are code of a page. */
const machineProperties = new Set(['contextValue', 'id', 'command', 'language', 'scheme']);
const codeOfPages = new Set(['style', 'script']);

export function parse(file: string, text: string): ts.SourceFile {
  return ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
}

/** The sources that may say something to people: those that may import vscode. */
export function speakingSources(root = process.cwd()): readonly ts.SourceFile[] {
  return ['src', ...['views', 'commands', 'language', 'wording'].map((folder) => `src/${folder}`)].flatMap((folder) =>
    readdirSync(path.join(root, folder))
      .filter((file) => file.endsWith('.ts'))
      .sort()
      .map((file) => parse(`${folder}/${file}`, readFileSync(path.join(root, folder, file), 'utf8'))),
  );
}

export function localizedTexts(source: ts.SourceFile): readonly LocalizedText[] {
  const found: LocalizedText[] = [];
  visitAll(source, (node) => {
    const given = givenToLocalize(node);
    if (given === undefined) return;
    const [first, ...rest] = given;
    const message = first !== undefined && ts.isStringLiteralLike(first) ? first.text : undefined;
    found.push({ place: placeOf(node), message, arguments: rest.length });
  });
  return found;
}

/** What reaches people untranslated: what flows into a part of the API that is shown, and what reads like prose. */
export function unlocalizedTexts(source: ts.SourceFile): readonly UnlocalizedText[] {
  const found = new Map<ts.Node, UnlocalizedText>();
  const note = (node: LiteralPart, because: string): void => {
    if (!found.has(node)) found.set(node, { place: placeOf(node), text: node.text, because });
  };
  const show = (expression: ts.Node, because: string): void => {
    for (const part of partsOf(expression)) if (wordsOf(part.text).length > 0) note(part, because);
  };
  visitAll(source, (node) => {
    for (const [expression, because] of shownBy(node)) show(expression, because);
  });
  visitAll(source, (node) => {
    if (isLiteralPart(node) && readsLikeProse(node.text) && !isForMachines(node)) note(node, 'prose');
  });
  return [...found.values()];
}

type LiteralPart =
  ts.StringLiteral | ts.NoSubstitutionTemplateLiteral | ts.TemplateHead | ts.TemplateMiddle | ts.TemplateTail;

function isLiteralPart(node: ts.Node): node is LiteralPart {
  return (
    ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node)
  );
}

/** The expressions that a node shows to people, each with what says so. */
function shownBy(node: ts.Node): readonly (readonly [ts.Node, string])[] {
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
    // What is put into a text is read with it.
    const given = givenToLocalize(node);
    if (given !== undefined) return given.slice(1).map((argument) => [argument, 'l10n.t']);
    const name = nameOf(node.expression);
    const range = name === undefined || !Object.hasOwn(shownArguments, name) ? undefined : shownArguments[name];
    if (name === undefined || range === undefined) return [];
    return (node.arguments ?? []).slice(...range).map((argument) => [argument, name]);
  }
  if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name) && shownProperties.has(node.name.text)) {
    return [[node.initializer, node.name.text]];
  }
  if (ts.isShorthandPropertyAssignment(node) && shownProperties.has(node.name.text)) {
    return [[node.name, node.name.text]];
  }
  if (ts.isBinaryExpression(node) && isAssignment(node) && ts.isPropertyAccessExpression(node.left)) {
    const name = node.left.name.text;
    return shownProperties.has(name) ? [[node.right, name]] : [];
  }
  if (ts.isFunctionDeclaration(node) && node.name !== undefined && answersText(node, node.name.text)) {
    const name = node.name.text;
    return returnedBy(node).map((expression) => [expression, name]);
  }
  return [];
}

function isAssignment({ operatorToken }: ts.BinaryExpression): boolean {
  return operatorToken.kind === ts.SyntaxKind.EqualsToken || operatorToken.kind === ts.SyntaxKind.PlusEqualsToken;
}

function answersText(node: ts.FunctionDeclaration, name: string): boolean {
  if (node.type === undefined || !/\bstring\b/.test(node.type.getText())) return false;
  return wordingName.test(name) || (node.getSourceFile().fileName.includes('/wording/') && !name.startsWith('icon'));
}

/** The literals of which the value of an expression is made, as far as the file itself tells. */
function partsOf(expression: ts.Node, seen = new Set<ts.Node>()): LiteralPart[] {
  if (seen.has(expression)) return [];
  seen.add(expression);
  const of = (nodes: readonly ts.Node[]): LiteralPart[] => nodes.flatMap((node) => partsOf(node, seen));
  if (isLiteralPart(expression)) return [expression];
  if (ts.isTemplateExpression(expression)) {
    return of([expression.head, ...expression.templateSpans.flatMap((span) => [span.expression, span.literal])]);
  }
  if (ts.isConditionalExpression(expression)) return of([expression.whenTrue, expression.whenFalse]);
  if (ts.isBinaryExpression(expression)) return of(operandsShown(expression));
  if (ts.isArrayLiteralExpression(expression)) return of(expression.elements);
  if (ts.isFunctionLike(expression)) return of(returnedBy(expression));
  if (ts.isIdentifier(expression)) return of(initializersOf(expression));
  if (ts.isCallExpression(expression)) {
    const { expression: callee } = expression;
    if (givenToLocalize(expression) !== undefined) return [];
    // Methods of texts and lists, such as `join`: what they are called on, what they put between, what they answer.
    if (ts.isPropertyAccessExpression(callee)) return of([callee.expression, ...expression.arguments]);
    if (!ts.isIdentifier(callee)) return [];
    return passingOn.has(callee.text) ? of(expression.arguments) : of(functionsCalled(callee));
  }
  if (
    ts.isParenthesizedExpression(expression) ||
    ts.isAsExpression(expression) ||
    ts.isSatisfiesExpression(expression) ||
    ts.isNonNullExpression(expression) ||
    ts.isAwaitExpression(expression) ||
    ts.isSpreadElement(expression)
  ) {
    return of([expression.expression]);
  }
  return [];
}

/** The sides of an operator that its value is made of. */
function operandsShown({ left, operatorToken, right }: ts.BinaryExpression): readonly ts.Node[] {
  switch (operatorToken.kind) {
    case ts.SyntaxKind.PlusToken:
    case ts.SyntaxKind.BarBarToken:
    case ts.SyntaxKind.QuestionQuestionToken:
      return [left, right];
    case ts.SyntaxKind.AmpersandAmpersandToken:
      return [right];
    default:
      return [];
  }
}

/** What a function answers. */
function returnedBy(node: ts.SignatureDeclaration): readonly ts.Node[] {
  const body = 'body' in node ? node.body : undefined;
  if (body === undefined) return [];
  if (!ts.isBlock(body)) return [body];
  const found: ts.Node[] = [];
  const visit = (child: ts.Node): void => {
    if (ts.isFunctionLike(child)) return;
    if (ts.isReturnStatement(child) && child.expression !== undefined) found.push(child.expression);
    ts.forEachChild(child, visit);
  };
  visit(body);
  return found;
}

/** What a name of this file stands for. */
function initializersOf(name: ts.Identifier): readonly ts.Node[] {
  for (let scope: ts.Node = name.parent; ; scope = scope.parent) {
    if (ts.isBlock(scope) || ts.isSourceFile(scope) || ts.isCaseOrDefaultClause(scope)) {
      const declared = scope.statements
        .filter(ts.isVariableStatement)
        .flatMap(({ declarationList }) => [...declarationList.declarations])
        .filter((declaration) => declaration.name.getText() === name.text);
      if (declared.length > 0) return declared.flatMap(({ initializer }) => initializer ?? []);
    }
    if (ts.isSourceFile(scope)) return [];
    const isParameter =
      ts.isFunctionLike(scope) && scope.parameters.some((parameter) => parameter.name.getText() === name.text);
    if (isParameter) return [];
  }
}

function functionsCalled(name: ts.Identifier): readonly ts.Node[] {
  const declared = name.getSourceFile().statements.filter(ts.isFunctionDeclaration);
  return declared.filter((declaration) => declaration.name?.text === name.text);
}

/** The texts and values that a call of `vscode.l10n.t` is given. */
function givenToLocalize(node: ts.Node): readonly ts.Expression[] | undefined {
  return ts.isCallExpression(node) && /(^|\.)l10n\.t$/.test(node.expression.getText()) ? node.arguments : undefined;
}

function nameOf(callee: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(callee)) return callee.name.text;
  return ts.isIdentifier(callee) ? callee.text : undefined;
}

/** What is seen of a piece of Markdown or HTML: no icons, addresses of links, entities, escapes and tags. */
function seenOf(text: string): string {
  return (
    text
      .replace(/\$\([\w~-]*\)?/g, ' ')
      .replace(/\]\([\w-]+:[^)\s]*\)?/g, ' ')
      .replace(/&\w+;/g, ' ')
      .replace(/\\u\{/g, ' ')
      // A tag may end in this piece or begin in it.
      .replace(/^[^<>]*>|<[^<>]*(>|$)/g, (tag) =>
        [...tag.matchAll(/\b(?:title|alt|placeholder|aria-label)="([^"]*)"/g)].map(([, shown]) => shown).join(' '),
      )
  );
}

/** The words of a text, but for names that no language changes. */
function wordsOf(text: string): readonly string[] {
  return (seenOf(text).match(/\p{L}[\p{L}\p{N}]*/gu) ?? []).filter((word) => !names.has(word));
}

function readsLikeProse(text: string): boolean {
  if (wordsOf(text).length === 0) return false;
  const seen = seenOf(text);
  return /\p{L}{2}[,;:.!?…]?\s+\p{L}{2}/u.test(seen) || /^\s*\p{Lu}\p{Ll}+[\s.!?…:]*$/u.test(seen);
}

/** Whether a literal is compared, imported, a type, localized, or given to a property that nobody reads. */
function isForMachines(node: LiteralPart): boolean {
  for (let child: ts.Node = node, above = node.parent; !ts.isSourceFile(child); child = above, above = above.parent) {
    if (ts.isTypeNode(above) || ts.isImportDeclaration(above) || ts.isCaseClause(above)) return true;
    if (givenToLocalize(above)?.[0] === child) return true;
    if (ts.isVariableDeclaration(above) && codeOfPages.has(above.name.getText())) return true;
    if (ts.isPropertyAssignment(above)) return machineProperties.has(above.name.getText());
    if (ts.isBinaryExpression(above)) {
      if (isComparison(above)) return true;
      if (isAssignment(above) && ts.isPropertyAccessExpression(above.left))
        return machineProperties.has(above.left.name.text);
    }
    if (ts.isStatement(above)) return false;
  }
  return false;
}

function isComparison({ operatorToken }: ts.BinaryExpression): boolean {
  const { EqualsEqualsEqualsToken, ExclamationEqualsEqualsToken, InKeyword } = ts.SyntaxKind;
  return [EqualsEqualsEqualsToken, ExclamationEqualsEqualsToken, InKeyword].some((kind) => kind === operatorToken.kind);
}

function visitAll(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  ts.forEachChild(node, (child) => {
    visitAll(child, see);
  });
}

function placeOf(node: ts.Node): string {
  const source = node.getSourceFile();
  return `${source.fileName}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
}
