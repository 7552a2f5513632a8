import type {
  Cluster,
  ContextInfo,
  GetOptions,
  PodFeedState,
  PodFollowing,
  PodListener,
  PodPart,
} from '../../src/cluster/contract';
import { Connection } from '../../src/connection/connection';
import type { Changes } from '../../src/connection/facts';
import type { Scope } from '../../src/connection/scope';
import type { WindowMemory } from '../../src/session/session';
import { passingWishes } from '../../src/session/wishes';
import type { Settings } from '../../src/connection/settings';
import type { Wishes } from '../../src/connection/wishes';
import type { ConfigMapCopy, ObjectCopy, SecretCopy } from '../../src/objects/objectCopy';
import { failureOfStatus, type Answer, type Failure } from '../../src/objects/failure';
import type { Node, ObjectKind, Pod, PodSpec } from '../../src/objects/kubernetes';
import type { ListWatch, WatchEnd, WatchEvents } from '../../src/objects/listWatch';
import { keyText, type ObjectKey } from '../../src/objects/objectKey';
import { Sealed } from '../../src/objects/sealed';
import { ttlAnnotation } from '../../src/manager/nodeTtl';
import { FakeClock } from './fakeClock';

export interface PodOptions {
  readonly namespace?: string;
  readonly uid?: string;
  readonly phase?: string;
  readonly node?: string;
  readonly secrets?: readonly string[];
  readonly configMaps?: readonly string[];
  readonly volumes?: PodSpec['volumes'];
}

/** A pod that takes all of its objects into its environment. */
export function pod(name: string, options: PodOptions = {}): Pod {
  const { namespace = 'shop', uid = `uid-${name}`, phase = 'Running', node, secrets = [], configMaps = [] } = options;
  const envFrom = [
    ...secrets.map((secret) => ({ secretRef: { name: secret } })),
    ...configMaps.map((configMap) => ({ configMapRef: { name: configMap } })),
  ];
  return {
    metadata: { name, namespace, uid },
    spec: {
      containers: [{ name: 'main', envFrom }],
      ...(node === undefined ? {} : { nodeName: node }),
      ...(options.volumes === undefined ? {} : { volumes: options.volumes }),
    },
    status: { phase },
  };
}

/** The volume that admission adds to nearly every pod. */
export const injectedVolume = {
  name: 'kube-api-access-abcde',
  projected: { sources: [{ configMap: { name: 'kube-root-ca.crt' } }] },
};

export function secretKey(name: string, namespace = 'shop'): ObjectKey {
  return { kind: 'Secret', namespace, name };
}

export function configMapKey(name: string, namespace = 'shop'): ObjectKey {
  return { kind: 'ConfigMap', namespace, name };
}

export function secret(name: string, version = '1', keys: readonly string[] = ['k']): SecretCopy {
  const data = new Map(keys.map((key) => [key, new Sealed('')]));
  return { kind: 'Secret', metadata: { name, resourceVersion: version }, type: 'Opaque', immutable: false, data };
}

export function configMap(name: string, version = '1'): ConfigMapCopy {
  const data = new Map([['k', { text: 'v', size: 1 }]]);
  return { kind: 'ConfigMap', metadata: { name, resourceVersion: version }, immutable: false, data };
}

export function node(name: string, ttlSeconds?: string): Node {
  return { metadata: { name, ...(ttlSeconds === undefined ? {} : { annotations: { [ttlAnnotation]: ttlSeconds } }) } };
}

export const forbidden = failureOfStatus({ code: 403, reason: 'Forbidden', message: 'not allowed' });
export const serverError = failureOfStatus({ code: 500, reason: 'InternalError', message: 'boom' });
export const unreachable: Failure = { kind: 'unreachable', message: 'connection refused' };
export const throttled = (retryAfterMs?: number): Failure =>
  failureOfStatus({ code: 429, reason: 'TooManyRequests', message: 'slow down' }, retryAfterMs);

function notFound(what: string, name: string): Failure {
  return failureOfStatus({ code: 404, reason: 'NotFound', message: `${what} "${name}" not found` });
}

export const testContext: ContextInfo = {
  name: 'test',
  cluster: 'test',
  server: 'https://127.0.0.1:6443',
  user: 'alice',
  namespace: 'shop',
  fingerprint: 'f1',
};

/** One list of pods that is followed, in the hands of the test. */
export class ScriptedFeed {
  ended = false;
  watched = true;
  retries = 0;
  readonly part: PodPart;
  readonly #listener: PodListener;

  constructor(part: PodPart, listener: PodListener) {
    this.part = part;
    this.#listener = listener;
  }

  /** A whole first list in one page. */
  list(...pods: readonly Pod[]): void {
    this.page(...pods);
    this.state({ state: 'live' });
  }

  page(...pods: readonly Pod[]): void {
    this.#listener.changed(pods, []);
  }

