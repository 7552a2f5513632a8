import { failureOfStatus, type ApiStatus, type Failure } from '../objects/failure';
import { numberIn, objectIn, textIn } from './json';
import { redact } from './redaction';
import { ProxyRefusal } from './tunnel';

/** A server may ask for no longer a wait: an error page that says one day would be shown for a day. */
const maxRetryAfterMs = 300_000;
/** In characters. */
const maxStatusMessageLength = 500;

/** Where a request went, for messages. */
export interface Destination {
  /** `host:port` of the API server. */
  readonly server: string;
  /** `host:port` of the proxy, if there is one. */
  readonly proxy: string | undefined;
}

/** The parts of an HTTP answer other than 200 that say what went wrong. */
export interface RefusedAnswer {
  readonly code: number;
  readonly contentType: string | undefined;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

export function cancelled(subject: string): Failure {
  return { kind: 'cancelled', message: `Reading ${subject} was cancelled.` };
}

export function timedOut(subject: string, ms: number): Failure {
  return {
    kind: 'timeout',
    message: `No answer about ${subject} within ${seconds(ms)}. Check the connection to the cluster.`,
  };
}

export function invalid(subject: string, what: string): Failure {
  return { kind: 'invalid', message: `The answer about ${subject} is not what the Kubernetes API promises: ${what}.` };
}

export function configuration(message: string): Failure {
  return { kind: 'configuration', message };
}

export function credentials(message: string): Failure {
  return { kind: 'credentials', message };
}

/**
 * The wait in milliseconds that a `Retry-After` header asks for, as a number of seconds or a date.
 * @param wallTime Milliseconds since 1970.
 */
export function retryAfterMs(header: string | undefined, wallTime: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\s*\d{1,9}\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - wallTime;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), maxRetryAfterMs);
}

/** Reads a Kubernetes `Status`. Undefined if the value is something else. */
export function statusIn(value: unknown, httpCode: number): ApiStatus | undefined {
  const status = objectIn(value);
  if (status?.['kind'] !== 'Status') return undefined;
  const reason = textIn(status['reason']) ?? '';
  return {
    code: numberIn(status['code']) ?? httpCode,
    reason,
    message: cut(textIn(status['message']) ?? (reason === '' ? `HTTP ${httpCode}` : reason)),
  };
}

/** The failure that a `Status` stands for, with a message that names the subject of the request. */
export function failureOfRefusal(status: ApiStatus, subject: string, retryAfter?: number): Failure {
  const failure = failureOfStatus(status, retryAfter);
  const { code, reason, message } = status;
  const answer = `Asked for ${subject}, the API server answered ${[code, reason].join(' ').trim()}`;
  if (message === reason || message === `HTTP ${code}`) return { ...failure, message: `${answer}.` };
  // These messages of the API server name the subject themselves.
  const namesSubject = failure.kind === 'notFound' || failure.kind === 'forbidden';
  return namesSubject ? failure : { ...failure, message: `${answer}: ${message}` };
}

function cut(text: string): string {
  return text.length > maxStatusMessageLength ? `${text.slice(0, maxStatusMessageLength)}…` : text;
}

/** The failure that an answer other than 200 stands for. */
export function failureOfAnswer(answer: RefusedAnswer, subject: string, wallTime: number): Failure {
  const wait = retryAfterMs(answer.retryAfter, wallTime);
  const status = statusIn(parsed(answer.body), answer.code);
  if (status !== undefined) return failureOfRefusal(status, subject, wait);
  const { kind, meaning } = meaningOfCode(answer.code);
  const type = answer.contentType?.split(';')[0]?.trim() ?? 'nothing';
  return {
    kind,
    message: `Asked for ${subject}: HTTP ${answer.code} with ${type} instead of a Kubernetes status.${meaning}`,
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  };
}

