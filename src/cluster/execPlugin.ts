import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import { answered, failed, type Answer } from '../objects/failure';
import type { ClusterHost } from './contract';
import { credentials } from './requestFailures';
import { objectIn, withoutUndefined, textIn } from './json';
import type { PluginEntry } from './kubeconfigEntries';
import { redactedFirstLine } from './redaction';

/** What a credential plugin printed: a token, a client certificate with its key, or both. */
export interface PluginCredential {
  readonly token?: string;
  /** PEM. */
  readonly certificate?: string;
  /** PEM. */
  readonly key?: string;
  /** Milliseconds since 1970. Absent: valid until the server refuses it. */
  readonly expiresAt?: number;
}

/** `spec.cluster` of `KUBERNETES_EXEC_INFO`. */
export type PluginClusterInfo = Readonly<Record<string, unknown>>;

export type PluginHost = Pick<ClusterHost, 'clock' | 'env' | 'pluginFolders' | 'pluginTimeoutMs'>;

const apiVersions: ReadonlySet<string> = new Set([
  'client.authentication.k8s.io/v1',
  'client.authentication.k8s.io/v1beta1',
]);
const maxOutputBytes = 1024 * 1024;
const maxErrorTextBytes = 8 * 1024;
const runItYourself = 'Run it in a terminal to see why; perhaps it wants a log-in.';

/**
 * Runs a credential plugin (client-go's exec credentials) and reads the credential that it prints. Of its output only
 * the redacted first line of its error output reaches a message.
 * @param signal Aborting it kills the plugin.
 */
export async function runPlugin(
  plugin: PluginEntry,
  cluster: PluginClusterInfo | undefined,
  host: PluginHost,
  signal: AbortSignal,
): Promise<Answer<PluginCredential>> {
  if (!apiVersions.has(plugin.apiVersion)) {
    return failed(
      credentials(
        `Credential plugin ${plugin.command} uses API version ${JSON.stringify(plugin.apiVersion)}; ` +
          `client.authentication.k8s.io/v1 and v1beta1 are supported. Update the user in the kubeconfig.`,
      ),
    );
  }
  if (plugin.interactiveMode === 'Always') {
    return failed(
      credentials(
        `Credential plugin ${plugin.command} needs a terminal (interactiveMode Always). Run kubectl once, or change the mode.`,
      ),
    );
  }
  const env = environment(plugin, cluster, host.env);
  const found = await findCommand(plugin, env, host.pluginFolders);
  if (!found.ok) return found;
  const output = await run(found.value, plugin, env, host, signal);
  return output.ok ? readCredential(plugin, output.value) : output;
}

function environment(
  plugin: PluginEntry,
  cluster: PluginClusterInfo | undefined,
  env: PluginHost['env'],
): Record<string, string | undefined> {
  const info = {
    kind: 'ExecCredential',
    apiVersion: plugin.apiVersion,
    spec: { ...(cluster === undefined ? {} : { cluster }), interactive: false },
  };
  const own = Object.fromEntries(plugin.env.map(({ name, value }) => [name, value]));
  return { ...env, ...own, KUBERNETES_EXEC_INFO: JSON.stringify(info) };
}

async function findCommand(
  plugin: PluginEntry,
  env: Readonly<Record<string, string | undefined>>,
  moreFolders: readonly string[],
): Promise<Answer<string>> {
  const hint = plugin.installHint === undefined ? '' : ` ${plugin.installHint.trim()}`;
  if (path.isAbsolute(plugin.command)) {
    if (await isExecutable(plugin.command)) return answered(plugin.command);
    return failed(
      credentials(
        `Credential plugin ${plugin.command} does not exist or cannot be run. Install it, or check the kubeconfig.${hint}`,
      ),
    );
  }
  const searchPath = pathIn(env);
  const folders = [...searchPath.split(path.delimiter).filter((folder) => folder !== ''), ...moreFolders];
  // Windows starts scripts only through a shell, and a shell would interpret the arguments.
  const endings = process.platform === 'win32' ? ['.exe', '.com', ''] : [''];
  for (const folder of folders) {
    for (const ending of endings) {
      const file = path.join(folder, plugin.command + ending);
      if (await isExecutable(file)) return answered(file);
    }
  }
  const also = moreFolders.length === 0 ? '' : `, nor in ${moreFolders.join(', ')}`;
  return failed(
    credentials(
      `Credential plugin ${plugin.command} was not found in PATH (${searchPath})${also}. Install it, or add its folder to the setting kubefresh.credentialPlugins.folders.${hint}`,
    ),
  );
}

