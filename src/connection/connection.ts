import type { Cluster, ContextInfo } from '../cluster/contract';
import type { Clock } from '../objects/clock';
import { DisposableList, type Disposable } from '../objects/disposable';
import type { Event } from '../objects/emitter';
import { isNoAnswer } from '../objects/failure';
import { rulesOf } from '../manager/rules';
import { Activity } from './activity';
import { ChangeBatches } from './changeBatches';
import type { Changes, OpenConnection, Times } from './facts';
import { Health } from './health';
import { Holds } from './holds';
import { Nodes } from './nodes';
import { ObjectManagers } from './objectManagers';
import { Objects } from './objects';
import { ObservedCluster } from './observedCluster';
import { PodRegistry } from './podRegistry';
import { Problems } from './problems';
import type { Scope } from './scope';
import { ScopePods } from './scopePods';
import type { Settings } from './settings';
import { SyncLoop } from './syncLoop';
import { timesOf } from './times';
import { TokenBucket } from './tokenBucket';
import type { Wishes } from './wishes';

export interface ConnectionOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly random: () => number;
  readonly settings: () => Settings;
  readonly scope: Scope;
  readonly wishes: Wishes;
}

/** The minor version of the kubelet whose rules count where no node says which kubelet it runs. */
const usualMinor = 29;

/** One connected context: builds its parts, tells each of what the others bring, and ends them. */
export class Connection implements OpenConnection, Disposable {
  readonly context: ContextInfo;
  readonly objects: Objects;
  readonly pods: ScopePods;
  readonly holds: Holds;
  readonly problems: Problems;
  readonly nodes: Nodes;
  readonly sync: SyncLoop;
  readonly health: Health;
  readonly times: Times;
  readonly scopeChoices: Pick<Cluster, 'listNamespaces' | 'listNodes'>;
  readonly onDidChange: Event<Changes>;
  readonly #owned = new DisposableList();
  readonly #managers: ObjectManagers;
  readonly #registry: PodRegistry;
  readonly #changes: ChangeBatches;
  readonly #activity: Activity;

  constructor({ cluster: unobserved, clock, random, settings, scope, wishes }: ConnectionOptions) {
    this.health = new Health({
      clock,
      changed: (server) => {
        if (server.state === 'answering') this.#answersAgain();
        else if (isNoAnswer(server.failure)) this.sync.expectNoAnswer();
        this.#noteEverything();
      },
    });
    const cluster = new ObservedCluster(unobserved, this.health, clock);
    this.context = cluster.context;
    this.scopeChoices = cluster;
    this.times = timesOf(clock);
    this.#owned.add(cluster);
    this.nodes = new Nodes({
      cluster,
      fixedSeconds: () => settings().ttlSeconds,
      needsVersion: () => settings().kubeletMinor === undefined,
      chooseNode: () => this.pods.nodeThatCounts,
      isShown: (name) => this.pods.runsOn(name),
      changed: () => {
        this.#applyStrategy();
        this.#noteEverything();
      },
    });
    this.#managers = this.#owned.add(
      new ObjectManagers({
        cluster,
        clock,
        random,
        strategy: () => settings().strategy,
        rules: () => rulesOf(settings().kubeletMinor ?? this.nodes.kubeletMinor ?? usualMinor),
        ttlMs: () => this.nodes.ttlMs(),
        changed: (key) => {
          this.#changes.noteObject(key);
        },
      }),
    );
    this.#registry = new PodRegistry(this.#managers, (key) => {
      this.#changes.noteObject(key);
    });
    this.objects = new Objects(this.#managers, this.health, clock);
    this.holds = this.#owned.add(new Holds(this.objects, wishes));
    this.problems = new Problems({
      objects: this.objects,
      pods: this.#registry,
      holds: this.holds,
      health: this.health,
    });
    this.pods = this.#owned.add(
      new ScopePods(cluster, this.#registry, scope, wishes, {
        podChanged: (id) => {
          this.#changes.notePod(id);
        },
        registered: (keys) => {
          this.sync.add(keys);
        },
        listed: () => {
          void this.nodes.refresh();
          this.#activity.apply();
        },
        namedPodRegistered: () => {
          void this.nodes.refresh();
        },
        feedChanged: ({ state }) => {
          this.#changes.noteStatus();
          // Pods may not be listed: those registered by name are read all the same.
          if (state === 'interrupted') this.#activity.apply();
        },
      }),
    );
    this.sync = this.#owned.add(
      new SyncLoop({
        clock,
        random,
        bucket: new TokenBucket(
          () => ({ perSecond: settings().queriesPerSecond, burst: settings().burst }),
          () => clock.now(),
        ),
        keys: () => this.#registry.usedObjects(),
        useWithoutRequest: (key) => this.#managers.useWithoutRequest(key),
        read: (key) => this.objects.read(key),
        beforePass: () => {
          void this.nodes.refresh();
          this.pods.readByName();
          this.sync.add(this.holds.unansweredPins);
        },
        statusChanged: () => {
          this.#changes.noteStatus();
        },
      }),
    );
    // Ended first, so that what is let go of is told to nobody.
    this.#changes = this.#owned.add(
      new ChangeBatches({
        clock,
        objects: this.objects,
        // While pods are listed the choice would change with each page.
        podsChanged: () => {
          if (this.pods.feed.state !== 'listing') this.nodes.choose();
        },
        expired: (keys) => {
          this.sync.expired(keys);
        },
        apply: (objects, pods, known) => this.problems.update(objects, pods, known),
      }),
    );
    this.onDidChange = this.#changes.onDidChange;
    this.#activity = this.#owned.add(
      new Activity({
        clock,
        settings,
        managers: this.#managers,
        pods: this.pods,
        sync: this.sync,
        changes: this.#changes,
      }),
    );
    this.holds.restorePins();
    this.pods.follow(scope);
  }

  /** Registers the pods of another scope instead. What is in both stays registered, and its objects cached. */
  changeScope(scope: Scope): void {
    this.pods.follow(scope);
    this.#activity.apply();
    this.nodes.choose();
    this.sync.startAnew();
    this.#noteEverything();
  }

  /** Whether somebody is looking. Without an onlooker nothing is read, and no timer runs. */
  setActive(active: boolean): void {
    // Copies may have grown stale while nobody looked.
    if (this.#activity.setActive(active) && active) this.#noteEverything();
  }

  /** Settings are read at each use; this makes the change seen. */
  settingsChanged(): void {
    this.#applyStrategy();
    this.#activity.settingsChanged();
    this.#noteEverything();
  }

  dispose(): void {
    this.#owned.dispose();
  }

  /** Goes over to the strategy and the rules that count by now. Everything that pods use is read anew then. */
  #applyStrategy(): void {
    if (!this.#managers.update(this.#registry.pods)) return;
    this.sync.startAnew();
    this.sync.add(this.#registry.usedObjects());
    for (const key of this.holds.pins) void this.objects.read(key);
  }

  /** Whatever waits for its next try is tried at once, so that an outage ends everywhere together. */
  #answersAgain(): void {
    this.pods.retry();
    this.sync.retry();
    // No copy is fresh in an outage, so none was told to expire.
    this.sync.expired([...this.objects.keys()].filter((key) => this.objects.freshness(key).state === 'stale'));
    this.#managers.retry();
  }

  /** The TTL may have changed, and with it every freshness. */
  #noteEverything(): void {
    this.#changes.noteObjects(this.objects.keys());
    this.#changes.noteStatus();
  }
}
