import type { ObjectMeta } from '../objects/kubernetes';
import type { Manager, PodIdentity } from './manager';
import type { Reading } from './reading';
import type { RegistrationRule } from './rules';
import type { Store } from './store';

export interface CacheBasedManagerOptions<T> {
  readonly store: Store<T>;
  /** Read at each registration. */
  readonly rule: () => RegistrationRule;
}

/**
 * Keeps the books of registered pods over any store. Mirrors `cacheBasedManager` in
 * `pkg/kubelet/util/manager/cache_based_manager.go`, with the registration rule of 1.25 or of 1.29.
 */
export class CacheBasedManager<T> implements Manager<T> {
  readonly store: Store<T>;
  readonly #rule: () => RegistrationRule;
  /** By uid. A key made of namespace, name and uid would cost more time than everything else here. */
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
    // Additions come first, so that a name in both lists keeps at least one reference.
    for (const name of names) {
      if (untouched?.includes(name) !== true) this.store.addReference(namespace, name, uid);
    }
    // The copy takes less memory than an array that grew, and the caller may change its own.
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

/** A registered pod. */
interface Registration {
  readonly namespace: string;
  readonly name: string;
  names: readonly string[];
  /** The next pod of the same uid. Only hand-made pods share one, for instance pods without a uid. */
  readonly next: Registration | undefined;
}

/** Pods of one name with two uids are two registrations, and so are pods of one uid with two names. */
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
