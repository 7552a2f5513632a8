import { after, before, describe, test } from 'node:test';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { type ApiServer, startApiServer, type TokenUser } from '../harness/apiServer';
import { openWindow } from '../harness/browser';
import { useDisplayLanguage } from '../harness/displayLanguage';
import { runTool } from '../harness/processes';
import { loadSample, sampleFolder } from '../harness/sampleCluster';
import { prepareVscode, startVscode, type VscodeWindowServer } from '../harness/vscodeHost';
import { untilOpen } from '../harness/workbench';
import { addPseudoTranslation } from '../localization/pseudoTranslation';

export interface WindowOptions {
  /** A package of the extension to install; without it the built extension is loaded from a folder. */
  readonly vsix?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** What the workspace's own `.vscode/settings.json` holds; without it there is no such file. */
  readonly workspaceSettings?: Readonly<Record<string, unknown>>;
  /** A language that the window asks for, and that the extension's pseudo-translation pretends to be. */
  readonly pseudoLanguage?: string;
  readonly width?: number;
  readonly height?: number;
  /** Device pixels a CSS pixel; 1 without it. */
  readonly scale?: number;
}

export interface SceneOptions extends WindowOptions {
  /** Token users of the cluster. */
  readonly users?: readonly TokenUser[];
  /** Changes the sample in the cluster before a window is opened. */
  readonly prepare?: (server: ApiServer) => Promise<void>;
  /** The value of KUBECONFIG; without it the administrator's, in namespace `shop`. */
  readonly kubeconfig?: (server: ApiServer) => string;
}

/** A window of VS Code with the extension on a copy of the sample's manifests. */
export interface WindowScene {
  /** The value of KUBECONFIG. Without a cluster there is nothing at that path until something is put there. */
  readonly kubeconfig: string;
  /** The folder that the window is open on. */
  readonly workspace: string;
  readonly vscode: VscodeWindowServer;
  readonly page: Page;
  /** Where the browser keeps what the window stores. */
  readonly profileFolder: string;
  readonly stop: () => Promise<void>;
}

/** A cluster with the sample, and a window on it. */
export interface Scene extends WindowScene {
  readonly server: ApiServer;
}

export type Step<S extends WindowScene> = (name: string, act: (scene: S) => Promise<void>) => void;

/**
 * A suite of steps in one scene, each going on from where the one before it left the window. After a step that fails
 * the rest are skipped, and a picture of the window is in out/e2e.
 */
export function describeScene(name: string, options: SceneOptions, define: (step: Step<Scene>) => void): void {
  describeSteps(name, () => startScene(options), define);
}

/** The same without a cluster. */
export function describeWindow(name: string, options: WindowOptions, define: (step: Step<WindowScene>) => void): void {
  describeSteps(name, () => startWindow(options), define);
}

function describeSteps<S extends WindowScene>(
  name: string,
  start: () => Promise<S>,
  define: (step: Step<S>) => void,
): void {
  describe(name, () => {
    let scene: S | undefined;
    let failed: string | undefined;
    before(async () => {
      scene = await start();
    });
    after(() => scene?.stop());
    define((step, act) => {
      test(step, async (context) => {
        if (failed !== undefined || scene === undefined) {
          context.skip(`“${failed ?? name}” failed`);
          return;
        }
        try {
          await act(scene);
        } catch (error) {
          failed = step;
          context.diagnostic(`The window as it was then: ${await savePicture(scene.page, `${name} ${step}`)}`);
          throw error;
        }
      });
    });
  });
}

/** Starts everything; what was started is stopped again when a part of it fails. */
export async function startScene(options: SceneOptions = {}): Promise<Scene> {
  const { users = [], kubeconfig = (server: ApiServer): string => server.kubeconfig({ namespace: 'shop' }) } = options;
  // Not 127.0.0.1: for any other host VS Code takes the caller's agent away, and with it certificates and proxies.
  const server = await startApiServer({ address: '127.0.0.2', users, say });
  try {
    await loadSample(server);
    await options.prepare?.(server);
    const window = await startWindow(options, kubeconfig(server));
    const stop = async (): Promise<void> => {
      await window.stop();
      await server.stop();
    };
    return { ...window, server, stop };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function startWindow(options: WindowOptions, ofCluster?: string): Promise<WindowScene> {
  const { settings, pseudoLanguage } = options;
  const started: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (let end = started.pop(); end !== undefined; end = started.pop()) await end();
  };
  try {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'kubefresh-scene-'));
    started.push(() => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
    const kubeconfig = ofCluster ?? path.join(folder, 'kubeconfig');
    const workspace = path.join(folder, 'shop-manifests');
    await cp(sampleFolder(), workspace, { recursive: true });
    if (options.workspaceSettings !== undefined) await writeWorkspaceSettings(workspace, options.workspaceSettings);
    const extension =
      options.vsix === undefined ? { folder: await buildInto(folder, options) } : { vsix: options.vsix };
    const vscode = await startVscode({
      installation: await prepareVscode(say),
      extension,
      workspace,
      env: { KUBECONFIG: kubeconfig },
      ...(settings === undefined ? {} : { settings }),
    });
    started.push(() => vscode.stop());
    const window = await openWindow(vscode.url(), {
      ...(pseudoLanguage === undefined ? {} : { prepare: (page) => useDisplayLanguage(page, pseudoLanguage) }),
      width: options.width ?? 1400,
      height: options.height ?? 1300,
      ...(options.scale === undefined ? {} : { scale: options.scale }),
      say,
    });
    started.push(() => window.close());
    await untilOpen(window.page).catch(async (error: unknown) => {
      say(`The window as it was then: ${await savePicture(window.page, 'start')}`);
      throw error;
    });
    return { kubeconfig, workspace, vscode, page: window.page, profileFolder: window.profileFolder, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Writes `.vscode/settings.json` of a workspace, in place of what it held. */
export async function writeWorkspaceSettings(
  workspace: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<void> {
  const file = path.join(workspace, '.vscode', 'settings.json');
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(settings));
}

/** Builds the extension as it ships, into a folder that nothing else builds into while tests run. */
async function buildInto(folder: string, { pseudoLanguage }: WindowOptions): Promise<string> {
  await runTool(process.execPath, ['esbuild.mjs'], { cwd: process.cwd() });
  const target = path.join(folder, 'extension');
  const built = ['extension', 'manifest', 'cluster', 'demo', 'yaml', 'socks'].map((bundle) => `dist/${bundle}.js`);
  for (const file of ['package.json', 'package.nls.json', ...built, 'media']) {
    await cp(file, path.join(target, file), { recursive: true });
  }
  if (pseudoLanguage !== undefined) await addPseudoTranslation(target, pseudoLanguage);
  return target;
}

async function savePicture(page: Page, name: string): Promise<string> {
  const folder = path.join(process.cwd(), 'out', 'e2e');
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, `${name.replace(/[^a-zA-Z0-9]+/g, '-')}.png`);
  await page.screenshot({ path: file });
  return file;
}

function say(line: string): void {
  console.log(line);
}
