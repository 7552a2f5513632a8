import type { ObjectKind } from '../objects/kubernetes';
import { containerLists, type ContainerType, type ReferenceField, type Route } from './table';
import { nameIn, visitReferences, type Access, type Place } from './walk';

/** One key of an object, and the file that a volume makes of it. */
export interface KeyUse {
  readonly key: string;
  readonly path?: string;
}

/** Which keys of the object a reference uses. `none`: a storage driver reads the keys, and the pod does not say which. */
export type KeyChoice =
  | { readonly choose: 'all' }
  | { readonly choose: 'some'; readonly keys: readonly KeyUse[] }
  | { readonly choose: 'none' };

export interface Mount {
  readonly container: string;
  readonly path: string;
  /** Present if only one file of the volume is mounted. Such a file never changes while the container runs. */
  readonly subPath?: string;
}

/** The part of the pod that has the reference. */
export type Origin =
  | { readonly in: 'pod' }
  | {
      readonly in: 'container';
      readonly container: string;
      readonly type: ContainerType;
      /** The variable of an `env` entry. */
      readonly variable?: string;
      /** The prefix of an `envFrom` entry. */
      readonly prefix?: string;
    }
  | { readonly in: 'volume'; readonly volume: string; readonly source: string; readonly mounts: readonly Mount[] };

export interface Reference {
  readonly kind: ObjectKind;
  readonly name: string;
  readonly route: Route;
  readonly keys: KeyChoice;
  /** Whether the pod starts if the object or key does not exist. Any other failure still stops it. */
  readonly optional: boolean;
  readonly origin: Origin;
  /** Whether admission added the reference (the volume of the service account), not the author of the pod. */
  readonly injected: boolean;
}

/** A reference, and the nodes that it was read from. */
export interface LocatedReference<N> {
  readonly reference: Reference;
  /** The map with the name, such as the value of `secretKeyRef`. */
  readonly holder: N;
  /** The scalar with the name. */
  readonly name: N;
  /** The list element around it: the `env` entry, the volume, the projected source. */
  readonly item: N;
  /** The scalars with the keys, in the order of `reference.keys`. */
  readonly keys: readonly N[];
}

/** Every reference of a pod spec, in the kubelet's order. A name in two fields gives two references. */
export function locateReferences<N>(spec: N, access: Access<N>): LocatedReference<N>[] {
  const found: LocatedReference<N>[] = [];
  let mounts: ReadonlyMap<string, readonly Mount[]> | undefined;
  visitReferences(spec, access, (field, holder, item, place) => {
    const name = access.field(holder, field.name);
    const text = nameIn(field, holder, access);
    if (name === undefined || text === undefined) return;
    const { choice, nodes } = keysIn(field, holder, access);
    mounts ??= mountsByVolume(spec, access);
    const origin = originOf(field, item, place, mounts, access);
    const route = origin.in === 'volume' && field.route === 'volume' && onlySubPaths(origin) ? 'subPath' : field.route;
    found.push({
      reference: {
        kind: field.kind,
        name: text,
        route,
        keys: choice,
        optional: flagIn(holder, 'optional', access) ?? false,
        origin,
        injected: isInjected(text, origin),
      },
      holder,
      name,
      item,
      keys: nodes,
    });
  });
  return found;
}

/** Every reference of a pod spec, in the kubelet's order, without nodes. */
export function referencesOf<N>(spec: N, access: Access<N>): Reference[] {
  return locateReferences(spec, access).map((located) => located.reference);
}

/** The distinct names of one kind in the order of the references. A manager registers a pod with them. */
export function namesOf(references: readonly Reference[], kind: ObjectKind): string[] {
  const names: string[] = [];
  for (const reference of references) {
    if (reference.kind === kind && !names.includes(reference.name)) names.push(reference.name);
  }
  return names;
}

