import { connect, readKubeconfig } from '../../src/cluster/bundle';
import type { Cluster } from '../../src/cluster/contract';
import { systemClock } from '../../src/objects/systemClock';
import { rulesOf } from '../../src/manager/rules';
import { WatchStore } from '../../src/manager/watchStore';
import type { ConfigMapCopy, ObjectCopy, SecretCopy } from '../../src/objects/objectCopy';
import type { ObjectKind } from '../../src/objects/kubernetes';
import type { ListWatch } from '../../src/objects/listWatch';
import { Sealed } from '../../src/objects/sealed';
import { serveSteps, type Steps } from '../harness/roleProcess';
import { waitFor } from '../harness/waiting';
import { BlockProbe, type Block } from './blockProbe';
import { heapUsed } from './heap';

// The process that is measured: the stores of the Watch strategy on the client of Kubefresh, and nothing else.

/** An object as `Secret NAMESPACE NAME`. */
export type FollowedKey = `${ObjectKind} ${string} ${string}`;

export interface Synced {
  /** Until each object has been listed, and until each is watched. */
  readonly syncedMs: number;
  readonly liveMs: number;
  /** Lists and watches that failed on the way, by their kind. */
  readonly failures: readonly string[];
}

/** The first time that a version of an object was seen, in milliseconds since 1970. */
export interface Seen {
  readonly key: string;
  readonly version: string;
  readonly at: number;
}

export interface WatchesSteps extends Steps {
  readonly follow: { readonly takes: readonly FollowedKey[]; readonly answers: Cost<Synced> };
  readonly note: { readonly takes: undefined; readonly answers: Cost<undefined> };
  readonly seen: { readonly takes: undefined; readonly answers: Cost<readonly Seen[]> };
  readonly dispose: { readonly takes: undefined; readonly answers: Cost<undefined> };
}

/** What a step came to, and what everything has cost since the step before it. */
export interface Cost<R> {
  readonly result: R;
  readonly blocks: readonly Block[];
  readonly cpuMs: number;
  readonly heapBytes: number;
  readonly residentBytes: number;
  /** Connections that are open. */
  readonly sockets: number;
}

/** The role of the process that is measured. */
export async function serveWatches(kubeconfig: string): Promise<void> {
  // The source map of this program is read with the first stack that is asked for, and is half as large as all the rest.
  if (new Error().stack === undefined) throw new Error('there are no stacks');
  const reading = await readKubeconfig({ paths: [kubeconfig], env: {}, home: '/' });
  if (reading.state !== 'loaded') throw new Error(`the kubeconfig is ${reading.state}`);
  const { currentContext = '' } = reading.kubeconfig;
  const cluster = connect(reading.kubeconfig, currentContext, {
    clock: systemClock(),
    log: {
      request: () => undefined,
      warn: (line) => {
        console.error(line);
      },
    },
    random: Math.random,
    seal: (base64) => new Sealed(base64),
    env: {},
    pluginFolders: [],
    pluginTimeoutMs: 60_000,
    requestTimeoutMs: 15_000,
  });
  if (!cluster.ok) throw new Error(cluster.failure.message);
  const client = new Client(cluster.value);
  serveSteps((step, argument) => client.take(step, argument));
}

class Client {
  readonly #cluster: Cluster;
  readonly #probe = new BlockProbe();
  #cpuBefore = process.cpuUsage();
  #stores: { readonly Secret: WatchStore<SecretCopy>; readonly ConfigMap: WatchStore<ConfigMapCopy> } | undefined;
  readonly #synced = new Set<string>();
  readonly #live = new Set<string>();
  readonly #failures: string[] = [];
  readonly #seen = new Map<string, Seen>();
  #noting = false;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#stores = {
      Secret: this.#store('Secret', cluster.secrets),
      ConfigMap: this.#store('ConfigMap', cluster.configMaps),
    };
  }

  async take(step: string, argument: unknown): Promise<Cost<unknown>> {
    const result = await this.#run(step, argument);
    const { user, system } = process.cpuUsage(this.#cpuBefore);
    const blocks = await this.#probe.take();
    const residentBytes = process.memoryUsage().rss;
    const heapBytes = heapUsed();
    // What the collection just made takes is not the next step's.
    await this.#probe.take();
    this.#cpuBefore = process.cpuUsage();
    return { result, blocks, cpuMs: (user + system) / 1000, heapBytes, residentBytes, sockets: sockets() };
  }

  async #run(step: string, argument: unknown): Promise<unknown> {
    switch (step) {
      case 'follow':
        return this.#follow(argument as readonly FollowedKey[]);
      case 'note':
        this.#noting = true;
        return undefined;
      case 'seen':
        return [...this.#seen.values()];
      case 'dispose':
        this.#stores?.Secret.dispose();
        this.#stores?.ConfigMap.dispose();
        this.#stores = undefined;
        this.#cluster.dispose();
        this.#seen.clear();
        await waitFor(() => Promise.resolve(sockets() === 0 ? true : undefined), {
          what: 'the sockets to be closed',
          limitMs: 10_000,
        });
        return undefined;
      default:
        throw new Error(`there is no step ${step}`);
    }
  }

  async #follow(keys: readonly FollowedKey[]): Promise<Synced> {
    const startedAt = performance.now();
    for (const key of keys) {
      const [kind, namespace = '', name = ''] = key.split(' ');
      this.#stores?.[kind as ObjectKind].addReference(namespace, name, 'pod');
    }
    const until = async (what: string, done: ReadonlySet<string>): Promise<number> => {
      await waitFor(() => Promise.resolve(done.size === keys.length ? true : undefined), {
        what,
        limitMs: 120_000,
        everyMs: 5,
        details: () => `${done.size} are; ${this.#failures.slice(0, 5).join(', ')}`,
      });
      return performance.now() - startedAt;
    };
    const syncedMs = await until('all to be listed', this.#synced);
    const liveMs = await until('all to be watched', this.#live);
    return { syncedMs, liveMs, failures: this.#failures };
  }

  #store<T extends ObjectCopy>(kind: ObjectKind, source: ListWatch<T>): WatchStore<T> {
    const store: WatchStore<T> = new WatchStore<T>({
      source,
      resource: kind === 'Secret' ? 'secret' : 'configmap',
      rules: () => rulesOf(25),
      clock: systemClock(),
      now: () => performance.now(),
      random: Math.random,
      // Nobody reads here as the sync loop does, and what is not read is not watched for ever.
      maxIdleMs: 3_600_000,
      changed: (namespace, name) => {
        this.#look(store, kind, namespace, name);
      },
    });
    return store;
  }

  #look<T extends ObjectCopy>(store: WatchStore<T>, kind: ObjectKind, namespace: string, name: string): void {
    const inspection = store.inspect(namespace, name);
    if (inspection?.upkeep.by !== 'watch') return;
    const { content, upkeep } = inspection;
    const key = `${kind} ${namespace} ${name}`;
    if (upkeep.synced) this.#synced.add(key);
    if (upkeep.state === 'live') this.#live.add(key);
    if (upkeep.state === 'retrying') this.#failures.push(upkeep.failure.kind);
    if (!this.#noting || content.state !== 'object') return;
    const version = content.object.metadata.resourceVersion ?? '';
    const seen = { key, version, at: performance.timeOrigin + performance.now() };
    if (!this.#seen.has(`${key} ${version}`)) this.#seen.set(`${key} ${version}`, seen);
  }
}

function sockets(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'TCPSocketWrap').length;
}