/** Windows ignores the case of variable names. */
function pathIn(env: Readonly<Record<string, string | undefined>>): string {
  if (process.platform !== 'win32') return env['PATH'] ?? '';
  return Object.entries(env).find(([name]) => name.toUpperCase() === 'PATH')?.[1] ?? '';
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

function run(
  file: string,
  plugin: PluginEntry,
  env: Record<string, string | undefined>,
  host: PluginHost,
  signal: AbortSignal,
): Promise<Answer<string>> {
  const notNeeded = failed({ kind: 'cancelled', message: `Credential plugin ${plugin.command} is no longer needed.` });
  if (signal.aborted) return Promise.resolve(notNeeded);
  return new Promise((resolve) => {
    // A process group of its own, so that killing it also ends what the plugin started.
    const child = spawn(file, plugin.args, {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      detached: process.platform !== 'win32',
    });
    const output = new FirstBytes(maxOutputBytes);
    const errorOutput = new FirstBytes(maxErrorTextBytes);
    child.stdout.on('data', (chunk: Buffer) => {
      output.add(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      errorOutput.add(chunk);
    });
    const stop = (answer: Answer<string>): void => {
      killGroup(child);
      settle(answer);
    };
    const pluginFailure = (what: string): Answer<string> =>
      failed(credentials(`Credential plugin ${plugin.command} ${what} ${runItYourself}`));
    const limit = host.clock.after(host.pluginTimeoutMs, () => {
      stop(pluginFailure(`did not finish within ${Math.round(host.pluginTimeoutMs / 1000)} s and was ended.`));
    });
    const abort = (): void => {
      stop(notNeeded);
    };
    const settle = (answer: Answer<string>): void => {
      limit.dispose();
      signal.removeEventListener('abort', abort);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve(answer);
    };
    signal.addEventListener('abort', abort, { once: true });
    child.on('error', (error: NodeJS.ErrnoException) => {
      settle(pluginFailure(`could not be started (${error.code ?? 'unknown'}).`));
    });
    child.on('close', (code, endedBy) => {
      if (code === 0) {
        settle(output.isCut ? pluginFailure('printed more than a credential.') : answered(output.text()));
        return;
      }
      const reason = redactedFirstLine(errorOutput.text());
      const how = code === null ? `was ended by ${endedBy ?? 'a signal'}` : `failed with code ${code}`;
      const fullStop = /[.!?]$/.test(reason) ? '' : '.';
      settle(pluginFailure(`${how}${reason === '' ? '' : `: ${reason}`}${fullStop}`));
    });
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The plugin has ended by itself.
  }
}

/** The first bytes of what a process prints. */
class FirstBytes {
  readonly #maxBytes: number;
  readonly #chunks: Buffer[] = [];
  #receivedBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get isCut(): boolean {
    return this.#receivedBytes > this.#maxBytes;
  }

  add(chunk: Buffer): void {
    if (!this.isCut) this.#chunks.push(chunk);
    this.#receivedBytes += chunk.length;
  }

  text(): string {
    return Buffer.concat(this.#chunks).subarray(0, this.#maxBytes).toString('utf8');
  }
}

function readCredential(plugin: PluginEntry, output: string): Answer<PluginCredential> {
  const wrong = (what: string): Answer<PluginCredential> =>
    failed(credentials(`Credential plugin ${plugin.command} did not print a credential: ${what}. ${runItYourself}`));
  if (output.trim() === '') return wrong('it printed nothing');
  let value: unknown;
  try {
    value = JSON.parse(output);
  } catch {
    return wrong('its output is not JSON');
  }
  const credential = objectIn(value);
  if (credential?.['kind'] !== 'ExecCredential') return wrong('its output is not of the kind ExecCredential');
  if (credential['apiVersion'] !== plugin.apiVersion) {
    return wrong(`its output has another API version than ${plugin.apiVersion}`);
  }
  const status = objectIn(credential['status']);
  if (status === undefined) return wrong('its output has no status');
  const token = textIn(status['token'])?.trim();
  const certificate = textIn(status['clientCertificateData']);
  const key = textIn(status['clientKeyData']);
  if ((certificate === undefined) !== (key === undefined))
    return wrong('a certificate needs a key and a key a certificate');
  if (token === undefined && certificate === undefined) return wrong('it has neither a token nor a certificate');
  const expiry = textIn(status['expirationTimestamp']);
  const expiresAt = expiry === undefined ? undefined : Date.parse(expiry);
  if (Number.isNaN(expiresAt)) return wrong('its expirationTimestamp is not a time');
  return answered(withoutUndefined<PluginCredential>({ token, certificate, key, expiresAt }));
}
