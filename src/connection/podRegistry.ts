import type { ConfigMapCopy, SecretCopy } from '../objects/objectCopy';
import { objectKinds, type Pod } from '../objects/kubernetes';
import { keyText, type ObjectKey } from '../objects/objectKey';
import type { Manager } from '../manager/manager';
import { objectAccess } from '../references/objectAccess';
import { namesOf, referencesOf, type Reference } from '../references/references';
import { noNeeds, ObjectUsers, type Needs } from './objectUsers';

export interface RegisteredPod {
  readonly id: string;
  readonly pod: Pod;
  /** Every reference of the pod, in the kubelet's order. */
  readonly references: readonly Reference[];
  /** Named by the user, where pods may not be listed. */
  readonly byName: boolean;
}

/** The managers that pods are registered with. */
export interface Managers {
  readonly Secret: Manager<SecretCopy>;
  readonly ConfigMap: Manager<ConfigMapCopy>;
}

/** A pod that uses an object, and by which of its references. */
export interface Use {
  readonly pod: RegisteredPod;
  readonly references: readonly Reference[];
}

/** Names a pod for as long as the registry knows it. */
export function podId(pod: Pod): string {
  return `${pod.metadata.namespace ?? ''}/${pod.metadata.name}/${pod.metadata.uid ?? ''}`;
}

/**
 * The pods in scope: registers them with both managers while they may run, and knows who uses an object. A pod that
 * has finished needs no objects, so it is not registered.
 */
export class PodRegistry {
  readonly #managers: Managers;
  readonly #usersChanged: (key: ObjectKey) => void;
  readonly #pods = new Map<string, RegisteredPod>();
  /** By the text of the object's key. */
  readonly #users = new Map<string, ObjectUsers>();

  /** @param usersChanged Called once with each object whose users, or what they ask of it, may be others than before. */
  constructor(managers: Managers, usersChanged: (key: ObjectKey) => void) {
    this.#managers = managers;
    this.#usersChanged = usersChanged;
  }

  get pods(): Iterable<RegisteredPod> {
    return this.#pods.values();
  }

  get size(): number {
    return this.#pods.size;
  }

  get(id: string): RegisteredPod | undefined {
    return this.#pods.get(id);
  }

  /**
   * Takes a pod as it is. Registers it only if its references changed, so that an update of its status does not drop
   * what is cached for it.
   * @returns the objects that were registered for it.
   */
  upsert(pod: Pod, byName = false): readonly ObjectKey[] {
    const id = podId(pod);
    if (isFinished(pod)) {
      this.remove(pod);
      return [];
    }
    const before = this.#pods.get(id);
    const references = referencesOf<unknown>(pod.spec ?? {}, objectAccess);
    const after: RegisteredPod = { id, pod, references, byName: byName || before?.byName === true };
    this.#pods.set(id, after);
    if (before !== undefined && isSame(before.references, references)) return [];
    if (before !== undefined) this.#count(before, -1);
    this.#count(after, 1);
    const keys = objectsOf(after, () => true);
    const keysBefore = before === undefined ? undefined : objectsOf(before, () => true);
    const isRegistered = keysBefore !== undefined && sameKeys(keysBefore, keys);
    if (!isRegistered) {
      for (const kind of objectKinds) this.#managers[kind].registerPod(pod, namesOf(references, kind));
    }
    this.#note(keysBefore ?? [], keys);
    return isRegistered ? [] : keys;
  }

  /** @returns whether the pod was known. */
  remove(pod: Pod): boolean {
    const id = podId(pod);
    const known = this.#pods.get(id);
    if (known === undefined) return false;
    this.#pods.delete(id);
    for (const kind of objectKinds) this.#managers[kind].unregisterPod(known.pod);
    this.#count(known, -1);
    this.#note(objectsOf(known, () => true));
    return true;
  }

  /** A pod that the user named is from now on as one that was listed. */
  forgetName(id: string): void {
    const known = this.#pods.get(id);
    if (known !== undefined) this.#pods.set(id, { ...known, byName: false });
  }

  /** How a pod uses an object. References that admission adds are no use by the user. */
  useBy(id: string, key: ObjectKey): Use | undefined {
    const pod = this.#pods.get(id);
    if (pod?.pod.metadata.namespace !== key.namespace) return undefined;
    const references = pod.references.filter(
      (reference) => reference.kind === key.kind && reference.name === key.name && !reference.injected,
    );
    return { pod, references };
  }

  /** Ids of the pods that use an object. */
  userIds(key: ObjectKey): ReadonlySet<string> {
    return this.#users.get(keyText(key))?.pods ?? nobody;
  }

  /** What the pods that use an object ask of it. */
  needsOf(key: ObjectKey): Needs {
    return this.#users.get(keyText(key)) ?? noNeeds;
  }

  /** Whether nobody refers to the object but the volume that admission adds to pods. */
  isInjectedOnly(key: ObjectKey): boolean {
    return this.#users.get(keyText(key))?.pods.size === 0;
  }

  /** Every object that a registered pod refers to by itself, each once. */
  usedObjects(): ObjectKey[] {
    const keys: ObjectKey[] = [];
    for (const { key, pods } of this.#users.values()) if (pods.size > 0) keys.push(key);
    return keys;
  }

  /** @param by 1 for a pod that came, -1 for one that went. */
  #count({ id, pod, references }: RegisteredPod, by: 1 | -1): void {
    const namespace = pod.metadata.namespace ?? '';
    for (const reference of references) {
      const key = { kind: reference.kind, namespace, name: reference.name };
      const text = keyText(key);
      const users = this.#users.get(text) ?? new ObjectUsers(key);
      const ids = reference.injected ? users.injectedPods : users.pods;
      if (!reference.injected) users.count(reference, by);
      if (by === 1) ids.add(id);
      else ids.delete(id);
      if (users.none) this.#users.delete(text);
      else this.#users.set(text, users);
    }
  }

  /** Tells of each object once, however many lists it is in. */
  #note(...lists: readonly (readonly ObjectKey[])[]): void {
    const keys = new Map(lists.flat().map((key) => [keyText(key), key]));
    for (const key of keys.values()) this.#usersChanged(key);
  }
}

const nobody: ReadonlySet<string> = new Set();

/** The distinct objects that some of a pod's references name. */
export function objectsOf({ pod, references }: RegisteredPod, counts: (reference: Reference) => boolean): ObjectKey[] {
  const namespace = pod.metadata.namespace ?? '';
  const keys = new Map<string, ObjectKey>();
  for (const { kind, name } of references.filter(counts)) {
    const key = { kind, namespace, name };
    if (!keys.has(keyText(key))) keys.set(keyText(key), key);
  }
  return [...keys.values()];
}

function isFinished(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

function isSame(a: readonly Reference[], b: readonly Reference[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function sameKeys(a: readonly ObjectKey[], b: readonly ObjectKey[]): boolean {
  return a.length === b.length && a.every((key, i) => key.kind === b[i]?.kind && key.name === b[i].name);
}
