import { createHash } from 'node:crypto';
import {
  type Agent,
  ClientRequest,
  type ClientRequestArgs,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import type { RequestOptions } from 'node:https';
import { createSecureContext, type ConnectionOptions } from 'node:tls';
import { KubeConfig } from '@kubernetes/client-node';
import { answered, failed, type Answer } from '../objects/failure';
import type { Identity } from './credentials';
import { configuration, credentials, type Destination } from './requestFailures';
import { present } from './json';
import { TunnelAgent, type SocketWish } from './tunnel';
import type { Reply, Signed, Wire } from './wire';

/** TCP asks a silent peer for a sign of life after this, so that a dead link is noticed at all. */
export const keepAliveMs = 15_000;
/** More pooled sockets than this cannot all have been closed by the server at once. */
const mostStaleSockets = 16;

/** Sockets to one API server: kept open, and shared by all requests with the same TLS material. */
export class Transport implements Wire {
  readonly destination: Destination;
  readonly #server: URL;
  #last: { readonly identity: Identity; readonly key: string; readonly signed: Signed } | undefined;

  constructor(server: URL, proxy: string | undefined) {
    this.#server = server;
    this.destination = { server: server.host, proxy: proxy === undefined ? undefined : new URL(proxy).host };
  }

  async sign(identity: Identity): Promise<Answer<Signed>> {
    if (this.#last?.identity === identity) return answered(this.#last.signed);
    const options = await this.#optionsFor(identity);
    const problem = materialProblem(identity, options);
    if (problem !== undefined) return problem;
    const { agent: made, auth } = options;
    if (typeof made !== 'object') return failed(configuration('The kubeconfig names no way to connect.'));
    const key = digestOf(identity, options);
    const last = this.#last;
    const agent =
      last?.key === key ? last.signed.agent : Object.assign(made, { keepAlive: true, protocol: this.#server.protocol });
    const headers: OutgoingHttpHeaders = { ...(options.headers as OutgoingHttpHeaders) };
    for (const [name, value] of Object.entries(identity.headers))
      headers[name] = typeof value === 'string' ? value : [...value];
    if (typeof auth === 'string') headers['Authorization'] = `Basic ${Buffer.from(auth).toString('base64')}`;
    const signed: Signed = { agent, headers };
    this.#last = { identity, key, signed };
    if (last !== undefined && last.signed.agent !== agent) retire(last.signed.agent);
    return answered(signed);
  }

  async get(signed: Signed, path: string, headers: OutgoingHttpHeaders, signal: AbortSignal): Promise<Reply> {
    for (let stale = 0; ; stale++) {
      const { response, error, reused } = await this.#send(signed, path, headers, signal);
      if (response !== undefined) return replyOf(response);
      // The server closed a pooled socket just as it was taken: it did not see the request.
      if (!reused || signal.aborted || stale >= mostStaleSockets || !isReset(error)) throw error;
    }
  }

  /** Closes sockets that wait for use. */
  doubt(): void {
    if (this.#last !== undefined) closeIdle(this.#last.signed.agent);
  }

  dispose(): void {
    this.#last?.signed.agent.destroy();
    this.#last = undefined;
  }

  async #optionsFor(identity: Identity): Promise<RequestOptions> {
    const { user } = identity;
    const { proxyUrl, ...direct } = identity.cluster;
    const isTunnel = proxyUrl !== undefined && !proxyUrl.startsWith('socks');
    const cluster = isTunnel ? direct : identity.cluster;
    const config = new KubeConfig();
    const name = 'context';
    config.loadFromOptions({
      clusters: [cluster],
      users: [user],
      contexts: [{ name, cluster: cluster.name, user: user.name }],
      currentContext: name,
    });
    const options: RequestOptions = { headers: {}, rejectUnauthorized: true };
    await config.applyToHTTPSOptions(options);
    if (!isTunnel) return options;
    const { ca, cert, key, servername, rejectUnauthorized } = options;
    const tls = present<ConnectionOptions>({ ca, cert, key, servername, rejectUnauthorized });
    return { ...options, agent: new TunnelAgent(new URL(proxyUrl), tls) };
  }

  #send(
    signed: Signed,
    path: string,
    headers: OutgoingHttpHeaders,
    signal: AbortSignal,
  ): Promise<{ readonly response?: IncomingMessage; readonly error?: unknown; readonly reused: boolean }> {
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve({ error: signal.reason, reused: false });
        return;
      }
      const { host, port, defaultPort, prefix } = addressOf(this.#server);
      const options: ClientRequestArgs & SocketWish = {
        protocol: this.#server.protocol,
        host,
        hostname: host,
        port,
        defaultPort,
        path: prefix + path,
        method: 'GET',
        agent: signed.agent,
        headers: { ...headers, ...signed.headers },
        wanted: signal,
      };
      // The class, not `https.request`: VS Code replaces that function in the extension host with one that drops the
      // agent, and with it the client certificate, the proxy and the reuse of sockets.
      const request = new ClientRequest(options);
      request.on('socket', (socket) => void socket.setKeepAlive(true, keepAliveMs));
      request.on('response', (response) => {
        resolve({ response, reused: request.reusedSocket });
      });
      request.on('error', (error) => {
        resolve({ error, reused: request.reusedSocket });
      });
      // Without an argument the request would end without an error if it has no socket yet.
      signal.addEventListener('abort', () => void request.destroy(new Error('aborted')), { once: true });
      request.end();
    });
  }
}

/** The parts of a server's address, as Node takes them. */
export function addressOf({ protocol, hostname, port, pathname }: URL): {
  readonly host: string;
  readonly port: number;
  readonly defaultPort: number;
  /** What every path begins with. */
  readonly prefix: string;
} {
  const defaultPort = protocol === 'https:' ? 443 : 80;
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? defaultPort : Number(port),
    defaultPort,
    prefix: pathname.replace(/\/+$/, ''),
  };
}

