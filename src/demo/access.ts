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
  /** Of one object only, or only of all at once: to list the one of a name is no list of all. Without it, of any. */
  readonly object?: { readonly namespace: string; readonly name: string } | 'all';
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
    (denial) => denial.resource === resource && denial.verbs.includes(verb) && isMeant(denial, attributes),
  );
  if (!isDenied) return undefined;
  const what = name === undefined ? resource : `${resource} ${JSON.stringify(name)}`;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  return forbidden(
    `${what} is forbidden: User ${JSON.stringify(user)} cannot ${verb} resource ${JSON.stringify(resource)} in API group "" ${where}`,
    { ...(name === undefined ? {} : { name }), kind: resource },
  );
}

function isMeant({ object }: Denial, { namespace, name }: Attributes): boolean {
  if (object === undefined) return true;
  return object === 'all' ? name === undefined : object.namespace === namespace && object.name === name;
}
