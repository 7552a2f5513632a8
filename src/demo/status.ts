/** The refusal of a request: a `Status` in the exact words of a real API server. */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: object;
  readonly status: 'Failure';
  readonly message: string;
  readonly reason: string;
  readonly details?: StatusDetails;
  readonly code: number;
}

export interface StatusDetails {
  readonly name?: string;
  readonly kind?: string;
}

function failure(code: number, reason: string, message: string, details?: StatusDetails): Status {
  // The order of the fields is the real server's.
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    ...(details === undefined ? {} : { details }),
    code,
  };
}

export function notFound(plural: string, name: string): Status {
  return failure(404, 'NotFound', `${plural} ${JSON.stringify(name)} not found`, { name, kind: plural });
}

/** For a path that names nothing. */
export function unknownResource(): Status {
  return failure(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function methodNotAllowed(): Status {
  return failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}

export function unauthorized(): Status {
  return failure(401, 'Unauthorized', 'Unauthorized');
}

export function forbidden(message: string, details: StatusDetails): Status {
  return failure(403, 'Forbidden', message, details);
}

/** For a query that the demo does not understand. These words are its own. */
export function badRequest(query: URLSearchParams): Status {
  return failure(400, 'BadRequest', `the demo does not serve the query ${query.toString()}`);
}

/** The version to watch from is no longer kept. */
export function expired(version: number, oldest: number): Status {
  return failure(410, 'Expired', `too old resource version: ${version} (${oldest})`);
}
