import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { openWindow } from './browser';
import { startVscode } from './vscodeHost';
import type { VscodeInstallation } from './vscodeInstallation';

export interface HostSuite {
  readonly installation: VscodeInstallation;
  /** A file of mocha tests, in TypeScript, relative to the project. */
  readonly file: string;
  /** Opens the workspace in Restricted Mode. */
  readonly restricted?: boolean;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** What one suite in the extension host came to; written by `run` in test/host/run.ts. */
export interface SuiteResult {
  readonly passed: readonly string[];
  readonly failed: readonly { readonly title: string; readonly error: string }[];
  /** What the suite measured, by name. */
  readonly measured: Readonly<Record<string, number>>;
}

const limitMs = 180_000;

/** Runs a suite inside the extension host of a fresh VS Code, with the extension that stands built in dist/. */
export async function runInExtensionHost(suite: HostSuite): Promise<SuiteResult> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'kubefresh-host-'));
  const resultFile = path.join(folder, 'result.json');
  const runner = await bundleSuite(suite.file);
  const vscode = await startVscode({
    installation: suite.installation,
    extension: { folder: process.cwd() },
    workspace: folder,
    smokeTestDriver: true,
    workspaceTrust: suite.restricted === true,
    settings: suite.settings ?? {},
    env: { ...suite.env, KUBEFRESH_SUITE: path.parse(suite.file).name, KUBEFRESH_RESULT: resultFile },
  });
  try {
    await runInWindow(vscode.url(), runner);
    return JSON.parse(await readFile(resultFile, 'utf8')) as SuiteResult;
  } catch (error) {
    const message = error instanceof Error ? error.message : 'unknown error';
    return { passed: [], failed: [{ title: `${suite.file} as a whole`, error: message }], measured: {} };
  } finally {
    await vscode.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Bundles the suite next to the function that runs it, and answers the file of the latter. */
async function bundleSuite(file: string): Promise<string> {
  const outdir = path.join(process.cwd(), 'out', 'host');
  await build({
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    entryPoints: [
      { in: 'test/host/run.ts', out: 'run' },
      { in: file, out: path.parse(file).name },
    ],
    outdir,
    outExtension: { '.js': '.cjs' },
  });
  return path.join(outdir, 'run.cjs');
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
