import { createHash, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Cluster as ClientCluster, User as ClientUser } from '@kubernetes/client-node';
import { answered, failed, type Answer, type Failure } from '../objects/failure';
import type { Disposable } from '../objects/disposable';
import type { ClusterHost } from './contract';
import { configuration, credentials } from './requestFailures';
import { runPlugin, type PluginClusterInfo, type PluginCredential, type PluginHost } from './execPlugin';
import { withoutUndefined } from './json';
import type { ResolvedContext } from './kubeconfig';
import type { UserEntry } from './kubeconfigEntries';

/** The credentials to send, and where to: what `KubeConfig` needs, with every file read and every plugin run. */
export interface Identity {
  readonly cluster: ClientCluster;
  readonly user: ClientUser;
  /** The impersonation headers that `KubeConfig` leaves out. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

/** Files are read again after this time, as client-go does. */
const rereadFilesMs = 60_000;
/**
 * The pause after a search for newer credentials that found none, so that a plugin is not run for every hover. Each
 * further such search doubles it, since thousands of watches may be refused at different moments.
 */
const firstSearchPauseMs = 5_000;
const longestSearchPauseMs = 60_000;
/** A credential plugin that failed is not run again before this time. */
const failedPluginPauseMs = 30_000;

type CredentialHost = PluginHost & Pick<ClusterHost, 'log'>;

/**
 * The credentials of one context. They are read on demand and kept while they are valid. All requests that are refused
 * at the same time share one renewal.
 */
export class Credentials implements Disposable {
  readonly #context: ResolvedContext;
  readonly #proxy: string | undefined;
  readonly #host: CredentialHost;
  readonly #disposal = new AbortController();
  readonly #usesFiles: boolean;
  #identity: Identity | undefined;
  #digest = '';
  #readAt = 0;
  /** No newer credentials are searched for before this time of the clock. */
  #searchPause = { until: Number.NEGATIVE_INFINITY, ms: 0 };
  #lastWarning = '';
  #plugin: PluginCredential | undefined;
  #pluginFailure: { readonly answer: Answer<never>; readonly until: number } | undefined;
  #loading: Promise<Answer<Identity>> | undefined;
  #renewing: Promise<Answer<Identity>> | undefined;

  constructor(context: ResolvedContext, proxy: string | undefined, host: CredentialHost) {
    this.#context = context;
    this.#proxy = proxy;
    this.#host = host;
    const { cluster, user } = context;
    this.#usesFiles = [cluster.caFile, user?.certFile, user?.keyFile, user?.tokenFile].some(
      (file) => file !== undefined,
    );
  }