function keysIn<N>(field: ReferenceField, holder: N, access: Access<N>): { choice: KeyChoice; nodes: N[] } {
  switch (field.keys) {
    case 'all':
    case 'none':
      return { choice: { choose: field.keys }, nodes: [] };
    case 'key': {
      const node = access.field(holder, 'key');
      const key = node === undefined ? undefined : access.text(node);
      if (node === undefined || key === undefined || key === '') {
        return { choice: { choose: 'some', keys: [] }, nodes: [] };
      }
      return { choice: { choose: 'some', keys: [{ key }] }, nodes: [node] };
    }
    case 'items': {
      const items = access.field(holder, 'items');
      const keys: KeyUse[] = [];
      const nodes: N[] = [];
      for (const item of items === undefined ? [] : access.items(items)) {
        const node = access.field(item, 'key');
        const key = node === undefined ? undefined : access.text(node);
        if (node === undefined || key === undefined || key === '') continue;
        const path = textIn(item, 'path', access);
        keys.push(path === undefined ? { key } : { key, path });
        nodes.push(node);
      }
      // Without items, every key becomes a file.
      return keys.length === 0 ? { choice: { choose: 'all' }, nodes } : { choice: { choose: 'some', keys }, nodes };
    }
  }
}

function originOf<N>(
  field: ReferenceField,
  item: N,
  place: Place<N>,
  mounts: ReadonlyMap<string, readonly Mount[]>,
  access: Access<N>,
): Origin {
  switch (place.in) {
    case 'pod':
      return place;
    case 'container': {
      const variable = field.route === 'env' ? textIn(item, 'name', access) : undefined;
      const prefix = field.route === 'envFrom' ? textIn(item, 'prefix', access) : undefined;
      return {
        in: 'container',
        container: textIn(place.container, 'name', access) ?? '',
        type: place.type,
        ...(variable === undefined ? {} : { variable }),
        ...(prefix === undefined ? {} : { prefix }),
      };
    }
    case 'volume': {
      const volume = textIn(place.volume, 'name', access) ?? '';
      const source = field.route === 'projected' ? 'projected' : (field.path[0] ?? '');
      return { in: 'volume', volume, source, mounts: mounts.get(volume) ?? [] };
    }
  }
}

function mountsByVolume<N>(spec: N, access: Access<N>): ReadonlyMap<string, readonly Mount[]> {
  const mounts = new Map<string, Mount[]>();
  for (const { list } of containerLists) {
    const containers = access.field(spec, list);
    for (const container of containers === undefined ? [] : access.items(containers)) {
      const volumeMounts = access.field(container, 'volumeMounts');
      for (const mount of volumeMounts === undefined ? [] : access.items(volumeMounts)) {
        const volume = textIn(mount, 'name', access);
        if (volume === undefined) continue;
        const subPath = textIn(mount, 'subPath', access) ?? textIn(mount, 'subPathExpr', access);
        const known = mounts.get(volume) ?? [];
        mounts.set(volume, known);
        known.push({
          container: textIn(container, 'name', access) ?? '',
          path: textIn(mount, 'mountPath', access) ?? '',
          ...(subPath === undefined || subPath === '' ? {} : { subPath }),
        });
      }
    }
  }
  return mounts;
}

function onlySubPaths(origin: Origin & { in: 'volume' }): boolean {
  return origin.mounts.length > 0 && origin.mounts.every((mount) => mount.subPath !== undefined);
}

/** The volume that the ServiceAccount admission plugin adds to nearly every pod (`kube-api-access-` and five letters). */
function isInjected(name: string, origin: Origin): boolean {
  return (
    origin.in === 'volume' &&
    origin.source === 'projected' &&
    origin.volume.startsWith('kube-api-access-') &&
    (name === 'kube-root-ca.crt' || name === 'openshift-service-ca.crt')
  );
}

function textIn<N>(node: N, name: string, access: Access<N>): string | undefined {
  const field = access.field(node, name);
  return field === undefined ? undefined : access.text(field);
}

function flagIn<N>(node: N, name: string, access: Access<N>): boolean | undefined {
  const field = access.field(node, name);
  return field === undefined ? undefined : access.flag(field);
}
