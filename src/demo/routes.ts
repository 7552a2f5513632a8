import { resourceNamed, type Resource } from './resources';

/** The objects of a namespace, or of all. */
export interface CollectionRoute {
  readonly to: 'collection';
  readonly resource: Resource;
  readonly namespace?: string;
}

export interface ObjectRoute {
  readonly to: 'object';
  readonly resource: Resource;
  readonly namespace?: string;
  readonly name: string;
}

/** What the path of a request names. */
export type Route =
  | CollectionRoute
  | ObjectRoute
  /** A document about the server itself. */
  | { readonly to: 'document'; readonly path: string }
  /** A path in the API that names nothing. */
  | { readonly to: 'unknownResource' }
  /** A path outside the API. */
  | { readonly to: 'nothing' };

const documents: ReadonlySet<string> = new Set([
  '/api',
  '/api/v1',
  '/apis',
  '/healthz',
  '/livez',
  '/readyz',
  '/version',
]);

export function routeOf(pathname: string): Route {
  const path = pathname.replace(/(?<=.)\/$/, '');
  if (documents.has(path)) return { to: 'document', path };
  if (!path.startsWith('/api/')) return { to: 'nothing' };
  return routeInApi(path.slice('/api/'.length).split('/')) ?? { to: 'unknownResource' };
}

function routeInApi(encoded: readonly string[]): CollectionRoute | ObjectRoute | undefined {
  const segments = decoded(encoded);
  if (segments === undefined || segments.includes('')) return undefined;
  const [version, first = '', second, third, fourth, ...rest] = segments;
  if (version !== 'v1' || rest.length > 0) return undefined;
  if (first === 'namespaces' && second !== undefined && third !== undefined) {
    const resource = resourceNamed(third);
    if (resource?.namespaced !== true) return undefined;
    const inNamespace = { resource, namespace: second };
    return fourth === undefined ? { to: 'collection', ...inNamespace } : { to: 'object', ...inNamespace, name: fourth };
  }
  const resource = resourceNamed(first);
  if (resource === undefined || third !== undefined) return undefined;
  if (second === undefined) return { to: 'collection', resource };
  // Objects of a namespace are reached through it alone.
  return resource.namespaced ? undefined : { to: 'object', resource, name: second };
}

function decoded(segments: readonly string[]): readonly string[] | undefined {
  try {
    return segments.map(decodeURIComponent);
  } catch {
    return undefined;
  }
}