  /** The credentials to send: the same object while nothing changed. Parallel callers share one plugin run. */
  current(): Promise<Answer<Identity>> {
    if (this.#identity !== undefined && this.#isFresh()) return Promise.resolve(answered(this.#identity));
    return this.#load();
  }

  /**
   * Searches for newer credentials than those that the server refused: runs the plugin and reads the files again.
   * Parallel callers share one search. Answers `refused` itself if there are no others.
   */
  async newerThan(refused: Identity): Promise<Answer<Identity>> {
    if (this.#renewing !== undefined) return this.#renewing;
    if (this.#identity !== undefined && this.#identity !== refused) return answered(this.#identity);
    if (this.#host.clock.now() < this.#searchPause.until) return answered(refused);
    this.#renewing = this.#renew(refused).finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  dispose(): void {
    this.#disposal.abort();
  }

  async #renew(refused: Identity): Promise<Answer<Identity>> {
    // A read that is under way may bring the credentials that were refused.
    await this.#loading;
    this.#plugin = undefined;
    const found = await this.#load();
    if (found.ok && found.value === refused) {
      const ms = Math.min(Math.max(firstSearchPauseMs, 2 * this.#searchPause.ms), longestSearchPauseMs);
      this.#searchPause = { until: this.#host.clock.now() + ms, ms };
    }
    return found;
  }

  #isFresh(): boolean {
    if (this.#usesFiles && this.#host.clock.now() - this.#readAt >= rereadFilesMs) return false;
    return this.#context.user?.plugin === undefined || this.#pluginIsFresh();
  }

  #pluginIsFresh(): boolean {
    if (this.#plugin === undefined) return false;
    return this.#plugin.expiresAt === undefined || this.#host.clock.wallTime() < this.#plugin.expiresAt;
  }

  #load(): Promise<Answer<Identity>> {
    this.#loading ??= this.#read()
      .then((answer) => {
        if (!answer.ok) this.#warnOnce(answer.failure);
        return answer;
      })
      .finally(() => {
        this.#loading = undefined;
      });
    return this.#loading;
  }

  /** Logs why requests were not sent: a request that lacks credentials has no line of its own in the log. */
  #warnOnce({ kind, message }: Failure): void {
    if (kind === 'cancelled' || message === this.#lastWarning) return;
    this.#lastWarning = message;
    this.#host.log.warn(message);
  }

  async #read(): Promise<Answer<Identity>> {
    const cluster = await this.#readCluster();
    if (!cluster.ok) return cluster;
    const user = await this.#readUser(cluster.value);
    if (!user.ok) return user;
    const headers = impersonation(this.#context.user);
    if (!headers.ok) return headers;
    const identity: Identity = { cluster: cluster.value, user: user.value, headers: headers.value };
    this.#readAt = this.#host.clock.now();
    const digest = createHash('sha256').update(JSON.stringify(identity)).digest('hex');
    if (this.#identity === undefined || digest !== this.#digest) {
      this.#identity = identity;
      this.#searchPause = { until: Number.NEGATIVE_INFINITY, ms: 0 };
    }
    this.#digest = digest;
    return answered(this.#identity);
  }

  async #readCluster(): Promise<Answer<ClientCluster>> {
    const { cluster, info } = this.#context;
    const ca = await dataOrFile(cluster.caData, cluster.caFile, 'certificate authority');
    if (!ca.ok) return ca;
    return answered(
      withoutUndefined<ClientCluster>({
        name: info.cluster,
        server: cluster.server,
        // Where nothing is verified, an authority would only keep sockets from being shared.
        caData: cluster.skipTlsVerify ? undefined : ca.value,
        // Without TLS there is nothing to verify, and KubeConfig throws unless it is told so.
        skipTLSVerify: cluster.skipTlsVerify || cluster.server.startsWith('http:'),
        tlsServerName: cluster.tlsServerName,
        proxyUrl: this.#proxy,
      }),
    );
  }

  async #readUser(cluster: ClientCluster): Promise<Answer<ClientUser>> {
    const entry = this.#context.user;
    // KubeConfig applies the certificate authority only if there is a user.
    if (entry === undefined) return answered({ name: 'none' });
    const certificate = await dataOrFile(entry.certData, entry.certFile, 'client certificate');
    if (!certificate.ok) return certificate;
    const key = await dataOrFile(entry.keyData, entry.keyFile, 'client key');
    if (!key.ok) return key;
    const token = await tokenOf(entry);
    if (!token.ok) return token;
    const plugin = await this.#runPlugin(entry, cluster);
    if (!plugin.ok) return plugin;
    const { value: issued } = plugin;
    return answered(
      withoutUndefined<ClientUser>({
        name: this.#context.info.user,
        certData: issued?.certificate === undefined ? certificate.value : base64(issued.certificate),
        keyData: issued?.key === undefined ? key.value : base64(issued.key),
        token: issued?.token ?? token.value,
        // A token wins over a password, as in client-go.
        username: token.value === undefined && issued?.token === undefined ? entry.username : undefined,
        password: token.value === undefined && issued?.token === undefined ? (entry.password ?? '') : undefined,
        impersonateUser: entry.impersonateUser,
      }),
    );
  }

  async #runPlugin(entry: UserEntry, cluster: ClientCluster): Promise<Answer<PluginCredential | undefined>> {
    if (entry.plugin === undefined) return answered(undefined);
    if (this.#pluginIsFresh()) return answered(this.#plugin);
    // A plugin may open a browser, so one that failed is not run again for each request.
    const { clock } = this.#host;
    if (this.#pluginFailure !== undefined && clock.now() < this.#pluginFailure.until) return this.#pluginFailure.answer;
    const info = entry.plugin.provideClusterInfo ? this.#clusterInfo(cluster) : undefined;
    const answer = await runPlugin(entry.plugin, info, this.#host, this.#disposal.signal);
    if (answer.ok) this.#plugin = answer.value;
    else if (answer.failure.kind !== 'cancelled') {
      this.#pluginFailure = { answer, until: clock.now() + failedPluginPauseMs };
    }
    return answer;
  }

  #clusterInfo(cluster: ClientCluster): PluginClusterInfo {
    const { skipTlsVerify, pluginConfig, proxyUrl } = this.#context.cluster;
    return withoutUndefined<PluginClusterInfo>({
      server: cluster.server,
      'tls-server-name': cluster.tlsServerName,
      'insecure-skip-tls-verify': skipTlsVerify ? true : undefined,
      'certificate-authority-data': cluster.caData,
      'proxy-url': proxyUrl,
      config: pluginConfig,
    });
  }
}

/**
 * Says that the client certificate of an identity has expired, which is why TLS or the server refused it.
 * @param now Milliseconds since 1970.
 */
export function certificateProblem(identity: Identity, now: number): string | undefined {
  if (identity.user.certData === undefined) return undefined;
  try {
    const { validTo } = new X509Certificate(Buffer.from(identity.user.certData, 'base64'));
    return Date.parse(validTo) < now
      ? `The client certificate of user ${JSON.stringify(identity.user.name)} expired on ${validTo}. Renew it.`
      : undefined;
  } catch {
    return undefined;
  }
}

/** The data, or else the content of the file, in base64. Data win over a file, as in client-go. */
async function dataOrFile(
  data: string | undefined,
  file: string | undefined,
  what: string,
): Promise<Answer<string | undefined>> {
  if (data !== undefined || file === undefined) return answered(data);
  try {
    return answered((await readFile(file)).toString('base64'));
  } catch (error) {
    return failed(credentials(`The ${what} ${file} cannot be read (${codeOf(error)}). Check the kubeconfig.`));
  }
}

async function tokenOf(entry: UserEntry): Promise<Answer<string | undefined>> {
  if (entry.tokenFile !== undefined) {
    try {
      const token = (await readFile(entry.tokenFile, 'utf8')).trim();
      if (token !== '') return answered(token);
      if (entry.token === undefined)
        return failed(
          credentials(`The token file ${entry.tokenFile} is empty. Log in again, or check the kubeconfig.`),
        );
    } catch (error) {
      if (entry.token === undefined) {
        return failed(
          credentials(`The token file ${entry.tokenFile} cannot be read (${codeOf(error)}). Check the kubeconfig.`),
        );
      }
    }
  }
  if (entry.token !== undefined) return answered(entry.token.trim());
  if (entry.authProvider === undefined || entry.plugin !== undefined) return answered(undefined);
  if (entry.authProvider.token !== undefined) return answered(entry.authProvider.token.trim());
  return failed(
    credentials(
      `The kubeconfig signs in by the auth-provider ${JSON.stringify(entry.authProvider.name)}, which is not supported ` +
        `and which kubectl dropped in 1.26. Use its exec plugin instead, such as gke-gcloud-auth-plugin or kubelogin.`,
    ),
  );
}

function impersonation(entry: UserEntry | undefined): Answer<Identity['headers']> {
  if (entry === undefined) return answered({});
  const { impersonateGroups: groups, impersonateUid: uid, impersonateExtra } = entry;
  const extra = Object.entries(impersonateExtra);
  if (entry.impersonateUser === undefined) {
    if (groups.length === 0 && uid === undefined && extra.length === 0) return answered({});
    return failed(configuration('The kubeconfig impersonates groups, a uid or extra fields, but no user (as).'));
  }
  return answered({
    ...(groups.length === 0 ? {} : { 'Impersonate-Group': groups }),
    ...(uid === undefined ? {} : { 'Impersonate-Uid': uid }),
    ...Object.fromEntries(extra.map(([key, values]) => [`Impersonate-Extra-${encodeURIComponent(key)}`, values])),
  });
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown error';
}
