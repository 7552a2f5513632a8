// Runs TypeScript: bundles it as esbuild.mjs does, then starts it in Node.
//   node test/run.mjs [--node=FLAG] FILE.ts [ARGUMENTS]   a program
//   node test/run.mjs --test SUITE [NODE TEST OPTIONS]    the *.test.ts of a suite: unit, cluster or e2e
// Suites are folders of test/; `unit` is every folder that needs neither a server nor an editor.
import { spawn } from 'node:child_process';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { bundling } from '../esbuild.mjs';

const root = path.resolve(import.meta.dirname, '..');
const notUnit = ['cluster', 'host', 'e2e', 'harness', 'bench', 'soak'];

async function testFiles(suite) {
  const all = await readdir(path.join(root, 'test'), { recursive: true });
  return all
    .filter((file) => file.endsWith('.test.ts') && !file.includes('node_modules'))
    .filter((file) => {
      const folder = file.split(path.sep)[0];
      return suite === 'unit' ? !notUnit.includes(folder) : folder === suite;
    })
    .sort();
}

async function bundle(entry, outfile, alias = {}) {
  await build({
    ...bundling,
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    sourcemap: 'inline',
    alias,
    // Programs that come with their own folders of files are run from where npm put them.
    external: ['vscode', 'esbuild', 'playwright-core', 'mocha', 'typescript'],
    define: { 'import.meta.dirname': '__dirname' },
  });
}

function run(nodeArguments) {
  const child = spawn(process.execPath, ['--enable-source-maps', ...nodeArguments], { cwd: root, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => (process.exitCode = signal === null ? (code ?? 1) : 1));
}

const [first, ...rest] = process.argv.slice(2);
if (first === '--test') {
  const [suite, ...options] = rest;
  const files = await testFiles(suite);
  if (files.length === 0) throw new Error(`no *.test.ts in test/${suite}`);
  const outDir = path.join(root, 'out', 'tests');
  await mkdir(outDir, { recursive: true });
  if (suite === 'unit') {
    // One file and one process: starting a process for each file would take longer than the tests.
    const entry = path.join(outDir, 'unit.entry.ts');
    await writeFile(entry, files.map((file) => `import '../../test/${file}';\n`).join(''));
    // There is no editor, and what people read is tested all the same.
    await bundle(entry, path.join(outDir, 'unit.cjs'), { vscode: path.join(root, 'test', 'harness', 'vscodeStub.ts') });
    await rm(entry);
    run(['--test', ...options, path.join(outDir, 'unit.cjs')]);
  } else {
    const outfiles = files.map((file) => path.join(outDir, file.replaceAll(path.sep, '_').replace(/\.ts$/, '.cjs')));
    for (const [index, file] of files.entries()) await bundle(path.join('test', file), outfiles[index]);
    run(['--test', '--test-concurrency=1', ...options, ...outfiles]);
  }
} else {
  const nodeFlags = process.argv.slice(2).filter((argument) => argument.startsWith('--node='));
  const [file, ...options] = process.argv.slice(2 + nodeFlags.length);
  const outfile = path.join(root, 'out', 'programs', file.replaceAll(path.sep, '_').replace(/\.ts$/, '.cjs'));
  await bundle(file, outfile);
  run([...nodeFlags.map((flag) => flag.slice('--node='.length)), outfile, ...options]);
}
