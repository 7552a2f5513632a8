import { needsPeople, type Answer, type Failure } from '../objects/failure';
import type { Pod } from '../objects/kubernetes';
import type { WatchEnd, WatchEvents } from '../objects/listWatch';
import { shareWith } from '../objects/sharing';
import type { ClusterHost, PodFeedState, PodFollowing, PodListener } from './contract';
import type { PageEnd } from './selection';

/** Where a feed gets its pods. */
export interface PodSource {
  /**
   * Reads a page of the list. `take` gets its pods a few at a time as they arrive. If the page fails, it has already got
   * those that came before.
   * @param next The token of the page. Undefined: the first page.
   */
  list(next: string | undefined, take: (pods: readonly Pod[]) => void, signal: AbortSignal): Promise<Answer<PageEnd>>;
  watch(
    resourceVersion: string,
    timeoutSeconds: number,
    events: WatchEvents<Pod>,
    signal: AbortSignal,
  ): Promise<Answer<WatchEnd>>;
}

type FeedHost = Pick<ClusterHost, 'clock' | 'log' | 'random'>;

const firstDelayMs = 800;
const longestDelayMs = 30_000;
/** After a watch that was open this long, the delays start anew. */
const steadyWatchMs = 120_000;
/** A watch that ends sooner and brought no event counts as failed. Else it would be opened again without a pause. */
const shortWatchMs = 1_000;
/** An API server that starts refuses everything until it has read its roles. So many failures in a row may be of that. */
const failuresWhileStarting = 4;

/**
 * Lists pods, then watches them, and goes on after every failure until it is disposed. It works as client-go's reflector,
 * but its first list is a quorum read, which comes in pages. client-go asks for `resourceVersion=0`, and the server
 * answers that from its cache with all pods of a cluster at once.
 */
export class PodFeed implements PodFollowing {
  readonly #source: PodSource;
  readonly #listener: PodListener;
  readonly #host: FeedHost;
  readonly #onDispose: () => void;
  readonly #disposal = new AbortController();
  /** The reported pods by namespace and name. */
  readonly #pods = new Map<string, Pod>();
  /** The last new pod. A list is in the order of names, so the next new pod mostly has the same owner. */
  #lastNewPod: Pod | undefined;
  /** The version that the next watch starts from. Undefined: the next request is a list. */
  #version: string | undefined;
  #hasListed = false;
  #isLive = false;
  /** Failures since the last steady watch. */
  #failures = 0;
  /** How often in a row the version to watch from was gone. */
  #goneInARow = 0;
  #isWatched = true;
  #wake: (() => void) | undefined;
  #endWait: (() => void) | undefined;

  constructor(source: PodSource, listener: PodListener, host: FeedHost, onDispose: () => void) {
    this.#source = source;
    this.#listener = listener;
    this.#host = host;
    this.#onDispose = onDispose;
  }

  start(): void {
    void this.#run();
  }

  setWatched(watched: boolean): void {
    this.#isWatched = watched;
    if (watched) this.#wake?.();
  }

  retry(): void {
    this.#endWait?.();
  }

  dispose(): void {
    this.#disposal.abort();
    this.#pods.clear();
    this.#lastNewPod = undefined;
    this.#wake?.();
    this.#endWait?.();
    this.#onDispose();
  }

