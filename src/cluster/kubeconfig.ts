import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { answered, failed, type Answer, type Failure } from '../objects/failure';
import type { ContextInfo, Kubeconfig, KubeconfigFiles, KubeconfigReading, KubeconfigSource } from './contract';
import { configuration } from './requestFailures';
import { addFile, KubeconfigEntries, quoted, type ClusterEntry, type UserEntry } from './kubeconfigEntries';

/** A context with the cluster and the user that it names. */
export interface ResolvedContext {
  readonly info: ContextInfo;
  readonly cluster: ClusterEntry;
  /** A context without a user sends no credentials. */
  readonly user: UserEntry | undefined;
}

/** The address of a server as it may be shown: it may hold a user and a password. */
function withoutUser(server: string): string {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url === undefined || (url.username === '' && url.password === '')) return server;
  url.username = '';
  url.password = '';
  return url.href.replace(/\/+$/, '');
}

/** A kubeconfig. Its credentials are private, so that printing or serialising it does not show them. */
export class LoadedKubeconfig implements Kubeconfig {
  readonly files: readonly string[];
  readonly currentContext: string | undefined;
  readonly contexts: readonly ContextInfo[];
  readonly warnings: readonly string[];
  readonly #entries: KubeconfigEntries;

  constructor(files: readonly string[], entries: KubeconfigEntries) {
    this.files = files;
    this.currentContext = entries.currentContext;
    this.contexts = [...entries.contexts].map(([name, context]) => {
      const cluster = entries.clusters.get(context.cluster);
      return {
        name,
        ...context,
        server: withoutUser(cluster?.server ?? ''),
        fingerprint: fingerprintOf([name, context, cluster, entries.users.get(context.user)]),
      };
    });
    this.warnings = entries.warnings;
    this.#entries = entries;
  }

  /** Looks up what a context names. Fails as kubectl does: no such context, cluster or user. */
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

/**
 * Keeps a password from being found by comparing digests of guesses. Another process has another salt, but fingerprints
 * are compared within one process only.
 */
const salt = randomBytes(16);

function fingerprintOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(salt).update(JSON.stringify(parts)).digest('hex');
}

const podAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Finds, reads and merges the kubeconfig as kubectl does. If one file cannot be read, the kubeconfig is broken: without
 * that file, a name could mean another cluster.
 * @param accountFolder The folder with the token of the pod's service account.
 */
export async function readKubeconfig(
  source: KubeconfigSource,
  accountFolder = podAccountFolder,
): Promise<KubeconfigReading> {
  if ('inline' in source) return readInline(source.inline);
  const { files, isSetting } = filesOf(source);
  const entries = new KubeconfigEntries();
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
    const account = isSetting ? undefined : await podAccount(source, accountFolder, files);
    return account === undefined ? { state: 'none', searched: files } : { state: 'loaded', kubeconfig: account };
  }
  entries.warnings.push(...missing.map((file) => `${file} does not exist.`));
  warnOfDanglingNames(entries);
  return { state: 'loaded', kubeconfig: new LoadedKubeconfig(files, entries) };
}

/** Stands in messages for the name of a file. */
const inlineName = 'The kubeconfig in memory';

function readInline(text: string): KubeconfigReading {
  const entries = new KubeconfigEntries();
  const failure = addFile(inlineName, text, entries) ?? refusalOfNamedFiles(entries);
  if (failure !== undefined) return { state: 'broken', file: inlineName, failure, searched: [] };
  warnOfDanglingNames(entries);
  return { state: 'loaded', kubeconfig: new LoadedKubeconfig([], entries) };
}

/** Fails for a kubeconfig that names a file or a program. */
function refusalOfNamedFiles({ clusters, users }: KubeconfigEntries): Failure | undefined {
  const named = [
    ...[...clusters.values()].map(({ caFile }) => caFile),
    ...[...users.values()].flatMap((user) => [user.certFile, user.keyFile, user.tokenFile, user.plugin?.command]),
  ];
  return named.every((name) => name === undefined)
    ? undefined
    : configuration(`${inlineName} names a file or a program, which it may not.`);
}

function filesOf(source: KubeconfigFiles): { readonly files: readonly string[]; readonly isSetting: boolean } {
  const absolute = (file: string): string =>
    path.resolve(source.home, /^~(?=$|[\\/])/.test(file) ? `.${file.slice(1)}` : file);
  const settings = source.paths.filter((file) => file !== '');
  if (settings.length > 0) return { files: distinct(settings.map(absolute)), isSetting: true };
  const listed = (source.env['KUBECONFIG'] ?? '').split(path.delimiter).filter((file) => file !== '');
  // kubectl resolves these against its working directory. An editor's is arbitrary, so the home folder takes its place.
  const files = listed.length > 0 ? distinct(listed.map(absolute)) : [path.join(source.home, '.kube', 'config')];
  return { files, isSetting: false };
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

function warnOfDanglingNames(entries: KubeconfigEntries): void {
  for (const [name, context] of entries.contexts) {
    if (!entries.clusters.has(context.cluster)) {
      entries.warnings.push(`Context ${quoted(name)} names cluster ${quoted(context.cluster)}, which no file defines.`);
    }
    if (context.user !== '' && !entries.users.has(context.user)) {
      entries.warnings.push(`Context ${quoted(name)} names user ${quoted(context.user)}, which no file defines.`);
    }
  }
}

/** The kubeconfig of the service account, if this process runs in a pod. */
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
  const entries = new KubeconfigEntries();
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
