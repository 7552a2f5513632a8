import { answered, failed, type Answer } from '../objects/failure';

/**
 * The path of one object, such as `/api/v1/namespaces/shop/secrets/db`. Fails for a name that no object can have: an
 * empty one would turn a read of one Secret into a list of all, and `..` would lead to another object.
 */
export function objectPath(resource: string, namespace: string | undefined, name: string): Answer<string> {
  const path = collectionPath(resource, namespace, name);
  return path.ok ? answered(`${path.value}/${encodeURIComponent(name)}`) : path;
}

/** The path of the objects among which one is looked for, such as `/api/v1/namespaces/shop/secrets`. Fails likewise. */
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

/** Selects the objects whose field has that value. In a selector a comma and an equals sign mean something. */
export function fieldSelector(field: string, value: string): string {
  return `${field}=${value.replace(/[\\,=]/g, '\\$&')}`;
}

/** In the words of the API server: `secrets "db" in namespace "shop"`. */
export function describe(resource: string, namespace: string | undefined, name: string): string {
  return `${resource} ${JSON.stringify(name)}${namespace === undefined ? '' : ` in namespace ${JSON.stringify(namespace)}`}`;
}

/** Mirrors `IsValidPathSegmentName` of apimachinery. */
export function segmentProblem(segment: string): string | undefined {
  if (segment === '') return 'may not be empty';
  if (segment === '.' || segment === '..') return 'may not be "." or ".."';
  return /[/%]/.test(segment) ? 'may not contain "/" or "%"' : undefined;
}
