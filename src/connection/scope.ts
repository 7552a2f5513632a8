import type { PodPart } from '../cluster/contract';

/** The pods that are registered. */
export type Scope =
  | { readonly in: 'namespaces'; readonly namespaces: readonly string[] }
  | { readonly in: 'node'; readonly node: string }
  | { readonly in: 'all' };

/** The lists that make up a scope. */
export function partsOf(scope: Scope): PodPart[] {
  switch (scope.in) {
    case 'namespaces':
      return scope.namespaces.map((namespace) => ({ in: 'namespace', namespace }));
    case 'node':
      return [{ in: 'node', node: scope.node }];
    case 'all':
      return [{ in: 'all' }];
  }
}

/** A scope that was remembered, or `undefined` for anything else. */
export function scopeOf(remembered: unknown): Scope | undefined {
  if (typeof remembered !== 'object' || remembered === null || !('in' in remembered)) return undefined;
  if (remembered.in === 'all') return { in: 'all' };
  if (remembered.in === 'node' && 'node' in remembered && typeof remembered.node === 'string') {
    return { in: 'node', node: remembered.node };
  }
  if (remembered.in === 'namespaces' && 'namespaces' in remembered && Array.isArray(remembered.namespaces)) {
    const namespaces = remembered.namespaces.filter((name): name is string => typeof name === 'string');
    return namespaces.length === 0 ? undefined : { in: 'namespaces', namespaces };
  }
  return undefined;
}
