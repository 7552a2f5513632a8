// npm run test:host: runs the suites of this folder inside the extension host of a real VS Code, one window each.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { startApiServer } from '../harness/apiServer';
import { openWindow } from '../harness/browser';
import { runTool } from '../harness/processes';
import { loadSample } from '../harness/sampleCluster';
import { prepareVscode, startVscode } from '../harness/vscodeHost';
import type { SuiteResult } from './run';

interface Suite {
  readonly name: 'trusted' | 'untrusted';
  readonly workspaceTrust: boolean;
}

const suites: readonly Suite[] = [
  { name: 'trusted', workspaceTrust: false },
  { name: 'untrusted', workspaceTrust: true },
];
const limitMs = 180_000;

function say(line: string): void {
  console.log(line);
}

async function main(): Promise<void> {
  await runTool(process.execPath, ['esbuild.mjs', '--debug'], { cwd: process.cwd() });
  const outDir = path.join(process.cwd(), 'out', 'host');
  await build({
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    outdir: outDir,
    outExtension: { '.js': '.cjs' },
    entryPoints: ['run', ...suites.map(({ name }) => name)].map((name) => `test/host/${name}.ts`),
  });
  const installation = await prepareVscode(say);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'kubefresh-host-'));
  // Not 127.0.0.1: for any other host VS Code takes the caller's agent away, and with it certificates and proxies.
  const server = await startApiServer({ address: '127.0.0.2', say });
  const results: SuiteResult[] = [];
  try {
    await loadSample(server);
    const clientCertificate = server.clientCertificate('host-test', ['system:masters']);
    const kubeconfig = server.kubeconfig({ clientCertificate, namespace: 'shop' });
    for (const suite of suites) {
      say(`\nIn the extension host: ${suite.name}`);
      const resultFile = path.join(folder, `${suite.name}.json`);
      const vscode = await startVscode({
        installation,
        extension: { folder: process.cwd() },
        workspace: folder,
        smokeTestDriver: true,
        workspaceTrust: suite.workspaceTrust,
        env: { KUBECONFIG: kubeconfig, KUBEFRESH_SUITE: suite.name, KUBEFRESH_RESULT: resultFile },
      });
      try {
        await runInWindow(vscode.url(), path.join(outDir, 'run.cjs'));
        results.push(await readResult(resultFile, suite));
      } finally {
        await vscode.stop();
      }
    }
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
  report(results);
}

/** Opens a window that loads the extension for development and calls `run` of the file in its extension host. */
async function runInWindow(url: string, file: string): Promise<void> {
  const address = new URL(url);
  address.searchParams.set(
    'payload',
    JSON.stringify([
      ['extensionDevelopmentPath', `vscode-remote://remote${process.cwd()}`],
      ['extensionTestsPath', `vscode-remote://remote${file}`],
    ]),
  );
  let exited: () => void = () => undefined;
  const exit = new Promise<void>((resolve) => {
    exited = resolve;
  });
  const window = await openWindow(address.href, {
    width: 1280,
    height: 800,
    prepare: async (page) => {
      await page.exposeFunction('codeAutomationLog', () => undefined);
      await page.exposeFunction('codeAutomationExit', () => {
        exited();
      });
    },
  });
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`the suite did not end within ${limitMs / 1000} s`));
    }, limitMs);
  });
  try {
    await Promise.race([exit, limit]);
  } finally {
    clearTimeout(timer);
    await window.close();
  }
}

async function readResult(file: string, suite: Suite): Promise<SuiteResult> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as SuiteResult;
  } catch {
    return { passed: [], failed: [{ title: suite.name, error: 'the suite left no result' }] };
  }
}

function report(results: readonly SuiteResult[]): void {
  const passed = results.flatMap((result) => result.passed);
  const failed = results.flatMap((result) => result.failed);
  for (const title of passed) console.log(`ok - ${title}`);
  for (const { title, error } of failed) console.log(`not ok - ${title}\n${error}`);
  console.log(`\n${passed.length} passed, ${failed.length} failed`);
  process.exitCode = failed.length === 0 && passed.length > 0 ? 0 : 1;
}

void main();
