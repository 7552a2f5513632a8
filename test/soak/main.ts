// npm run soak [-- --minutes N]: 20 minutes of a cluster's life, in which nothing may pile up. Pods come and go, objects
// change, the server restarts twice, the credentials change; each minute it is counted what there is. The exit code is
// 1 when something is left over, differs from the cluster, or when the memory has grown.
import { printTable, type Row } from '../bench/table';
import { startApiServer, type ApiServer } from '../harness/apiServer';
import { loadCrowd, usedBy, workloadsOf, type CrowdSize } from '../harness/crowd';
import { RoleProcess } from '../harness/roleProcess';
import { waitFor } from '../harness/waiting';
import type { ObjectKey } from '../../src/objects/objectKey';
import { SoakChurn } from './churn';
import { serveSoak, type Sample, type SoakSteps } from './client';
import { RotatingCredentials } from './credentials';
import { differences, openWatches } from './truth';

const role = 'client';

/** Enough that a leak for each pod or object shows, and that a pass takes seconds. */
const size: CrowdSize = { namespaces: 4, workloadsPerNamespace: 10, podsPerWorkload: 10 };

/** What may be alive, whatever happened: one of each owner. Emitters: two of the session, one of its connection. */
const expectedAlive: Readonly<Record<string, number>> = {
  ...{ Session: 1, Connection: 1, PodRegistry: 1, SyncLoop: 1, TtlStore: 2, Emitter: 3 },
  ...{ PodFeed: 1, Requests: 2, Credentials: 1 },
};
/** With nothing visible: the watch and the timer for its silence, the kubeconfig's watcher, the channel to the parent. */
const expectedQuiet: Readonly<Record<string, number>> = { Timeout: 1, FSEventWrap: 1, PipeWrap: 1, TCPSocketWrap: 1 };
/** The watch, and eight that wait for use unless the server has closed them. */
const mostSockets = 9;
/** The end against the start. */
const mostGrowth = 0.05;

/** What happens besides the churn, at which part of the time. */
const incidents: readonly {
  readonly at: number;
  readonly what: string;
  readonly act: (scene: Scene) => Promise<void>;
}[] = [
  { at: 0.2, what: 'token rotated', act: ({ credentials }) => credentials.rotate() },
  { at: 0.35, what: 'server restarted', act: restart },
  { at: 0.5, what: 'kubeconfig rewritten', act: ({ credentials }) => credentials.use('plugin') },
  { at: 0.65, what: 'server restarted', act: restart },
  { at: 0.8, what: 'token rotated', act: ({ credentials }) => credentials.rotate() },
];

interface Scene {
  readonly server: ApiServer;
  readonly credentials: RotatingCredentials;
  readonly client: RoleProcess<SoakSteps>;
}

async function soak(minutes: number): Promise<void> {
  const server = await startApiServer({ address: '127.0.0.2', say });
  let client: RoleProcess<SoakSteps> | undefined;
  try {
    await loadCrowd(server, size, say);
    const credentials = await RotatingCredentials.start(server);
    const ownWatches = await openWatches(server);
    client = await RoleProcess.start<SoakSteps>([role, credentials.kubeconfig]);
    const violations = await watchOver({ server, credentials, client }, minutes, ownWatches);
    for (const violation of violations) say(`VIOLATED ${violation}`);
    say(violations.length === 0 ? '\nNothing was left over.' : `\n${violations.length} violations.`);
    if (violations.length > 0) process.exitCode = 1;
  } finally {
    client?.stop();
    await server.stop();
  }
}

async function watchOver(scene: Scene, minutes: number, ownWatches: number): Promise<readonly string[]> {
  const { server, client } = scene;
  const violations: string[] = [];
  const rows: Row[] = [];
  const churn = new SoakChurn(server, size);
  const started = Date.now();
  const rounds = Math.max(10, Math.round(minutes));
  const pending = [...incidents];
  let first: Sample | undefined;
  let last: Sample | undefined;

  await client.take('connect', undefined);
  for (let round = 0; round <= rounds; round += 1) {
    const due = pending[0] !== undefined && round / rounds >= pending[0].at ? pending.shift() : undefined;
    // Before the first count everything has happened once that happens all the time.
    await live(scene, churn, (minutes * 60_000) / rounds, due?.act);
    const label = `${((Date.now() - started) / 60_000).toFixed(1)} min`;
    const check = (what: string, problems: readonly string[]): void => {
      for (const problem of problems) violations.push(`after ${label}, ${what}: ${problem}`);
    };
    const lastRound = round === rounds;
    if (lastRound) await client.take('wholePass', undefined);
    check('the cluster', await untilSame(scene, lastRound ? 'with versions' : 'without'));
    const watches = await untilWatches(server, ownWatches + 1);
    check('watches at the server', watches === ownWatches + 1 ? [] : [`${watches - ownWatches} instead of 1`]);
    const sample = await client.take('quietSample', undefined);
    check('what is there', problemsOf(sample));
    first ??= sample;
    last = sample;
    rows.push(rowOf(label, due?.what ?? '', sample, watches - ownWatches, churn.steps));
    say(rows.at(-1)!.join('  '));
  }

  const growth = first === undefined || last === undefined ? 0 : last.heapBytes / first.heapBytes - 1;
  if (growth > mostGrowth) violations.push(`the memory has grown by ${(growth * 100).toFixed(1)} %`);
  const ended = await client.take('dispose', undefined);
  rows.push(rowOf('disposed', '', ended, (await untilWatches(server, ownWatches)) - ownWatches, churn.steps));
  violations.push(...leftOver(ended).map((problem) => `after disposing: ${problem}`));
  printTable(
    `Soak: ${minutes} minutes`,
    [
      'after',
      'what happened',
      'heap MB',
      'resident MB',
      'timers',
      'sockets',
      'file watchers',
      'watches',
      'owners',
      'changes',
    ],
    rows,
  );
  say(
    `\nThe memory after a collection has changed by ${(growth * 100).toFixed(1)} %; ${mostGrowth * 100} % are allowed.`,
  );
  return violations;
}

