import { startApiServer, type ApiServer } from '../harness/apiServer';
import { collectionPath, objectPath, type KubeObject } from '../harness/kubeObjects';
import { RoleProcess } from '../harness/roleProcess';
import { printTable, type Row } from './table';
import type { Cost, FollowedKey, Seen, WatchesSteps } from './watchesClient';

/** The argument by which this program knows that it is the process that is measured. */
export const watchesRole = 'watches-client';

const namespaces = 20;
/** Of each kind, in each namespace: 2,000 objects together. */
const perNamespace = 50;
const eventsPerSecond = 20;
const seconds = 30;
/** As many streams as a session has, and one more session for what begins while another ends. */
const mostSockets = (2 * namespaces * perNamespace) / 100 + 1;
const event99Ms = 1_000;

interface Write {
  readonly key: string;
  readonly version: string;
  readonly at: number;
}

/**
 * 2,000 Secrets and ConfigMaps of a real kube-apiserver, each watched by itself as the Watch strategy does, in a process
 * of its own. The exit code is 1 when it takes too many sockets or an event is too slow.
 */
export async function benchWatches(): Promise<void> {
  const server = await startApiServer({
    address: '127.0.0.2',
    say: (line) => {
      console.log(line);
    },
  });
  let client: RoleProcess<WatchesSteps> | undefined;
  try {
    const objects = objectsToWatch();
    await createAll(server, objects);
    client = await RoleProcess.start<WatchesSteps>([watchesRole, server.kubeconfig()]);
    const before = await client.take('note', undefined);
    const followed = await client.take('follow', objects.map(keyOf));
    const written = await writeSome(server, objects);
    const seen = await client.take('seen', undefined);
    const ended = await client.take('dispose', undefined);
    const delays = delaysOf(written, seen.result);
    const slowest = delays[Math.floor(delays.length * 0.99)] ?? Infinity;
    const { syncedMs, liveMs, failures } = followed.result;
    const rows: Row[] = [
      ['until all are listed', ms(syncedMs), ''],
      ['until all are watched', ms(liveMs), ''],
      ['requests that failed on the way', String(failures.length), ''],
      ['sockets', String(followed.sockets), `at most ${mostSockets}`],
      [
        'heap for each object',
        `${((followed.heapBytes - before.heapBytes) / objects.length / 1000).toFixed(1)} kB`,
        '',
      ],
      [
        'resident before, and with all watched',
        `${megabytes(before.residentBytes)}, ${megabytes(followed.residentBytes)}`,
        '',
      ],
      ['processor time until all are watched', ms(followed.cpuMs), ''],
      ['longest block of the event loop until then', longest(followed), ''],
      ['events written and seen', `${written.length}, ${delays.length}`, 'all'],
      ['from a write to the store, median', ms(delays[Math.floor(delays.length / 2)] ?? Infinity), ''],
      ['the same, 99 of 100', ms(slowest), ms(event99Ms)],
      ['processor time while events came, % of one', (seen.cpuMs / (seconds * 10)).toFixed(1), ''],
      ['heap before, and after disposing', `${megabytes(before.heapBytes)}, ${megabytes(ended.heapBytes)}`, ''],
    ];
    printTable(`Watches: ${objects.length} objects, each watched by itself`, ['what', 'measured', 'budget'], rows);
    if (followed.sockets > mostSockets || slowest > event99Ms || delays.length < written.length) process.exitCode = 1;
  } finally {
    client?.stop();
    await server.stop();
  }
}

function objectsToWatch(): readonly KubeObject[] {
  return Array.from({ length: namespaces * perNamespace }, (_, index) => {
    const metadata = { namespace: `team-${index % namespaces}`, name: `object-${index}` };
    const text = `value of ${metadata.name} `.repeat(20);
    return [
      { apiVersion: 'v1', kind: 'Secret', metadata, data: { password: Buffer.from(text).toString('base64') } },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { value: text } },
    ];
  }).flat();
}

async function createAll(server: ApiServer, objects: readonly KubeObject[]): Promise<void> {
  await server.apply(
    Array.from({ length: namespaces }, (_, index) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: `team-${index}` },
    })),
  );
  const queue = [...objects];
  const create = async (): Promise<void> => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const { status } = await server.request('POST', collectionPath('v1', next.kind, next.metadata.namespace), next);
      if (status !== 201) throw new Error(`${next.kind} ${next.metadata.name}: ${status}`);
    }
  };
  await Promise.all(Array.from({ length: 16 }, create));
}

function keyOf({ kind, metadata }: KubeObject): FollowedKey {
  return `${kind as 'Secret' | 'ConfigMap'} ${metadata.namespace ?? ''} ${metadata.name}`;
}

/** Changes an object, then another one, at a steady pace. */
async function writeSome(server: ApiServer, objects: readonly KubeObject[]): Promise<readonly Write[]> {
  const startedAt = performance.now();
  const writes: Promise<Write>[] = [];
  for (let index = 0; index < eventsPerSecond * seconds; index++) {
    const pause = startedAt + (index * 1000) / eventsPerSecond - performance.now();
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    const object = objects[(index * 37) % objects.length]!;
    writes.push(write(server, object, index));
  }
  const written = await Promise.all(writes);
  // What is seen later than that is too late anyway.
  await new Promise((resolve) => setTimeout(resolve, 2 * event99Ms));
  return written;
}

async function write(server: ApiServer, object: KubeObject, index: number): Promise<Write> {
  const at = performance.timeOrigin + performance.now();
  const written = await server.patch(objectPath(object), { metadata: { annotations: { round: String(index) } } });
  return { key: keyOf(object), version: written.metadata?.resourceVersion ?? '', at };
}

/** From each write to when its version was seen, sorted. */
function delaysOf(written: readonly Write[], seen: readonly Seen[]): readonly number[] {
  const seenAt = new Map(seen.map(({ key, version, at }) => [`${key} ${version}`, at]));
  return written
    .flatMap(({ key, version, at }) => {
      const to = seenAt.get(`${key} ${version}`);
      return to === undefined ? [] : [to - at];
    })
    .sort((a, b) => a - b);
}

function longest({ blocks: [block] }: Cost<unknown>): string {
  return block === undefined ? 'under 8 ms' : ms(block.ownMs);
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
