/** A kind of object that the demo's API serves. */
export interface Resource {
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** The fields that a selector may name, and the value of each in an object that does not have it. */
  readonly fields: Readonly<Record<string, string>>;
  /** Whether the kind has its own list of fields. Kinds without one refuse other fields in other words. */
  readonly ownFields: boolean;
}

const names = { 'metadata.name': '', 'metadata.namespace': '' };

/** Fields as in `AddFieldLabelConversionsFor…` (`pkg/apis/core/v1/conversion.go`, 1.37). */
export const resources: readonly Resource[] = [
  {
    plural: 'configmaps',
    kind: 'ConfigMap',
    namespaced: true,
    fields: names,
    ownFields: false,
  },
  {
    plural: 'namespaces',
    kind: 'Namespace',
    namespaced: false,
    fields: { 'metadata.name': '', 'status.phase': '' },
    ownFields: true,
  },
  {
    plural: 'nodes',
    kind: 'Node',
    namespaced: false,
    fields: { 'metadata.name': '', 'spec.unschedulable': 'false' },
    ownFields: true,
  },
  {
    plural: 'pods',
    kind: 'Pod',
    namespaced: true,
    fields: {
      ...names,
      'spec.nodeName': '',
      'spec.restartPolicy': 'Always',
      'spec.schedulerName': 'default-scheduler',
      'spec.serviceAccountName': '',
      'spec.hostNetwork': 'false',
      'status.phase': '',
      'status.podIP': '',
      'status.nominatedNodeName': '',
    },
    ownFields: true,
  },
  {
    plural: 'secrets',
    kind: 'Secret',
    namespaced: true,
    fields: { ...names, type: 'Opaque' },
    ownFields: true,
  },
];

export function resourceNamed(plural: string): Resource | undefined {
  return resources.find((resource) => resource.plural === plural);
}

/** Throws for a kind that the API does not serve. Only a mistake in the story can name one. */
export function resourceOfKind(kind: string): Resource {
  const found = resources.find((resource) => resource.kind === kind);
  if (found === undefined) throw new Error(`The demo serves no objects of the kind ${kind}.`);
  return found;
}
