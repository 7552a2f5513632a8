import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { type ApiAnswer, type ApiBody, ApiRequests, type RequestOptions } from './apiRequests';
import { issueCertificate, type KeyPair, makeAuthority } from './certificates';
import { freePort } from './freePort';
import type { KubeObject } from './kubeObjects';
import { type RunningProcess, startProcess } from './processes';
import { findServerBinaries, type ServerBinaries } from './serverBinaries';
import { waitFor } from './waiting';

export interface TokenUser {
  readonly name: string;
  readonly groups?: readonly string[];
}

export interface ApiServerOptions {
  /** Gets a line for each thing that takes time. */
  readonly say?: (line: string) => void;
  /** The loopback address it listens on and its certificate covers; `127.0.0.1` without it. */
  readonly address?: string;
  /** Users with a bearer token. The server reads them once, at its start, so all are named here. */
  readonly users?: readonly TokenUser[];
  /** A folder that `keepData` filled, whose objects the server starts with. */
  readonly data?: string;
  /** Features that are set otherwise than by default, such as `WatchList=false`. */
  readonly featureGates?: readonly string[];
}

export interface KubeconfigOptions {
  /** A token user of the server; the administrator without it. */
  readonly user?: string;
  /** Used instead of the user's token, such as a wrong one. */
  readonly token?: string;
  /** Used instead of a token. */
  readonly clientCertificate?: KeyPair;
  readonly namespace?: string;
  /** Used instead of the server's address. */
  readonly server?: string;
  /** The context's name; `kubefresh-USER` without it. */
  readonly context?: string;
}

/** A line of the audit log: a request that was answered, or a watch that began to be. Never a body. */
export interface AuditEvent {
  readonly stage: 'ResponseStarted' | 'ResponseComplete' | 'Panic';
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string; readonly groups?: readonly string[] };
  readonly userAgent?: string;
  readonly objectRef?: {
    readonly resource?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly subresource?: string;
  };
  readonly responseStatus?: { readonly code?: number; readonly reason?: string };
  readonly requestReceivedTimestamp: string;
  /** When the stage was reached: when the answer was complete, or the watch open. */
  readonly stageTimestamp: string;
}

/** A kube-apiserver with its etcd, on loopback, in a temporary folder of its own. */
export interface ApiServer {
  /** `https://ADDRESS:PORT` */
  readonly url: string;
  /** As the server reports it, such as `v1.37.2`. */
  readonly version: string;
  /** The authority of its serving certificate. */
  readonly caFile: string;
  /** Private to this server; gone when it is stopped. */
  readonly folder: string;
  readonly adminToken: string;

