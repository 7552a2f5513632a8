import type { Cluster, PodFeedState, PodFollowing, PodPart } from '../cluster/contract';
import type { Disposable } from '../objects/disposable';
import { isAboutTheServer } from '../objects/failure';
import type { Pod } from '../objects/kubernetes';
import { podId } from './podRegistry';
import { partsOf, type Scope } from './scope';

/** Where the lists of a scope tell of its pods. */
export interface ScopeListener {
  changed(upserted: readonly Pod[], removed: readonly Pod[]): void;
  /** A list is there for the first time. @param isMissing Whether a pod would be in it and is not. */
  listed(isMissing: (pod: Pod) => boolean): void;
  /** One of the lists is in another state. */
  state(state: PodFeedState): void;
}

/** One list of pods that is followed. */
interface Feed {
  state: PodFeedState;
  following: PodFollowing | undefined;
}

/** The lists of pods that make up a scope, each followed for as long as the scope has it. */
export class ScopeFeeds implements Disposable {
  readonly #cluster: Pick<Cluster, 'followPods'>;
  readonly #listener: ScopeListener;
  readonly #feeds = new Map<string, Feed>();
  #scope: Scope;

  /** Follows nothing before {@link follow}. */
  constructor(cluster: Pick<Cluster, 'followPods'>, scope: Scope, listener: ScopeListener) {
    this.#cluster = cluster;
    this.#scope = scope;
    this.#listener = listener;
  }

  get scope(): Scope {
    return this.#scope;
  }

  /** The worst state among the lists. */
  get state(): PodFeedState {
    let received = 0;
    let listing = false;
    for (const { state } of this.#feeds.values()) {
      if (state.state === 'interrupted') return state;
      if (state.state === 'listing') {
        listing = true;
        received += state.received;
      }
    }
    return listing ? { state: 'listing', received } : { state: 'live' };
  }

  /** Starts the lists that the scope needs, and ends those that it does not. */
  follow(scope: Scope): void {
    this.#scope = scope;
    const wanted = new Map(partsOf(scope).map((part) => [idOfPart(part), part]));
    for (const [id, feed] of this.#feeds) {
      if (wanted.has(id)) continue;
      feed.following?.dispose();
      this.#feeds.delete(id);
    }
    for (const [id, part] of wanted) if (!this.#feeds.has(id)) this.#start(id, part);
  }

  /** Whether a pod is in the scope. */
  has(pod: Pod): boolean {
    return partsOf(this.#scope).some((part) => isIn(pod, part));
  }

  /** Whether a pod that is known is so by a list that is up to date. */
  isListed(pod: Pod): boolean {
    return partsOf(this.#scope).some(
      (part) => isIn(pod, part) && this.#feeds.get(idOfPart(part))?.state.state === 'live',
    );
  }

  /** The server answers again: lists that it did not answer are asked for at once. */
  retry(): void {
    for (const { state, following } of this.#feeds.values()) {
      if (state.state === 'interrupted' && isAboutTheServer(state.failure)) following?.retry();
    }
  }

  setWatched(watched: boolean): void {
    for (const { following } of this.#feeds.values()) following?.setWatched(watched);
  }

  dispose(): void {
    for (const { following } of this.#feeds.values()) following?.dispose();
  }

  #start(id: string, part: PodPart): void {
    const feed: Feed = { state: { state: 'listing', received: 0 }, following: undefined };
    this.#feeds.set(id, feed);
    let listed: Set<string> | undefined = new Set();
    feed.following = this.#cluster.followPods(part, {
      changed: (upserted, removed) => {
        for (const pod of upserted) listed?.add(podId(pod));
        this.#listener.changed(upserted, removed);
      },
      state: (state) => {
        feed.state = state;
        this.#listener.state(state);
        if (state.state !== 'live' || listed === undefined) return;
        const ids = listed;
        listed = undefined;
        this.#listener.listed((pod) => isIn(pod, part) && !ids.has(podId(pod)));
      },
    });
  }
}

function idOfPart(part: PodPart): string {
  return JSON.stringify(part);
}

function isIn(pod: Pod, part: PodPart): boolean {
  switch (part.in) {
    case 'all':
      return true;
    case 'namespace':
      return pod.metadata.namespace === part.namespace;
    case 'node':
      return pod.spec?.nodeName === part.node;
  }
}
