import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import table from '../../src/layers.json';

/** What each folder of src, and each file beside the folders, may import besides itself. */
const mayImport: Readonly<Record<string, readonly string[]>> = table.mayImport;
/** Folders that are loaded as bundles of their own, and the file whose types the others share. */
const bundles: Readonly<Record<string, string>> = table.bundles;
const packages: Readonly<Record<string, readonly string[]>> = table.packages;

interface Import {
  readonly file: string;
  readonly from: string;
  readonly isType: boolean;
}

const source = path.join(process.cwd(), 'src');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file: file.slice(0, -'.ts'.length), text: readFileSync(path.join(source, file), 'utf8') }));

const statement = /^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm;
const imports: readonly Import[] = files.flatMap(({ file, text }) =>
  [...text.matchAll(statement)].map(([, type, still, dynamic]) => ({
    file,
    from: still ?? dynamic ?? '',
    isType: type !== undefined,
  })),
);
const relative = imports.filter(({ from }) => from.startsWith('.'));

/** The file of src that a relative import leads to, without its ending. */
function target({ file, from }: Import): string {
  return path.posix.normalize(path.posix.join(path.posix.dirname(file), from));
}

/** The row of the table that a file belongs to: its folder, or itself if it stands beside the folders. */
function layerOf(file: string): string {
  return file.split('/')[0] ?? '';
}

describe('the layers of src', () => {
  test('every file is in a layer of the table, and every layer has files', () => {
    assert.ok(files.length > 50 && imports.length > 150, 'the sources were found');
    assert.deepEqual([...new Set(files.map(({ file }) => layerOf(file)))].sort(), Object.keys(mayImport).sort());
  });

  test('the layers have no circle', () => {
    assertNoCircle(mayImport);
  });

  test('imports point downwards', () => {
    for (const one of relative) {
      const [from, to] = [layerOf(one.file), layerOf(target(one))];
      assert.ok(from === to || mayImport[from]?.includes(to), `${one.file} imports ${one.from}`);
    }
  });

  test('no layer is allowed what it does not use', () => {
    for (const [layer, allowed] of Object.entries(mayImport)) {
      const used = new Set(relative.filter(({ file }) => layerOf(file) === layer).map((one) => layerOf(target(one))));
      for (const other of allowed) assert.ok(used.has(other), `${layer} does not import ${other}`);
    }
  });

  test('files have no circle, not even of types', () => {
    const graph: Record<string, string[]> = {};
    for (const one of relative) (graph[one.file] ??= []).push(target(one));
    assertNoCircle(graph);
  });

  test('every relative import leads to a file', () => {
    const known = new Set(files.map(({ file }) => file));
    for (const one of relative) assert.ok(known.has(target(one)), `${one.file} imports ${one.from}`);
  });

  test('only the types of the other bundles are imported, and the root loads their code', () => {
    for (const one of relative) {
      const bundle = layerOf(target(one));
      const contract = bundles[bundle];
      if (contract === undefined || layerOf(one.file) === bundle) continue;
      const loads = one.file === 'extension' && target(one) === `${bundle}/bundle`;
      assert.ok(loads || (one.isType && target(one) === `${bundle}/${contract}`), `${one.file} imports ${one.from}`);
    }
  });

  test('packages are imported by the layers that are made for them', () => {
    for (const { file, from } of imports) {
      if (from.startsWith('.') || from.startsWith('node:')) continue;
      assert.ok(packages[from]?.includes(layerOf(file)), `${file} imports ${from}`);
    }
    for (const [name, layers] of Object.entries(packages)) {
      for (const layer of layers) {
        const uses = imports.some(({ file, from }) => from === name && layerOf(file) === layer);
        assert.ok(uses, `${layer} does not import ${name}`);
      }
    }
  });

  test('parts of Node are imported by the two bundles and the root alone', () => {
    for (const { file, from } of imports.filter((one) => one.from.startsWith('node:'))) {
      assert.ok(table.node.includes(layerOf(file)), `${file} imports ${from}`);
    }
  });

  test('no file is long', () => {
    for (const { file, text } of files) assert.ok(text.split('\n').length <= 310, file);
  });

  test('there are no default exports, and no files that only pass on what others export', () => {
    for (const { file, text } of files) {
      assert.doesNotMatch(text, /^export default\b/m, file);
      assert.doesNotMatch(text, /^export (type )?(\*|\{[^}]*\})( as \w+)? from /m, file);
      assert.notEqual(path.basename(file), 'index');
    }
  });
});

function assertNoCircle(graph: Readonly<Record<string, readonly string[]>>): void {
  const done = new Set<string>();
  const walk = (node: string, above: readonly string[]): void => {
    assert.ok(!above.includes(node), [...above, node].join(' -> '));
    if (done.has(node)) return;
    for (const next of graph[node] ?? []) walk(next, [...above, node]);
    done.add(node);
  };
  for (const node of Object.keys(graph)) walk(node, []);
}
