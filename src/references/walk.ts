import { containerLists, podFields, type ContainerType, type ReferenceField } from './table';

/**
 * How to read a tree of maps, lists and texts. With it, one walker serves pod objects and YAML nodes. A value that is absent,
 * null or of another form is `undefined`, since Go's decoder leaves such a field empty.
 */
export interface Access<N> {
  field(node: N, name: string): N | undefined;
  /** The names of its fields. Some of them may be absent for {@link field}. */
  names(node: N): Iterable<string>;
  items(node: N): Iterable<N>;
  text(node: N): string | undefined;
  flag(node: N): boolean | undefined;
}

/** The part of a pod spec that has a reference. */
export type Place<N> =
  | { readonly in: 'pod' }
  | { readonly in: 'container'; readonly container: N; readonly type: ContainerType }
  | { readonly in: 'volume'; readonly volume: N };

/**
 * @param field The row of the table.
 * @param holder The node that holds the name, such as the value of `secretKeyRef`.
 * @param item The list element around the holder: an `env` entry, a projected source, a volume …
 */
export type Visit<N> = (field: ReferenceField, holder: N, item: N, place: Place<N>) => void;

const inPod = { in: 'pod' } as const;

/** Visits every field of a pod spec that may name an object, in the kubelet's order. The name may be empty. */
export function visitReferences<N>(spec: N, access: Access<N>, visit: Visit<N>): void {
  visitList(spec, 'imagePullSecrets', podFields.imagePullSecrets, inPod, access, visit);
  for (const { list, type } of containerLists) {
    const containers = access.field(spec, list);
    if (containers === undefined) continue;
    for (const container of access.items(containers)) {
      const place = { in: 'container', container, type } as const;
      visitList(container, 'envFrom', podFields.envFrom, place, access, visit);
      visitList(container, 'env', podFields.env, place, access, visit);
    }
  }
  const volumes = access.field(spec, 'volumes');
  if (volumes === undefined) return;
  for (const volume of access.items(volumes)) visitVolume(volume, access, visit);
}

/** The name in a holder, unless it is absent or empty. */
export function nameIn<N>(field: ReferenceField, holder: N, access: Access<N>): string | undefined {
  const node = access.field(holder, field.name);
  const name = node === undefined ? undefined : access.text(node);
  return name === '' ? undefined : name;
}

function visitList<N>(
  owner: N,
  list: string,
  fields: readonly ReferenceField[],
  place: Place<N>,
  access: Access<N>,
  visit: Visit<N>,
): void {
  const items = access.field(owner, list);
  if (items === undefined) return;
  for (const item of access.items(items)) {
    for (const field of fields) {
      const holder = follow(item, field.path, access);
      if (holder !== undefined) visit(field, holder, item, place);
    }
  }
}

interface VolumeRow {
  readonly field: ReferenceField;
  /** The index among the rows. The lowest one decides. */
  readonly place: number;
}

/** The rows of `volumes` by the first field of their path. A volume has fewer fields than the table has rows. */
const volumeRows: ReadonlyMap<string, readonly VolumeRow[]> = new Map(
  podFields.volumes.map(({ path: [source] }) => [source, rowsOf(source)]),
);

function rowsOf(source: string): VolumeRow[] {
  return podFields.volumes.flatMap((field, place) => (field.path[0] === source ? [{ field, place }] : []));
}

function visitVolume<N>(volume: N, access: Access<N>, visit: Visit<N>): void {
  let secret: VolumeRow | undefined;
  let configMap: VolumeRow | undefined;
  for (const name of access.names(volume)) {
    const rows = volumeRows.get(name);
    if (rows === undefined || access.field(volume, name) === undefined) continue;
    for (const row of rows) {
      if (row.field.kind === 'Secret') secret = firstOf(row, secret);
      else configMap = firstOf(row, configMap);
    }
  }
  if (secret !== undefined) visitSource(volume, secret.field, access, visit);
  if (configMap !== undefined) visitSource(volume, configMap.field, access, visit);
}

function firstOf(row: VolumeRow, other: VolumeRow | undefined): VolumeRow {
  return other !== undefined && other.place < row.place ? other : row;
}

function visitSource<N>(volume: N, field: ReferenceField, access: Access<N>, visit: Visit<N>): void {
  const place = { in: 'volume', volume } as const;
  const [first = '', second] = field.path;
  const source = access.field(volume, first);
  if (source === undefined) return;
  if (field.route === 'projected') {
    visitList(source, 'sources', fieldsOf(podFields.projectedSources, field.kind), place, access, visit);
  } else {
    const holder = second === undefined ? source : access.field(source, second);
    if (holder !== undefined) visit(field, holder, volume, place);
  }
}

function fieldsOf(fields: readonly ReferenceField[], kind: ReferenceField['kind']): readonly ReferenceField[] {
  return fields.filter((field) => field.kind === kind);
}

function follow<N>(node: N, path: readonly string[], access: Access<N>): N | undefined {
  let reached: N | undefined = node;
  for (const name of path) {
    if (reached === undefined) return undefined;
    reached = access.field(reached, name);
  }
  return reached;
}
