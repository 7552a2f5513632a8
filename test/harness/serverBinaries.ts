import { createHash } from 'node:crypto';
import { access, constants, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { cacheFolder } from './cacheFolder';
import { goModule } from './goModule';
import { withLock } from './lock';
import { runTool } from './processes';

/** Programs of one Kubernetes release, as absolute paths. */
export interface ServerBinaries {
  readonly etcd: string;
  readonly kubeApiserver: string;
  readonly kubectl?: string;
  /** Where they come from, as a person would say it. */
  readonly source: string;
}

/** Answers undefined and a reason when this way leads nowhere. */
type Finding = { readonly binaries: ServerBinaries } | { readonly reason: string };

const index = 'https://raw.githubusercontent.com/kubernetes-sigs/controller-tools/HEAD/envtest-releases.yaml';

/**
 * Finds etcd and kube-apiserver: in KUBEBUILDER_ASSETS, in the project's cache folder, from the official envtest archive
 * (which is then cached), or built from Go modules (cached too; some minutes). Says what it does and what it took.
 * Throws, naming all four ways and what was wrong with each, when none works.
 */
export async function findServerBinaries(say: (line: string) => void): Promise<ServerBinaries> {
  const version = await pinnedVersion();
  const ways: readonly (readonly [string, () => Promise<Finding>])[] = [
    ['the folder named by KUBEBUILDER_ASSETS', fromEnvironment],
    [`the cache folder ${cacheFolder('servers')}`, () => fromCache(version)],
  ];
  const costlyWays: readonly (readonly [string, () => Promise<Finding>])[] = [
    ['the official envtest archive', () => fromArchive(version, say)],
    ['a build from Go modules', () => fromGoModules(version, say)],
  ];

  const quick = await firstOf(ways);
  if ('binaries' in quick) return announce(quick.binaries, say);
  const lock = cacheFolder('servers', 'lock');
  const found = await withLock(lock, say, () => firstOf([...ways, ...costlyWays]));
  if ('binaries' in found) return announce(found.binaries, say);
  throw new Error(`no etcd and kube-apiserver for Kubernetes ${version}. Tried:\n${found.reason}`);
}

function announce(binaries: ServerBinaries, say: (line: string) => void): ServerBinaries {
  say(`API server: ${binaries.source}`);
  return binaries;
}

async function firstOf(ways: readonly (readonly [string, () => Promise<Finding>])[]): Promise<Finding> {
  const reasons: string[] = [];
  for (const [name, way] of ways) {
    const finding = await way().catch((error: unknown) => ({ reason: reasonOf(error) }));
    if ('binaries' in finding) return finding;
    reasons.push(`  ${reasons.length + 1}. ${name}: ${finding.reason}`);
  }
  return { reason: reasons.join('\n') };
}

/** The Kubernetes version that servers/go.mod requires. */
async function pinnedVersion(): Promise<string> {
  const text = await readFile(path.join(moduleFolder(), 'go.mod'), 'utf8');
  const version = /^\tk8s\.io\/kubernetes (v\d+\.\d+\.\d+)$/m.exec(text)?.[1];
  if (version === undefined) throw new Error('test/harness/servers/go.mod does not require k8s.io/kubernetes');
  return version;
}

function moduleFolder(): string {
  return path.join(process.cwd(), 'test', 'harness', 'servers');
}

async function fromEnvironment(): Promise<Finding> {
  const folder = process.env['KUBEBUILDER_ASSETS'] ?? '';
  return folder === '' ? { reason: 'it is not set' } : inFolder(folder, `KUBEBUILDER_ASSETS (${folder})`);
}

/** Any release of the pinned minor version will do: an archive may exist for another patch of it. */
async function fromCache(version: string): Promise<Finding> {
  const folders = await readdir(cacheFolder('servers')).catch(() => []);
  const releases = folders.filter((name) => name.endsWith(`-${platform()}`) && minorOf(name) === minorOf(version));
  const newest = releases.sort(byVersion).at(-1);
  if (newest === undefined) return { reason: `it has none of ${minorOf(version)} for ${platform()}` };
  const folder = cacheFolder('servers', newest);
  const origin = await readFile(path.join(folder, 'ORIGIN'), 'utf8').catch(() => '');
  return inFolder(folder, `${folder}${origin === '' ? '' : `, ${origin.trim()}`}`);
}

async function inFolder(folder: string, source: string): Promise<Finding> {
  const [etcd, kubeApiserver, kubectl] = ['etcd', 'kube-apiserver', 'kubectl'].map((name) => path.join(folder, name));
  for (const file of [etcd!, kubeApiserver!]) {
    if (!(await isExecutable(file))) return { reason: `${file} is not an executable file` };
  }
  const optional = (await isExecutable(kubectl!)) ? { kubectl: kubectl! } : {};
  return { binaries: { etcd: etcd!, kubeApiserver: kubeApiserver!, ...optional, source } };
}

async function fromArchive(version: string, say: (line: string) => void): Promise<Finding> {
  const archive = await findArchive(version);
  if (archive === undefined) return { reason: `the index has no archive of ${minorOf(version)} for ${platform()}` };
  say(`Downloading ${archive.url}`);
  const response = await fetch(archive.url, { signal: AbortSignal.timeout(10 * 60_000) });
  if (!response.ok) return { reason: `${archive.url} answered ${response.status}` };
  const content = Buffer.from(await response.arrayBuffer());
  if (createHash('sha512').update(content).digest('hex') !== archive.sha512) {
    return { reason: `${archive.url} is not what its SHA-512 says` };
  }
  return intoCache(archive.version, `from ${archive.url}`, async (folder) => {
    const file = path.join(folder, 'archive.tar.gz');
    await writeFile(file, content);
    await runTool('tar', ['-xzf', file, '-C', folder, '--strip-components=2']);
    await rm(file);
  });
}

interface Archive {
  readonly version: string;
  readonly url: string;
  readonly sha512: string;
}

async function findArchive(version: string): Promise<Archive | undefined> {
  const response = await fetch(index, { signal: AbortSignal.timeout(20_000) });
  if (!response.ok) throw new Error(`${index} answered ${response.status}`);
  const { releases } = parse(await response.text()) as {
    releases: Record<string, Record<string, { hash: string; selfLink: string }>>;
  };
  const newest = Object.keys(releases)
    .filter((release) => /^v[\d.]+$/.test(release) && minorOf(release) === minorOf(version))
    .sort(byVersion)
    .at(-1);
  if (newest === undefined) return undefined;
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const file = releases[newest]?.[`envtest-${newest}-${process.platform}-${architecture}.tar.gz`];
  return file && { version: newest, url: file.selfLink, sha512: file.hash };
}

async function fromGoModules(version: string, say: (line: string) => void): Promise<Finding> {
  const module = goModule(moduleFolder());
  const [major, minor] = version.slice(1).split('.');
  const stamps = { gitVersion: version, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
  const flags = Object.entries(stamps).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
  const go = await module.version();
  say(`Building etcd and kube-apiserver ${version} with ${go}. The first time takes some minutes.`);
  const started = Date.now();
  const finding = await intoCache(version, `built from Go modules with ${go}`, async (folder) => {
    await module.build('go.etcd.io/etcd/server/v3', path.join(folder, 'etcd'), flags);
    await module.build('k8s.io/kubernetes/cmd/kube-apiserver', path.join(folder, 'kube-apiserver'), flags);
  });
  say(`Built in ${Math.round((Date.now() - started) / 1000)} s`);
  return finding;
}

/** Fills a folder beside its final place and renames it, so that the cache never holds half of a release. */
async function intoCache(version: string, origin: string, fill: (folder: string) => Promise<void>): Promise<Finding> {
  const final = cacheFolder('servers', `${version}-${platform()}`);
  const source = `${final}, ${origin}`;
  await mkdir(cacheFolder('servers'), { recursive: true });
  // What a run that was killed has left: nobody else is at it, because of the lock.
  for (const name of await readdir(cacheFolder('servers'))) {
    if (name.startsWith('new-')) await rm(cacheFolder('servers', name), { recursive: true, force: true });
  }
  const folder = await mkdtemp(cacheFolder('servers', 'new-'));
  try {
    await fill(folder);
    await writeFile(path.join(folder, 'ORIGIN'), `${origin}\n`);
    const present = await inFolder(final, source);
    if ('binaries' in present) return present;
    await rm(final, { recursive: true, force: true });
    await rename(folder, final);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return inFolder(final, source);
}

function platform(): string {
  return `${process.platform}-${process.arch}`;
}

/** `v1.37` of `v1.37.2` and of `v1.37.2-linux-x64`. */
function minorOf(version: string): string | undefined {
  return /^v\d+\.\d+(?=\.)/.exec(version)?.[0];
}

function byVersion(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
