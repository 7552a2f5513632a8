import type { Access } from '../references/walk';

/** A pod template in a document. */
export interface FoundTemplate<N> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** As in the text. Absent if there is none, or if it is templated. */
  readonly namespace: string | undefined;
  /** Its index in each list around it, from the outermost list. Absent outside a list. */
  readonly itemPath?: readonly number[];
  /** The object. */
  readonly node: N;
  /** The pod spec, if there is one. */
  readonly spec: N | undefined;
}

/** {@link Access} with what the search needs besides. */
export interface TemplateAccess<N> extends Access<N> {
  isTemplated(node: N): boolean;
  isMap(node: N): boolean;
  isList(node: N): boolean;
}

const podTemplate = ['spec', 'template', 'spec'];
const pathsToSpec: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  PodTemplate: ['template', 'spec'],
  ReplicationController: podTemplate,
  Deployment: podTemplate,
  StatefulSet: podTemplate,
  DaemonSet: podTemplate,
  ReplicaSet: podTemplate,
  Job: podTemplate,
  CronJob: ['spec', 'jobTemplate', ...podTemplate],
};
const kindsByGroup: Readonly<Record<string, readonly string[]>> = {
  apps: ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'],
  // Jobs began in this group.
  extensions: ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job'],
  batch: ['Job', 'CronJob'],
};
const coreKinds = ['Pod', 'ReplicationController', 'PodTemplate'];

/** The pod templates of one document, those in lists included. The same kinds of other API groups have none. */
export function findTemplates<N>(root: N, access: TemplateAccess<N>): FoundTemplate<N>[] {
  const found: FoundTemplate<N>[] = [];
  visit(root, undefined, access, found);
  return found;
}

function visit<N>(
  node: N,
  itemPath: readonly number[] | undefined,
  access: TemplateAccess<N>,
  found: FoundTemplate<N>[],
): void {
  if (!access.isMap(node)) return;
  const kind = textAt(node, ['kind'], access);
  if (kind === undefined) return;
  const items = kind.endsWith('List') ? access.field(node, 'items') : undefined;
  if (items !== undefined && access.isList(items)) {
    let index = 0;
    for (const item of access.items(items)) visit(item, [...(itemPath ?? []), index++], access, found);
    return;
  }
  const apiVersion = textAt(node, ['apiVersion'], access);
  const path = Object.hasOwn(pathsToSpec, kind) ? pathsToSpec[kind] : undefined;
  if (path === undefined) return;
  if (apiVersion === undefined) {
    // Charts often compute the version of a kind they know.
    const version = access.field(node, 'apiVersion');
    if (version === undefined || !access.isTemplated(version)) return;
  } else if (!hasTemplate(apiVersion, kind)) {
    return;
  }
  found.push({
    apiVersion: apiVersion ?? '',
    kind,
    name: textAt(node, ['metadata', 'name'], access) ?? '',
    namespace: textAt(node, ['metadata', 'namespace'], access),
    ...(itemPath === undefined ? {} : { itemPath }),
    node,
    spec: at(node, path, access),
  });
}

function hasTemplate(apiVersion: string, kind: string): boolean {
  if (apiVersion === 'v1') return coreKinds.includes(kind);
  const slash = apiVersion.indexOf('/');
  const group = apiVersion.slice(0, Math.max(slash, 0));
  return Object.hasOwn(kindsByGroup, group) && kindsByGroup[group]?.includes(kind) === true;
}

function at<N>(node: N, path: readonly string[], access: Access<N>): N | undefined {
  let reached: N | undefined = node;
  for (const name of path) {
    if (reached === undefined) return undefined;
    reached = access.field(reached, name);
  }
  return reached;
}

function textAt<N>(node: N, path: readonly string[], access: Access<N>): string | undefined {
  const found = at(node, path, access);
  return found === undefined ? undefined : access.text(found);
}
