import type { ConfigMapCopy, SecretCopy } from '../objects/copies';
import type { ObjectKind, Pod } from '../objects/kubernetes';
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
  /** Ids of the pods that refer to an object. */
  readonly #users = new Map<string, Set<string>>();

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
    const oldKeys = before === undefined ? [] : keysOf(before);
    const newKeys = keysOf(after);
    if (before !== undefined && sameKeys(oldKeys, newKeys)) return [];
    this.#managers.Secret.registerPod(pod);
    this.#managers.ConfigMap.registerPod(pod);
    for (const key of newKeys) {
      const users = this.#users.get(keyText(key)) ?? new Set();
      this.#users.set(keyText(key), users.add(id));
    }
    const kept = new Set(newKeys.map(keyText));
    for (const key of oldKeys) if (!kept.has(keyText(key))) this.#forgetUser(keyText(key), id);
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
    for (const key of keysOf(known)) this.#forgetUser(keyText(key), id);
    return true;
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
      if (references.length > 0) uses.push({ pod, references });
    }
    return uses;
  }

  /** Whether nobody refers to the object but the volume that admission adds to pods. */
  isInjectedOnly(key: ObjectKey): boolean {
    const users = this.#users.get(keyText(key));
    if (users === undefined) return false;
    for (const id of users) {
      for (const reference of this.#pods.get(id)?.references ?? []) {
        if (reference.kind === key.kind && reference.name === key.name && !reference.injected) return false;
      }
    }
    return true;
  }

  /** Every object that a registered pod refers to by itself, each once. */
  usedObjects(): ObjectKey[] {
    const keys = new Map<string, ObjectKey>();
    for (const { pod, references } of this.#pods.values()) {
      const namespace = pod.metadata.namespace ?? '';
      for (const { kind, name, injected } of references) {
        if (injected) continue;
        const key = { kind, namespace, name };
        const text = keyText(key);
        if (!keys.has(text)) keys.set(text, key);
      }
    }
    return [...keys.values()];
  }

  #forgetUser(text: string, id: string): void {
    const users = this.#users.get(text);
    users?.delete(id);
    if (users?.size === 0) this.#users.delete(text);
  }
}

function isFinished(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

/** The distinct objects of a pod. */
function keysOf({ pod, references }: RegisteredPod): ObjectKey[] {
  const namespace = pod.metadata.namespace ?? '';
  const seen: Record<ObjectKind, Set<string>> = { Secret: new Set(), ConfigMap: new Set() };
  const keys: ObjectKey[] = [];
  for (const { kind, name } of references) {
    if (seen[kind].has(name)) continue;
    seen[kind].add(name);
    keys.push({ kind, namespace, name });
  }
  return keys;
}

function sameKeys(a: readonly ObjectKey[], b: readonly ObjectKey[]): boolean {
  return a.length === b.length && a.every((key, i) => key.kind === b[i]?.kind && key.name === b[i].name);
}