  gone(...pods: readonly Pod[]): void {
    this.#listener.changed([], pods);
  }

  state(state: PodFeedState): void {
    this.#listener.state(state);
  }

  /** A page or a bookmark that brings no change, or a watch that is opened again. */
  heard(): void {
    this.#listener.heard?.();
  }
}

interface OpenWatch {
  readonly events: WatchEvents<ObjectCopy>;
  readonly end: (end: Answer<WatchEnd>) => void;
}

/** A cluster that answers at once from what the test puts into it, and counts what it is asked. */
export class ScriptedCluster implements Cluster {
  readonly context: ContextInfo;
  readonly secrets: ListWatch<SecretCopy> = this.#following('Secret');
  readonly configMaps: ListWatch<ConfigMapCopy> = this.#following('ConfigMap');
  readonly feeds: ScriptedFeed[] = [];
  readonly pods = new Map<string, Pod>();
  readonly nodes = new Map<string, Node>();
  /** Failures by the text of a key, or `*` for every Secret and ConfigMap. */
  readonly failures = new Map<string, Failure>();
  nodeFailure: Failure | undefined;
  podFailure: Failure | undefined;
  disposals = 0;
  /** While set, objects are answered only by {@link answerHeld}. */
  holdsAnswers = false;
  readonly #objects = new Map<string, ObjectCopy>();
  /** Open watches, by the text of the key that they follow. */
  readonly #watches = new Map<string, OpenWatch>();
  #asked: string[] = [];
  #held: (() => void)[] = [];

  constructor(context: Partial<ContextInfo> = {}) {
    this.context = { ...testContext, ...context };
  }

  put(copy: ObjectCopy, namespace = 'shop'): void {
    const text = keyText({ kind: copy.kind, namespace, name: copy.metadata.name });
    this.#objects.set(text, copy);
    this.#watches.get(text)?.events.changed(copy);
  }

  delete(key: ObjectKey): void {
    const text = keyText(key);
    const copy = this.#objects.get(text);
    this.#objects.delete(text);
    if (copy !== undefined) this.#watches.get(text)?.events.removed(copy);
  }

