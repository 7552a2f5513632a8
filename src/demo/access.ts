import { createHash, timingSafeEqual } from 'node:crypto';
import { forbidden, type Status } from './status';

/** What a request is about, as authorization sees it. */
export interface Attributes {
  readonly verb: string;
  /** The plural of a resource, known or not. */
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** Something that the user may not do. What no denial names is allowed. */
export interface Denial {
  readonly verbs: readonly string[];
  readonly resource: string;
  /** Of one object only. */
  readonly object?: { readonly namespace: string; readonly name: string };
}

/** The one user of the server. */
export interface User {
  readonly name: string;
  readonly token: string;
  readonly denials: readonly Denial[];
}

/** Whether an `Authorization` header carries the token. Takes as long for a wrong one as for the right one. */
export function isAuthenticated({ token }: User, header: string | undefined): boolean {
  const [, sent = ''] = /^Bearer +(\S+) *$/i.exec(header ?? '') ?? [];
  return timingSafeEqual(digest(sent), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Why the user may not do it, in the words of a real server with roles (`responsewriters/errors.go`). */
export function denialOf({ name: user, denials }: User, attributes: Attributes): Status | undefined {
  const { verb, resource, namespace, name } = attributes;
  const isDenied = denials.some(
    (denial) =>
      denial.resource === resource &&
      denial.verbs.includes(verb) &&
      (denial.object === undefined || (denial.object.namespace === namespace && denial.object.name === name)),
  );
  if (!isDenied) return undefined;
  const what = name === undefined ? resource : `${resource} ${JSON.stringify(name)}`;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  return forbidden(
    `${what} is forbidden: User ${JSON.stringify(user)} cannot ${verb} resource ${JSON.stringify(resource)} in API group "" ${where}`,
    { ...(name === undefined ? {} : { name }), kind: resource },
  );
}
