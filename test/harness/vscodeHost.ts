import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { freePort } from './freePort';
import { type RunningProcess, runTool, startProcess } from './processes';
import { installVscode, type VscodeInstallation } from './vscodeInstallation';
import { waitFor } from './waiting';

export interface VscodeOptions {
  readonly installation: VscodeInstallation;
  /** A folder with a built extension, or a package of one. */
  readonly extension: { readonly folder: string } | { readonly vsix: string };
  /** The folder its windows open; tests that write to it give a copy. */
  readonly workspace: string;
  /** Added to the user's settings, which otherwise only make the window quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** True opens the workspace in Restricted Mode, without asking; otherwise there is no trust to give. */
  readonly workspaceTrust?: boolean;
  /** Needed to run tests inside the extension host; it silences notifications and dialogs. */
  readonly smokeTestDriver?: boolean;
  /** Added to this process's environment, for the extension too; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Asked for at the first visit; without it there is no log-in. */
  readonly password?: string;
  /** A free one without it. */
  readonly port?: number;
  readonly extraArguments?: readonly string[];
}

/** A VS Code on a loopback port, which serves its windows to browsers. */
export interface VscodeWindowServer {
  /** The address of a window on a folder; on the workspace without one. */
  url(folder?: string): string;
  readonly userDataFolder: string;
  /** Where VS Code writes its logs, the extension host's among them. */
  readonly logFolder: string;
  /** Ends all its processes and removes its folders, but for the workspace. Idempotent. */
  stop(): Promise<void>;
}

/** Makes VS Code ready to be started, which takes about a minute the first time; see `installVscode`. */
export function prepareVscode(say: (line: string) => void): Promise<VscodeInstallation> {
  return installVscode(say);
}

/** Starts VS Code with the extension and waits until it serves windows. Throws with the end of its log when it does not. */
export async function startVscode(options: VscodeOptions): Promise<VscodeWindowServer> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'kubefresh-vscode-'));
  const userDataFolder = path.join(folder, 'user');
  const port = options.port ?? (await freePort());
  const base = `http://127.0.0.1:${port}`;
  let server: RunningProcess | undefined;

  const stop = async (): Promise<void> => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    await writeUserFiles(folder, options);
    await addExtension(folder, options);
    server = await startProcess({
      command: options.installation.node,
      args: [...commonArguments(folder, options), ...serverArguments(port, options)],
      logFile: path.join(folder, 'server.log'),
      cwd: folder,
      env: environment(folder, options),
    });
    await untilReady(base, server, options.password);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: (opened = options.workspace) => `${base}/?folder=${encodeURIComponent(path.resolve(opened))}`,
    userDataFolder,
    logFolder: path.join(userDataFolder, 'logs'),
    stop,
  };
}

async function writeUserFiles(folder: string, options: VscodeOptions): Promise<void> {
  const settings = {
    'workbench.startupEditor': 'none',
    'workbench.tips.enabled': false,
    'workbench.reduceMotion': 'on',
    'workbench.enableExperiments': false,
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'workbench.welcomePage.walkthroughs.openOnInstall': false,
    'workbench.colorTheme': 'Default Dark Modern',
    'chat.disableAIFeatures': true,
    'chat.commandCenter.enabled': false,
    'telemetry.telemetryLevel': 'off',
    'update.mode': 'none',
    'extensions.autoCheckUpdates': false,
    'extensions.autoUpdate': false,
    'extensions.ignoreRecommendations': true,
    'git.enabled': false,
    'security.workspace.trust.enabled': options.workspaceTrust === true,
    'security.workspace.trust.startupPrompt': 'never',
    ...options.settings,
  };
  await mkdir(path.join(folder, 'user', 'User'), { recursive: true });
  await mkdir(path.join(folder, 'extensions'));
  await writeFile(path.join(folder, 'user', 'User', 'settings.json'), JSON.stringify(settings, undefined, 2));
  // An empty file, else one in the user's home is written and read.
  await writeFile(path.join(folder, 'config.yaml'), '');
}

async function addExtension(folder: string, options: VscodeOptions): Promise<void> {
  const { extension, installation } = options;
  if ('vsix' in extension) {
    const args = [...commonArguments(folder, options), '--install-extension', path.resolve(extension.vsix), '--force'];
    await runTool(installation.node, args, { cwd: folder, env: environment(folder, options) });
    return;
  }
  const target = path.resolve(extension.folder);
  const manifest = JSON.parse(await readFile(path.join(target, 'package.json'), 'utf8')) as Record<string, string>;
  const name = `${manifest['publisher']}.${manifest['name']}-${manifest['version']}`;
  await symlink(target, path.join(folder, 'extensions', name));
}

function commonArguments(folder: string, { installation }: VscodeOptions): readonly string[] {
  return [
    installation.entry,
    ...['--config', path.join(folder, 'config.yaml')],
    ...['--user-data-dir', path.join(folder, 'user')],
    ...['--extensions-dir', path.join(folder, 'extensions')],
  ];
}

function serverArguments(port: number, options: VscodeOptions): readonly string[] {
  return [
    ...['--bind-addr', `127.0.0.1:${port}`, '--auth', options.password === undefined ? 'none' : 'password'],
    ...['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override', '--ignore-last-opened'],
    ...['--reconnection-grace-time', '10'],
    ...(options.workspaceTrust === true ? [] : ['--disable-workspace-trust']),
    ...(options.smokeTestDriver === true ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
    ...(options.extraArguments ?? []),
  ];
}

function environment(folder: string, options: VscodeOptions): NodeJS.ProcessEnv {
  // A VS Code or an npm around this process must not speak to this one.
  const foreign = /^(VSCODE_|ELECTRON_|npm_|PORT$|PASSWORD$|HASHED_PASSWORD$)/;
  const inherited = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return {
    ...Object.fromEntries(inherited),
    // No online gallery, which would be asked at every start.
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
    XDG_DATA_HOME: path.join(folder, 'xdg'),
    ...(options.password === undefined ? {} : { PASSWORD: options.password }),
    ...options.env,
  };
}

/** Asks for a window rather than for `/healthz`, which answers even when VS Code itself cannot be loaded. */
async function untilReady(base: string, server: RunningProcess, password: string | undefined): Promise<void> {
  const options = { limitMs: 60_000, everyMs: 100, details: () => server.logTail() };
  const ask = async (path: string, init?: RequestInit): Promise<Response | undefined> => {
    if (!server.isRunning()) throw new Error(`VS Code ended; ${server.logTail()}`);
    return fetch(`${base}${path}`, { ...init, redirect: 'manual' }).catch(() => undefined);
  };
  await waitFor(async () => ((await ask('/healthz'))?.ok === true ? true : undefined), {
    ...options,
    what: "VS Code's server",
  });
  const headers: Record<string, string> = {};
  if (password !== undefined) {
    const login = await ask('/login', { method: 'POST', body: new URLSearchParams({ password, base: '.' }) });
    headers['cookie'] = (login?.headers.getSetCookie() ?? []).map((cookie) => cookie.split(';')[0]).join('; ');
  }
  await waitFor(async () => ((await ask('/?ew=true', { headers }))?.status === 200 ? true : undefined), {
    ...options,
    what: "VS Code's window",
  });
}
