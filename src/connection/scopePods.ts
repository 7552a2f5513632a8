import type { Cluster, PodFeedState } from '../cluster/contract';
import { isAboutTheServer, type Answer } from '../objects/failure';
import type { Disposable } from '../objects/disposable';
import type { ObjectMeta, Pod } from '../objects/kubernetes';
import type { ObjectKey } from '../objects/objectKey';
import type { PodActs, PodFacts } from './facts';
import type { Needs } from './objectUsers';
import { podId, type PodRegistry, type RegisteredPod, type Use } from './podRegistry';
import type { Scope } from './scope';
import { ScopeFeeds } from './scopeFeeds';

/** Where the pods of the scope tell of what happens to them. */
export interface ScopePodsListener {
  /** A pod came, went or changed. */
  podChanged(id: string): void;
  /** Objects were registered that the user's own references name. */
  registered(keys: readonly ObjectKey[]): void;
  /** A list of the scope is whole for the first time. */
  listed(): void;
  /** The user named a pod, and it was read. */
  namedPodRegistered(): void;
  /** The state of a list is another. */
  feedChanged(state: PodFeedState): void;
}

/** The pods in scope: those that its lists have, and those that the user named. */
export class ScopePods implements PodFacts, PodActs, Disposable {
  readonly #cluster: Pick<Cluster, 'followPods' | 'getPod'>;
  readonly #registry: PodRegistry;
  readonly #listener: ScopePodsListener;
  readonly #feeds: ScopeFeeds;
  #readingByName: Promise<void> | undefined;
  #disposed = false;

  /** Follows no list before {@link follow}. */
  constructor(
    cluster: Pick<Cluster, 'followPods' | 'getPod'>,
    registry: PodRegistry,
    scope: Scope,
    listener: ScopePodsListener,
  ) {
    this.#cluster = cluster;
    this.#registry = registry;
    this.#listener = listener;
    this.#feeds = new ScopeFeeds(cluster, scope, {
      changed: (upserted, removed) => {
        this.#upsert(upserted, false);
        for (const pod of removed) this.#remove(pod);
      },
      state: (state) => {
        listener.feedChanged(state);
      },
      listed: (isMissing) => {
        // Pods that an earlier scope had in common with this one may have gone before the list was made.
        this.#removeListed(isMissing);
        listener.listed();
      },
    });
  }

  get scope(): Scope {
    return this.#feeds.scope;
  }

  get feed(): PodFeedState {
    return this.#feeds.state;
  }

  get all(): Iterable<RegisteredPod> {
    return this.#registry.pods;
  }

  get count(): number {
    return this.#registry.size;
  }

  get(id: string): RegisteredPod | undefined {
    return this.#registry.get(id);
  }

  useBy(id: string, key: ObjectKey): Use | undefined {
    return this.#registry.useBy(id, key);
  }

  userIds(key: ObjectKey): ReadonlySet<string> {
    return this.#registry.userIds(key);
  }

  needsOf(key: ObjectKey): Needs {
    return this.#registry.needsOf(key);
  }

  isInjectedOnly(key: ObjectKey): boolean {
    return this.#registry.isInjectedOnly(key);
  }

  /** What the user named. */
  get byName(): readonly ObjectMeta[] {
    return [...this.#registry.pods].filter(({ byName }) => byName).map(({ pod }) => pod.metadata);
  }

  /** The node of the scope, else the first by name that runs a registered pod, so that the choice is steady. */
  get nodeThatCounts(): string | undefined {
    if (this.scope.in === 'node') return this.scope.node;
    let first: string | undefined;
    for (const { pod } of this.#registry.pods) {
      const node = pod.spec?.nodeName;
      if (node !== undefined && node !== '' && (first === undefined || node < first)) first = node;
    }
    return first;
  }

  /** Whether a registered pod runs on a node. */
  runsOn(node: string): boolean {
    for (const { pod } of this.#registry.pods) if (pod.spec?.nodeName === node) return true;
    return false;
  }

  /** Follows the lists of another scope. What is in both scopes stays registered, and its objects cached. */
  follow(scope: Scope): void {
    this.#feeds.follow(scope);
    this.#removeListed((pod) => !this.#feeds.has(pod));
  }

  /** The server answers again: lists that wait for their next try are tried at once. */
  retry(): void {
    this.#feeds.retry();
  }

  /** Whether somebody looks: while nobody does, no list or watch is begun. */
  setWatched(watched: boolean): void {
    this.#feeds.setWatched(watched);
  }

  async registerByName(namespace: string, name: string, signal?: AbortSignal): Promise<Answer<RegisteredPod>> {
    const answer = await this.#cluster.getPod(namespace, name, signal);
    if (!answer.ok) return answer;
    this.#upsert([answer.value], true);
    this.#listener.namedPodRegistered();
    const registered = [...this.#registry.pods].find(
      ({ pod }) => pod.metadata.namespace === namespace && pod.metadata.name === name,
    );
    if (registered !== undefined) return { ok: true, value: registered };
    const message = `pod "${name}" in namespace "${namespace}" has finished, so it needs no Secrets or ConfigMaps`;
    return { ok: false, failure: { kind: 'rejected', message } };
  }

  unregister(id: string): void {
    const registered = this.#registry.get(id);
    if (registered?.byName !== true) return;
    if (!this.#feeds.isListed(registered.pod)) {
      this.#remove(registered.pod);
      return;
    }
    this.#registry.forgetName(id);
    this.#listener.podChanged(id);
  }

  /** Reads the pods that the user named. A call while they are read asks for nothing more. */
  readByName(): void {
    this.#readingByName ??= this.#readEachByName().finally(() => {
      this.#readingByName = undefined;
    });
  }

  dispose(): void {
    this.#disposed = true;
    this.#feeds.dispose();
  }

  /** Registers all before any object is read, since a further reference to an object drops what was read of it. */
  #upsert(pods: readonly Pod[], byName: boolean): void {
    const registered: ObjectKey[] = [];
    for (const pod of pods) {
      registered.push(...this.#registry.upsert(pod, byName));
      this.#listener.podChanged(podId(pod));
    }
    this.#listener.registered(registered.filter((key) => !this.#registry.isInjectedOnly(key)));
  }

  #remove(pod: Pod): void {
    if (this.#registry.remove(pod)) this.#listener.podChanged(podId(pod));
  }

  #removeListed(isGone: (pod: Pod) => boolean): void {
    for (const { pod, byName } of [...this.#registry.pods]) if (!byName && isGone(pod)) this.#remove(pod);
  }

  async #readEachByName(): Promise<void> {
    for (const { id, pod, byName } of [...this.#registry.pods]) {
      if (!byName) continue;
      const answer = await this.#cluster.getPod(pod.metadata.namespace ?? '', pod.metadata.name);
      if (this.#disposed) return;
      // The user may have unregistered it meanwhile.
      if (this.#registry.get(id)?.byName !== true) continue;
      if (answer.ok) {
        // A pod of the same name and another uid is another pod, and the one that was registered is gone.
        if (answer.value.metadata.uid !== pod.metadata.uid) this.#remove(pod);
        this.#upsert([answer.value], true);
      } else if (answer.failure.kind === 'notFound') {
        this.#remove(pod);
      } else if (isAboutTheServer(answer.failure)) {
        return;
      }
    }
  }
}
