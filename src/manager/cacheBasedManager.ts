import type { ObjectMeta } from '../objects/kubernetes';
import type { Manager, PodIdentity } from './manager';
import type { Reading } from './reading';
import type { RegistrationRule } from './rules';
import type { Store } from './store';

export interface CacheBasedManagerOptions<T> {
  readonly store: Store<T>;
  /** Asked at each registration. */
  readonly rule: () => RegistrationRule;
}

/**
 * Pod bookkeeping over any store: `cacheBasedManager` in `pkg/kubelet/util/manager/cache_based_manager.go`, with the
 * registration rule of 1.25 or of 1.29.
 */
export class CacheBasedManager<T> implements Manager<T> {
  readonly store: Store<T>;
  readonly #rule: () => RegistrationRule;
  /** By uid, which the pod object shares: a key joined from its three parts would cost more than all the rest. */
  readonly #registered = new Map<string, Registration>();

  constructor(options: CacheBasedManagerOptions<T>) {
    this.store = options.store;
    this.#rule = options.rule;
  }

  getObject(namespace: string, name: string, signal?: AbortSignal): Promise<Reading<T>> {
    return this.store.get(namespace, name, signal);
  }

  registerPod({ metadata }: PodIdentity, names: readonly string[]): void {
    const { namespace = '', uid = '' } = metadata;
    const first = this.#registered.get(uid);
    const registration = find(first, metadata);
    const before = registration?.names;
    const rule = this.#rule();
    const untouched = rule === '1.29' ? before : undefined;
    // References are added before they are deleted, so that a name in both never drops to no reference in between.
    for (const name of names) {
      if (untouched?.includes(name) !== true) this.store.addReference(namespace, name, uid);
    }
    // An array that grew has room for more, which would be kept with it.
    const kept = names.slice();
    if (registration !== undefined) registration.names = kept;
    else this.#registered.set(uid, { namespace, name: metadata.name, names: kept, next: first });
    for (const name of before ?? []) {
      if (rule === '1.25' || !names.includes(name)) this.store.deleteReference(namespace, name, uid);
    }
  }

  unregisterPod({ metadata }: PodIdentity): void {
    const { namespace = '', uid = '' } = metadata;
    const first = this.#registered.get(uid);
    const registration = find(first, metadata);
    if (registration === undefined) return;
    const others = without(registration, first);
    if (others === undefined) this.#registered.delete(uid);
    else this.#registered.set(uid, others);
    for (const name of registration.names) this.store.deleteReference(namespace, name, uid);
  }

  dispose(): void {
    this.#registered.clear();
    this.store.dispose();
  }
}

/** A registered pod. The names are kept, not the pod, since its owner may change it in place. */
interface Registration {
  readonly namespace: string;
  readonly name: string;
  names: readonly string[];
  /** Another pod of the same uid, which only hand-made pods have: those without one, for instance. */
  readonly next: Registration | undefined;
}

/** Two pods of one name are two registrations, and so are two names of one uid. */
function find(first: Registration | undefined, { namespace = '', name }: ObjectMeta): Registration | undefined {
  let registration = first;
  while (registration !== undefined && (registration.name !== name || registration.namespace !== namespace)) {
    registration = registration.next;
  }
  return registration;
}

function without(registration: Registration, first: Registration | undefined): Registration | undefined {
  let others: Registration | undefined;
  for (let other = first; other !== undefined; other = other.next) {
    if (other !== registration) others = { ...other, next: others };
  }
  return others;
}