  /** What is watched. */
  get watched(): string[] {
    return [...this.#watches.keys()].sort();
  }

  /** Ends every open watch. */
  endWatches(end: Answer<WatchEnd> = { ok: true, value: 'ended' }): void {
    for (const watch of [...this.#watches.values()]) watch.end(end);
  }

  /** What was asked since the last call, such as `Secret shop/db`, `Secret shop/db 0` or `Node n1`. */
  take(): string[] {
    const asked = this.#asked;
    this.#asked = [];
    return asked;
  }

  get held(): number {
    return this.#held.length;
  }

  answerHeld(count = Infinity): void {
    for (const answer of this.#held.splice(0, count)) answer();
  }

  /** The feed of the part that was followed last. */
  get feed(): ScriptedFeed {
    return this.feeds.at(-1)!;
  }

  getSecret(namespace: string, name: string, options: GetOptions): Promise<Answer<SecretCopy>> {
    return this.#get('Secret', namespace, name, options);
  }

  getConfigMap(namespace: string, name: string, options: GetOptions): Promise<Answer<ConfigMapCopy>> {
    return this.#get('ConfigMap', namespace, name, options);
  }

  getPod(namespace: string, name: string): Promise<Answer<Pod>> {
    this.#asked.push(`Pod ${namespace}/${name}`);
    if (this.podFailure !== undefined) return Promise.resolve({ ok: false, failure: this.podFailure });
    return Promise.resolve(answerOf(this.pods.get(`${namespace}/${name}`), 'pods', name));
  }

  getNode(name: string): Promise<Answer<Node>> {
    this.#asked.push(`Node ${name}`);
    if (this.nodeFailure !== undefined) return Promise.resolve({ ok: false, failure: this.nodeFailure });
    return Promise.resolve(answerOf(this.nodes.get(name), 'nodes', name));
  }

  listNamespaces(): Promise<Answer<readonly string[]>> {
    this.#asked.push('Namespaces');
    return Promise.resolve({ ok: true, value: ['shop'] });
  }

  listNodes(): Promise<Answer<readonly string[]>> {
    this.#asked.push('Nodes');
    return Promise.resolve({ ok: true, value: [...this.nodes.keys()] });
  }

  followPods(part: PodPart, listener: PodListener): PodFollowing {
    const feed = new ScriptedFeed(part, listener);
    this.feeds.push(feed);
    return {
      setWatched: (watched) => {
        feed.watched = watched;
      },
      retry: () => {
        feed.retries += 1;
      },
      dispose: () => {
        feed.ended = true;
      },
    };
  }

  dispose(): void {
    this.disposals += 1;
  }

  #following<T extends ObjectCopy>(kind: T['kind']): ListWatch<T> {
    return {
      list: (namespace, name, resourceVersion) => {
        const text = keyText({ kind, namespace, name });
        this.#asked.push(`List ${kind} ${namespace}/${name} ${resourceVersion}`.trimEnd());
        const failure = this.failures.get(text) ?? this.failures.get('*');
        if (failure !== undefined) return Promise.resolve({ ok: false, failure });
        const copy = this.#objects.get(text) as T | undefined;
        const objects = copy === undefined ? [] : [copy];
        return Promise.resolve({ ok: true, value: { objects, resourceVersion: '100' } });
      },
      watch: (namespace, name, { begin, resourceVersion }, timeoutSeconds, events, signal) => {
        const text = keyText({ kind, namespace, name });
        const what = begin === 'state' ? 'Stream' : 'Watch';
        this.#asked.push(`${what} ${kind} ${namespace}/${name} ${resourceVersion} ${timeoutSeconds}`);
        return new Promise((resolve) => {
          const end = (answer: Answer<WatchEnd>): void => {
            this.#watches.delete(text);
            resolve(answer);
          };
          // Each kind has a watch of its own type, and both are kept in one map.
          this.#watches.set(text, { events: events, end });
          signal.addEventListener('abort', () => {
            if (this.#watches.get(text)?.end === end) end({ ok: true, value: 'ended' });
          });
          events.opened();
          if (begin === 'events') return;
          queueMicrotask(() => {
            const copy = this.#objects.get(text) as T | undefined;
            if (copy !== undefined) events.changed(copy);
            events.bookmark('100', 'state');
          });
        });
      },
    };
  }

  #get<T extends ObjectCopy>(
    kind: ObjectKind & T['kind'],
    namespace: string,
    name: string,
    { resourceVersion, signal }: GetOptions,
  ): Promise<Answer<T>> {
    this.#asked.push(`${kind} ${namespace}/${name} ${resourceVersion}`.trimEnd());
    const text = keyText({ kind, namespace, name });
    const make = (): Answer<T> => {
      if (signal?.aborted === true) return { ok: false, failure: { kind: 'cancelled', message: 'aborted' } };
      const failure = this.failures.get(text) ?? this.failures.get('*');
      if (failure !== undefined) return { ok: false, failure };
      return answerOf(this.#objects.get(text) as T | undefined, `${kind.toLowerCase()}s`, name);
    };
    if (!this.holdsAnswers) return Promise.resolve(make());
    return new Promise((resolve) => {
      this.#held.push(() => {
        resolve(make());
      });
    });
  }
}

function answerOf<T>(value: T | undefined, what: string, name: string): Answer<T> {
  return value === undefined ? { ok: false, failure: notFound(what, name) } : { ok: true, value };
}

/** What a window remembers that remembers nothing. */
export const forgetful: WindowMemory = {
  context: () => undefined,
  rememberContext: () => undefined,
  scopeOf: () => undefined,
  rememberScope: () => undefined,
  wishesAt: () => ({ pins: [], pods: [] }),
  rememberWishes: () => undefined,
};

export const defaultSettings: Settings = {
  kubeconfig: [],
  context: '',
  autoConnect: false,
  ttlSeconds: undefined,
  strategy: 'cache',
  kubeletMinor: undefined,
  sync: 'visible',
  queriesPerSecond: 50,
  burst: 100,
  pluginFolders: [],
  pluginTimeoutMs: 60_000,
  requestTimeoutMs: 15_000,
};

/** A connection to a scripted cluster, whose settings and time are in the hands of the test. */
export class ConnectionBench {
  readonly clock = new FakeClock();
  readonly cluster = new ScriptedCluster();
  settings: Settings;
  random = 0;
  readonly connection: Connection;
  readonly #changes: Changes[] = [];

  constructor(
    options: {
      readonly settings?: Partial<Settings>;
      /** Reads the settings in place of those that stand here. */
      readonly read?: () => Settings;
      readonly scope?: Scope;
      readonly wishes?: Wishes;
    } = {},
  ) {
    this.settings = { ...defaultSettings, ...options.settings };
    this.connection = new Connection({
      cluster: this.cluster,
      clock: this.clock,
      random: () => this.random,
      settings: options.read ?? (() => this.settings),
      scope: options.scope ?? { in: 'namespaces', namespaces: ['shop'] },
      wishes: options.wishes ?? passingWishes(),
    });
    this.connection.onDidChange((changes) => this.#changes.push(changes));
  }

  /** The events since the last call. */
  takeChanges(): Changes[] {
    return this.#changes.splice(0);
  }

  /** Looks, has the pods listed and the first pass made. */
  async start(...pods: readonly Pod[]): Promise<void> {
    this.connection.setActive(true);
    this.cluster.feed.list(...pods);
    await this.clock.advance(100);
  }
}