  #isDisposed(): boolean {
    return this.#disposal.signal.aborted;
  }

  async #run(): Promise<void> {
    while (!this.#isDisposed()) {
      const isWatch = this.#version !== undefined;
      const failure = await this.#listOrWatch();
      if (failure !== undefined && !this.#isDisposed()) await this.#interrupt(failure);
      // A list is followed by its watch even if nobody looks.
      if (failure !== undefined || isWatch) await this.#untilWatched();
    }
  }

  async #listOrWatch(): Promise<Failure | undefined> {
    try {
      return this.#version === undefined ? await this.#list() : await this.#watch(this.#version);
    } catch (error) {
      return { kind: 'invalid', message: `Following the pods failed: ${messageOf(error)}` };
    }
  }

  async #untilWatched(): Promise<void> {
    while (!this.#isWatched && !this.#isDisposed()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async #list(): Promise<Failure | undefined> {
    const seen = new Set<string>();
    let received = 0;
    let next: string | undefined;
    let isSecondTry = false;
    // A failure that was reported stands until a list has succeeded.
    const reportsProgress = !this.#hasListed && this.#failures === 0;
    if (reportsProgress) this.#reportState({ state: 'listing', received });
    const take = (pods: readonly Pod[]): void => {
      if (this.#isDisposed()) return;
      for (const pod of pods) seen.add(keyOf(pod));
      this.#update(pods);
      received += pods.length;
      if (reportsProgress) this.#reportState({ state: 'listing', received });
    };
    for (;;) {
      const page = await this.#source.list(next, take, this.#disposal.signal);
      if (this.#isDisposed()) return undefined;
      if (!page.ok) {
        // The server no longer has the rest of a slow list. A second try is quicker, since most pods are known by then.
        if (page.failure.kind !== 'gone' || next === undefined || isSecondTry) return page.failure;
        isSecondTry = true;
        next = undefined;
        seen.clear();
        received = 0;
        continue;
      }
      this.#reportHeard();
      next = page.value.next;
      if (next !== undefined) continue;
      this.#removeAllBut(seen);
      this.#hasListed = true;
      this.#version = page.value.resourceVersion;
      return undefined;
    }
  }

  async #watch(version: string): Promise<Failure | undefined> {
    const { clock, random } = this.#host;
    let openedAt: number | undefined;
    let hasEvents = false as boolean;
    const moveTo = (resourceVersion: string | undefined): void => {
      hasEvents = true;
      this.#goneInARow = 0;
      if (resourceVersion !== undefined) this.#version = resourceVersion;
      this.#reportHeard();
    };
    const events: WatchEvents<Pod> = {
      opened: () => {
        openedAt = clock.now();
        if (!this.#isLive) this.#reportState({ state: 'live' });
        this.#isLive = true;
        this.#reportHeard();
      },
      changed: (pod) => {
        moveTo(pod.metadata.resourceVersion);
        this.#update([pod]);
      },
      removed: (pod) => {
        moveTo(pod.metadata.resourceVersion);
        if (this.#pods.delete(keyOf(pod))) this.#reportPods([], [pod]);
      },
      bookmark: moveTo,
    };
    const timeoutSeconds = 300 + Math.floor(random() * 300);
    const end = await this.#source.watch(version, timeoutSeconds, events, this.#disposal.signal);
    const openMs = openedAt === undefined ? 0 : clock.now() - openedAt;
    if (openMs >= steadyWatchMs) this.#failures = 0;
    if (end.ok) {
      if (hasEvents || openMs >= shortWatchMs) return undefined;
      return { kind: 'server', message: 'The server, or a proxy before it, ends each watch of pods at once.' };
    }
    if (!needsList(end.failure)) return end.failure;
    this.#version = undefined;
    // The first time, list at once. A server that keeps no version at all must not be listed without a pause.
    return end.failure.kind === 'gone' && this.#goneInARow++ === 0 ? undefined : end.failure;
  }

  async #interrupt(failure: Failure): Promise<void> {
    const { clock, random } = this.#host;
    const backOffMs = Math.min(longestDelayMs, firstDelayMs * 2 ** this.#failures) * (0.75 + random() / 2);
    this.#failures = Math.min(this.#failures + 1, 10);
    const mayBeStarting = this.#hasListed && this.#failures <= failuresWhileStarting;
    const isLasting = (needsPeople(failure) || failure.kind === 'forbidden') && !mayBeStarting;
    const delayMs = isLasting ? longestDelayMs * (1 + random()) : backOffMs;
    const retryInMs = Math.round(Math.max(delayMs, failure.retryAfterMs ?? 0));
    this.#isLive = false;
    this.#reportState({ state: 'interrupted', failure, retryInMs });
    // The listener may have disposed the feed when it heard of the state.
    if (this.#isDisposed()) return;
    await new Promise<void>((resolve) => {
      const timer = clock.after(retryInMs, resolve);
      this.#endWait = () => {
        timer.dispose();
        resolve();
      };
    });
    this.#endWait = undefined;
  }

  /** Reports the pods that changed. A pod with another uid than before has replaced a removed pod of the same name. */
  #update(pods: readonly Pod[]): void {
    const upserted: Pod[] = [];
    const removed: Pod[] = [];
    for (const received of pods) {
      const key = keyOf(received);
      const before = this.#pods.get(key);
      const { uid, resourceVersion } = received.metadata;
      if (before !== undefined && before.metadata.uid !== uid) removed.push(before);
      else if (resourceVersion !== undefined && before?.metadata.resourceVersion === resourceVersion) continue;
      // Versions of a pod are much alike, and so are pods of one owner. Sharing takes a third of the memory.
      const pod = shareWith(received, before ?? this.#lastNewPod);
      if (before === undefined) this.#lastNewPod = pod;
      this.#pods.set(key, pod);
      upserted.push(pod);
    }
    this.#reportPods(upserted, removed);
  }

  #removeAllBut(seen: ReadonlySet<string>): void {
    const removed: Pod[] = [];
    for (const [key, pod] of this.#pods) {
      if (seen.has(key)) continue;
      this.#pods.delete(key);
      removed.push(pod);
    }
    this.#reportPods([], removed);
  }

  #reportPods(upserted: readonly Pod[], removed: readonly Pod[]): void {
    if (upserted.length === 0 && removed.length === 0) return;
    this.#callListener(() => {
      this.#listener.changed(upserted, removed);
    });
  }

  #reportState(state: PodFeedState): void {
    this.#callListener(() => {
      this.#listener.state(state);
    });
  }

  #reportHeard(): void {
    this.#callListener(() => {
      this.#listener.heard?.();
    });
  }

  /** A listener that throws must not end the feed. */
  #callListener(call: () => void): void {
    if (this.#isDisposed()) return;
    try {
      call();
    } catch (error) {
      this.#host.log.warn(`A listener of pods failed: ${messageOf(error)}`);
    }
  }
}

/** Whether a watch from the same version would fail again, so that a new list is needed. */
function needsList(failure: Failure): boolean {
  if (failure.kind === 'gone' || failure.kind === 'rejected' || failure.kind === 'invalid') return true;
  // "Too large resource version": the server lost data, or another server took its place.
  return failure.kind === 'timeout' && failure.status !== undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error';
}

function keyOf(pod: Pod): string {
  return `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
}
