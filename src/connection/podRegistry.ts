import type { ConfigMapCopy, SecretCopy } from '../objects/copies';
import type { Pod } from '../objects/kubernetes';
import { keyText, type ObjectKey } from '../objects/objectKey';
import type { Manager } from '../manager/manager';
import { objectAccess } from '../references/objectAccess';
import { referencesOf, type Reference } from '../references/references';

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
  readonly #pods = new Map<string, RegisteredPod>();
  /** Ids of the pods that refer to an object by themselves, and of those for which only admission does. */
  readonly #users = new Map<string, Set<string>>();
  readonly #injectedUsers = new Map<string, Set<string>>();

  constructor(managers: Managers) {
    this.#managers = managers;
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
    const oldKeys = before === undefined ? [] : objectsOf(before, () => true);
    const newKeys = objectsOf(after, () => true);
    if (before !== undefined && sameKeys(oldKeys, newKeys)) return [];
    this.#managers.Secret.registerPod(pod);
    this.#managers.ConfigMap.registerPod(pod);
    if (before !== undefined) this.#unindex(before);
    this.#index(after);
    return newKeys;
  }

  /** @returns whether the pod was known. */
  remove(pod: Pod): boolean {
    const id = podId(pod);
    const known = this.#pods.get(id);
    if (known === undefined) return false;
    this.#pods.delete(id);
    this.#managers.Secret.unregisterPod(known.pod);
    this.#managers.ConfigMap.unregisterPod(known.pod);
    this.#unindex(known);
    return true;
  }

  /** The pod stays, but not for having been named. */
  forgetName(id: string): void {
    const known = this.#pods.get(id);
    if (known !== undefined) this.#pods.set(id, { ...known, byName: false });
  }

  /** The pods that use an object and how. References that admission adds are no use by the user. */
  usesOf(key: ObjectKey): Use[] {
    const uses: Use[] = [];
    for (const id of this.#users.get(keyText(key)) ?? []) {
      const pod = this.#pods.get(id);
      if (pod === undefined) continue;
      const references = pod.references.filter(
        (reference) => reference.kind === key.kind && reference.name === key.name && !reference.injected,
      );
      uses.push({ pod, references });
    }
    return uses;
  }

  /** Every row that shows an object: the place of each reference to it, those that admission added as well. */
  *placesOf(key: ObjectKey): Iterable<{ readonly podId: string; readonly index: number }> {
    const text = keyText(key);
    for (const users of [this.#users.get(text), this.#injectedUsers.get(text)]) {
      for (const podId of users ?? []) {
        for (const [index, { kind, name }] of (this.#pods.get(podId)?.references ?? []).entries()) {
          if (kind === key.kind && name === key.name) yield { podId, index };
        }
      }
    }
  }

  /** Whether nobody refers to the object but the volume that admission adds to pods. */
  isInjectedOnly(key: ObjectKey): boolean {
    const text = keyText(key);
    return this.#injectedUsers.has(text) && !this.#users.has(text);
  }

  /** Every object that a registered pod refers to by itself, each once. */
  usedObjects(): ObjectKey[] {
    const keys = new Map<string, ObjectKey>();
    for (const registered of this.#pods.values()) {
      for (const key of objectsOf(registered, ({ injected }) => !injected)) keys.set(keyText(key), key);
    }
    return [...keys.values()];
  }

  #index(registered: RegisteredPod): void {
    for (const [text, own] of usedBy(registered)) {
      const index = own ? this.#users : this.#injectedUsers;
      const users = index.get(text) ?? new Set();
      index.set(text, users.add(registered.id));
    }
  }

  #unindex(registered: RegisteredPod): void {
    for (const [text, own] of usedBy(registered)) {
      const index = own ? this.#users : this.#injectedUsers;
      const users = index.get(text);
      users?.delete(registered.id);
      if (users?.size === 0) index.delete(text);
    }
  }
}

/** The objects of a pod, and whether it refers to each by itself or only through what admission added. */
function usedBy({ pod, references }: RegisteredPod): Map<string, boolean> {
  const namespace = pod.metadata.namespace ?? '';
  const used = new Map<string, boolean>();
  for (const { kind, name, injected } of references) {
    const text = keyText({ kind, namespace, name });
    used.set(text, used.get(text) === true || !injected);
  }
  return used;
}

/** The distinct objects that some of a pod's references name. */
export function objectsOf(
  { pod, references }: RegisteredPod,
  counts: (reference: Reference, index: number) => boolean,
): ObjectKey[] {
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

function sameKeys(a: readonly ObjectKey[], b: readonly ObjectKey[]): boolean {
  return a.length === b.length && a.every((key, i) => key.kind === b[i]?.kind && key.name === b[i].name);
}
