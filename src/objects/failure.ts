/** A Kubernetes `Status` answer: what the API server says when it does not do what it was asked. */
export interface ApiStatus {
  /** HTTP code. */
  readonly code: number;
  /** One word, such as `NotFound`; empty where the server gave none. */
  readonly reason: string;
  readonly message: string;
}

/**
 * What can go wrong between a question and its answer. Made once, where the failure is seen; nobody above looks at
 * HTTP codes or at errors of the client.
 *
 * - `notFound`: the object does not exist.
 * - `forbidden`: the role does not allow the request.
 * - `unauthorized`: the credentials were refused, also after asking for fresh ones.
 * - `throttled`: the server asks to wait.
 * - `server`: the server failed.
 * - `timeout`: no answer within the limit.
 * - `unreachable`: no connection.
 * - `tls`: a connection, but the two sides do not trust each other.
 * - `credentials`: the credentials could not be had: a plugin, a token file.
 * - `configuration`: the kubeconfig does not say where to go.
 * - `invalid`: an answer that is not what the API promises.
 * - `gone`: the version asked for is no longer kept.
 * - `rejected`: the server refuses the request for another reason (409, 422 …).
 * - `cancelled`: the one who asked no longer wants the answer.
 * - `notRegistered`: no registered pod refers to the object and nothing holds it, so it is not read.
 * - `notSynced`: the first list of an object that is watched was not answered within the kubelet's limit.
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

/** A failure as plain data, since the two bundles share no classes. */
export interface Failure {
  readonly kind: FailureKind;
  /** What happened and to which object, in the words of whoever said it. Holds no secret values. */
  readonly message: string;
  /** Present where the API server answered. */
  readonly status?: ApiStatus;
  /** Milliseconds that the server asks to wait. */
  readonly retryAfterMs?: number;
}

/** An answer to a question that can fail. */
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export function answered<T>(value: T): Answer<T> {
  return { ok: true, value };
}

export function failed(failure: Failure): { readonly ok: false; readonly failure: Failure } {
  return { ok: false, failure };
}

/** Reasons that apimachinery 1.25 knows (`pkg/apis/meta/v1/types.go`). */
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
 * 404 and the reason is none that is known. Mirrors `IsNotFound` (apimachinery `pkg/api/errors/errors.go`, 1.25).
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

/** Whether any other request would meet the same failure now. */
export function isAboutTheServer(failure: Failure): boolean {
  return needsPeople(failure) || ['unreachable', 'timeout', 'cancelled'].includes(failure.kind);
}

/** Whether only people can mend it: asking again soon would not help, and might run a credential plugin. */
export function needsPeople(failure: Failure): boolean {
  return ['tls', 'credentials', 'configuration', 'unauthorized'].includes(failure.kind);
}

/** What an error says that nobody expected. */
export function messageOfError(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error';
}
