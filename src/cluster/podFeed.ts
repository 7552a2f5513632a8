import type { Answer, Failure } from '../objects/failure';
import type { Pod } from '../objects/kubernetes';
import type { WatchEnd, WatchEvents } from '../objects/listWatch';
import { shareWith } from '../objects/sharing';
import type { ClusterHost, PodFeedState, PodFollowing, PodListener } from './contract';
import type { PageEnd } from './selection';

/** The two requests that a feed is made of. */
export interface PodSource {
  /** Reads a page; `take` gets its pods a few at a time as they arrive, also those of a page that fails in the end. */
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
/** A watch that held this long starts the delays anew. */
const steadyMs = 120_000;
/** So many refusals in a row are taken for a server that is starting, once it has answered before. */
const briefFailures = 4;
/** A watch that ends sooner and brought nothing counts as failed, or it would be opened again without a pause. */
const shortMs = 1_000;

/** Failures that only people mend: asking often would not help, and would run credential plugins. */
const slow: ReadonlySet<Failure['kind']> = new Set([
  'forbidden',
  'unauthorized',
  'credentials',
  'configuration',
  'tls',
]);

/**
 * Lists pods, then watches them, and goes on through every failure until disposed: client-go's reflector, but that the
 * first list is a quorum read. `resourceVersion=0`, which client-go uses, is served whole from the server's cache: all
 * pods of a cluster in one answer. Without it the list comes in pages.
 */
export class PodFeed implements PodFollowing {
  readonly #source: PodSource;
  readonly #listener: PodListener;
  readonly #host: FeedHost;
  readonly #ending = new AbortController();
  /** What was reported, by namespace and name. */
  readonly #known = new Map<string, Pod>();
  /** The last pod that was new. Lists are in the order of names, so the next one mostly has the same owner. */
  #newest: Pod | undefined;
  /** Where the watch goes on; undefined: list first. */
  #version: string | undefined;
  #listed = false;
  #live = false;
  #failures = 0;
  #lostVersions = 0;
  #watched = true;
  #wake: (() => void) | undefined;

  constructor(source: PodSource, listener: PodListener, host: FeedHost) {
    this.#source = source;
    this.#listener = listener;
    this.#host = host;
  }

  /** Starts. The feed goes on by itself; what goes wrong is reported to the listener. */
  start(): void {
    void this.#run();
  }

  setWatched(watched: boolean): void {
    this.#watched = watched;
    if (watched) this.#wake?.();
  }

  dispose(): void {
    this.#ending.abort();
    this.#known.clear();
    this.#newest = undefined;
    this.#wake?.();
  }

  #isDisposed(): boolean {
    return this.#ending.signal.aborted;
  }

  async #run(): Promise<void> {
    while (!this.#isDisposed()) {
      const isWatch = this.#version !== undefined;
      const failure = this.#version === undefined ? await this.#list() : await this.#watch(this.#version);
      if (failure !== undefined && !this.#isDisposed()) await this.#interrupt(failure);
      // A list leads to its watch at once; whatever comes after the end of a watch can wait for an onlooker.
      if (failure !== undefined || isWatch) await this.#untilWatched();
    }
  }

