/** A kind of object that the demo's API serves. */
export interface Resource {
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

export const resources: readonly Resource[] = [
  { plural: 'configmaps', kind: 'ConfigMap', namespaced: true },
  { plural: 'namespaces', kind: 'Namespace', namespaced: false },
  { plural: 'nodes', kind: 'Node', namespaced: false },
  { plural: 'pods', kind: 'Pod', namespaced: true },
  { plural: 'secrets', kind: 'Secret', namespaced: true },
];

/** Throws for a kind that the API does not serve. Only a mistake in the story can name one. */
export function resourceOfKind(kind: string): Resource {
  const found = resources.find((resource) => resource.kind === kind);
  if (found === undefined) throw new Error(`The demo serves no objects of the kind ${kind}.`);
  return found;
}
