import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { LineCounter, parseAllDocuments } from 'yaml';
import { answered, failed, type Answer, type Failure } from '../objects/failure';
import type { ContextInfo, Kubeconfig, KubeconfigFiles, KubeconfigReading, KubeconfigSource } from './contract';
import { configuration } from './requestFailures';
import { flagIn, listIn, objectIn, present, textIn, type JsonObject } from './json';

/** A cluster of a kubeconfig. Paths are absolute. */
export interface ClusterEntry {
  readonly server: string;
  readonly caData?: string;
  readonly caFile?: string;
  readonly tlsServerName?: string;
  readonly skipTlsVerify: boolean;
  readonly proxyUrl?: string;
  /** What the cluster wants its credential plugins to know: `extensions` of the name `client.authentication.k8s.io/exec`. */
  readonly pluginConfig?: unknown;
}

/** How to run a credential plugin. A relative `command` with a slash is already resolved. */
export interface PluginEntry {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly installHint?: string;
  readonly provideClusterInfo: boolean;
  readonly interactiveMode?: string;
}

/** A user of a kubeconfig. Paths are absolute. */
export interface UserEntry {
  readonly certData?: string;
  readonly certFile?: string;
  readonly keyData?: string;
  readonly keyFile?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly username?: string;
  readonly password?: string;
  readonly impersonateUser?: string;
  readonly impersonateGroups: readonly string[];
  readonly impersonateUid?: string;
  readonly impersonateExtra: Readonly<Record<string, readonly string[]>>;
  readonly plugin?: PluginEntry;
  readonly authProvider?: { readonly name: string; readonly token?: string };
}

/** A context with all that it names. */
export interface ResolvedContext {
  readonly info: ContextInfo;
  readonly cluster: ClusterEntry;
  /** A context without a user sends no credentials. */
  readonly user: UserEntry | undefined;
}

interface ContextEntry {
  readonly cluster: string;
  readonly user: string;
  readonly namespace: string;
}

/** The entries of one or several files, by name. The first definition of a name wins. */
class Entries {
  readonly clusters = new Map<string, ClusterEntry>();
  readonly users = new Map<string, UserEntry>();
  readonly contexts = new Map<string, ContextEntry>();
  readonly warnings: string[] = [];
  currentContext: string | undefined;
}

/** A kubeconfig whose credentials are out of sight of whoever prints or serialises it. */
export class LoadedKubeconfig implements Kubeconfig {
  readonly files: readonly string[];
  readonly currentContext: string | undefined;
  readonly contexts: readonly ContextInfo[];
  readonly warnings: readonly string[];
  readonly #entries: Entries;

  constructor(files: readonly string[], entries: Entries) {
    this.files = files;
    this.currentContext = entries.currentContext;
    this.contexts = [...entries.contexts].map(([name, context]) => {
      const cluster = entries.clusters.get(context.cluster);
      return {
        name,
        ...context,
        server: cluster?.server ?? '',
        fingerprint: fingerprintOf([name, context, cluster, entries.users.get(context.user)]),
      };
    });
    this.warnings = entries.warnings;
    this.#entries = entries;
  }

  /** What a context names. Fails where kubectl refuses: no such context, cluster or user. */
  resolve(name: string): Answer<ResolvedContext> {
    const info = this.contexts.find((context) => context.name === name);
    if (info === undefined) return failed(configuration(`The kubeconfig has no context ${quoted(name)}.`));
    const cluster = this.#entries.clusters.get(info.cluster);
    if (cluster === undefined) {
      return failed(
        configuration(`Context ${quoted(name)} names cluster ${quoted(info.cluster)}, which no file defines.`),
      );
    }
    const user = this.#entries.users.get(info.user);
    if (user === undefined && info.user !== '') {
      return failed(configuration(`Context ${quoted(name)} names user ${quoted(info.user)}, which no file defines.`));
    }
    return answered({ info, cluster, user });
  }
}

/** So that a password cannot be found by comparing digests of guesses. Fingerprints are compared within one process. */
const salt = randomBytes(16);

function fingerprintOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(salt).update(JSON.stringify(parts)).digest('hex');
}

const podAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Finds, reads and merges the kubeconfig as kubectl does. A file that cannot be read makes the whole broken rather
 * than being passed over: without it, a name could come to mean another cluster.
 * @param accountFolder Where a pod finds the token of its service account.
 */
export async function readKubeconfig(
  source: KubeconfigSource,
  accountFolder = podAccountFolder,
): Promise<KubeconfigReading> {
  if ('inline' in source) return readInline(source.inline);
  const { files, chosen } = filesOf(source);
  const entries = new Entries();
  const missing: string[] = [];
  for (const file of files) {
    const text = await textOf(file);
    if (!text.ok) return { state: 'broken', file, failure: text.failure, searched: files };
    if (text.value === undefined) {
      missing.push(file);
      continue;
    }
    const failure = addFile(file, text.value, entries);
    if (failure !== undefined) return { state: 'broken', file, failure, searched: files };
  }
  if (missing.length === files.length) {
    const account = chosen ? undefined : await podAccount(source, accountFolder, files);
    return account === undefined ? { state: 'none', searched: files } : { state: 'loaded', kubeconfig: account };
  }
  entries.warnings.push(...missing.map((file) => `${file} does not exist.`));
  warnOfDanglingNames(entries);
  return { state: 'loaded', kubeconfig: new LoadedKubeconfig(files, entries) };
}

/** What messages call a kubeconfig that is no file. */
const inlineName = 'The kubeconfig in memory';

function readInline(text: string): KubeconfigReading {
  const entries = new Entries();
  const failure = addFile(inlineName, text, entries) ?? leadsOutside(entries);
  if (failure !== undefined) return { state: 'broken', file: inlineName, failure, searched: [] };
  warnOfDanglingNames(entries);
  return { state: 'loaded', kubeconfig: new LoadedKubeconfig([], entries) };
}

/** The failure of a kubeconfig that would have a file read or a program run. */
function leadsOutside({ clusters, users }: Entries): Failure | undefined {
  const named = [
    ...[...clusters.values()].map(({ caFile }) => caFile),
    ...[...users.values()].flatMap(({ certFile, keyFile, tokenFile, plugin }) => [
      certFile,
      keyFile,
      tokenFile,
      plugin?.command,
    ]),
  ];
  return named.every((name) => name === undefined)
    ? undefined
    : configuration(`${inlineName} names a file or a program, which it may not.`);
}

function filesOf(source: KubeconfigFiles): { readonly files: readonly string[]; readonly chosen: boolean } {
  const absolute = (file: string): string =>
    path.resolve(source.home, /^~(?=$|[\\/])/.test(file) ? `.${file.slice(1)}` : file);
  const settings = source.paths.filter((file) => file !== '');
  if (settings.length > 0) return { files: distinct(settings.map(absolute)), chosen: true };
  const listed = (source.env['KUBECONFIG'] ?? '').split(path.delimiter).filter((file) => file !== '');
  // kubectl resolves these against its working directory, and an editor's is arbitrary: the home folder is as good.
  const files = listed.length > 0 ? distinct(listed.map(absolute)) : [path.join(source.home, '.kube', 'config')];
  return { files, chosen: false };
}

function distinct(files: readonly string[]): readonly string[] {
  return [...new Set(files)];
}

/** The text of a file, or undefined if it does not exist. */
async function textOf(file: string): Promise<Answer<string | undefined>> {
  try {
    return answered(await readFile(file, 'utf8'));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    if (code === 'ENOENT' || code === 'ENOTDIR') return answered(undefined);
    return failed(configuration(`${file} cannot be read (${code}).`));
  }
}

