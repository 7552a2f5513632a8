/** The refusal of a request: a `Status` in the exact words of a real API server. */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: { readonly continue?: string };
  readonly status: 'Failure';
  readonly message: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly code: number;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field?: string;
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Status };

export function granted<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function refused(refusal: Status): { readonly ok: false; readonly refusal: Status } {
  return { ok: false, refusal };
}

interface Parts {
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly continue?: string;
}

function failure(code: number, message: string, { reason, details, continue: token }: Parts): Status {
  // The order of the fields is the real server's.
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: token === undefined ? {} : { continue: token },
    status: 'Failure',
    message,
    ...(reason === undefined ? {} : { reason }),
    ...(details === undefined ? {} : { details }),
    code,
  };
}

export function notFound(plural: string, name: string): Status {
  const details = { name, kind: plural };
  return failure(404, `${plural} ${JSON.stringify(name)} not found`, { reason: 'NotFound', details });
}

/** For a path below `/api` that names nothing. */
export function unknownResource(): Status {
  return failure(404, 'the server could not find the requested resource', { reason: 'NotFound', details: {} });
}

export function methodNotAllowed(): Status {
  const message = 'the server does not allow this method on the requested resource';
  return failure(405, message, { reason: 'MethodNotAllowed', details: {} });
}

export function unauthorized(): Status {
  return failure(401, 'Unauthorized', { reason: 'Unauthorized' });
}

export function forbidden(message: string, details: StatusDetails): Status {
  return failure(403, message, { reason: 'Forbidden', details });
}

export function badRequest(message: string): Status {
  return failure(400, message, { reason: 'BadRequest' });
}

/** The requested version, or the version of a page, is no longer kept. */
export function expired(message: string, token?: string): Status {
  return failure(410, message, { reason: 'Expired', ...(token === undefined ? {} : { continue: token }) });
}

/** The requested version is still to come. */
export function tooLargeVersion(requested: number, current: number): Status {
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  return failure(504, `Timeout: Too large resource version: ${requested}, current: ${current}`, {
    reason: 'Timeout',
    details: { causes, retryAfterSeconds: 1 },
  });
}

/** A text that is no version, where a real server answers 500. */
export function unreadableVersion(problem: string): Status {
  return failure(500, problem, {});
}

/** Options of a list or watch that contradict each other. */
export function invalidOptions(causes: readonly Required<StatusCause>[]): Status {
  const problems = causes.map(({ field, message }) => `${field}: ${message}`);
  const text = problems.length === 1 ? problems.join() : `[${problems.join(', ')}]`;
  return failure(422, `ListOptions.meta.k8s.io "" is invalid: ${text}`, {
    reason: 'Invalid',
    details: { group: 'meta.k8s.io', kind: 'ListOptions', causes },
  });
}
