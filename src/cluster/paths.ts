import { answered, failed, type Answer } from '../objects/failure';

/**
 * The path of one object, such as `/api/v1/namespaces/shop/secrets/db`. Fails for a name that no object can have. An
 * empty name would turn a read of one Secret into a list of all, and `..` would lead to another object.
 */
export function objectPath(resource: string, namespace: string | undefined, name: string): Answer<string> {
  const path = collectionPath(resource, namespace, name);
  return path.ok ? answered(`${path.value}/${encodeURIComponent(name)}`) : path;
}

/** The path of the collection that holds the object, such as `/api/v1/namespaces/shop/secrets`. Fails likewise. */
export function collectionPath(resource: string, namespace: string | undefined, name: string): Answer<string> {
  for (const segment of namespace === undefined ? [name] : [namespace, name]) {
    const problem = segmentProblem(segment);
    if (problem !== undefined) {
      return failed({ kind: 'rejected', message: `${describe(resource, namespace, name)}: a name ${problem}.` });
    }
  }
  return answered(
    `/api/v1${namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`}/${resource}`,
  );
}

/** Selects the objects whose field has that value. Escapes the characters that mean something in a selector. */
export function fieldSelector(field: string, value: string): string {
  return `${field}=${value.replace(/[\\,=]/g, '\\$&')}`;
}

/** Names an object as the API server's messages do: `secrets "db" in namespace "shop"`. */
export function describe(resource: string, namespace: string | undefined, name: string): string {
  return `${resource} ${JSON.stringify(name)}${namespace === undefined ? '' : ` in namespace ${JSON.stringify(namespace)}`}`;
}

/** Why a name cannot be part of a path. Mirrors `IsValidPathSegmentName` (apimachinery `pkg/api/validation/path/name.go`). */
export function segmentProblem(segment: string): string | undefined {
  if (segment === '') return 'may not be empty';
  if (segment === '.' || segment === '..') return 'may not be "." or ".."';
  return /[/%]/.test(segment) ? 'may not contain "/" or "%"' : undefined;
}
