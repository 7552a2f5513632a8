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
import { configuration, credentials, isReset, type Destination } from './requestFailures';
import { withoutUndefined } from './json';
import { TunnelAgent, type ConnectSignal } from './tunnel';
import type { Reply, Signed, Wire } from './wire';

/**
 * TCP probes a connection that has been silent for this time. If ten probes, one a second, stay without an answer, the
 * connection fails as ETIMEDOUT (`uv_tcp_keepalive` of libuv): a dead network is noticed after 18 s.
 */
export const keepAliveMs = 8_000;
/** If the server has closed a pooled socket, the request is sent over another one. This is done so often at most. */
const maxStaleSockets = 16;

/** Sends requests over sockets that stay open. Requests with the same certificates share them. */
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
    const problem = tlsMaterialProblem(identity, options);
    if (problem !== undefined) return problem;
    const { agent: newAgent, auth } = options;
    if (typeof newAgent !== 'object') return failed(configuration('The kubeconfig names no way to connect.'));
    const key = digestOf(identity, options);
    const last = this.#last;
    const agent =
      last?.key === key
        ? last.signed.agent
        : Object.assign(newAgent, { keepAlive: true, protocol: this.#server.protocol });
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
      // The server closed the pooled socket before it saw the request.
      if (!reused || signal.aborted || stale >= maxStaleSockets || !isReset(error)) throw error;
    }
  }

  /** Closes the sockets that no request uses. */
  suspectDeadConnections(): void {
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
    const tls = withoutUndefined<ConnectionOptions>({ ca, cert, key, servername, rejectUnauthorized });
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
      const options: ClientRequestArgs & ConnectSignal = {
        protocol: this.#server.protocol,
        host,
        hostname: host,
        port,
        defaultPort,
        path: prefix + path,
        method: 'GET',
        agent: signed.agent,
        headers: { ...headers, ...signed.headers },
        connectSignal: signal,
      };
      // The class, not `https.request`: VS Code replaces that function in the extension host with one that drops the
      // agent, and with it the client certificate, the proxy and the reuse of sockets.
      const request = new ClientRequest(options);
      request.on('socket', (socket) => void socket.setKeepAlive(true, keepAliveMs));
      request.on('response', (response) => {
        resolve({ response, reused: request.reusedSocket });
        // Otherwise Node ends the body with ECONNRESET, whatever the error of the connection is.
        request.on('error', (error) => void response.destroy(error));
      });
      request.on('error', (error) => {
        resolve({ error, reused: request.reusedSocket });
      });
      // Without the argument, a request that has no socket yet would end without an error.
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
  /** The path of the server's address, which comes before the path of every request. */
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

function closeIdle(agent: Agent): void {
  for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
}

/** Closes the sockets that no request uses, and each other one when its request has ended. */
function retire(agent: Agent): void {
  Object.assign(agent, { keepAlive: false });
  closeIdle(agent);
}

/** A digest of all that an agent depends on. A renewed certificate gets another agent, and so sockets of its own. */
function digestOf({ cluster }: Identity, { ca, cert, key }: RequestOptions): string {
  const hash = createHash('sha256').update(
    JSON.stringify([cluster.server, cluster.proxyUrl, cluster.tlsServerName, cluster.skipTLSVerify]),
  );
  for (const part of [ca, cert, key]) hash.update('\0').update(part instanceof Buffer ? part : '');
  return hash.digest('hex');
}

/** Checks certificates and keys. An agent for a proxy would crash with bad ones. */
function tlsMaterialProblem(identity: Identity, { ca, cert, key }: RequestOptions): Answer<never> | undefined {
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