function addFile(file: string, text: string, entries: Entries): Failure | undefined {
  const content = parse(file, text);
  if (!content.ok) return content.failure;
  const root = content.value;
  if (root === undefined) return undefined;
  const folder = path.dirname(file);
  addEntries(file, root, 'clusters', 'cluster', entries.clusters, entries, (entry) => clusterEntry(entry, folder));
  addEntries(file, root, 'users', 'user', entries.users, entries, (entry) => userEntry(entry, folder));
  addEntries(file, root, 'contexts', 'context', entries.contexts, entries, contextEntry);
  entries.currentContext ??= textIn(root['current-context']);
  return undefined;
}

/** The map in a file; undefined if the file is empty. Messages tell places, never text: the file holds credentials. */
function parse(file: string, text: string): Answer<JsonObject | undefined> {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' });
  const first = Array.isArray(documents) ? documents[0] : undefined;
  if (first === undefined) return answered(undefined);
  const error = first.errors[0];
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    return failed(configuration(`${file} is not valid YAML (line ${line}, column ${col}: ${error.code}).`));
  }
  let value: unknown;
  try {
    value = first.toJS();
  } catch {
    return failed(configuration(`${file} is not valid YAML: its aliases cannot be resolved.`));
  }
  if (value === null || value === undefined) return answered(undefined);
  const root = objectIn(value);
  return root === undefined ? failed(configuration(`${file} is not a kubeconfig: it holds no map.`)) : answered(root);
}

function addEntries<T>(
  file: string,
  root: JsonObject,
  list: string,
  field: string,
  into: Map<string, T>,
  entries: Entries,
  read: (entry: JsonObject) => T | string,
): void {
  const seen = new Set<string>();
  for (const [index, item] of listIn(root[list]).entries()) {
    const passOver = (what: string): void => void entries.warnings.push(`${file}: ${what}`);
    const name = scalar(objectIn(item)?.['name']);
    if (name === undefined) {
      passOver(`${list}[${index}] has no name.`);
      continue;
    }
    const entry = objectIn(objectIn(item)?.[field]) ?? {};
    const value = read(entry);
    if (typeof value === 'string') passOver(`${field} ${quoted(name)} ${value}.`);
    else if (seen.has(name)) passOver(`${field} ${quoted(name)} is defined twice.`);
    else if (!into.has(name)) into.set(name, value);
    seen.add(name);
  }
}

function clusterEntry(entry: JsonObject, folder: string): ClusterEntry | string {
  const server = textIn(entry['server']);
  if (server === undefined) return 'has no server';
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    return 'has a server that is not an http or https address';
  }
  const extension = listIn(entry['extensions'])
    .map(objectIn)
    .find((candidate) => candidate?.['name'] === 'client.authentication.k8s.io/exec');
  return present<ClusterEntry>({
    server: server.replace(/\/+$/, ''),
    caData: textIn(entry['certificate-authority-data']),
    caFile: fileIn(entry['certificate-authority'], folder),
    tlsServerName: textIn(entry['tls-server-name']),
    skipTlsVerify: flagIn(entry['insecure-skip-tls-verify']) ?? false,
    proxyUrl: textIn(entry['proxy-url']),
    pluginConfig: extension?.['extension'],
  });
}

function contextEntry(entry: JsonObject): ContextEntry | string {
  const cluster = scalar(entry['cluster']);
  if (cluster === undefined) return 'names no cluster';
  return { cluster, user: scalar(entry['user']) ?? '', namespace: scalar(entry['namespace']) ?? 'default' };
}

