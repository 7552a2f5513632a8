import type { Cluster } from '../cluster/contract';
import { CacheBasedManager } from '../manager/cacheBasedManager';
import { GetStore } from '../manager/getStore';
import type { Manager } from '../manager/manager';
import type { CountingRule, KubeletRules } from '../manager/rules';
import type { FetchObject, KeyChanged, Store } from '../manager/store';
import { TtlStore } from '../manager/ttlStore';
import { WatchStore } from '../manager/watchStore';
import type { Clock } from '../objects/clock';
import type { ConfigMapCopy, ObjectCopy, SecretCopy } from '../objects/objectCopy';
import { disposable, type Disposable } from '../objects/disposable';
import { objectKinds, type ObjectKind } from '../objects/kubernetes';
import type { ListWatch } from '../objects/listWatch';
import type { ObjectKey } from '../objects/objectKey';
import { namesOf } from '../references/references';
import type { Managers, RegisteredPod } from './podRegistry';

/**
 * How objects are kept up to date: `configMapAndSecretChangeDetectionStrategy` of the kubelet's configuration.
 * `cache`: read again once the TTL is over. `watch`: each followed by a watch of its own. `get`: read at each use.
 */
export type Strategy = (typeof strategies)[number];

export const strategies = ['cache', 'watch', 'get'] as const;

export interface ObjectManagersOptions {
  readonly cluster: Pick<Cluster, 'getSecret' | 'getConfigMap' | 'secrets' | 'configMaps'>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly strategy: () => Strategy;
  readonly rules: () => KubeletRules;
  readonly ttlMs: () => number;
  readonly changed: (key: ObjectKey) => void;
}

/** What one kind of object is read by. */
interface Source<T> {
  readonly kind: ObjectKind;
  readonly fetchObject: FetchObject<T>;
  readonly listWatch: ListWatch<T>;
}

interface Made {
  readonly strategy: Strategy;
  readonly counting: CountingRule;
  readonly Secret: Manager<SecretCopy>;
  readonly ConfigMap: Manager<ConfigMapCopy>;
}

/** The managers of both kinds. They are made anew for another strategy; who is registered and what is held stays. */
export class ObjectManagers implements Managers, Disposable {
  readonly #options: ObjectManagersOptions;
  readonly #holds = new Set<{ readonly key: ObjectKey; held: Disposable }>();
  #made: Made;

  constructor(options: ObjectManagersOptions) {
    this.#options = options;
    this.#made = this.#make();
  }

  get strategy(): Strategy {
    return this.#made.strategy;
  }

  get Secret(): Manager<SecretCopy> {
    return this.#made.Secret;
  }

  get ConfigMap(): Manager<ConfigMapCopy> {
    return this.#made.ConfigMap;
  }

  store(kind: ObjectKind): Store<ObjectCopy> {
    return this.#made[kind].store;
  }

  hold(key: ObjectKey): Disposable {
    const hold = { key, held: this.#hold(key) };
    this.#holds.add(hold);
    this.#options.changed(key);
    return disposable(() => {
      this.#holds.delete(hold);
      hold.held.dispose();
      this.#options.changed(key);
    });
  }

  /**
   * Uses the object as the kubelet does with each sync, if its copy is fresh or the strategy watches it.
   * @returns whether it did. Otherwise the object is to be read, which is a request.
   */
  useWithoutRequest({ kind, namespace, name }: ObjectKey): boolean {
    const store = this.store(kind);
    if (store.getIfFresh(namespace, name) !== undefined) return true;
    if (this.strategy !== 'watch') return false;
    // What is not listed yet is being listed, and what was idle is followed again.
    void store.get(namespace, name);
    return true;
  }

  /**
   * Makes the managers anew if the strategy or how references are counted is another by now.
   * @param pods Those that are registered.
   * @returns whether it did. Then nothing of what was read is left, so every object has changed.
   */
  update(pods: Iterable<RegisteredPod>): boolean {
    const { strategy, counting } = this.#made;
    const wanted = this.#options.strategy();
    const isCountedAnew = wanted === 'watch' && this.#options.rules().counting !== counting;
    if (wanted === strategy && !isCountedAnew) return false;
    const former = this.#made;
    this.#made = this.#make();
    for (const { pod, references } of pods) {
      for (const kind of objectKinds) this.#made[kind].registerPod(pod, namesOf(references, kind));
    }
    for (const hold of this.#holds) hold.held = this.#hold(hold.key);
    former.Secret.dispose();
    former.ConfigMap.dispose();
    return true;
  }

  /** The server answers again: what waits for its next try is tried at once. */
  retry(): void {
    this.#made.Secret.store.retry();
    this.#made.ConfigMap.store.retry();
  }

  /** Ends what goes on by itself until objects are used again, as nobody looks. */
  rest(): void {
    this.#made.Secret.store.rest();
    this.#made.ConfigMap.store.rest();
  }

  dispose(): void {
    this.#holds.clear();
    this.#made.Secret.dispose();
    this.#made.ConfigMap.dispose();
  }

  #hold({ kind, namespace, name }: ObjectKey): Disposable {
    return this.store(kind).hold(namespace, name);
  }

  #make(): Made {
    const { cluster, strategy, rules } = this.#options;
    return {
      strategy: strategy(),
      counting: rules().counting,
      Secret: this.#manager({
        kind: 'Secret',
        listWatch: cluster.secrets,
        fetchObject: (namespace, name, resourceVersion, signal) =>
          cluster.getSecret(namespace, name, { resourceVersion, ...(signal === undefined ? {} : { signal }) }),
      }),
      ConfigMap: this.#manager({
        kind: 'ConfigMap',
        listWatch: cluster.configMaps,
        fetchObject: (namespace, name, resourceVersion, signal) =>
          cluster.getConfigMap(namespace, name, { resourceVersion, ...(signal === undefined ? {} : { signal }) }),
      }),
    };
  }

  #manager<T extends ObjectCopy>(source: Source<T>): CacheBasedManager<T> {
    return new CacheBasedManager({
      store: this.#store(source),
      rule: () => this.#options.rules().registration,
    });
  }

  #store<T extends ObjectCopy>({ kind, fetchObject, listWatch }: Source<T>): Store<T> {
    const { clock, random, rules, ttlMs, strategy } = this.#options;
    const now = (): number => clock.now();
    const changed: KeyChanged = (namespace, name) => {
      this.#options.changed({ kind, namespace, name });
    };
    switch (strategy()) {
      case 'cache':
        return new TtlStore({ fetchObject, ttlMs, now, changed });
      case 'get':
        return new GetStore({ fetchObject, now, changed });
      case 'watch': {
        const resource = kind === 'Secret' ? 'secret' : 'configmap';
        return new WatchStore({ source: listWatch, resource, rules, clock, now, random, changed });
      }
    }
  }
}
