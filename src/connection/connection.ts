import type { Cluster, ContextInfo, PodFeedState } from '../cluster/contract';
import type { Clock } from '../objects/clock';
import type { ObjectCopy } from '../objects/copies';
import { disposable, DisposableList, type Disposable } from '../objects/disposable';
import { Emitter, type Event } from '../objects/emitter';
import { isAboutTheServer, type Answer } from '../objects/failure';
import { objectKinds, type ObjectKind, type ObjectMeta, type Pod } from '../objects/kubernetes';
import { keyText, type ObjectKey } from '../objects/objectKey';
import type { Inspection, Reading } from '../manager/reading';
import { rulesOf, type KubeletRules } from '../manager/rules';
import type { Store } from '../manager/store';
import { Expiries } from './expiries';
import { freshnessOf, type Freshness } from './freshness';
import { Nodes, type TtlOrigin } from './nodes';
import type { Needs } from './objectUsers';
import type { OpenManifest } from './openManifest';
import { ObjectManagers, type Strategy } from './objectManagers';
import { podId, PodRegistry, type RegisteredPod, type Use } from './podRegistry';
import { Problems, type PodProblems } from './problems';
import type { Scope } from './scope';
import { ScopeFeeds } from './scopeFeeds';
import type { Settings } from './settings';
import type { Summary } from './summary';
import { SyncLoop, type SyncStatus } from './syncLoop';
import { TokenBucket } from './tokenBucket';

/** What changed since the last event. Listeners repaint those parts and ask nothing of the cluster. */
export interface Changes {
  /** Objects whose inspection, users or freshness may have changed. Pins and open manifests show in the inspection. */
  readonly objects: ReadonlyMap<string, ObjectKey>;
  /** Ids of pods that came, went or changed, or whose problems are others. */
  readonly pods: ReadonlySet<string>;
  /** The feed of pods, the sync loop, the TTL or the scope. */
  readonly status: boolean;
}

export interface ConnectionOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly random: () => number;
  readonly settings: () => Settings;
  readonly scope: Scope;
}

/** Changes are collected for this long, so that a burst of events is one repaint. */
const coalesceMs = 50;
/** How long watches go on while nobody looks: five times the kubelet's sync period, as for those that nobody reads. */
const restMs = 5 * 60_000;
/** The rules where no node says which kubelet it runs. */
const usualMinor = 29;

/**
 * One connected context: the managers, the pods in scope, the sync loop and what the user pinned. Only `read` and
 * `refresh` send requests; everything else looks at what is there.
 */
export class Connection implements Disposable {
  readonly context: ContextInfo;
  readonly #cluster: Cluster;
  readonly #clock: Clock;
  readonly #options: ConnectionOptions;
  readonly #owned = new DisposableList();
  readonly #emitter = this.#owned.add(new Emitter<Changes>());
  readonly #managers: ObjectManagers;
  readonly #registry: PodRegistry;
  readonly #nodes: Nodes;
  readonly #sync: SyncLoop;
  readonly #pins = new Map<string, { readonly key: ObjectKey; readonly hold: Disposable }>();
  readonly #manifests = new Map<string, OpenManifest>();
  readonly #expiries = new Expiries();
  readonly #problems = new Problems(this);
  readonly #feeds: ScopeFeeds;
  #readingPods: Promise<void> | undefined;
  #active = false;
  #changedObjects = new Map<string, ObjectKey>();
  #changedPods = new Set<string>();
  #statusChanged = false;
  #flush: Disposable | undefined;
  #rest: Disposable | undefined;
  #boundary: { readonly at: number; readonly timer: Disposable } | undefined;

  readonly onDidChange: Event<Changes> = this.#emitter.event;