function userEntry(entry: JsonObject, folder: string): UserEntry | string {
  const plugin = entry['exec'] === undefined || entry['exec'] === null ? undefined : pluginEntry(entry['exec'], folder);
  if (typeof plugin === 'string') return plugin;
  const provider = objectIn(entry['auth-provider']);
  const providerConfig = objectIn(provider?.['config']) ?? {};
  const extra = Object.entries(objectIn(entry['as-user-extra']) ?? {});
  return present<UserEntry>({
    certData: textIn(entry['client-certificate-data']),
    certFile: fileIn(entry['client-certificate'], folder),
    keyData: textIn(entry['client-key-data']),
    keyFile: fileIn(entry['client-key'], folder),
    token: scalar(entry['token']),
    tokenFile: fileIn(entry['tokenFile'] ?? entry['token-file'], folder),
    username: scalar(entry['username']),
    password: scalar(entry['password']),
    impersonateUser: scalar(entry['as']),
    impersonateGroups: scalars(entry['as-groups']),
    impersonateUid: scalar(entry['as-uid']),
    impersonateExtra: Object.fromEntries(extra.map(([key, values]) => [key, scalars(values)])),
    plugin,
    authProvider:
      provider === undefined
        ? undefined
        : present<NonNullable<UserEntry['authProvider']>>({
            name: textIn(provider['name']) ?? '',
            token: textIn(providerConfig['id-token']) ?? textIn(providerConfig['access-token']),
          }),
  });
}

function pluginEntry(value: unknown, folder: string): PluginEntry | string {
  const entry = objectIn(value) ?? {};
  const command = textIn(entry['command']);
  if (command === undefined) return 'has an exec plugin without a command';
  const env = listIn(entry['env']).map(objectIn);
  return present<PluginEntry>({
    apiVersion: textIn(entry['apiVersion']) ?? '',
    // A bare name is searched in PATH; one with a slash is a file, as for a shell.
    command: isPath(command) ? path.resolve(folder, command) : command,
    args: scalars(entry['args']),
    env: env.flatMap((item) => {
      const name = scalar(item?.['name']);
      return name === undefined ? [] : [{ name, value: scalar(item?.['value']) ?? '' }];
    }),
    installHint: textIn(entry['installHint']),
    provideClusterInfo: flagIn(entry['provideClusterInfo']) ?? false,
    interactiveMode: textIn(entry['interactiveMode']),
  });
}

function isPath(command: string): boolean {
  return command.includes('/') || command.includes(path.sep);
}

function fileIn(value: unknown, folder: string): string | undefined {
  const file = textIn(value);
  return file === undefined ? undefined : path.resolve(folder, file);
}

/** A text, also where YAML takes it for a number or a flag because it has no quotes. */
function scalar(value: unknown): string | undefined {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : textIn(value);
}

function scalars(value: unknown): readonly string[] {
  return listIn(value).flatMap((item) => scalar(item) ?? []);
}

function warnOfDanglingNames(entries: Entries): void {
  for (const [name, context] of entries.contexts) {
    if (!entries.clusters.has(context.cluster)) {
      entries.warnings.push(`Context ${quoted(name)} names cluster ${quoted(context.cluster)}, which no file defines.`);
    }
    if (context.user !== '' && !entries.users.has(context.user)) {
      entries.warnings.push(`Context ${quoted(name)} names user ${quoted(context.user)}, which no file defines.`);
    }
  }
}

/** The account of the pod that this process runs in, if it runs in one. */
async function podAccount(
  source: KubeconfigFiles,
  folder: string,
  searched: readonly string[],
): Promise<LoadedKubeconfig | undefined> {
  const host = source.env['KUBERNETES_SERVICE_HOST'];
  const port = source.env['KUBERNETES_SERVICE_PORT'];
  if (host === undefined || host === '' || port === undefined || port === '') return undefined;
  const tokenFile = path.join(folder, 'token');
  const token = await textOf(tokenFile);
  if (!token.ok || token.value === undefined) return undefined;
  const namespace = await textOf(path.join(folder, 'namespace'));
  const name = 'in-cluster';
  const entries = new Entries();
  entries.clusters.set(name, {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    caFile: path.join(folder, 'ca.crt'),
    skipTlsVerify: false,
  });
  entries.users.set(name, { tokenFile, impersonateGroups: [], impersonateExtra: {} });
  const own = namespace.ok ? (namespace.value ?? '').trim() : '';
  entries.contexts.set(name, { cluster: name, user: name, namespace: own === '' ? 'default' : own });
  entries.currentContext = name;
  return new LoadedKubeconfig(searched, entries);
}

function quoted(name: string): string {
  return JSON.stringify(name);
}
