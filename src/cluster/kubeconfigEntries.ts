import path from 'node:path';
import { LineCounter, parseAllDocuments } from 'yaml';
import { answered, failed, type Answer, type Failure } from '../objects/failure';
import { flagIn, listIn, objectIn, textIn, withoutUndefined, type JsonObject } from './json';
import { configuration } from './requestFailures';

/** A cluster of a kubeconfig. Paths are absolute. */
export interface ClusterEntry {
  readonly server: string;
  readonly caData?: string;
  readonly caFile?: string;
  readonly tlsServerName?: string;
  readonly skipTlsVerify: boolean;
  readonly proxyUrl?: string;
  /** The cluster's settings for credential plugins: its extension `client.authentication.k8s.io/exec`. */
  readonly pluginConfig?: unknown;
}

/** How to run a credential plugin. Its `command` is a bare name or an absolute path. */
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

export interface ContextEntry {
  readonly cluster: string;
  readonly user: string;
  readonly namespace: string;
}

/** The entries of one or several files, by name. If a name is defined twice, the first definition wins. */
export class KubeconfigEntries {
  readonly clusters = new Map<string, ClusterEntry>();
  readonly users = new Map<string, UserEntry>();
  readonly contexts = new Map<string, ContextEntry>();
  readonly warnings: string[] = [];
  currentContext: string | undefined;
}

/** Adds the entries of one file. Fails if its text is no kubeconfig. */
export function addFile(file: string, text: string, entries: KubeconfigEntries): Failure | undefined {
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

/** The map in a file. Undefined if the file is empty. The file holds credentials, so messages quote none of its text. */
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

/**
 * Adds the entries of one list. An entry that cannot be used is left out with a warning.
 * @param decode Answers the entry, or what is wrong with it.
 */
function addEntries<T>(
  file: string,
  root: JsonObject,
  list: string,
  field: string,
  into: Map<string, T>,
  entries: KubeconfigEntries,
  decode: (entry: JsonObject) => T | string,
): void {
  const seen = new Set<string>();
  for (const [index, item] of listIn(root[list]).entries()) {
    const warn = (what: string): void => void entries.warnings.push(`${file}: ${what}`);
    const name = unquotedTextIn(objectIn(item)?.['name']);
    if (name === undefined) {
      warn(`${list}[${index}] has no name.`);
      continue;
    }
    const entry = objectIn(objectIn(item)?.[field]) ?? {};
    const value = decode(entry);
    if (typeof value === 'string') warn(`${field} ${quoted(name)} ${value}.`);
    else if (seen.has(name)) warn(`${field} ${quoted(name)} is defined twice.`);
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
  return withoutUndefined<ClusterEntry>({
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
  const cluster = unquotedTextIn(entry['cluster']);
  if (cluster === undefined) return 'names no cluster';
  return {
    cluster,
    user: unquotedTextIn(entry['user']) ?? '',
    namespace: unquotedTextIn(entry['namespace']) ?? 'default',
  };
}

function userEntry(entry: JsonObject, folder: string): UserEntry | string {
  const plugin = entry['exec'] === undefined || entry['exec'] === null ? undefined : pluginEntry(entry['exec'], folder);
  if (typeof plugin === 'string') return plugin;
  const provider = objectIn(entry['auth-provider']);
  const providerConfig = objectIn(provider?.['config']) ?? {};
  const extra = Object.entries(objectIn(entry['as-user-extra']) ?? {});
  return withoutUndefined<UserEntry>({
    certData: textIn(entry['client-certificate-data']),
    certFile: fileIn(entry['client-certificate'], folder),
    keyData: textIn(entry['client-key-data']),
    keyFile: fileIn(entry['client-key'], folder),
    token: unquotedTextIn(entry['token']),
    tokenFile: fileIn(entry['tokenFile'] ?? entry['token-file'], folder),
    username: unquotedTextIn(entry['username']),
    password: unquotedTextIn(entry['password']),
    impersonateUser: unquotedTextIn(entry['as']),
    impersonateGroups: unquotedTextsIn(entry['as-groups']),
    impersonateUid: unquotedTextIn(entry['as-uid']),
    impersonateExtra: Object.fromEntries(extra.map(([key, values]) => [key, unquotedTextsIn(values)])),
    plugin,
    authProvider:
      provider === undefined
        ? undefined
        : withoutUndefined<NonNullable<UserEntry['authProvider']>>({
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
  return withoutUndefined<PluginEntry>({
    apiVersion: textIn(entry['apiVersion']) ?? '',
    // As for a shell: a name with a slash is a file, a bare name is searched in PATH.
    command: isPath(command) ? path.resolve(folder, command) : command,
    args: unquotedTextsIn(entry['args']),
    env: env.flatMap((item) => {
      const name = unquotedTextIn(item?.['name']);
      return name === undefined ? [] : [{ name, value: unquotedTextIn(item?.['value']) ?? '' }];
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

/** A text. Without quotes, YAML may take it for a number or a boolean. */
function unquotedTextIn(value: unknown): string | undefined {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : textIn(value);
}

function unquotedTextsIn(value: unknown): readonly string[] {
  return listIn(value).flatMap((item) => unquotedTextIn(item) ?? []);
}

/** A name in messages. */
export function quoted(name: string): string {
  return JSON.stringify(name);
}
