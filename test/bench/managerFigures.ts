import type { Pod } from '../../src/objects/kubernetes';
import { heapUsed } from './heap';
import {
  makeBench,
  makeKeys,
  makePods,
  pseudoRandomOrder,
  register,
  secretNames,
  type Bench,
  type Key,
} from './workload';

/** What one bench measured: nanoseconds an operation, the least of some rounds, or bytes a pod. */
export type Figures = Readonly<Record<string, number>>;

const rounds = 5;

/** The benches of `kubelet/bench.go`, by the same names and with the same figures, besides those through a promise. */
export const benches = {
  async get(objects: number): Promise<Figures> {
    const { bench, order } = await fetched('86400', objects);
    const { store } = bench;
    return {
      hit: least(order.length, (i) => {
        const { namespace, name } = order[i]!;
        if (store.getIfFresh(namespace, name) === undefined) throw new Error(`${name} was no hit`);
      }),
      promisedHit: await leastOfGets(bench, order),
      miss: await leastOfGets(
        bench,
        Array.from({ length: 50_000 }, () => ({ namespace: 'ns-000', name: 'none' })),
      ),
    };
  },

  async stale(objects: number): Promise<Figures> {
    const { bench, order } = await fetched('0', objects);
    return { stale: await leastOfGets(bench, order) };
  },

  register(count: number): Promise<Figures> {
    const bench = makeBench('86400');
    const pods = makePods(0, count);
    const further = makePods(count, 256);
    for (const pod of pods) register(bench, pod);
    const order = inOrder(pods, 20_000);
    return Promise.resolve({
      register: least(20_000, (i) => {
        register(bench, further[i % 256]!);
        bench.manager.unregisterPod(further[i % 256]!);
      }),
      again: least(20_000, (i) => {
        register(bench, order[i]!);
      }),
    });
  },

  bulk(count: number): Promise<Figures> {
    const pods = makePods(0, count);
    let registerAll = Infinity;
    let unregisterAll = Infinity;
    for (let round = 0; round < rounds; round += 1) {
      const bench = makeBench('86400');
      globalThis.gc?.();
      registerAll = Math.min(
        registerAll,
        perOperation(count, (i) => {
          register(bench, pods[i]!);
        }),
      );
      unregisterAll = Math.min(
        unregisterAll,
        perOperation(count, (i) => {
          bench.manager.unregisterPod(pods[i]!);
        }),
      );
    }
    return Promise.resolve({ registerAll, unregisterAll });
  },

  /** Neither the pods nor the objects themselves are counted. */
  async bytes(count: number): Promise<Figures> {
    const pods = makePods(0, count);
    const keys = keysOf(pods);
    const bench = makeBench('86400', keys);
    const before = heapUsed();
    for (const pod of pods) register(bench, pod);
    const registered = heapUsed() - before;
    for (const { namespace, name } of keys) await bench.manager.getObject(namespace, name);
    const everything = heapUsed() - before;
    if (pods.length !== count || keys.length === 0) throw new Error('what is not measured must stay alive');
    bench.manager.dispose();
    return { registered: registered / count, fetched: everything / count };
  },
} satisfies Record<string, (count: number) => Promise<Figures>>;

export type BenchName = keyof typeof benches;

/** A store in which everything was read once, and keys in the order to read them in. */
async function fetched(ttl: string, objects: number): Promise<{ readonly bench: Bench; readonly order: Key[] }> {
  const keys = makeKeys(objects);
  const bench = makeBench(ttl, keys);
  for (const { namespace, name } of keys) {
    bench.store.addReference(namespace, name);
    await bench.store.get(namespace, name);
  }
  return { bench, order: inOrder(keys, 200_000) };
}

function inOrder<I>(items: readonly I[], count: number): I[] {
  return Array.from(pseudoRandomOrder(items.length, count), (index) => items[index]!);
}

function keysOf(pods: readonly Pod[]): Key[] {
  const seen = new Map<string, Key>();
  for (const pod of pods) {
    const { namespace = '' } = pod.metadata;
    for (const name of secretNames(pod)) seen.set(`${namespace}/${name}`, { namespace, name });
  }
  return [...seen.values()];
}

async function leastOfGets({ manager }: Bench, keys: readonly Key[]): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < rounds; round += 1) {
    const start = nanosecondsUsed();
    for (const { namespace, name } of keys) await manager.getObject(namespace, name);
    best = Math.min(best, (nanosecondsUsed() - start) / keys.length);
  }
  return best;
}

function least(count: number, operation: (i: number) => void): number {
  let best = Infinity;
  for (let round = 0; round < rounds; round += 1) best = Math.min(best, perOperation(count, operation));
  return best;
}

function perOperation(count: number, operation: (i: number) => void): number {
  const start = nanosecondsUsed();
  for (let i = 0; i < count; i += 1) operation(i);
  return (nanosecondsUsed() - start) / count;
}

/** Of processors, by all threads of this process: on a busy machine the time of day would tell of the others. */
function nanosecondsUsed(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}