  async #untilWatched(): Promise<void> {
    while (!this.#watched && !this.#isDisposed()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async #list(): Promise<Failure | undefined> {
    const seen = new Set<string>();
    let received = 0;
    let next: string | undefined;
    let restarted = false;
    // After a failure that was reported, the failure is what there is to say until a list has succeeded.
    const first = !this.#listed && this.#failures === 0;
    if (first) this.#say({ state: 'listing', received });
    const take = (pods: readonly Pod[]): void => {
      if (this.#isDisposed()) return;
      for (const pod of pods) seen.add(keyOf(pod));
      this.#upsert(pods);
      received += pods.length;
      if (first) this.#say({ state: 'listing', received });
    };
    for (;;) {
      const page = await this.#source.list(next, take, this.#ending.signal);
      if (this.#isDisposed()) return undefined;
      if (!page.ok) {
        // The rest of a list that took too long is no longer kept. From the start it is quicker: little has changed.
        if (page.failure.kind !== 'gone' || next === undefined || restarted) return page.failure;
        restarted = true;
        next = undefined;
        seen.clear();
        received = 0;
        continue;
      }
      next = page.value.next;
      if (next !== undefined) continue;
      this.#removeAllBut(seen);
      this.#listed = true;
      this.#version = page.value.resourceVersion;
      return undefined;
    }
  }

  async #watch(version: string): Promise<Failure | undefined> {
    const { clock, random } = this.#host;
    let openedAt: number | undefined;
    let progressed = false as boolean;
    const moveTo = (resourceVersion: string | undefined): void => {
      progressed = true;
      this.#lostVersions = 0;
      if (resourceVersion !== undefined) this.#version = resourceVersion;
    };
    const events: WatchEvents<Pod> = {
      opened: () => {
        openedAt = clock.now();
        if (!this.#live) this.#say({ state: 'live' });
        this.#live = true;
      },
      changed: (pod) => {
        moveTo(pod.metadata.resourceVersion);
        this.#upsert([pod]);
      },
      removed: (pod) => {
        moveTo(pod.metadata.resourceVersion);
        if (this.#known.delete(keyOf(pod))) this.#report([], [pod]);
      },
      bookmark: moveTo,
    };
    const timeoutSeconds = 300 + Math.floor(random() * 300);
    const end = await this.#source.watch(version, timeoutSeconds, events, this.#ending.signal);
    const held = openedAt === undefined ? 0 : clock.now() - openedAt;
    if (held >= steadyMs) this.#failures = 0;
    if (end.ok) {
      if (progressed || held >= shortMs) return undefined;
      return { kind: 'server', message: 'The server ends each watch of pods at once.' };
    }
    if (!needsList(end.failure)) return end.failure;
    this.#version = undefined;
    // A server that keeps no version at all would otherwise be listed without a pause.
    return end.failure.kind === 'gone' && this.#lostVersions++ === 0 ? undefined : end.failure;
  }

  async #interrupt(failure: Failure): Promise<void> {
    const { clock, random } = this.#host;
    const delay = Math.min(longestDelayMs, firstDelayMs * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 10);
    // An API server that starts refuses everything until it knows its roles: after a list that worked, that passes.
    const lasting = slow.has(failure.kind) && (!this.#listed || this.#failures > briefFailures);
    const own = lasting ? longestDelayMs * (1 + random()) : delay * (0.75 + random() / 2);
    const retryInMs = Math.round(Math.max(own, failure.retryAfterMs ?? 0));
    this.#live = false;
    this.#say({ state: 'interrupted', failure, retryInMs });
    await new Promise<void>((resolve) => {
      const { signal } = this.#ending;
      const timer = clock.after(retryInMs, () => {
        signal.removeEventListener('abort', stop);
        resolve();
      });
      const stop = (): void => {
        timer.dispose();
        resolve();
      };
      // The listener may have disposed the feed when it heard of the state.
      if (this.#isDisposed()) stop();
      else signal.addEventListener('abort', stop, { once: true });
    });
  }

  /** Reports the pods that are not known as they are. A pod of the same name with another uid took another's place. */
  #upsert(pods: readonly Pod[]): void {
    const upserted: Pod[] = [];
    const removed: Pod[] = [];
    for (const received of pods) {
      const key = keyOf(received);
      const before = this.#known.get(key);
      const { uid, resourceVersion } = received.metadata;
      const same = before?.metadata.uid === uid;
      if (
        before !== undefined &&
        same &&
        resourceVersion !== undefined &&
        before.metadata.resourceVersion === resourceVersion
      )
        continue;
      if (before !== undefined && !same) removed.push(before);
      // Pods of one owner differ in little, and a pod from its last version in less: thousands take a third of the memory.
      const pod = shareWith(received, before ?? this.#newest);
      if (before === undefined) this.#newest = pod;
      this.#known.set(key, pod);
      upserted.push(pod);
    }
    this.#report(upserted, removed);
  }

  #removeAllBut(seen: ReadonlySet<string>): void {
    const removed: Pod[] = [];
    for (const [key, pod] of this.#known) {
      if (seen.has(key)) continue;
      this.#known.delete(key);
      removed.push(pod);
    }
    this.#report([], removed);
  }

  #report(upserted: readonly Pod[], removed: readonly Pod[]): void {
    if (upserted.length === 0 && removed.length === 0) return;
    this.#tell(() => {
      this.#listener.changed(upserted, removed);
    });
  }

  #say(state: PodFeedState): void {
    this.#tell(() => {
      this.#listener.state(state);
    });
  }

  /** A listener that throws must not end the feed. */
  #tell(call: () => void): void {
    if (this.#isDisposed()) return;
    try {
      call();
    } catch (error) {
      this.#host.log.warn(`A listener of pods failed: ${error instanceof Error ? error.message : 'unknown error'}`);
    }
  }
}

/** Whether the version that was watched from is of no use any more. */
function needsList(failure: Failure): boolean {
  if (failure.kind === 'gone' || failure.kind === 'rejected' || failure.kind === 'invalid') return true;
  // "Too large resource version": the server lost its data, or is another one.
  return failure.kind === 'timeout' && failure.status !== undefined;
}

function keyOf(pod: Pod): string {
  return `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
}
