import type { Cluster, ContextInfo, GetOptions, PodFollowing, PodListener, PodPart } from '../cluster/contract';
import type { Clock } from '../objects/clock';
import type { Answer } from '../objects/failure';
import type { Node, Pod } from '../objects/kubernetes';
import type { ListWatch } from '../objects/listWatch';
import type { ConfigMapCopy, SecretCopy } from '../objects/objectCopy';
import type { Health } from './health';

/** A cluster whose every answer and every failure tells of the health of its server. */
export class ObservedCluster implements Cluster {
  readonly context: ContextInfo;
  readonly secrets: ListWatch<SecretCopy>;
  readonly configMaps: ListWatch<ConfigMapCopy>;
  readonly #cluster: Cluster;
  readonly #health: Health;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(cluster: Cluster, health: Health, clock: Pick<Clock, 'now'>) {
    this.#cluster = cluster;
    this.#health = health;
    this.#clock = clock;
    this.context = cluster.context;
    this.secrets = this.#observed(cluster.secrets);
    this.configMaps = this.#observed(cluster.configMaps);
  }

  getSecret(namespace: string, name: string, options: GetOptions): Promise<Answer<SecretCopy>> {
    return this.#health.follow(this.#cluster.getSecret(namespace, name, options));
  }

  getConfigMap(namespace: string, name: string, options: GetOptions): Promise<Answer<ConfigMapCopy>> {
    return this.#health.follow(this.#cluster.getConfigMap(namespace, name, options));
  }

  getPod(namespace: string, name: string, signal?: AbortSignal): Promise<Answer<Pod>> {
    return this.#health.follow(this.#cluster.getPod(namespace, name, signal));
  }

  getNode(name: string, signal?: AbortSignal): Promise<Answer<Node>> {
    return this.#health.follow(this.#cluster.getNode(name, signal));
  }

  listNamespaces(signal?: AbortSignal): Promise<Answer<readonly string[]>> {
    return this.#health.follow(this.#cluster.listNamespaces(signal));
  }

  listNodes(signal?: AbortSignal): Promise<Answer<readonly string[]>> {
    return this.#health.follow(this.#cluster.listNodes(signal));
  }

  followPods(part: PodPart, listener: PodListener): PodFollowing {
    const health = this.#health;
    let stateSince = this.#clock.now();
    return this.#cluster.followPods(part, {
      changed: (upserted, removed) => {
        health.heard();
        listener.changed(upserted, removed);
      },
      heard: () => {
        health.heard();
      },
      state: (state) => {
        // The feed first, so that whoever hears of an outage finds it interrupted.
        listener.state(state);
        if (state.state === 'interrupted') health.failed(state.failure, stateSince);
        else if (state.state === 'live') health.heard();
        stateSince = this.#clock.now();
      },
    });
  }

  dispose(): void {
    this.#cluster.dispose();
  }

  #observed<T>(source: ListWatch<T>): ListWatch<T> {
    const health = this.#health;
    return {
      list: (namespace, name, resourceVersion, signal) =>
        health.follow(source.list(namespace, name, resourceVersion, signal)),
      watch: async (namespace, name, start, timeoutSeconds, events, signal) => {
        const heard = <A extends unknown[]>(tell: (...arguments_: A) => void) => {
          return (...arguments_: A): void => {
            health.heard();
            tell(...arguments_);
          };
        };
        const observed = {
          opened: heard(() => {
            events.opened();
          }),
          changed: heard((object: T) => {
            events.changed(object);
          }),
          removed: heard((object: T) => {
            events.removed(object);
          }),
          bookmark: heard((version: string, ends?: 'state') => {
            events.bookmark(version, ends);
          }),
        };
        const beganAt = this.#clock.now();
        const end = await source.watch(namespace, name, start, timeoutSeconds, observed, signal);
        if (!end.ok) health.failed(end.failure, beganAt);
        return end;
      },
    };
  }
}
