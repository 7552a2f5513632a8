import { readdirSync, readlinkSync, watch } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { queryObjects } from 'node:v8';
import { Credentials } from '../../src/cluster/credentials';
import { PodFeed } from '../../src/cluster/podFeed';
import { Requests } from '../../src/cluster/requests';
import { Connection } from '../../src/connection/connection';
import { PodRegistry } from '../../src/connection/podRegistry';
import type { Scope } from '../../src/connection/scope';
import { Session } from '../../src/session/session';
import type { Settings } from '../../src/connection/settings';
import { SyncLoop } from '../../src/connection/syncLoop';
import { systemClock } from '../../src/objects/systemClock';
import { TtlStore } from '../../src/manager/ttlStore';
import { disposable, type Disposable } from '../../src/objects/disposable';
import { Emitter } from '../../src/objects/emitter';
import type { ObjectKey } from '../../src/objects/objectKey';
import { forgetful } from '../connection/support';
import { heapUsed } from '../bench/heap';
import { serveSteps, type Steps } from '../harness/roleProcess';
import { waitFor } from '../harness/waiting';

// The process that is watched: a session as the extension has it, without the editor.

/** What is there after a collection. */
export interface Sample {
  readonly heapBytes: number;
  readonly residentBytes: number;
  /** What keeps the process alive: timers, connections in use, processes, watchers of files; by kind. */
  readonly resources: Readonly<Record<string, number>>;
  /** Sockets that the session has opened, those that wait for use as well. */
  readonly sockets: number;
  /** Objects of the classes that own something, by class. */
  readonly alive: Readonly<Record<string, number>>;
  /** What Node complained of, such as listeners that grow in number. */
  readonly warnings: readonly string[];
}

/** What the session believes of the cluster. */
export interface Belief {
  readonly feed: string;
  /** Registered pods, by namespace, name and uid. */
  readonly pods: readonly string[];
  readonly objects: readonly {
    readonly key: ObjectKey;
    readonly references: number;
    /** The version of the copy; undefined where there is none. */
    readonly version: string | undefined;
  }[];
}

interface Step<T, R> {
  readonly takes: T;
  readonly answers: R;
}

export interface SoakSteps extends Steps {
  /** Connects, and waits for the end of the first pass. */
  readonly connect: Step<undefined, undefined>;
  readonly belief: Step<undefined, Belief>;
  /** Waits for the end of a pass that starts after now. */
  readonly wholePass: Step<undefined, undefined>;
  readonly scope: Step<Scope, undefined>;
  readonly visible: Step<boolean, undefined>;
  /** What hovers, open manifests and expanded rows do: hold, read, let go; some are given up before the answer. */
  readonly look: Step<readonly ObjectKey[], undefined>;
  readonly sample: Step<undefined, Sample>;
  /** With nothing visible and nothing under way. */
  readonly quietSample: Step<undefined, Sample>;
  readonly dispose: Step<undefined, Sample>;
}

const settings: Settings = {
  kubeconfig: [],
  context: '',
  autoConnect: false,
  // Short, so that copies grow stale all the time.
  ttlSeconds: 5,
  strategy: 'cache',
  kubeletMinor: undefined,
  sync: 'visible',
  queriesPerSecond: 50,
  burst: 100,
  pluginFolders: [],
  pluginTimeoutMs: 60_000,
  requestTimeoutMs: 15_000,
};

/** The role of the process that is watched. */
export function serveSoak(kubeconfig: string): void {
  const client = new SoakClient(kubeconfig);
  serveSteps((step, argument) => client.take(step, argument));
}

const owners = { Session, Connection, PodRegistry, SyncLoop, TtlStore, Emitter, PodFeed, Requests, Credentials };

class SoakClient {
  #session: Session | undefined;
  readonly #warnings: string[] = [];
  readonly #otherSockets = openSockets();

