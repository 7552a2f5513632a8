/** A Kubernetes `Status`: the answer of the API server to a request that it refuses. */
export interface ApiStatus {
  /** HTTP code. */
  readonly code: number;
  /** One word, such as `NotFound`. Empty if the server gave none. */
  readonly reason: string;
  readonly message: string;
}

/**
 * The kinds of failed requests. The layer that sees a failure classifies it once. No layer above looks at HTTP codes or at
 * errors of the client.
 *
 * - `notFound`: the object does not exist.
 * - `forbidden`: the role does not allow the request.
 * - `unauthorized`: the server refused the credentials, fresh ones included.
 * - `throttled`: the server wants the client to wait.
 * - `server`: the server failed.
 * - `timeout`: no answer within the limit.
 * - `unreachable`: no connection.
 * - `tls`: a connection, but the two sides do not trust each other.
 * - `credentials`: a plugin or a token file did not supply the credentials.
 * - `configuration`: the kubeconfig does not say where to go.
 * - `invalid`: an answer that is not what the API promises.
 * - `gone`: the server no longer has the requested version.
 * - `rejected`: the server refuses the request for another reason (409, 422 …).
 * - `cancelled`: the caller no longer wants the answer.
 * - `notRegistered`: no registered pod refers to the object and nothing holds it, so it is not read.
 * - `notSynced`: the first list of a watched object did not come within the kubelet's limit.
 */
export type FailureKind =
  | 'notFound'
  | 'forbidden'
  | 'unauthorized'
  | 'throttled'
  | 'server'
  | 'timeout'
  | 'unreachable'
  | 'tls'
  | 'credentials'
  | 'configuration'
  | 'invalid'
  | 'gone'
  | 'rejected'
  | 'cancelled'
  | 'notRegistered'
  | 'notSynced';

/** A failure as plain data, since bundles share no classes. */
export interface Failure {
  readonly kind: FailureKind;
  /** What happened and to which object, in English. It contains no secret values. */
  readonly message: string;
  /** Present if the API server answered. */
  readonly status?: ApiStatus;
  /** How long the server wants the client to wait, in milliseconds. */
  readonly retryAfterMs?: number;
}

/** The value of a request, or its failure. */
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export function answered<T>(value: T): Answer<T> {
  return { ok: true, value };
}

export function failed(failure: Failure): { readonly ok: false; readonly failure: Failure } {
  return { ok: false, failure };
}

/** The reasons that apimachinery 1.25 knows (`pkg/apis/meta/v1/types.go`). */
const knownReasons: ReadonlySet<string> = new Set([
  'Unauthorized',
  'Forbidden',
  'NotFound',
  'AlreadyExists',
  'Conflict',
  'Gone',
  'Invalid',
  'ServerTimeout',
  'Timeout',
  'TooManyRequests',
  'BadRequest',
  'MethodNotAllowed',
  'NotAcceptable',
  'RequestEntityTooLarge',
  'UnsupportedMediaType',
  'InternalError',
  'Expired',
  'ServiceUnavailable',
]);

/**
 * Whether a status says that the object does not exist: its reason is `NotFound` whatever the code, or its code is
 * 404 and its reason is unknown. Mirrors `IsNotFound` (apimachinery `pkg/api/errors/errors.go`, 1.25).
 */
export function isNotFound(status: ApiStatus): boolean {
  return status.reason === 'NotFound' || (status.code === 404 && !knownReasons.has(status.reason));
}

/** The failure that an API status stands for. */
export function failureOfStatus(status: ApiStatus, retryAfterMs?: number): Failure {
  return {
    kind: kindOfStatus(status),
    message: status.message,
    status,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

function kindOfStatus(status: ApiStatus): FailureKind {
  if (isNotFound(status)) return 'notFound';
  switch (status.reason) {
    case 'Forbidden':
      return 'forbidden';
    case 'Unauthorized':
      return 'unauthorized';
    case 'TooManyRequests':
      return 'throttled';
    case 'Timeout':
    case 'ServerTimeout':
      return 'timeout';
    case 'Gone':
    case 'Expired':
      return 'gone';
    default:
      return kindOfCode(status.code);
  }
}

function kindOfCode(code: number): FailureKind {
  if (code === 401) return 'unauthorized';
  if (code === 403) return 'forbidden';
  if (code === 410) return 'gone';
  if (code === 429) return 'throttled';
  if (code === 504) return 'timeout';
  if (code >= 500) return 'server';
  if (code >= 400) return 'rejected';
  return 'invalid';
}

/** Whether every other request would fail in the same way now. */
export function isAboutTheServer(failure: Failure): boolean {
  return needsPeople(failure) || failure.kind === 'cancelled' || isNoAnswer(failure);
}

/** Whether the request reached nobody, or nobody who answered. */
export function isNoAnswer({ kind, status }: Failure): boolean {
  return status === undefined && (kind === 'unreachable' || kind === 'timeout');
}

/** Whether a person has to mend it. Trying again soon would not help, and might run a credential plugin. */
export function needsPeople(failure: Failure): boolean {
  return ['tls', 'credentials', 'configuration', 'unauthorized'].includes(failure.kind);
}

/** What an error says that nobody expected. */
export function messageOfError(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error';
}