function meaningOfCode(code: number): Pick<Failure, 'kind'> & { readonly meaning: string } {
  if (code === 401) return { kind: 'unauthorized', meaning: '' };
  if (code === 429) return { kind: 'throttled', meaning: '' };
  if (code >= 500) return { kind: 'server', meaning: ' A proxy or load balancer in between may have answered.' };
  // Also for 404: that a proxy does not have a page says nothing about whether the object exists.
  return { kind: 'invalid', meaning: code >= 300 && code < 400 ? ' It points elsewhere, perhaps to a log-in.' : '' };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** The failure that an error stands for. The error comes from a socket, from TLS, from the HTTP parser or from a proxy. */
export function failureOfError(error: unknown, subject: string, to: Destination): Failure {
  const code = codeOf(error);
  const message = messageOf(error);
  const failure = (kind: Failure['kind'], what: string): Failure => ({
    kind,
    message: `Could not ask ${to.server} for ${subject}: ${what}`,
  });
  if (error instanceof ProxyRefusal) {
    const refusal = `the proxy ${to.proxy ?? ''} refused with HTTP ${error.status}.`;
    return failure('unreachable', `${refusal} Check its address, its user and its password.`);
  }
  const trust = tlsProblem(code, message);
  if (trust !== undefined) return failure('tls', trust);
  if (code.startsWith('HPE_') || code === 'ERR_HTTP2_ERROR') {
    return failure('invalid', 'the answer is not HTTP.');
  }
  if (code === 'ERR_INVALID_CHAR') {
    return failure('credentials', 'the token holds characters that cannot be sent. Check the kubeconfig.');
  }
  return failure('unreachable', connectionProblem(error, to.proxy));
}

/** Whether the peer closed the connection, as load balancers do with old ones. A connection that is dead is not reset. */
export function isReset(error: unknown): boolean {
  return ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // The server's name has several addresses, and there is one error for each of them.
  if (code === '' && error instanceof AggregateError) return codeOf(error.errors[0]);
  // The SOCKS client drops the code of a socket's error and keeps its message.
  if (code === '' && error instanceof Error) return /\bE[A-Z]{5,}\b/.exec(error.message)?.[0] ?? '';
  return code;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}

function tlsProblem(code: string, message: string): string | undefined {
  switch (code) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'CERT_SIGNATURE_FAILURE':
    case 'CERT_UNTRUSTED':
      return `its certificate is not signed by an authority that the kubeconfig trusts (${code}). Check certificate-authority.`;
    case 'CERT_HAS_EXPIRED':
      return 'its certificate has expired. Renew it, or check the clock of this machine.';
    case 'CERT_NOT_YET_VALID':
      return 'its certificate is not valid yet. Check the clock of this machine.';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return 'its certificate is for another name. Check server, or set tls-server-name in the kubeconfig.';
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return 'it does not speak TLS. Check whether server should start with http://.';
    default:
  }
  if (/alert (certificate )?expired|CERTIFICATE_EXPIRED/i.test(`${message} ${code}`)) {
    return 'it says that the client certificate has expired. Renew it.';
  }
  if (/alert|ALERT/.test(message) && (code.startsWith('ERR_SSL') || code === 'EPROTO')) {
    return `it refused the TLS connection (${code}). Check the client certificate.`;
  }
  if (/^(ERR_SSL|ERR_TLS|ERR_OSSL|CERT_|CRL_|EPROTO$|UNABLE_TO_)/.test(code)) {
    return `the TLS handshake failed (${code}). Check the address and the certificates in the kubeconfig.`;
  }
  return undefined;
}

const checkNetwork = 'Check the network, the VPN or the proxy.';

function connectionProblem(error: unknown, proxy: string | undefined): string {
  const code = codeOf(error);
  const message = messageOf(error);
  const through = proxy === undefined ? '' : ` through the proxy ${proxy}`;
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
      return `the name cannot be resolved${through} (${code}). Check the address, the network and the VPN.`;
    case 'ECONNREFUSED':
      return `the connection${through} was refused. Check that the cluster and its tunnel are running.`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
    case 'ENETDOWN':
    case 'ETIMEDOUT':
      return `it cannot be reached${through} (${code}). Check the network and the VPN.`;
    default:
  }
  if (isReset(error) || code.startsWith('ERR_HTTP2_')) return `the connection${through} broke off. ${checkNetwork}`;
  return `the connection${through} failed (${code === '' ? redact(message).slice(0, 100) : code}). ${checkNetwork}`;
}

function seconds(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${Math.round(ms / 100) / 10} s`;
}
