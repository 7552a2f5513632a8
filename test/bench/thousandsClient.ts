import os from 'node:os';
import { Session } from '../../src/connection/session';
import type { Connection } from '../../src/connection/connection';
import type { Settings } from '../../src/connection/settings';
import { systemClock } from '../../src/connection/systemClock';
import { forgetful } from '../connection/support';
import { BlockProbe, type Block } from './blockProbe';
import { heapUsed } from './heap';

// The process that is measured: a session as the extension has it, without the editor. The process that started it
// tells it what to do, one thing after another.

/** Times are milliseconds since 1970, so that two processes can compare them. */
export interface Connected {
  readonly askedAt: number;
  /** When the body of the last page had arrived and was read. */
  readonly listEndedAt: number;
  readonly firstChangeAt: number;
  readonly registeredAt: number;
  /** When the first change after all were registered was told, by which views paint. */
  readonly toldAt: number;
  readonly pods: number;
}

export interface Passed {
  readonly tookMs: number;
  readonly objects: number;
}

/** The first time that a change of a pod was told: to this version, or to none. */
export interface Told {
  readonly pod: string;
  readonly version: string | undefined;
  readonly at: number;
}

export interface Followed {
  readonly told: readonly Told[];
  /** How often views were told of changes. */
  readonly changes: number;
  /** Objects that have been registered and not read yet. */
  readonly unread: number;
  /** Passes of the sync loop since the connection was made, the one under way included. */
  readonly passes: number;
}

export interface Results {
  readonly connect: Connected;
  readonly firstPass: Passed;
  readonly follow: undefined;
  readonly followed: Followed;
  readonly dispose: undefined;
}

export type Step = keyof Results;

/** What a step came to, and what it cost. */
export interface Outcome<S extends Step> {
  readonly result: Results[S];
  readonly blocks: readonly Block[];
  /** Processor time of the whole process, its helper threads as well. */
  readonly cpuMs: number;
  readonly heapBytes: number;
  /** Before anything was connected. */
  readonly baseHeapBytes: number;
  readonly residentBytes: number;
}

const settings: Settings = {
  kubeconfig: [],
  context: '',
  autoConnect: false,
  ttlSeconds: undefined,
  sync: 'visible',
  queriesPerSecond: 50,
  burst: 100,
  pluginFolders: [],
  pluginTimeoutMs: 60_000,
  requestTimeoutMs: 15_000,
};

/** Serves the steps that the parent process asks for. */
export async function serveSteps(kubeconfig: string): Promise<void> {
  // To load the code is measured by itself, in the editor.
  await import('../../src/cluster/bundle');
  const client = new Client(kubeconfig);
  process.on('message', (step: Step) => {
    void client.take(step).then((outcome) => process.send?.(outcome));
  });
  process.send?.('ready');
}

class Client {
  readonly #probe = new BlockProbe();
  #session: Session | undefined;
  readonly #baseHeapBytes = heapUsed();
  readonly #passesEnded = new Set<number>();
  #listEndedAt = 0;
  #told: Told[] = [];
  #changes = 0;
  #following = false;

