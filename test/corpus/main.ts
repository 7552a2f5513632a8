// npm run corpus -- INDEX DIR: compares what src/manifest reads with what Kubernetes' own functions have read.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { ManifestReader, type PodTemplate } from '../../src/manifest/manifest';
import type { ObjectKind } from '../../src/objects/kubernetes';
import { decodeFile } from './decodeFile';

const usage = `npm run corpus -- INDEX DIR

Reads every regular file below DIR, except *.jsonl and *.md, and compares the names of Secrets and ConfigMaps of each
pod template with INDEX. A file is taken apart as Kubernetes does it. INDEX has a line of JSON for each pod template:
  file (or path) below DIR, doc, itemPath (or item) if it stands in a list, apiVersion, kind, name, namespace, secrets,
  configMaps, and decodeError where Kubernetes could not decode the object: such a template is left aside.
A difference is a template with other names, kind, name or namespace; a template of INDEX that is not read; and one
that is read and not in INDEX, in files that INDEX does not mention too. Templates in documents that are reported as
broken are taken as not read.
The last line is \`N templates, D differences\`, where N counts the lines of INDEX that were compared. Exit 0 if D is 0.`;

interface IndexLine {
  readonly file?: string;
  readonly path?: string;
  readonly doc: number;
  readonly item?: number;
  readonly itemPath?: readonly number[];
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly secrets: readonly string[] | null;
  readonly configMaps: readonly string[] | null;
  readonly decodeError?: string;
}

const shown = 20;

async function main(indexFile: string, directory: string): Promise<number> {
  const byFile = await readIndex(indexFile);
  const files = await filesBelow(directory);
  const reader = new ManifestReader();
  const differences: string[] = [];
  let templates = 0;
  for (const file of new Set([...files, ...byFile.keys()])) {
    const lines = byFile.get(file) ?? [];
    templates += lines.filter((line) => line.decodeError === undefined).length;
    if (!files.has(file)) {
      differences.push(`${file}: no such file`);
      continue;
    }
    const text = decodeFile(await readFile(path.join(directory, file)));
    for (const difference of compare(lines, reader.read(text).templates)) differences.push(`${file}: ${difference}`);
  }
  for (const difference of differences.slice(0, shown)) console.log(difference);
  if (differences.length > shown) console.log(`… and ${differences.length - shown} more`);
  console.log(`${templates} templates, ${differences.length} differences`);
  return differences.length === 0 ? 0 : 1;
}

/** The differences in one file. */
function compare(lines: readonly IndexLine[], templates: readonly PodTemplate[]): string[] {
  const expected = new Map(lines.map((line) => [placeOf(line.doc, line.itemPath ?? itemOf(line)), line]));
  const read = new Map(templates.map((template) => [placeOf(template.document, template.itemPath), template]));
  const differences: string[] = [];
  for (const place of new Set([...expected.keys(), ...read.keys()])) {
    const line = expected.get(place);
    const template = read.get(place);
    if (line?.decodeError !== undefined) continue;
    const before = line === undefined ? 'no template' : described(line, line.secrets ?? [], line.configMaps ?? []);
    const isRead = template !== undefined && template.problem === undefined;
    const now = isRead
      ? described(template, names(template, 'Secret'), names(template, 'ConfigMap'))
      : `no template${template?.problem === undefined ? '' : ` (${template.problem})`}`;
    if (isRead ? before !== now : line !== undefined) differences.push(`${place}: expected ${before}; read ${now}`);
  }
  return differences;
}

function itemOf(line: IndexLine): readonly number[] | undefined {
  return line.item === undefined ? undefined : [line.item];
}

function placeOf(document: number, itemPath: readonly number[] | undefined): string {
  return `document ${document}${itemPath === undefined ? '' : `, item ${itemPath.join('.')}`}`;
}

function described(
  object: { apiVersion: string; kind: string; name: string; namespace?: string | undefined },
  secrets: readonly string[],
  configMaps: readonly string[],
): string {
  const { apiVersion, kind, name, namespace } = object;
  const lists = JSON.stringify({ secrets: [...secrets].sort(), configMaps: [...configMaps].sort() });
  return `${apiVersion} ${kind} ${namespace ?? ''}/${name} ${lists}`;
}

function names(template: PodTemplate, kind: ObjectKind): string[] {
  const references = template.references.map((each) => each.reference).filter((reference) => reference.kind === kind);
  return [...new Set(references.map((reference) => reference.name))];
}

async function readIndex(indexFile: string): Promise<Map<string, IndexLine[]>> {
  const byFile = new Map<string, IndexLine[]>();
  for (const text of (await readFile(indexFile, 'utf8')).split('\n')) {
    if (text.trim() === '') continue;
    const line = JSON.parse(text) as IndexLine;
    const file = line.file ?? line.path ?? '';
    byFile.set(file, [...(byFile.get(file) ?? []), line]);
  }
  return byFile;
}

async function filesBelow(directory: string): Promise<Set<string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return new Set(
    entries
      .filter((entry) => entry.isFile() && !/\.(?:jsonl|md)$/.test(entry.name))
      .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/')),
  );
}

const [indexFile, directory] = process.argv.slice(2);
if (indexFile === undefined || directory === undefined || indexFile.startsWith('-')) {
  console.log(usage);
  process.exitCode = indexFile === '--help' ? 0 : 2;
} else {
  void main(indexFile, directory).then((code) => {
    process.exitCode = code;
  });
}
