import type { ObjectKind, Pod } from '../../src/objects/kubernetes';
import { CacheBasedManager } from '../../src/manager/cacheBasedManager';
import { rulesOf } from '../../src/manager/rules';
import { WatchStore } from '../../src/manager/watchStore';
import { podNames } from '../references/podNames';
import { FakeClock, settle } from '../connection/fakeClock';
import { resultOf } from './results';
import { ScriptedWatchServer, type WatchedToken } from './scriptedWatchServer';
import { minorOf, podOf, type Operation, type TraceHeader } from './trace';

const longestGetMs = 1_000;

/** Replays a trace of the watch store. Gets and `wait` take time, which passes at once; nothing else does. */
export class WatchReplayer {
  readonly #pods: ReadonlyMap<string, Pod>;
  readonly #kind: ObjectKind;
  readonly #server: ScriptedWatchServer;
  readonly #clock: FakeClock;
  readonly #store: WatchStore<WatchedToken>;
  readonly #manager: CacheBasedManager<WatchedToken>;
  /** How much further than the clock the time is by which idle items are told. */
  #idleMs = 0;

  constructor(header: TraceHeader, pods: ReadonlyMap<string, Pod>) {
    this.#pods = pods;
    this.#kind = header.kind === 'secret' ? 'Secret' : 'ConfigMap';
    const clock = new FakeClock(header.t0);
    this.#clock = clock;
    this.#server = new ScriptedWatchServer(header.kind === 'secret' ? 'secrets' : 'configmaps');
    const rules = rulesOf(minorOf(header));
    this.#store = new WatchStore<WatchedToken>({
      source: this.#server,
      resource: header.kind,
      rules: () => rules,
      clock,
      now: () => clock.now() + this.#idleMs,
      random: () => 0.5,
      ...(header.maxIdleMs === undefined ? {} : { maxIdleMs: header.maxIdleMs }),
    });
    this.#manager = new CacheBasedManager({ store: this.#store, rule: () => rules.registration });
  }

  async run(operation: Operation): Promise<unknown[]> {
    const [name, ...rest] = operation;
    const text = (index: number): string => String(rest[index]);
    const key = `${text(0)}/${text(1)}`;
    switch (name) {
      case 'reg': {
        const pod = podOf(this.#pods, text(0));
        this.#manager.registerPod(pod, podNames(pod, this.#kind));
        return this.#calls();
      }
      case 'unreg':
        this.#manager.unregisterPod(podOf(this.#pods, text(0)));
        return this.#calls();
      case 'add':
        this.#store.addReference(text(0), text(1));
        return this.#calls();
      case 'del':
        this.#store.deleteReference(text(0), text(1));
        return this.#calls();
      case 'get': {
        const [result] = await this.#get(text(0), text(1), 1);
        return [result, ...(await this.#calls())];
      }
      case 'getN': {
        const results = await this.#get(text(0), text(1), (rest[2] as readonly unknown[]).length);
        return [results, ...(await this.#calls())];
      }
      case 'set':
        this.#server.set(key, text(3), rest[4] === true);
        return this.#calls();
      case 'rm':
        this.#server.remove(key);
        return this.#calls();
      case 'bookmark':
        this.#server.bookmark(key);
        return this.#calls();
      case 'closewatch':
        this.#server.endWatches(key);
        return this.#calls();
      case 'watcherr':
        this.#server.sendError(key, text(2));
        return this.#calls();
      case 'fail':
        this.#server.fail(text(0) as 'list' | 'watch' | 'stream', text(1), Number(rest[2]));
        return [];
      case 'heal':
        this.#server.heal();
        return [];
      case 'block':
        this.#server.holdLists();
        return [];
      case 'unblock':
        this.#server.releaseLists();
        return this.#calls();
      case 'adv':
        this.#idleMs += Number(rest[0]);
        return [];
      case 'recycle':
        this.#store.sweep();
        return this.#calls();
      case 'wait':
        await this.#clock.advance(Number(rest[0]));
        return this.#calls();
      case 'shutdown':
        this.#store.shutDown();
        return this.#calls();
      case 'state':
        return [this.#items(), this.#server.watches];
      default:
        return [`unknown operation ${name}`];
    }
  }

  dispose(): void {
    this.#manager.dispose();
  }

  /** The calls that were made once everything ran that can. */
  async #calls(): Promise<unknown[]> {
    await settle();
    return [this.#server.takeCalls()];
  }

  /** Some gets at once, with as much time as they take. */
  async #get(namespace: string, name: string, count: number): Promise<unknown[]> {
    const results: unknown[] = [];
    for (let i = 0; i < count; i += 1) {
      void this.#manager.getObject(namespace, name).then((reading) => results.push(resultOf(reading)));
    }
    const end = this.#clock.now() + longestGetMs;
    await settle();
    while (results.length < count && this.#clock.now() < end) await this.#clock.advance(this.#clock.waits[0] ?? 0);
    return results;
  }

  #items(): unknown {
    const items: Record<string, unknown> = {};
    for (const { namespace, name } of this.#store.keys()) {
      const inspection = this.#store.inspect(namespace, name);
      if (inspection?.upkeep.by !== 'watch') continue;
      const { state, synced } = inspection.upkeep;
      items[`${namespace}/${name}`] = {
        refs: inspection.references,
        stopped: state === 'idle' || state === 'immutable',
        immutable: state === 'immutable',
        synced,
      };
    }
    return items;
  }
}
