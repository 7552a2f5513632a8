import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';

/** What each folder of src may import besides itself, from the leaves up. `.` is the root: `extension.ts` and its like. */
const layers: Readonly<Record<string, readonly string[]>> = {
  objects: [],
  references: ['objects'],
  manager: ['objects'],
  manifest: ['objects', 'references'],
  cluster: ['objects', 'references'],
  demo: ['objects'],
  connection: ['objects', 'references', 'manager', 'manifest', 'cluster', 'demo'],
  wording: ['objects', 'references', 'manager', 'manifest', 'connection'],
  window: ['objects', 'connection', 'wording', '.'],
  views: ['objects', 'references', 'manager', 'manifest', 'connection', 'wording', '.'],
  language: ['objects', 'references', 'manager', 'manifest', 'connection', 'wording', '.'],
  commands: [
    'objects',
    'references',
    'manager',
    'manifest',
    'connection',
    'wording',
    'window',
    'views',
    'language',
    '.',
  ],
  '.': ['objects', 'manifest', 'connection', 'cluster', 'demo', 'window', 'views', 'language', 'commands'],
};
const usesVscode = ['wording', 'window', 'views', 'language', 'commands', '.'];
/** Modules of the root that other folders may import; the rest of it is imported by nobody. */
const sharedRoot = ['ids'];

interface Import {
  readonly file: string;
  readonly folder: string;
  readonly from: string;
  readonly isType: boolean;
}

const source = path.join(process.cwd(), 'src');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, folder: path.dirname(file), text: readFileSync(path.join(source, file), 'utf8') }));

const statement = /^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm;
const imports: readonly Import[] = files.flatMap(({ file, folder, text }) =>
  [...text.matchAll(statement)].map(([, type, still, dynamic]) => ({
    file,
    folder,
    from: still ?? dynamic ?? '',
    isType: type !== undefined,
  })),
);

/** The file of src that a relative import leads to, without its ending. */
function target({ folder, from }: Import): string {
  return path.posix.normalize(path.posix.join(folder, from));
}

describe('the layers of src', () => {
  test('every file is in a folder that has its place', () => {
    assert.ok(files.length > 50 && imports.length > 150, 'the sources were found');
    for (const { file, folder } of files) assert.ok(folder in layers, file);
    for (const folder of Object.keys(layers))
      assert.ok(
        files.some((one) => one.folder === folder),
        folder,
      );
  });

  test('the layers have no circle', () => {
    const below = (folder: string, seen: readonly string[]): void => {
      assert.ok(!seen.includes(folder), [...seen, folder].join(' -> '));
      if (folder !== '.') for (const other of layers[folder] ?? []) below(other, [...seen, folder]);
    };
    for (const folder of Object.keys(layers)) below(folder, []);
  });

  test('imports point downwards', () => {
    for (const one of imports.filter(({ from }) => from.startsWith('.'))) {
      const other = path.posix.dirname(target(one));
      if (other === one.folder) continue;
      assert.ok(layers[one.folder]?.includes(other), `${one.file} imports ${one.from}`);
      if (other === '.') assert.ok(sharedRoot.includes(target(one)), `${one.file} imports ${one.from}`);
    }
  });

  test('every relative import leads to a file', () => {
    const known = new Set(files.map(({ file }) => file.slice(0, -'.ts'.length)));
    for (const one of imports.filter(({ from }) => from.startsWith('.'))) {
      assert.ok(known.has(target(one)), `${one.file} imports ${one.from}`);
    }
  });

  test('only the types of the other bundles are imported, and the root loads their code', () => {
    for (const one of imports.filter(({ from }) => from.startsWith('.'))) {
      const bundle = ['cluster', 'demo'].find((folder) => target(one).startsWith(`${folder}/`));
      if (bundle === undefined || one.folder === bundle) continue;
      const loads = one.folder === '.' && target(one) === `${bundle}/bundle`;
      assert.ok(loads || (one.isType && target(one) === `${bundle}/contract`), `${one.file} imports ${one.from}`);
    }
  });

  test('only wording, window, views, language, commands and the root import vscode', () => {
    const importing = new Set(imports.filter(({ from }) => from === 'vscode').map(({ folder }) => folder));
    assert.deepEqual([...importing].sort(), [...usesVscode].sort());
  });

  test('packages are imported by the folders that are made for them', () => {
    const homes: Readonly<Record<string, readonly string[]>> = {
      '@kubernetes/client-node': ['cluster'],
      yaml: ['manifest', 'cluster'],
      vscode: usesVscode,
    };
    for (const { file, folder, from } of imports) {
      if (from.startsWith('.') || from.startsWith('node:')) continue;
      assert.ok(homes[from]?.includes(folder), `${file} imports ${from}`);
    }
  });

  test('parts of Node are imported by the two bundles, window and the root alone', () => {
    for (const { file, folder, from } of imports.filter((one) => one.from.startsWith('node:'))) {
      assert.ok(['cluster', 'demo', 'window', '.'].includes(folder), `${file} imports ${from}`);
    }
  });

  test('there are no default exports, and no files that only pass on what others export', () => {
    for (const { file, text } of files) {
      assert.doesNotMatch(text, /^export default\b/m, file);
      assert.doesNotMatch(text, /^export (type )?(\*|\{[^}]*\})( as \w+)? from /m, file);
      assert.notEqual(path.basename(file), 'index.ts');
    }
  });
});
