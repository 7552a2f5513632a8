import type { Pod } from '../objects/kubernetes';
import type { Manager, RegistrationRule } from './manager';
import type { Reading } from './reading';
import type { Store } from './store';

export interface CacheBasedManagerOptions<T> {
  readonly store: Store<T>;
  /** The distinct names of the pod's objects, all in its own namespace. */
  readonly namesOf: (pod: Pod) => readonly string[];
  readonly rule: RegistrationRule;
}

/**
 * Pod bookkeeping over any store: `cacheBasedManager` in `pkg/kubelet/util/manager/cache_based_manager.go`, with the
 * registration rule of 1.25 or of 1.29.
 */
export class CacheBasedManager<T> implements Manager<T> {
  readonly store: Store<T>;
  readonly #namesOf: (pod: Pod) => readonly string[];
  readonly #rule: RegistrationRule;
  /** Names by pod. The names are kept, not the pod, since its owner may change it in place. */
  readonly #registered = new Map<string, readonly string[]>();

  constructor(options: CacheBasedManagerOptions<T>) {
    this.store = options.store;
    this.#namesOf = options.namesOf;
    this.#rule = options.rule;
  }

  getObject(namespace: string, name: string, signal?: AbortSignal): Promise<Reading<T>> {
    return this.store.get(namespace, name, signal);
  }

  registerPod(pod: Pod): void {
    const names = this.#namesOf(pod);
    const namespace = pod.metadata.namespace ?? '';
    const key = podKey(pod);
    const before = this.#registered.get(key);
    const untouched = this.#rule === '1.29' ? before : undefined;
    // References are added before they are deleted, so that a name in both never drops to no reference in between.
    for (const name of names) {
      if (untouched?.includes(name) !== true) this.store.addReference(namespace, name);
    }
    this.#registered.set(key, names);
    for (const name of before ?? []) {
      if (this.#rule === '1.25' || !names.includes(name)) this.store.deleteReference(namespace, name);
    }
  }

  unregisterPod(pod: Pod): void {
    const key = podKey(pod);
    const names = this.#registered.get(key);
    if (names === undefined) return;
    this.#registered.delete(key);
    for (const name of names) this.store.deleteReference(pod.metadata.namespace ?? '', name);
  }

  dispose(): void {
    this.#registered.clear();
    this.store.dispose();
  }
}

/** Two pods of one name are two registrations; a pod without a uid is one as well. */
function podKey({ metadata }: Pod): string {
  return `${metadata.namespace ?? ''}/${metadata.name}/${metadata.uid ?? ''}`;
}