  /** One request, the administrator's without a token. Every status is an answer; rejects only when there is none. */
  request(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<ApiAnswer>;
  /**
   * Creates the objects in order, or replaces those that exist (by deleting them first where they cannot change). A
   * `status` and a pod's ephemeral containers are set through their subresources; an owner reference without a uid
   * gets its owner's. Throws at the first refusal.
   */
  apply(objects: readonly KubeObject[]): Promise<void>;
  /** A merge patch, as the administrator; answers the object. Throws when refused. */
  patch(path: string, body: unknown): Promise<ApiBody>;
  /** Deletes an object at once, without a grace period. Throws when refused, also when there is none. */
  remove(path: string): Promise<void>;
  /** The token of a user named at the start. Throws for any other: for a user made later, see `clientCertificate`. */
  addUser(name: string): { readonly token: string };
  /** Makes a certificate that authenticates as the user, valid for `days` (1 without it). */
  clientCertificate(user: string, groups?: readonly string[], options?: { readonly days?: number }): KeyPair;
  /** Writes a kubeconfig file with one context into the folder, and answers its path. */
  kubeconfig(options?: KubeconfigOptions): string;
  /** What was asked of the server since its start, in order, without its own requests to itself. */
  auditEvents(): Promise<readonly AuditEvent[]>;
  /** Kills kube-apiserver and leaves etcd: connections are refused from then on. */
  pause(): Promise<void>;
  /** Starts kube-apiserver again, on the same port and data, and waits until it is ready. */
  resume(): Promise<void>;
  /**
   * Forgets every version but the newest, as it does by itself after some minutes. It is started anew for that, since it
   * remembers versions that etcd has forgotten.
   */
  compact(): Promise<void>;
  /** Ends all its processes, and copies what is stored to a folder that must not exist. */
  keepData(folder: string): Promise<void>;
  /** Kills all its processes at once; the folder stays. */
  kill(): void;
  /** Ends all its processes and removes the folder. Idempotent. */
  stop(): Promise<void>;
}

/** Starts etcd and kube-apiserver and waits until they are ready. Throws with the end of their logs when they are not. */
export async function startApiServer(options: ApiServerOptions = {}): Promise<ApiServer> {
  const say = options.say ?? (() => undefined);
  const binaries = await findServerBinaries(say);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'kubefresh-api-'));
  const server = new LocalApiServer(binaries, folder, options);
  try {
    const started = Date.now();
    await server.start(options.data);
    say(`Kubernetes ${server.version} is ready at ${server.url} after ${((Date.now() - started) / 1000).toFixed(1)} s`);
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

const adminName = 'admin';
const auditMark = 'kubefresh-audit-mark';

class LocalApiServer implements ApiServer {
  url = '';
  version = '';
  caFile = '';
  readonly folder: string;
  readonly adminToken = makeToken();

  private readonly binaries: ServerBinaries;
  private readonly address: string;
  private readonly users: readonly TokenUser[];
  private readonly featureGates: readonly string[];
  private readonly tokens: ReadonlyMap<string, string>;
  private clientAuthority: KeyPair | undefined;
  private requests: ApiRequests | undefined;
  private etcd: RunningProcess | undefined;
  private etcdUrl = '';
  private apiServer: RunningProcess | undefined;
  private serverArguments: readonly string[] = [];
  private marks = 0;

  constructor(binaries: ServerBinaries, folder: string, options: ApiServerOptions) {
    this.binaries = binaries;
    this.folder = folder;
    this.address = options.address ?? '127.0.0.1';
    this.users = options.users ?? [];
    this.featureGates = options.featureGates ?? [];
    this.tokens = new Map([
      ...this.users.map((user) => [user.name, makeToken()] as const),
      [adminName, this.adminToken],
    ]);
  }

  async start(data?: string): Promise<void> {
    await this.writeFiles();
    if (data !== undefined) await cp(data, this.file('etcd'), { recursive: true });
    this.etcdUrl = await this.startEtcd();
    const port = await freePort(this.address);
    this.url = `https://${this.address}:${port}`;
    this.requests = new ApiRequests(this.url, await readFile(this.caFile, 'utf8'), this.adminToken);
    this.serverArguments = this.apiServerArguments(this.etcdUrl, port);
    await this.resume();
    const version = await this.requests.must('GET', '/version');
    this.version = String(version['gitVersion']);
  }

  request(method: string, url: string, body?: unknown, options?: RequestOptions): Promise<ApiAnswer> {
    return this.admin.send(method, url, body, options);
  }

  apply(objects: readonly KubeObject[]): Promise<void> {
    return this.admin.apply(objects);
  }

  patch(url: string, body: unknown): Promise<ApiBody> {
    return this.admin.must('PATCH', url, body, { contentType: 'application/merge-patch+json' });
  }

  remove(url: string): Promise<void> {
    return this.admin.remove(url);
  }

  addUser(name: string): { readonly token: string } {
    const token = this.tokens.get(name);
    if (token === undefined) throw new Error(`user ${name} is not in the options.users the server was started with`);
    return { token };
  }

  clientCertificate(user: string, groups: readonly string[] = [], options: { readonly days?: number } = {}): KeyPair {
    const folder = mkdtempSync(path.join(this.folder, 'client-'));
    return issueCertificate(folder, 'client', this.clientAuthority!, {
      commonName: user,
      organizations: groups,
      usage: 'clientAuth',
      ...options,
    });
  }

  kubeconfig(options: KubeconfigOptions = {}): string {
    const name = options.user ?? adminName;
    const context = options.context ?? `kubefresh-${name}`;
    const { clientCertificate: certificate, namespace } = options;
    const user =
      certificate === undefined
        ? { token: options.token ?? this.addUser(name).token }
        : { 'client-certificate': certificate.certFile, 'client-key': certificate.keyFile };
    const cluster = { server: options.server ?? this.url, 'certificate-authority': this.caFile };
    const file = path.join(mkdtempSync(path.join(this.folder, 'kubeconfig-')), `${context}.yaml`);
    const content = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'kubefresh', cluster }],
      users: [{ name, user }],
      contexts: [
        {
          name: context,
          context: { cluster: 'kubefresh', user: name, ...(namespace === undefined ? {} : { namespace }) },
        },
      ],
      'current-context': context,
    };
    writeFileSync(file, stringify(content), { mode: 0o600 });
    return file;
  }

  async auditEvents(): Promise<readonly AuditEvent[]> {
    // An event is written just after its answer was sent. A request of our own comes after all that were answered
    // before this call; when it is in the log, they are.
    if (this.apiServer?.isRunning() !== true) return this.readAudit();
    const mark = `/version?${auditMark}=${++this.marks}`;
    await this.admin.must('GET', mark);
    return waitFor(
      async () => {
        const events = await this.readAudit(mark);
        return events.length > 0 && events.at(-1)?.requestURI === mark ? events.slice(0, -1) : undefined;
      },
      { what: 'the audit log', limitMs: 10_000, everyMs: 10 },
    ).then((events) => events.filter((event) => !event.requestURI.includes(auditMark)));
  }

  async pause(): Promise<void> {
    this.apiServer?.kill();
    await this.apiServer?.stop();
    this.admin.close();
  }

  async resume(): Promise<void> {
    if (this.apiServer?.isRunning() === true) return;
    const server = await startProcess({
      command: this.binaries.kubeApiserver,
      args: this.serverArguments,
      logFile: path.join(this.folder, 'kube-apiserver.log'),
      cwd: this.folder,
    });
    this.apiServer = server;
    await waitFor(
      async () => {
        if (!server.isRunning()) throw new Error(`kube-apiserver ended; ${server.logTail()}`);
        const answer = await this.admin.send('GET', '/readyz').catch(() => undefined);
        return answer?.status === 200 ? true : undefined;
      },
      { what: 'kube-apiserver', limitMs: 90_000, everyMs: 50, details: () => server.logTail() },
    );
  }

  async compact(): Promise<void> {
    await this.pause();
    const { header } = (await this.askEtcd('maintenance/status', {})) as { header: { revision: string } };
    await this.askEtcd('kv/compaction', { revision: header.revision, physical: true });
    await this.resume();
  }

  async keepData(folder: string): Promise<void> {
    await this.pause();
    // Not killed: it has to write what it has in memory.
    await this.etcd?.stop();
    await cp(this.file('etcd'), folder, { recursive: true, errorOnExist: true });
  }

  kill(): void {
    this.apiServer?.kill();
    this.etcd?.kill();
  }

  async stop(): Promise<void> {
    // Nothing is kept, so nothing has to be shut down in order.
    this.kill();
    this.requests?.close();
    await Promise.all([this.apiServer?.stop(), this.etcd?.stop()]);
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  private get admin(): ApiRequests {
    if (this.requests === undefined) throw new Error('the server has not been started');
    return this.requests;
  }

  private file(name: string): string {
    return path.join(this.folder, name);
  }

  private async writeFiles(): Promise<void> {
    const servingAuthority = makeAuthority(this.folder, 'serving-ca');
    this.caFile = servingAuthority.certFile;
    issueCertificate(this.folder, 'serving', servingAuthority, {
      commonName: 'kube-apiserver',
      hosts: [...new Set([this.address, '127.0.0.1', 'localhost'])],
      usage: 'serverAuth',
    });
    this.clientAuthority = makeAuthority(this.folder, 'client-ca');

    const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const serviceAccountKey = keys.privateKey.export({ type: 'pkcs1', format: 'pem' });
    await writeFile(this.file('service-account.key'), serviceAccountKey, { mode: 0o600 });

    const declared = [...this.users, { name: adminName, groups: ['system:masters'] }];
    const lines = declared.map(({ name, groups }) => {
      const fields = [this.addUser(name).token, name, `uid-${name}`, `"${(groups ?? []).join(',')}"`];
      return `${fields.join(',')}\n`;
    });
    await writeFile(this.file('tokens.csv'), lines.join(''), { mode: 0o600 });

    const policy = {
      apiVersion: 'audit.k8s.io/v1',
      kind: 'Policy',
      omitStages: ['RequestReceived'],
      rules: [
        { level: 'None', users: ['system:apiserver'] },
        { level: 'None', nonResourceURLs: ['/readyz'] },
        { level: 'Metadata' },
      ],
    };
    await writeFile(this.file('audit-policy.yaml'), stringify(policy));
  }

  private async startEtcd(): Promise<string> {
    const client = `http://127.0.0.1:${await freePort()}`;
    const peer = `http://127.0.0.1:${await freePort()}`;
    const etcd = await startProcess({
      command: this.binaries.etcd,
      args: [
        `--data-dir=${this.file('etcd')}`,
        ...[`--listen-client-urls=${client}`, `--advertise-client-urls=${client}`],
        ...[`--listen-peer-urls=${peer}`, `--initial-advertise-peer-urls=${peer}`, `--initial-cluster=default=${peer}`],
        '--unsafe-no-fsync',
        '--log-level=warn',
      ],
      logFile: this.file('etcd.log'),
      cwd: this.folder,
    });
    this.etcd = etcd;
    await waitFor(
      async () => {
        if (!etcd.isRunning()) throw new Error(`etcd ended; ${etcd.logTail()}`);
        const answer = await fetch(`${client}/health`).catch(() => undefined);
        return answer?.ok === true ? true : undefined;
      },
      { what: 'etcd', limitMs: 30_000, details: () => etcd.logTail() },
    );
    return client;
  }

  private async askEtcd(method: string, body: object): Promise<unknown> {
    const answer = await fetch(`${this.etcdUrl}/v3/${method}`, { method: 'POST', body: JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`etcd ${method}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }

  private apiServerArguments(etcdUrl: string, port: number): readonly string[] {
    const serviceAccountKey = this.file('service-account.key');
    return [
      `--etcd-servers=${etcdUrl}`,
      ...[`--bind-address=${this.address}`, `--advertise-address=${this.address}`, `--secure-port=${port}`],
      ...[`--tls-cert-file=${this.file('serving.crt')}`, `--tls-private-key-file=${this.file('serving.key')}`],
      `--cert-dir=${this.file('certificates')}`,
      `--token-auth-file=${this.file('tokens.csv')}`,
      `--client-ca-file=${this.clientAuthority!.certFile}`,
      ...['--anonymous-auth=false', '--authorization-mode=RBAC'],
      ...['--service-account-issuer=https://localhost', `--service-account-key-file=${serviceAccountKey}`],
      `--service-account-signing-key-file=${serviceAccountKey}`,
      '--service-cluster-ip-range=10.0.0.0/24',
      // It would announce the address to the cluster, and refuses a loopback one.
      '--endpoint-reconciler-type=none',
      // No controller makes the service accounts this plug-in asks for.
      '--disable-admission-plugins=ServiceAccount',
      ...[`--audit-policy-file=${this.file('audit-policy.yaml')}`, `--audit-log-path=${this.file('audit.log')}`],
      '--profiling=false',
      ...this.featureGates.map((gate) => `--feature-gates=${gate}`),
    ];
  }

  private async readAudit(until?: string): Promise<readonly AuditEvent[]> {
    const text = await readFile(this.file('audit.log'), 'utf8').catch(() => '');
    const events: AuditEvent[] = [];
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const event = parseEvent(line);
      if (event === undefined) break;
      events.push(event);
      if (event.requestURI === until) break;
    }
    return until === undefined ? events.filter((event) => !event.requestURI.includes(auditMark)) : events;
  }
}

/** The last line may be in the middle of being written. */
function parseEvent(line: string): AuditEvent | undefined {
  try {
    return JSON.parse(line) as AuditEvent;
  } catch {
    return undefined;
  }
}

function makeToken(): string {
  return randomBytes(16).toString('hex');
}