  constructor(kubeconfig: string) {
    process.on('warning', ({ name, message }) => {
      // To count objects is still called experimental.
      if (name !== 'ExperimentalWarning') this.#warnings.push(message);
    });
    this.#session = new Session({
      clock: systemClock(),
      random: Math.random,
      log: {
        request: () => undefined,
        warn: (line) => {
          console.log(`  the log says: ${line}`);
        },
      },
      env: { PATH: process.env['PATH'] },
      home: os.homedir(),
      settings: () => ({ ...settings, kubeconfig: [kubeconfig] }),
      memory: { ...forgetful, scopeOf: () => ({ in: 'all' }) },
      isTrusted: () => true,
      loadCluster: () => import('../../src/cluster/bundle'),
      loadDemo: () => Promise.reject(new Error('there is no demo here')),
      watchFiles,
    });
  }

  async take(step: string, argument: unknown): Promise<unknown> {
    switch (step as keyof SoakSteps) {
      case 'connect':
        this.#own.setActive(true);
        await this.#own.connect();
        await this.#until(({ sync }) => sync.status.last !== undefined, 'the end of the first pass');
        return undefined;
      case 'belief':
        return this.#belief();
      case 'wholePass':
        await this.#wholePass();
        return undefined;
      case 'scope':
        this.#own.changeScope(argument as Scope);
        await this.#until(({ pods }) => pods.feed.state === 'live', 'the pods of another scope');
        return undefined;
      case 'visible':
        this.#own.setActive(argument as boolean);
        return undefined;
      case 'look':
        await this.#look(argument as readonly ObjectKey[]);
        return undefined;
      case 'sample':
        return this.#sample();
      case 'quietSample':
        return this.#quietSample();
      case 'dispose':
        this.#end();
        // What is closed is gone some turns of the event loop later; the channel to the parent stays.
        await untilResources(
          'all that was open to be closed',
          (counts) => openSockets() === this.#otherSockets && Object.keys(counts).join() === 'PipeWrap',
        );
        return this.#sample();
      default:
        throw new Error(`there is no step ${step}`);
    }
  }

  /** Apart from the wait that follows, whose frame would keep the session alive. */
  #end(): void {
    this.#session?.dispose();
    this.#session = undefined;
  }

  get #own(): Session {
    if (this.#session === undefined) throw new Error('the session has ended');
    return this.#session;
  }

  get #connection(): Connection {
    const { connection, state } = this.#own;
    if (connection === undefined) throw new Error(`the session is ${state.state}`);
    return connection;
  }

  async #until(holds: (connection: Connection) => boolean, what: string): Promise<void> {
    await waitFor(() => Promise.resolve(holds(this.#connection) ? true : undefined), {
      what,
      limitMs: 180_000,
      everyMs: 100,
      details: () => JSON.stringify([this.#connection.pods.feed, this.#connection.sync.status]),
    });
  }

  async #wholePass(): Promise<void> {
    await this.#until(({ sync }) => sync.status.running === undefined, 'the end of a pass');
    const before = this.#connection.sync.status.last?.endedAt;
    await this.#until(
      ({ sync: { status } }) => status.running === undefined && status.last?.endedAt !== before,
      'a whole pass',
    );
  }

  #belief(): Belief {
    const connection = this.#connection;
    return {
      feed: connection.pods.feed.state,
      pods: [...connection.pods.all].map(({ id }) => id),
      objects: [...connection.objects.keys()].map((key) => {
        const inspection = connection.objects.inspect(key);
        const content = inspection?.content;
        return {
          key,
          references: inspection?.references ?? 0,
          version: content?.state === 'object' ? content.object.metadata.resourceVersion : undefined,
        };
      }),
    };
  }

  async #look(keys: readonly ObjectKey[]): Promise<void> {
    const connection = this.#connection;
    await Promise.all(
      keys.map(async (key, i) => {
        const hold = connection.objects.hold(key);
        const giveUp = new AbortController();
        const reading =
          i % 3 === 0 ? connection.objects.refresh(key, giveUp.signal) : connection.objects.read(key, giveUp.signal);
        if (i % 4 === 0) giveUp.abort();
        await reading;
        hold.dispose();
      }),
    );
  }

  #sample(): Sample {
    const heapBytes = heapUsed();
    const alive = Object.fromEntries(
      Object.entries(owners).map(([name, owner]) => [name, queryObjects(owner, { format: 'count' })]),
    );
    const residentBytes = process.memoryUsage().rss;
    const sockets = openSockets() - this.#otherSockets;
    return { heapBytes, residentBytes, resources: resources(), sockets, alive, warnings: this.#warnings };
  }

  async #quietSample(): Promise<Sample> {
    this.#own.setActive(false);
    // The one timer that may be left is that for the silence of the watch.
    await untilResources('requests and changes to end', ({ Timeout = 0 }) => Timeout <= 1);
    const sample = this.#sample();
    this.#own.setActive(true);
    return sample;
  }
}

function resources(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** Connections that wait for use keep no process alive, so Node does not tell of them. */
function openSockets(): number {
  const folder = '/proc/self/fd';
  return readdirSync(folder).filter((name) => linkOf(path.join(folder, name)).startsWith('socket:')).length;
}

/** Empty for what was open only while the folder was read. */
function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}

/** Asks again after a turn of the event loop, since the timer of a pause would count as well. */
async function untilResources(what: string, holds: (counts: Record<string, number>) => boolean): Promise<void> {
  const end = Date.now() + 30_000;
  while (!holds(resources())) {
    if (Date.now() > end) throw new Error(`gave up waiting for ${what}: ${JSON.stringify(resources())}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** As the extension has it from the editor: by the folder, since the file is replaced. */
function watchFiles(files: readonly string[], changed: () => void): Disposable {
  const watchers = files.map((file) =>
    watch(path.dirname(file), (_event, name) => {
      if (name === path.basename(file)) changed();
    }),
  );
  return disposable(() => {
    for (const watcher of watchers) watcher.close();
  });
}