function replyOf(response: IncomingMessage): Reply {
  return {
    code: response.statusCode ?? 0,
    headers: response.headers,
    body: response,
    close: () => void response.destroy(),
  };
}

function isReset(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === 'ECONNRESET' || code === 'EPIPE';
}

function closeIdle(agent: Agent): void {
  for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
}

/** Lets requests under way finish, and closes each socket as it becomes free. */
function retire(agent: Agent): void {
  Object.assign(agent, { keepAlive: false });
  closeIdle(agent);
}

/** What an agent depends on: a certificate that was renewed gets an agent and so sockets of its own. */
function digestOf({ cluster }: Identity, { ca, cert, key }: RequestOptions): string {
  const hash = createHash('sha256').update(
    JSON.stringify([cluster.server, cluster.proxyUrl, cluster.tlsServerName, cluster.skipTLSVerify]),
  );
  for (const part of [ca, cert, key]) hash.update('\0').update(part instanceof Buffer ? part : '');
  return hash.digest('hex');
}

/** Tries the certificates here, since agents for proxies do not survive an error in them. */
function materialProblem(identity: Identity, { ca, cert, key }: RequestOptions): Answer<never> | undefined {
  const reason = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown error';
  try {
    if (ca !== undefined) createSecureContext({ ca });
  } catch (error) {
    return failed({
      kind: 'tls',
      message: `The certificate authority of cluster ${JSON.stringify(identity.cluster.name)} is no certificate (${reason(error)}). Check certificate-authority in the kubeconfig.`,
    });
  }
  try {
    if (cert !== undefined || key !== undefined) createSecureContext({ cert, key });
  } catch (error) {
    return failed(
      credentials(
        `The client certificate of user ${JSON.stringify(identity.user.name)} cannot be used with its key (${reason(error)}). Check client-certificate and client-key in the kubeconfig.`,
      ),
    );
  }
  return undefined;
}