  constructor(options: ConnectionOptions) {
    const { cluster, clock, settings } = options;
    this.#options = options;
    this.#cluster = cluster;
    this.#clock = clock;
    this.context = cluster.context;
    this.#nodes = new Nodes({
      cluster,
      fixedSeconds: () => settings().ttlSeconds,
      needsVersion: () => settings().kubeletMinor === undefined,
      chooseNode: () => this.#chooseNode(),
      isShown: (name) => [...this.#registry.pods].some(({ pod }) => pod.spec?.nodeName === name),
      changed: () => {
        this.#applyStrategy();
        this.#noteEverything();
      },
    });
    this.#managers = new ObjectManagers({
      cluster,
      clock,
      random: options.random,
      strategy: () => settings().strategy,
      rules: () => this.#rules(),
      ttlMs: () => this.#nodes.ttlMs(),
      changed: (key) => {
        this.#noteObject(key);
      },
    });
    this.#registry = new PodRegistry(this.#managers, (key) => {
      this.#noteObject(key);
    });
    this.#sync = this.#owned.add(
      new SyncLoop({
        clock,
        random: options.random,
        bucket: new TokenBucket(
          () => ({ perSecond: settings().queriesPerSecond, burst: settings().burst }),
          () => clock.now(),
        ),
        keys: () => this.#registry.usedObjects(),
        useWithoutRequest: (key) => this.#managers.useWithoutRequest(key),
        read: (key) => this.read(key),
        beforePass: () => {
          void this.#nodes.refresh();
          this.#readingPods ??= this.#readPodsByName().finally(() => {
            this.#readingPods = undefined;
          });
        },
        statusChanged: () => {
          this.#noteStatus();
        },
      }),
    );
    this.#feeds = new ScopeFeeds(cluster, options.scope, {
      changed: (upserted, removed) => {
        this.#upsert(upserted, false);
        for (const pod of removed) this.#remove(pod);
      },
      state: ({ state }) => {
        this.#noteStatus();
        // Pods may not be listed: those registered by name are read all the same.
        if (state === 'interrupted') this.#applyActivity();
      },
      listed: (isMissing) => {
        this.#listed(isMissing);
      },
    });
    this.#feeds.follow(options.scope);
  }

  get scope(): Scope {
    return this.#feeds.scope;
  }

  /** The worst state among the lists that make up the scope. */
  get feed(): PodFeedState {
    return this.#feeds.state;
  }

  get sync(): SyncStatus {
    return this.#sync.status;
  }

  /** How objects are kept up to date. */
  get strategy(): Strategy {
    return this.#managers.strategy;
  }

  get ttl(): { readonly ms: number; readonly origin: TtlOrigin } {
    return { ms: this.#nodes.ttlMs(), origin: this.#nodes.origin };
  }

  get pods(): Iterable<RegisteredPod> {
    return this.#registry.pods;
  }

  get podCount(): number {
    return this.#registry.size;
  }

  pod(id: string): RegisteredPod | undefined {
    return this.#registry.get(id);
  }

  useBy(id: string, key: ObjectKey): Use | undefined {
    return this.#registry.useBy(id, key);
  }

  /** Ids of the pods that use an object. */
  userIds(key: ObjectKey): ReadonlySet<string> {
    return this.#registry.userIds(key);
  }

  needsOf(key: ObjectKey): Needs {
    return this.#registry.needsOf(key);
  }

  /** What a person should look at in a pod, as of the last event. */
  problemsOf(id: string): PodProblems | undefined {
    return this.#problems.ofPod(id);
  }

  /** Whether a person should look at an object, as of the last event. */
  isProblem(key: ObjectKey): boolean {
    return this.#problems.isProblem(keyText(key));
  }

  /** How things stand, in numbers, as of the last event. */
  get summary(): Summary {
    return this.#problems.summary;
  }

  /** Whether nobody asks for the object but the volume that admission adds to pods. */
  isInjectedOnly(key: ObjectKey): boolean {
    return this.#registry.isInjectedOnly(key) && !this.isPinned(key);
  }

  /** What the user asked for by name: pinned objects, and pods where they may not be listed. */
  get asked(): { readonly pins: readonly ObjectKey[]; readonly pods: readonly ObjectMeta[] } {
    return {
      pins: this.pins,
      pods: [...this.#registry.pods].filter(({ byName }) => byName).map(({ pod }) => pod.metadata),
    };
  }

  get pins(): readonly ObjectKey[] {
    return [...this.#pins.values()].map(({ key }) => key);
  }

  isPinned(key: ObjectKey): boolean {
    return this.#pins.has(keyText(key));
  }

  /** Every object that is referenced or held. */
  *keys(): Iterable<ObjectKey> {
    for (const kind of objectKinds) {
      for (const { namespace, name } of this.#store(kind).keys()) yield { kind, namespace, name };
    }
  }

  inspect(key: ObjectKey): Inspection<ObjectCopy> | undefined {
    return this.#store(key.kind).inspect(key.namespace, key.name);
  }

  freshness(key: ObjectKey): Freshness {
    const inspection = this.inspect(key);
    return inspection === undefined
      ? { state: 'notFetched' }
      : freshnessOf(inspection, this.#store(key.kind).ttlMs(), this.#clock.now());
  }

  /** Milliseconds since a time of the connection's clock. */
  ageOf(at: number): number {
    return this.#clock.now() - at;
  }

  /** Time of day for a time of the connection's clock, in milliseconds since 1970. */
  wallTime(at: number): number {
    return this.#clock.wallTime() - (this.#clock.now() - at);
  }

  /** The object by the rules of the cache: a request only if the copy is not fresh. */
  read(key: ObjectKey, signal?: AbortSignal): Promise<Reading<ObjectCopy>> {
    return this.#managers[key.kind].getObject(key.namespace, key.name, signal);
  }

  /** The newest version of the object, whatever is cached. */
  refresh(key: ObjectKey, signal?: AbortSignal): Promise<Reading<ObjectCopy>> {
    return this.#store(key.kind).refresh(key.namespace, key.name, signal);
  }

  /** Keeps an object readable for as long as something shows it. */
  hold(key: ObjectKey): Disposable {
    return this.#managers.hold(key);
  }

  /** Keeps an object that the user asked for by name, until the connection ends. */
  pin(key: ObjectKey): void {
    const text = keyText(key);
    if (this.#pins.has(text)) return;
    this.#pins.set(text, { key, hold: this.hold(key) });
  }

  /** Ends a pin. The object goes unless something else keeps it. */
  unpin(key: ObjectKey): void {
    const text = keyText(key);
    const pin = this.#pins.get(text);
    if (pin === undefined) return;
    this.#pins.delete(text);
    pin.hold.dispose();
  }

  get manifests(): Iterable<OpenManifest> {
    return this.#manifests.values();
  }

  manifest(id: string): OpenManifest | undefined {
    return this.#manifests.get(id);
  }

  /**
   * Keeps what a manifest refers to for as long as it is open. A changed manifest is held anew before the hold of what it
   * was ends, so that nothing goes that is in both.
   */
  holdManifest(manifest: OpenManifest): Disposable {
    const keys = new Map(manifest.uses.map(({ key }) => [keyText(key), key]));
    const holds = [...keys.values()].map((key) => this.hold(key));
    this.#manifests.set(manifest.id, manifest);
    return disposable(() => {
      if (this.#manifests.get(manifest.id) === manifest) this.#manifests.delete(manifest.id);
      for (const hold of holds) hold.dispose();
    });
  }

  /** Forgets that the user named a pod. It goes unless a list of the scope has it as well. */
  unregister(id: string): void {
    const registered = this.#registry.get(id);
    if (registered?.byName !== true) return;
    if (!this.#feeds.isListed(registered.pod)) {
      this.#remove(registered.pod);
      return;
    }
    this.#registry.forgetName(id);
    this.#notePod(registered.pod);
  }

  /** Registers a pod that cannot be found by listing, and reads it again once a pass. */
  async registerByName(namespace: string, name: string, signal?: AbortSignal): Promise<Answer<RegisteredPod>> {
    const answer = await this.#cluster.getPod(namespace, name, signal);
    if (!answer.ok) return answer;
    this.#upsert([answer.value], true);
    void this.#nodes.refresh();
    const registered = [...this.#registry.pods].find(
      ({ pod }) => pod.metadata.namespace === namespace && pod.metadata.name === name,
    );
    if (registered !== undefined) return { ok: true, value: registered };
    const message = `pod "${name}" in namespace "${namespace}" has finished, so it needs no Secrets or ConfigMaps`;
    return { ok: false, failure: { kind: 'rejected', message } };
  }

  /** Registers the pods of another scope instead. What is in both stays registered, and its objects cached. */
  changeScope(scope: Scope): void {
    this.#feeds.follow(scope);
    for (const { pod, byName } of [...this.#registry.pods]) if (!byName && !this.#feeds.has(pod)) this.#remove(pod);
    // Paused while a list is under way, as a further pod would throw away what was read for those before it.
    this.#applyActivity();
    this.#nodes.choose();
    this.#sync.startAnew();
    this.#noteEverything();
  }

  listNamespaces(signal?: AbortSignal): Promise<Answer<readonly string[]>> {
    return this.#cluster.listNamespaces(signal);
  }

  listNodes(signal?: AbortSignal): Promise<Answer<readonly string[]>> {
    return this.#cluster.listNodes(signal);
  }

  /** Whether somebody is looking. Without an onlooker nothing is read, and no timer runs. */
  setActive(active: boolean): void {
    if (active === this.#active) return;
    this.#active = active;
    this.#applyActivity();
    this.#scheduleRest();
    // Entries may have grown stale while nobody looked.
    if (active) this.#noteEverything();
  }

  /** Settings are read at each use; this makes the change seen. */
  settingsChanged(): void {
    this.#applyStrategy();
    this.#applyActivity();
    this.#scheduleRest();
    this.#noteEverything();
  }

  dispose(): void {
    // First, so that what is let go of is told to nobody.
    this.#owned.dispose();
    this.#boundary?.timer.dispose();
    this.#flush?.dispose();
    this.#feeds.dispose();
    for (const { hold } of this.#pins.values()) hold.dispose();
    this.#rest?.dispose();
    this.#managers.dispose();
    this.#cluster.dispose();
  }

  #store(kind: ObjectKind): Store<ObjectCopy> {
    return this.#managers.store(kind);
  }

  #rules(): KubeletRules {
    return rulesOf(this.#options.settings().kubeletMinor ?? this.#nodes.kubeletMinor ?? usualMinor);
  }

  /** Goes over to the strategy and the rules that count by now. Everything that pods use is read anew then. */
  #applyStrategy(): void {
    if (!this.#managers.update([...this.#registry.pods].map(({ pod }) => pod))) return;
    this.#sync.startAnew();
    this.#sync.add(this.#registry.usedObjects());
    for (const { key } of this.#pins.values()) void this.read(key);
  }

  #listed(isMissing: (pod: Pod) => boolean): void {
    // Pods that an earlier scope had in common with this one may have gone before the list was made.
    for (const { pod, byName } of [...this.#registry.pods]) if (!byName && isMissing(pod)) this.#remove(pod);
    void this.#nodes.refresh();
    this.#applyActivity();
  }

  /** Registers all before any object is read, since a further reference to an object drops what was read of it. */
  #upsert(pods: readonly Pod[], byName: boolean): void {
    const registered: ObjectKey[] = [];
    for (const pod of pods) {
      registered.push(...this.#registry.upsert(pod, byName));
      this.#notePod(pod);
    }
    this.#sync.add(registered.filter((key) => !this.#registry.isInjectedOnly(key)));
  }

  #remove(pod: Pod): void {
    if (this.#registry.remove(pod)) this.#notePod(pod);
  }

  async #readPodsByName(): Promise<void> {
    for (const { id, pod, byName } of [...this.#registry.pods]) {
      if (!byName) continue;
      const answer = await this.#cluster.getPod(pod.metadata.namespace ?? '', pod.metadata.name);
      if (this.#owned.disposed) return;
      // The user may have let go of it meanwhile.
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

  /** The node of the scope, else the first by name that runs a registered pod, so that the choice is steady. */
  #chooseNode(): string | undefined {
    if (this.scope.in === 'node') return this.scope.node;
    let first: string | undefined;
    for (const { pod } of this.#registry.pods) {
      const node = pod.spec?.nodeName;
      if (node !== undefined && node !== '' && (first === undefined || node < first)) first = node;
    }
    return first;
  }

  #notePod(pod: Pod): void {
    this.#changedPods.add(podId(pod));
    this.#scheduleFlush();
  }

  #noteObject(key: ObjectKey): void {
    this.#changedObjects.set(keyText(key), key);
    this.#scheduleFlush();
  }

  #noteStatus(): void {
    this.#statusChanged = true;
    this.#scheduleFlush();
  }

  /** The TTL may have changed, and with it every freshness. */
  #noteEverything(): void {
    for (const key of this.keys()) this.#changedObjects.set(keyText(key), key);
    this.#noteStatus();
  }

  #scheduleFlush(): void {
    if (this.#owned.disposed) return;
    this.#flush ??= this.#clock.after(coalesceMs, () => {
      // While pods are listed the choice would change with each page.
      if (this.#changedPods.size > 0 && this.feed.state !== 'listing') this.#nodes.choose();
      this.#takeExpired();
      this.#flush = undefined;
      const objects = this.#changedObjects;
      const pods = this.#changedPods;
      const status = this.#statusChanged;
      this.#changedObjects = new Map();
      this.#changedPods = new Set();
      this.#statusChanged = false;
      for (const podId of this.#problems.update(objects, pods)) pods.add(podId);
      for (const key of objects.values()) this.#noteExpiry(key);
      this.#setBoundary();
      this.#emitter.fire({ objects, pods, status });
    });
  }

  #noteExpiry(key: ObjectKey): void {
    const freshness = this.freshness(key);
    this.#expiries.set(key, freshness.state === 'fresh' ? freshness.until : undefined);
  }

  /** Before expiries are noted anew: those of copies that are no longer fresh would be lost. */
  #takeExpired(): void {
    const expired = this.#expiries.take(this.#clock.now());
    for (const key of expired) this.#noteObject(key);
    this.#sync.expired(expired);
  }

  /** Sets the one timer, for the next entry that crosses its TTL. */
  #setBoundary(): void {
    const at = this.#active || this.#options.settings().sync === 'always' ? this.#expiries.next : undefined;
    if (this.#boundary?.at === at) return;
    this.#boundary?.timer.dispose();
    this.#boundary =
      at === undefined
        ? undefined
        : {
            at,
            timer: this.#clock.after(at - this.#clock.now(), () => {
              this.#boundary = undefined;
              this.#takeExpired();
              this.#setBoundary();
            }),
          };
  }

  /** Watches end a while after the last onlooker left: as soon as those that nobody reads would. */
  #scheduleRest(): void {
    this.#rest?.dispose();
    const isWanted = this.#active || this.#options.settings().sync === 'always' || this.strategy !== 'watch';
    this.#rest = isWanted
      ? undefined
      : this.#clock.after(restMs, () => {
          this.#managers.rest();
        });
  }

  #applyActivity(): void {
    const { sync } = this.#options.settings();
    const wanted = sync === 'always' || (sync === 'visible' && this.#active);
    this.#feeds.setWatched(this.#active || sync === 'always');
    this.#sync.setActive(wanted && this.feed.state !== 'listing');
    this.#setBoundary();
  }
}