  constructor(kubeconfig: string) {
    const session = new Session({
      clock: systemClock(),
      random: Math.random,
      log: {
        request: (line) => {
          if (line.includes('limit=')) this.#listEndedAt = now();
        },
        warn: (line) => {
          console.error(line);
        },
      },
      env: {},
      home: os.homedir(),
      settings: () => ({ ...settings, kubeconfig: [kubeconfig] }),
      memory: { ...forgetful, scopeOf: () => ({ in: 'all' }) },
      isTrusted: () => true,
      loadCluster: () => import('../../src/cluster/bundle'),
      loadDemo: () => Promise.reject(new Error('there is no demo here')),
      watchFiles: () => ({ dispose: () => undefined }),
    });
    this.#session = session;
    session.onDidChange(({ pods }) => {
      this.#changes += 1;
      const ended = this.#connection.sync.last?.endedAt;
      if (ended !== undefined) this.#passesEnded.add(ended);
      if (this.#following) this.#note(pods);
    });
  }

  async take<S extends Step>(step: S): Promise<Outcome<S>> {
    await this.#probe.take();
    const { user, system } = process.cpuUsage();
    const result = (await this.#run(step)) as Results[S];
    const used = process.cpuUsage();
    const blocks = await this.#probe.take();
    const residentBytes = process.memoryUsage().rss;
    const heapBytes = heapUsed();
    await this.#probe.take();
    const cpuMs = (used.user + used.system - user - system) / 1000;
    const baseHeapBytes = this.#baseHeapBytes;
    return { result, blocks, cpuMs, heapBytes, baseHeapBytes, residentBytes };
  }

  #run(step: Step): Promise<Results[Step]> {
    switch (step) {
      case 'connect':
        return this.#connect();
      case 'firstPass':
        return this.#firstPass();
      case 'follow':
        this.#following = true;
        this.#told = [];
        this.#changes = 0;
        return Promise.resolve(undefined);
      case 'followed':
        this.#following = false;
        return Promise.resolve({
          told: this.#told,
          changes: this.#changes,
          unread: this.#unread(),
          passes: this.#passesEnded.size + (this.#connection.sync.running === undefined ? 0 : 1),
        });
      case 'dispose':
        this.#session?.dispose();
        this.#session = undefined;
        this.#told = [];
        return Promise.resolve(undefined);
    }
  }

  async #connect(): Promise<Connected> {
    const session = this.#session;
    if (session === undefined) throw new Error('the session has ended');
    const askedAt = now();
    let firstChangeAt = 0;
    let registeredAt = 0;
    const toldAt = new Promise<number>((resolve) => {
      const subscription = session.onDidChange(({ pods }) => {
        if (pods.size > 0 && firstChangeAt === 0) firstChangeAt = now();
        if (this.#connection.feed.state !== 'live') return;
        subscription.dispose();
        resolve(now());
      });
    });
    session.setActive(true);
    await session.connect();
    const { feed } = await until(this.#connection, (connection) =>
      connection.feed.state === 'listing' ? undefined : connection,
    );
    registeredAt = now();
    if (feed.state === 'interrupted') throw new Error(feed.failure.message);
    return {
      askedAt,
      listEndedAt: this.#listEndedAt,
      firstChangeAt,
      registeredAt,
      toldAt: await toldAt,
      pods: this.#connection.podCount,
    };
  }

  async #firstPass(): Promise<Passed> {
    const { tookMs, objects } = await until(this.#connection, ({ sync }) => sync.last);
    return { tookMs, objects };
  }

  #note(pods: ReadonlySet<string>): void {
    const at = now();
    for (const pod of pods) {
      this.#told.push({ pod, version: this.#connection.pod(pod)?.pod.metadata.resourceVersion, at });
    }
  }

  #unread(): number {
    let unread = 0;
    for (const key of this.#connection.keys()) {
      if (this.#connection.isInjectedOnly(key)) continue;
      if (this.#connection.inspect(key)?.content.state === 'none') unread += 1;
    }
    return unread;
  }

  get #connection(): Connection {
    const connection = this.#session?.connection;
    if (connection === undefined) throw new Error(`the session is ${this.#session?.state.state ?? 'over'}`);
    return connection;
  }
}

/** Looks after each change, until there is an answer. */
function until<T>(connection: Connection, look: (connection: Connection) => T | undefined): Promise<T> {
  return new Promise((resolve) => {
    const check = (): void => {
      const found = look(connection);
      if (found === undefined) return;
      subscription.dispose();
      resolve(found);
    };
    const subscription = connection.onDidChange(check);
    check();
  });
}

function now(): number {
  return performance.timeOrigin + performance.now();
}
