import type { ObjectMeta, Pod } from '../objects/kubernetes';
import type { Manager } from './manager';
import type { Reading } from './reading';
import type { RegistrationRule } from './rules';
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
  /** By uid, which the pod object shares: a key joined from its three parts would cost more than all the rest. */
  readonly #registered = new Map<string, Registration>();

  constructor(options: CacheBasedManagerOptions<T>) {
    this.store = options.store;
    this.#namesOf = options.namesOf;
    this.#rule = options.rule;
  }

  getObject(namespace: string, name: string, signal?: AbortSignal): Promise<Reading<T>> {
    return this.store.get(namespace, name, signal);
  }

  registerPod(pod: Pod): void {
    // An array that grew has room for more, which would be kept with it.
    const names = this.#namesOf(pod).slice();
    const { namespace = '', uid = '' } = pod.metadata;
    const registration = this.#find(pod);
    const before = registration?.names;
    const untouched = this.#rule === '1.29' ? before : undefined;
    // References are added before they are deleted, so that a name in both never drops to no reference in between.
    for (const name of names) {
      if (untouched?.includes(name) !== true) this.store.addReference(namespace, name, uid);
    }
    if (registration === undefined) this.#add(pod, names);
    else registration.names = names;
    for (const name of before ?? []) {
      if (this.#rule === '1.25' || !names.includes(name)) this.store.deleteReference(namespace, name, uid);
    }
  }

  unregisterPod(pod: Pod): void {
    const registration = this.#find(pod);
    if (registration === undefined) return;
    this.#remove(pod, registration);
    const { namespace = '', uid = '' } = pod.metadata;
    for (const name of registration.names) this.store.deleteReference(namespace, name, uid);
  }

  dispose(): void {
    this.#registered.clear();
    this.store.dispose();
  }

  #find({ metadata }: Pod): Registration | undefined {
    let registration = this.#registered.get(metadata.uid ?? '');
    while (registration !== undefined && !isOf(registration, metadata)) registration = registration.next;
    return registration;
  }

  #add({ metadata }: Pod, names: readonly string[]): void {
    const uid = metadata.uid ?? '';
    const { namespace, name } = metadata;
    this.#registered.set(uid, { namespace, name, names, next: this.#registered.get(uid) });
  }

  #remove({ metadata }: Pod, registration: Registration): void {
    const uid = metadata.uid ?? '';
    let first: Registration | undefined;
    for (let other = this.#registered.get(uid); other !== undefined; other = other.next) {
      if (other !== registration) first = { ...other, next: first };
    }
    if (first === undefined) this.#registered.delete(uid);
    else this.#registered.set(uid, first);
  }
}

/** A registered pod. The names are kept, not the pod, since its owner may change it in place. */
interface Registration {
  readonly namespace: string | undefined;
  readonly name: string;
  names: readonly string[];
  /** Another pod of the same uid, which only hand-made pods have: those without one, for instance. */
  readonly next: Registration | undefined;
}

/** Two pods of one name are two registrations, and so are two names of one uid. */
function isOf(registration: Registration, { namespace, name }: ObjectMeta): boolean {
  return registration.name === name && (registration.namespace ?? '') === (namespace ?? '');
}
