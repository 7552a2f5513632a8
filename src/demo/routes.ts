import { resources, type Resource } from './resources';

/** What a path names: one object, or without a name the objects of a namespace or of all namespaces. */
export interface Route {
  readonly resource: Resource;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

/** Undefined if the API serves nothing at the path. Names are taken as they are: no valid one has a character to encode. */
export function routeOf(path: string): Route | undefined {
  const found = /^\/api\/v1(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?$/.exec(path);
  const [, namespace, plural, name] = found ?? [];
  const resource = resources.find((one) => one.plural === plural);
  if (resource === undefined) return undefined;
  // Objects of a namespace are reached through it alone.
  const isReachable = namespace === undefined ? !resource.namespaced || name === undefined : resource.namespaced;
  return isReachable ? { resource, namespace, name } : undefined;
}
