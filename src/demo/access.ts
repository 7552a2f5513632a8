import { createHash, timingSafeEqual } from 'node:crypto';
import { forbidden, type Status } from './status';

/** The parts of a request that authorization looks at. */
export interface Attributes {
  readonly verb: 'get' | 'list' | 'watch';
  /** The plural of a resource. */
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

/** Something that the user may not do. Everything else is allowed. */
export interface Denial {
  readonly verbs: readonly string[];
  readonly resource: string;
  /** One object; or `all`: lists and watches that are not restricted to one name. */
  readonly object: { readonly namespace: string; readonly name: string } | 'all';
}

/** The one user of the server. */
export interface User {
  readonly name: string;
  readonly token: string;
  readonly denials: readonly Denial[];
}

/** Whether an `Authorization` header has the right token. The time that it takes does not depend on the token. */
export function isAuthenticated({ token }: User, header: string | undefined): boolean {
  const [, sent = ''] = /^Bearer +(\S+) *$/i.exec(header ?? '') ?? [];
  return timingSafeEqual(digest(sent), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** The refusal if the user may not do it, in the words of a real server with roles (`responsewriters/errors.go`). */
export function denialOf({ name: user, denials }: User, attributes: Attributes): Status | undefined {
  const { verb, resource, namespace, name } = attributes;
  const isDenied = denials.some(
    (denial) => denial.resource === resource && denial.verbs.includes(verb) && appliesTo(denial, attributes),
  );
  if (!isDenied) return undefined;
  const what = name === undefined ? resource : `${resource} ${JSON.stringify(name)}`;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  return forbidden(
    `${what} is forbidden: User ${JSON.stringify(user)} cannot ${verb} resource ${JSON.stringify(resource)} in API group "" ${where}`,
    { ...(name === undefined ? {} : { name }), kind: resource },
  );
}

function appliesTo({ object }: Denial, { namespace, name }: Attributes): boolean {
  return object === 'all' ? name === undefined : object.namespace === namespace && object.name === name;
}
