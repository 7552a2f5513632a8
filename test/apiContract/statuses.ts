/** The body of a refusal, as a real server writes it. */
export function refusal(code: number, reason: string, message: string, details?: object): object {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason };
  return { ...status, ...(details === undefined ? {} : { details }), code };
}

export const noSuchResource = refusal(404, 'NotFound', 'the server could not find the requested resource', {});

export const notAllowed = refusal(
  405,
  'MethodNotAllowed',
  'the server does not allow this method on the requested resource',
  {},
);