/** A while of churn, in which people look at this and that, and something may happen to the server or the kubeconfig. */
async function live(
  scene: Scene,
  churn: SoakChurn,
  ms: number,
  incident: ((scene: Scene) => Promise<void>) | undefined,
): Promise<void> {
  const { client } = scene;
  const stop = new AbortController();
  const until = Date.now() + ms;
  const changing = churn.run(stop.signal);
  const keys = keysOf(size);
  for (let turn = 0; turn === 0 || Date.now() < until; turn += 1) {
    await client.take('look', keys.slice((turn * 10) % keys.length, ((turn * 10) % keys.length) + 10));
    if (turn % 20 === 0) {
      await client.take('scope', { in: 'namespaces', namespaces: ['team-00', 'team-02'] });
      await client.take('visible', false);
      await client.take('visible', true);
      await client.take('scope', { in: 'all' });
    }
    await Promise.race([changing, new Promise((resolve) => setTimeout(resolve, 500))]);
  }
  stop.abort();
  await changing;
  await incident?.(scene);
}

async function restart({ server, client }: Scene): Promise<void> {
  await server.pause();
  await feedToBe(client, 'interrupted');
  await server.resume();
  await feedToBe(client, 'live');
}

async function feedToBe(client: RoleProcess<SoakSteps>, state: string): Promise<void> {
  await waitFor(async () => ((await client.take('belief', undefined)).feed === state ? true : undefined), {
    what: `the feed of pods to be ${state}`,
    limitMs: 120_000,
    everyMs: 500,
  });
}

/** Differences pass within seconds, as the watch tells of them; those that last are answered. */
async function untilSame({ server, client }: Scene, versions: 'with versions' | 'without'): Promise<readonly string[]> {
  const end = Date.now() + 60_000;
  for (;;) {
    const found = await differences(server, await client.take('belief', undefined), versions);
    if (found.length === 0 || Date.now() > end) return found.slice(0, 10);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function untilWatches(server: ApiServer, wanted: number): Promise<number> {
  const end = Date.now() + 30_000;
  for (;;) {
    const open = await openWatches(server);
    if (open === wanted || Date.now() > end) return open;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function problemsOf({ alive, resources, sockets, warnings }: Sample): string[] {
  return [
    ...unlike(alive, expectedAlive),
    ...unlike(resources, expectedQuiet),
    ...(sockets > mostSockets ? [`${sockets} sockets instead of ${mostSockets} at most`] : []),
    ...warnings,
  ];
}

function leftOver({ alive, resources, sockets }: Sample): string[] {
  return [
    ...unlike(alive, {}),
    ...unlike(resources, { PipeWrap: expectedQuiet['PipeWrap'] ?? 0 }),
    ...(sockets > 0 ? [`${sockets} sockets`] : []),
  ];
}

function unlike(counts: Readonly<Record<string, number>>, expected: Readonly<Record<string, number>>): string[] {
  const names = new Set([...Object.keys(counts), ...Object.keys(expected)]);
  return [...names]
    .filter((name) => (counts[name] ?? 0) !== (expected[name] ?? 0))
    .map((name) => `${counts[name] ?? 0} of ${name} instead of ${expected[name] ?? 0}`);
}

function rowOf(label: string, what: string, sample: Sample, watches: number, changes: number): Row {
  const { heapBytes, residentBytes, resources, sockets, alive } = sample;
  const owners = Object.values(alive).reduce((sum, count) => sum + count, 0);
  const { Timeout = 0, FSEventWrap = 0 } = resources;
  const megabytes = [heapBytes, residentBytes].map((bytes) => (bytes / 1e6).toFixed(1));
  return [label, what, ...megabytes, ...[Timeout, sockets, FSEventWrap, watches, owners, changes].map(String)];
}

function keysOf(crowd: CrowdSize): ObjectKey[] {
  return workloadsOf(crowd).flatMap((workload) => {
    const { namespace } = workload;
    const { Secret, ConfigMap } = usedBy(workload);
    return [
      ...Secret.map((name): ObjectKey => ({ kind: 'Secret', namespace, name })),
      ...ConfigMap.map((name): ObjectKey => ({ kind: 'ConfigMap', namespace, name })),
    ];
  });
}

function say(line: string): void {
  console.log(line);
}

async function main(args: readonly string[]): Promise<void> {
  if (args[0] === role) {
    serveSoak(args[1] ?? '');
    return;
  }
  const place = args.indexOf('--minutes');
  await soak(place < 0 ? 20 : Number(args[place + 1]));
}

void main(process.argv.slice(2));
