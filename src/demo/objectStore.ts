import { randomUUID } from 'node:crypto';
import { Emitter, type Event } from '../objects/emitter';
import { apiTime, type ApiObject } from './apiObject';
import { resourceOfKind, type Resource } from './resources';

/** One change of one object. Each has a version of its own. */
export interface Change {
  readonly version: number;
  readonly resource: Resource;
  /** Absent if the object was created. */
  readonly before: ApiObject | undefined;
  /** Absent if the object was removed. */
  readonly after: ApiObject | undefined;
}

/** Which object is meant. */
export interface ObjectName {
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** How many changes are kept. The story takes hours to make as many. */
const mostChanges = 1_000;

/**
 * The objects of a cluster and their latest changes. All objects share one counter of versions, as in etcd. Every version
 * since the oldest kept change can be watched from.
 */
export class ObjectStore {
  readonly #wallTime: () => number;
  readonly #mostChanges: number;
  readonly #objects = new Map<Resource, Map<string, ApiObject>>();
  readonly #emitter = new Emitter<Change>();
  #changes: Change[] = [];
  #version = 0;
  #oldest = 0;

  /** Fired after each change, in order. */
  readonly onChange: Event<Change> = this.#emitter.event;

  /** @param wallTime Milliseconds since 1970, for `creationTimestamp`. */
  constructor(wallTime: () => number, most = mostChanges) {
    this.#wallTime = wallTime;
    this.#mostChanges = most;
  }

  /** The version of the newest change. */
  get version(): number {
    return this.#version;
  }

  /** The oldest version after which all changes are known. */
  get oldestVersion(): number {
    return this.#oldest;
  }

  get(resource: Resource, key: string): ApiObject | undefined {
    return this.#of(resource).get(key);
  }

  /** The objects of a resource in the order of their keys. */
  list(resource: Resource): readonly ApiObject[] {
    return [...this.#of(resource)].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, object]) => object);
  }

  /** The changes of a resource after a version that is still kept. */
  since(resource: Resource, version: number): readonly Change[] {
    return this.#changes.filter((change) => change.resource === resource && change.version > version);
  }

  /** Adds an object. Throws if it exists. */
  create(object: ApiObject): ApiObject {
    const resource = resourceOfKind(object.kind);
    const key = keyOf(resource, object.metadata);
    if (this.get(resource, key) !== undefined) throw new Error(`${object.kind} ${key} exists.`);
    const metadata = {
      uid: randomUUID(),
      creationTimestamp: apiTime(this.#wallTime()),
      ...object.metadata,
    };
    return this.#set(resource, key, undefined, { ...object, metadata });
  }

  /** Replaces an object by what `change` returns. Throws if it does not exist. */
  update(name: ObjectName, change: (object: ApiObject) => ApiObject): ApiObject {
    const { resource, key, object } = this.#existing(name);
    return this.#set(resource, key, object, change(object));
  }

  /** Removes an object. Throws if it does not exist. */
  remove(name: ObjectName): void {
    const { resource, key, object } = this.#existing(name);
    this.#of(resource).delete(key);
    this.#note({ version: this.#version + 1, resource, before: object, after: undefined });
  }

  #existing({ kind, ...metadata }: ObjectName): { resource: Resource; key: string; object: ApiObject } {
    const resource = resourceOfKind(kind);
    const key = keyOf(resource, metadata);
    const object = this.get(resource, key);
    if (object === undefined) throw new Error(`There is no ${kind} ${key}.`);
    return { resource, key, object };
  }

  #set(resource: Resource, key: string, before: ApiObject | undefined, object: ApiObject): ApiObject {
    const version = this.#version + 1;
    const after = withVersion(object, version);
    this.#of(resource).set(key, after);
    this.#note({ version, resource, before, after });
    return after;
  }

  #note(change: Change): void {
    this.#version = change.version;
    this.#changes.push(change);
    if (this.#changes.length > this.#mostChanges) this.#oldest = this.#changes.shift()?.version ?? this.#oldest;
    this.#emitter.fire(change);
  }

  #of(resource: Resource): Map<string, ApiObject> {
    const known = this.#objects.get(resource) ?? new Map<string, ApiObject>();
    this.#objects.set(resource, known);
    return known;
  }
}

export function withVersion(object: ApiObject, version: number): ApiObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
}

/** Keys are in the order of etcd's: by namespace, a slash, and name. */
export function keyOf(resource: Resource, { namespace, name }: Omit<ObjectName, 'kind'>): string {
  return resource.namespaced ? `${namespace ?? 'default'}/${name}` : name;
}
