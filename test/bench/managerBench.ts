import { heapUsed } from './heap';
import { printTable, type Row } from './table';
import { makeBench, makeKeys, makePods, makePod, pseudoRandomOrder, type Bench, type Key } from './workload';

/**
 * Go 1.19.8 running Kubernetes 1.25.6, one core, the least of 11 to 16 runs. Another machine than the one this runs
 * on: the ratio is a guide, not a measurement of both.
 */
const go = {
  hit1k: 140,
  hit100k: 750,
  miss: 349,
  stale: 1367,
  register: { 1000: 2100, 10000: 2400, 100000: 3200 },
  again: { 1000: 1700, 10000: 2900, 100000: 4700 },
  bytes: { 1000: 562, 10000: 476, 100000: 440 },
} as const;

const runs = 9;
const sizes = [1000, 10000, 100000] as const;

/** Nanoseconds an operation takes: the least and the median of several runs. */
interface Timing {
  readonly min: number;
  readonly median: number;
}

export async function benchManager(): Promise<void> {
  const rows: Row[] = [];
  for (const [objects, goHit] of [
    [1000, go.hit1k],
    [100000, go.hit100k],
  ] as const) {
    const keys = makeKeys(objects);
    const fresh = await fetched(makeBench('86400', '1.29'), keys);
    const inOrder = keysInOrder(keys, 200_000);
    rows.push(row(`hit, ${objects} objects`, timeHits(fresh, inOrder), goHit));
    rows.push(row(`hit through a promise, ${objects} objects`, await timePromisedHits(fresh, inOrder), goHit));
    if (objects === 100000) {
      rows.push(row('miss (not registered), 100000 objects', await timeMisses(fresh), go.miss));
      const stale = await fetched(makeBench('0', '1.29'), keys);
      rows.push(row('stale (TTL 0), 100000 objects', await timePromisedHits(stale, inOrder), go.stale));
    }
  }
  for (const pods of sizes) {
    const bench = makeBench('86400', '1.25');
    const registered = makePods(pods);
    for (const pod of registered) bench.manager.registerPod(pod);
    const further = Array.from({ length: 256 }, (_, i) => makePod(pods + i));
    rows.push(
      row(
        `register + unregister, ${pods} pods`,
        time(20_000, (i) => {
          const pod = further[i % 256]!;
          bench.manager.registerPod(pod);
          bench.manager.unregisterPod(pod);
        }),
        go.register[pods],
      ),
    );
    const order = pseudoRandomOrder(pods, 20_000);
    rows.push(
      row(
        `register again (1.25 rule), ${pods} pods`,
        time(20_000, (i) => {
          bench.manager.registerPod(registered[order[i]!]!);
        }),
        go.again[pods],
      ),
    );
  }
  printTable('Managers, nanoseconds an operation', ['operation', 'min', 'median', 'Go min', 'min / Go'], rows);

  const memory: Row[] = [];
  for (const pods of sizes) {
    const { registered, everything } = await bytesPerPod(pods);
    memory.push([
      `${pods} pods`,
      registered.toFixed(0),
      everything.toFixed(0),
      String(go.bytes[pods]),
      (everything / go.bytes[pods]).toFixed(2),
    ]);
  }
  printTable(
    'Managers, bytes of heap a pod (pods and objects themselves not counted)',
    ['pods', 'registered', 'all fetched', 'Go all fetched', 'ratio'],
    memory,
  );
}

async function fetched(bench: Bench, keys: readonly Key[]): Promise<Bench> {
  for (const { namespace, name } of keys) {
    bench.store.addReference(namespace, name);
    await bench.store.get(namespace, name);
  }
  return bench;
}

function keysInOrder(keys: readonly Key[], count: number): Key[] {
  return Array.from(pseudoRandomOrder(keys.length, count), (index) => keys[index]!);
}

function timeHits({ store }: Bench, keys: readonly Key[]): Timing {
  let found = 0;
  const timing = time(keys.length, (i) => {
    const key = keys[i]!;
    if (store.getIfFresh(key.namespace, key.name) !== undefined) found += 1;
  });
  if (found !== keys.length * runs) throw new Error(`only ${found} of ${keys.length * runs} gets were hits`);
  return timing;
}

async function timePromisedHits({ manager }: Bench, keys: readonly Key[]): Promise<Timing> {
  const nanoseconds: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const start = performance.now();
    for (const key of keys) await manager.getObject(key.namespace, key.name);
    nanoseconds.push(((performance.now() - start) * 1e6) / keys.length);
  }
  return timingOf(nanoseconds);
}

async function timeMisses({ manager }: Bench): Promise<Timing> {
  return timePromisedHits(
    { manager } as Bench,
    Array.from({ length: 50_000 }, () => ({ namespace: 'ns-000', name: 'none' })),
  );
}

function time(count: number, operation: (i: number) => void): Timing {
  const nanoseconds: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const start = performance.now();
    for (let i = 0; i < count; i += 1) operation(i);
    nanoseconds.push(((performance.now() - start) * 1e6) / count);
  }
  return timingOf(nanoseconds);
}

function timingOf(nanoseconds: number[]): Timing {
  nanoseconds.sort((a, b) => a - b);
  return { min: nanoseconds[0]!, median: nanoseconds[Math.floor(nanoseconds.length / 2)]! };
}

async function bytesPerPod(count: number): Promise<{ registered: number; everything: number }> {
  const pods = makePods(count);
  // Names are read once before, so that the strings made on the way to them do not count.
  const before = heapUsed();
  const { manager, store } = makeBench('86400', '1.29');
  for (const pod of pods) manager.registerPod(pod);
  const registered = heapUsed() - before;
  for (const { namespace, name } of store.keys()) await manager.getObject(namespace, name);
  const everything = heapUsed() - before;
  if (pods.length !== count) throw new Error('the pods must stay alive while they are measured');
  manager.dispose();
  return { registered: registered / count, everything: everything / count };
}

function row(name: string, timing: Timing, goNanoseconds: number): Row {
  return [
    name,
    timing.min.toFixed(0),
    timing.median.toFixed(0),
    String(goNanoseconds),
    (timing.min / goNanoseconds).toFixed(2),
  ];
}
