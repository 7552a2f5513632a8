import type { Cluster, ContextInfo, PodFeedState } from '../cluster/contract';
import type { ObjectCopy } from '../objects/objectCopy';
import type { Disposable } from '../objects/disposable';
import type { Event } from '../objects/emitter';
import type { Answer, Failure } from '../objects/failure';
import type { ObjectKey } from '../objects/objectKey';
import type { Inspection, Reading } from '../manager/reading';
import type { Freshness } from './freshness';
import type { Needs } from './objectUsers';
import type { OpenManifest } from './openManifest';
import type { Strategy } from './objectManagers';
import type { RegisteredPod, Use } from './podRegistry';
import type { Scope } from './scope';
import type { ServerHealth } from './serverHealth';
import type { Summary } from './summary';

/** What is kept of objects. To ask costs no request. */
export interface ObjectFacts {
  /** How objects are kept up to date. */
  readonly strategy: Strategy;
  /** Every object that is referenced or held. */
  keys(): Iterable<ObjectKey>;
  inspect(key: ObjectKey): Inspection<ObjectCopy> | undefined;
  freshness(key: ObjectKey): Freshness;
}

/** The pods that are registered, and which objects they use. */
export interface PodFacts {
  readonly scope: Scope;
  /** The worst state among the lists that make up the scope. */
  readonly feed: PodFeedState;
  readonly all: Iterable<RegisteredPod>;
  readonly count: number;
  get(id: string): RegisteredPod | undefined;
  /** How a pod uses an object. References that admission adds are no use by the user. */
  useBy(id: string, key: ObjectKey): Use | undefined;
  /** Ids of the pods that use an object. */
  userIds(key: ObjectKey): ReadonlySet<string>;
  /** What the pods that use an object ask of it. */
  needsOf(key: ObjectKey): Needs;
  /** Whether no pod refers to the object but by the volume that admission adds. */
  isInjectedOnly(key: ObjectKey): boolean;
}

/** What keeps objects readable without counting as a reference. */
export interface HoldFacts {
  /** Objects that the user fetched by name. */
  readonly pins: readonly ObjectKey[];
  isPinned(key: ObjectKey): boolean;
  readonly manifests: Iterable<OpenManifest>;
  manifest(id: string): OpenManifest | undefined;
}

/** What of a pod's references a person should look at. */
export interface PodProblems {
  readonly count: number;
  /** Whether one of them keeps the pod from starting. */
  readonly blocking: boolean;
}

/** What a person should look at, as of the last event. */
export interface ProblemFacts {
  ofPod(id: string): PodProblems | undefined;
  isProblem(key: ObjectKey): boolean;
  /** How things stand, in numbers. */
  readonly summary: Summary;
}

/** Where the TTL comes from. */
export type TtlOrigin =
  | { readonly from: 'setting' }
  | { readonly from: 'node'; readonly node: string }
  /** The chosen node was not read yet, no node is chosen, or the node may not be read. */
  | { readonly from: 'default'; readonly because: 'noNode' | Failure };

/** What nodes say of their kubelets. */
export interface NodeFacts {
  readonly ttl: { readonly ms: number; readonly origin: TtlOrigin };
}

export interface SyncStatus {
  /**
   * How many objects the pass that is under way has done, of how many, and whether it is the first. A pass that waits
   * until the loop is active again is not under way.
   */
  readonly running: { readonly done: number; readonly total: number; readonly first: boolean } | undefined;
  /** The last whole pass: when it ended by the loop's clock, how long it took, and how many objects it had. */
  readonly last: { readonly endedAt: number; readonly tookMs: number; readonly objects: number } | undefined;
}

export interface HealthFacts {
  readonly server: ServerHealth;
}

export interface SyncFacts {
  readonly status: SyncStatus;
}

/** Times of the connection's clock, for people. */
export interface Times {
  /** Milliseconds since a time. */
  ageOf(at: number): number;
  /** The time of day of a time, in milliseconds since 1970. */
  wallTime(at: number): number;
}

/** All that may be said of a connected context. Whoever says something takes the parts that it needs. */
export interface Facts {
  readonly context: ContextInfo;
  readonly objects: ObjectFacts;
  readonly pods: PodFacts;
  readonly holds: HoldFacts;
  readonly problems: ProblemFacts;
  readonly nodes: NodeFacts;
  readonly sync: SyncFacts;
  readonly health: HealthFacts;
  readonly times: Times;
}

/** What changed since the last event. Listeners repaint those parts and ask nothing of the cluster. */
export interface Changes {
  /** Objects whose inspection, users or freshness may have changed. Pins and open manifests show in the inspection. */
  readonly objects: ReadonlyMap<string, ObjectKey>;
  /** Ids of pods that came, went or changed, or whose problems are others. */
  readonly pods: ReadonlySet<string>;
  /** The feed of pods, the sync loop, the TTL or the scope. */
  readonly status: boolean;
}

/** Reads of objects. These alone send requests for them. */
export interface ObjectReads {
  /** The object by the rules of the cache: a request only if the copy is not fresh. */
  read(key: ObjectKey, signal?: AbortSignal): Promise<Reading<ObjectCopy>>;
  /** The newest version of the object, whatever is cached. */
  refresh(key: ObjectKey, signal?: AbortSignal): Promise<Reading<ObjectCopy>>;
  /** Keeps an object readable for as long as something shows it. */
  hold(key: ObjectKey): Disposable;
}

export interface HoldActs {
  /** Keeps an object that the user fetched by name. */
  pin(key: ObjectKey): void;
  /** Ends a pin. The object goes unless something else keeps it. */
  unpin(key: ObjectKey): void;
  /** Keeps what a manifest refers to for as long as it is open. */
  holdManifest(manifest: OpenManifest): Disposable;
}

export interface PodActs {
  /** Registers a pod that cannot be found by listing. */
  registerByName(namespace: string, name: string, signal?: AbortSignal): Promise<Answer<RegisteredPod>>;
  /** Forgets that the user named a pod. It goes unless a list of the scope has it as well. */
  unregister(id: string): void;
}

/** What commands and open documents may do with a connection. Its end is not theirs. */
export interface OpenConnection extends Facts {
  readonly objects: ObjectFacts & ObjectReads;
  readonly pods: PodFacts & PodActs;
  readonly holds: HoldFacts & HoldActs;
  /** Names to choose a scope from. Often forbidden. */
  readonly scopeChoices: Pick<Cluster, 'listNamespaces' | 'listNodes'>;
  readonly onDidChange: Event<Changes>;
}

/** Whatever connection there is, for those who show it. */
export interface ConnectionSource<C extends Facts = Facts> {
  readonly connection: C | undefined;
  readonly onDidChange: Event<Changes>;
  /** There is another connection, or none any more, or another reason for that. */
  readonly onDidChangeState: Event<unknown>;
}
