import os from 'node:os';
import { Session } from '../../src/session/session';
import { isFolded } from '../../src/connection/assess';
import type { Connection } from '../../src/connection/connection';
import type { Settings } from '../../src/connection/settings';
import { systemClock } from '../../src/objects/systemClock';
import { forgetful } from '../connection/support';
import { serveSteps, type Steps } from '../harness/roleProcess';
import { waitFor } from '../harness/waiting';
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

/** The steps, each without an argument. */
export interface ClientSteps extends Steps {
  readonly connect: Step<Connected>;
  readonly firstPass: Step<Passed>;
  readonly follow: Step<undefined>;
  readonly followed: Step<Followed>;
  readonly dispose: Step<undefined>;
}

interface Step<R> {
  readonly takes: undefined;
  readonly answers: Outcome<R>;
}

/** What a step came to, and what everything has cost since the step before it. */
export interface Outcome<R> {
  readonly result: R;
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
  strategy: 'cache',
  kubeletMinor: undefined,
  sync: 'visible',
  queriesPerSecond: 50,
  burst: 100,
  pluginFolders: [],
  pluginTimeoutMs: 60_000,
  requestTimeoutMs: 15_000,
};

/** The role of the process that is measured. */
export async function serveThousands(kubeconfig: string): Promise<void> {
  // To load the code is measured by itself, in the editor.
  await import('../../src/cluster/bundle');
  const client = new Client(kubeconfig);
  serveSteps((step) => client.take(step));
}

class Client {
  readonly #probe = new BlockProbe();
  #session: Session | undefined;
  readonly #baseHeapBytes = heapUsed();
  readonly #passesEnded = new Set<number>();
  #cpuBefore = process.cpuUsage();
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
      const ended = this.#connection.sync.status.last?.endedAt;
      if (ended !== undefined) this.#passesEnded.add(ended);
      if (this.#following) this.#note(pods);
    });
  }

  async take(step: string): Promise<Outcome<unknown>> {
    const result = await this.#run(step);
    const { user, system } = process.cpuUsage(this.#cpuBefore);
    const blocks = await this.#probe.take();
    const residentBytes = process.memoryUsage().rss;
    const heapBytes = heapUsed();
    const baseHeapBytes = this.#baseHeapBytes;
    // What the collection just made takes is not the next step's.
    await this.#probe.take();
    this.#cpuBefore = process.cpuUsage();
    return { result, blocks, cpuMs: (user + system) / 1000, heapBytes, baseHeapBytes, residentBytes };
  }

  async #run(step: string): Promise<unknown> {
    switch (step) {
      case 'connect':
        return this.#connect();
      case 'firstPass':
        return this.#firstPass();
      case 'follow':
        this.#following = true;
        this.#told = [];
        this.#changes = 0;
        return undefined;
      case 'followed':
        // What was written last is told a moment later.
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        this.#following = false;
        return this.#followed();
      case 'dispose':
        this.#session?.dispose();
        this.#session = undefined;
        this.#told = [];
        await untilSocketsAreClosed();
        return undefined;
      default:
        throw new Error(`there is no step ${step}`);
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
        if (this.#connection.pods.feed.state !== 'live') return;
        subscription.dispose();
        resolve(now());
      });
    });
    session.setActive(true);
    await session.connect();
    const {
      pods: { feed },
    } = await until(this.#connection, (connection) =>
      connection.pods.feed.state === 'listing' ? undefined : connection,
    );
    registeredAt = now();
    if (feed.state === 'interrupted') throw new Error(feed.failure.message);
    return {
      askedAt,
      listEndedAt: this.#listEndedAt,
      firstChangeAt,
      registeredAt,
      toldAt: await toldAt,
      pods: this.#connection.pods.count,
    };
  }

  async #firstPass(): Promise<Passed> {
    const { tookMs, objects } = await until(this.#connection, ({ sync }) => sync.status.last);
    return { tookMs, objects };
  }

  #note(pods: ReadonlySet<string>): void {
    const at = now();
    for (const pod of pods) {
      this.#told.push({ pod, version: this.#connection.pods.get(pod)?.pod.metadata.resourceVersion, at });
    }
  }

  #followed(): Followed {
    let unread = 0;
    for (const key of this.#connection.objects.keys()) {
      if (isFolded(this.#connection, key)) continue;
      if (this.#connection.objects.inspect(key)?.content.state === 'none') unread += 1;
    }
    const passes = this.#passesEnded.size + (this.#connection.sync.status.running === undefined ? 0 : 1);
    return { told: this.#told, changes: this.#changes, unread, passes };
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

/** What is awaited keeps the connection in memory until it has ended. */
async function untilSocketsAreClosed(): Promise<void> {
  await waitFor(() => Promise.resolve(process.getActiveResourcesInfo().includes('TCPSocketWrap') ? undefined : true), {
    what: 'the sockets to be closed',
    limitMs: 10_000,
  });
}

function now(): number {
  return performance.timeOrigin + performance.now();
}
