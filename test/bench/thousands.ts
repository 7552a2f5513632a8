import type { ApiServer } from '../harness/apiServer';
import { startCrowdServer, thousands, usedBy, workloadsOf } from '../harness/crowd';
import { objectPath } from '../harness/kubeObjects';
import { RoleProcess } from '../harness/roleProcess';
import type { Block } from './blockProbe';
import { Churn, type Written } from './churn';
import { burstOf, countRequests, ownEvents } from './requestCounts';
import { printTable } from './table';
import type { ClientSteps, Connected, Followed, Outcome, Passed, Told } from './thousandsClient';

/** The argument by which this program knows that it is the process that is measured. */
export const thousandsRole = 'thousands-client';

/** What is promised. */
const budgets = {
  /** From the end of the list to all pods registered. */
  registeredMs: 3_000,
  /** The longest time in which the event loop did one thing. */
  blockMs: 50,
  /** From a write to the change by which views paint, which collects for 50 ms: half of them, and 99 of 100. */
  toldMedianMs: 150,
  told99Ms: 500,
  /** Events that are written and not told yet, at any time: what comes in a second. */
  waiting: 100,
  /** Of one processor, while 100 events come in a second. */
  cpuPercent: 40,
  /** Bytes of heap a pod, its references, its registration and its share of the objects included. */
  bytesPerPod: 11_000,
} as const;

/** Pods in a page, as `podSource.ts` asks for them. */
const pageSize = 500;
/** The defaults of the settings. */
const perSecond = 50;
const burst = 100;
/** The server notes when it received a request, not when it was sent. */
const burstNoise = 10;
const eventsPerSecond = 100;
/** If the server was slower than that, the measurement says nothing. */
const rateNoise = 5;

interface Finding {
  readonly what: string;
  readonly measured: string;
  readonly budget: string;
  readonly kept: boolean;
}

/**
 * 10,000 pods and 5,000 objects on a real kube-apiserver, read by the code below the views in a process of its own.
 * Prints what it takes beside its budget; the exit code is 1 when a budget is not kept.
 */
export async function benchThousands(seconds: number): Promise<void> {
  const server = await startCrowdServer({ address: '127.0.0.2', say }, thousands);
  let client: RoleProcess<ClientSteps> | undefined;
  try {
    client = await RoleProcess.start<ClientSteps>([thousandsRole, server.kubeconfig()]);
    const findings = await measure(server, client, seconds);
    printTable(
      'Thousands: 10,000 pods that use 5,000 Secrets and ConfigMaps, in plain Node',
      ['what', 'measured', 'budget', ''],
      findings.map(({ what, measured, budget, kept }) => [what, measured, budget, kept ? '' : 'BEYOND']),
    );
    if (findings.some(({ kept }) => !kept)) process.exitCode = 1;
  } finally {
    client?.stop();
    await server.stop();
  }
}

async function measure(
  server: ApiServer,
  client: RoleProcess<ClientSteps>,
  seconds: number,
): Promise<readonly Finding[]> {
  const report = new Report();
  const used = usedObjects();

  const listed = await client.take('connect', undefined);
  await reportList(report, server, listed);

  say(`Reading ${used.size} objects takes ${Math.ceil((used.size - burst) / perSecond)} s at ${perSecond} a second`);
  const passed = await client.take('firstPass', undefined);
  await reportFirstPass(report, server, passed, used);

  say(`${eventsPerSecond} events of pods a second for ${seconds} s`);
  await client.take('follow', undefined);
  const churn = new Churn(server);
  const written = await churn.run(eventsPerSecond, seconds);
  const followed = await client.take('followed', undefined);
  reportEvents(report, written, followed, seconds);
  const events = ownEvents(await server.auditEvents());
  const { reads } = countRequests(events);
  const { passes } = followed.result;
  let extra = 0;
  for (const [path, count] of reads) {
    const called = used.has(path) ? passes + (churn.registrations.get(path) ?? 0) : 0;
    extra += Math.max(0, count - called);
  }
  report.number('reads that neither a pass nor a new pod calls for', extra, 0);
  report.state('objects that still wait to be read', String(followed.result.unread));
  report.state(
    'heap after the events, against before',
    `${megabytes(followed.heapBytes)} MB, ${percentMore(followed, passed)}`,
  );

  const ended = await client.take('dispose', undefined);
  report.state('heap after disposing', `${megabytes(ended.heapBytes)} MB`);
  return report.findings;
}

async function reportList(report: Report, server: ApiServer, listed: Outcome<Connected>): Promise<void> {
  const { result, blocks, heapBytes, residentBytes, cpuMs } = listed;
  const events = ownEvents(await server.auditEvents());
  const { pages, watches } = countRequests(events);
  const pods = podCount();
  report.number('pods registered', result.pods, pods, 'exactly');
  report.number(`pages of ${pageSize}`, pages, Math.ceil(pods / pageSize), 'exactly');
  report.number('watches', watches, 1, 'exactly');
  const lastPage = events.findLast(({ verb }) => verb === 'list');
  report.state(
    'the list, from asking to the server’s end of its last page',
    ms(Date.parse(lastPage?.stageTimestamp ?? '') - result.askedAt),
  );
  report.state('from asking to the first pods told to views', ms(result.firstChangeAt - result.askedAt));
  report.limit(
    'from the end of the list to all registered and told',
    result.toldAt - Date.parse(lastPage?.stageTimestamp ?? ''),
    budgets.registeredMs,
  );
  report.state('processor time of the list', ms(cpuMs));
  report.block('longest block of the event loop in the list', blocks);
  report.state('heap with all pods registered', `${megabytes(heapBytes)} MB, resident ${megabytes(residentBytes)} MB`);
}

async function reportFirstPass(
  report: Report,
  server: ApiServer,
  passed: Outcome<Passed>,
  used: ReadonlySet<string>,
): Promise<void> {
  const { result, blocks, heapBytes, cpuMs } = passed;
  const events = ownEvents(await server.auditEvents());
  const { reads, nodeReads, others } = countRequests(events);
  const least = ((used.size - burst) / perSecond) * 1000;
  report.state('the first pass, and the least that the token bucket allows', `${ms(result.tookMs)}, ${ms(least)}`);
  report.number(
    'objects that pods use, read exactly once',
    [...used].filter((path) => reads.get(path) === 1).length,
    used.size,
    'exactly',
  );
  report.number('other Secrets and ConfigMaps read', [...reads.keys()].filter((path) => !used.has(path)).length, 0);
  report.number('reads of a node: when the list is there, and by the pass', nodeReads, 2);
  report.number('any other request, such as a list of Secrets', others.length, 0);
  for (const other of others.slice(0, 5)) say(`  ${other}`);
  report.limit('tokens in the bucket at most', burstOf(events, perSecond), burst + burstNoise, '');
  report.state('processor time of the first pass', ms(cpuMs));
  report.block('longest block in the first pass', blocks);
  report.limit(
    'heap a pod with everything read, bytes',
    (heapBytes - passed.baseHeapBytes) / podCount(),
    budgets.bytesPerPod,
    '',
  );
  report.state('heap with everything read', `${megabytes(heapBytes)} MB`);
}

function reportEvents(
  report: Report,
  written: readonly Written[],
  { result, blocks, cpuMs }: Outcome<Followed>,
  seconds: number,
): void {
  const spans = spansOf(written, result.told);
  const [first, last] = [written[0]?.at ?? 0, written.at(-1)?.at ?? 0];
  report.atLeast('events a second', (written.length / (last - first)) * 1000, eventsPerSecond - rateNoise);
  const delays = spans.map(({ from, to }) => to - from).sort((a, b) => a - b);
  report.number('events that were never told', written.length - spans.length, 0);
  report.state('events, and times that views were told of changes', `${written.length}, ${result.changes}`);
  report.limit('from a write to the change by which views paint, median', quantile(delays, 0.5), budgets.toldMedianMs);
  report.limit('the same, 99 of 100', quantile(delays, 0.99), budgets.told99Ms);
  report.limit('events that waited at once, at most', mostAtOnce(spans), budgets.waiting, '');
  const third = Math.floor(spans.length / 3);
  report.state(
    'mean wait in the first and in the last third',
    `${ms(mean(spans.slice(0, third)))}, ${ms(mean(spans.slice(-third)))}`,
  );
  report.limit('processor time while events came, % of one', (cpuMs / (seconds * 1000)) * 100, budgets.cpuPercent, '');
  report.block('longest block while events came', blocks);
}

/** From a write to when it was told. What was told later than a later write counts for both. */
interface Span {
  readonly from: number;
  readonly to: number;
}

function spansOf(written: readonly Written[], told: readonly Told[]): Span[] {
  const byPod = new Map<string, Told[]>();
  for (const one of told) byPod.set(one.pod, [...(byPod.get(one.pod) ?? []), one]);
  return written.flatMap(({ pod, version, at }) => {
    const found = byPod.get(pod)?.find((one) => isAsNew(one.version, version));
    // The watch may be quicker than the answer to who wrote.
    return found === undefined ? [] : [{ from: at, to: Math.max(at, found.at) }];
  });
}

function isAsNew(told: string | undefined, written: string | undefined): boolean {
  return told === undefined || (written !== undefined && BigInt(told) >= BigInt(written));
}

function mostAtOnce(spans: readonly Span[]): number {
  const steps = spans.flatMap(({ from, to }) => [
    { at: from, by: 1 },
    { at: to, by: -1 },
  ]);
  let waiting = 0;
  let most = 0;
  for (const { by } of steps.sort((a, b) => a.at - b.at)) {
    waiting += by;
    most = Math.max(most, waiting);
  }
  return most;
}

/** What was found, in the order of the table. */
class Report {
  readonly findings: Finding[] = [];

  /** Something to know, without a budget. */
  state(what: string, measured: string): void {
    this.findings.push({ what, measured, budget: '', kept: true });
  }

  /** A count that repeats from run to run. */
  number(what: string, measured: number, budget: number, compare: 'exactly' | 'at most' = 'at most'): void {
    const kept = compare === 'exactly' ? measured === budget : measured <= budget;
    this.findings.push({ what, measured: String(measured), budget: `${compare} ${budget}`, kept });
  }

  limit(what: string, measured: number, budget: number, unit = ' ms'): void {
    this.findings.push({
      what,
      measured: `${Math.round(measured)}${unit}`,
      budget: `${budget}${unit}`,
      kept: measured <= budget,
    });
  }

  atLeast(what: string, measured: number, budget: number): void {
    this.findings.push({ what, measured: measured.toFixed(0), budget: `at least ${budget}`, kept: measured >= budget });
  }

  block(what: string, blocks: readonly Block[]): void {
    const [longest] = blocks;
    const text = ({ ownMs, wallMs, gcMs }: Block): string =>
      `${ms(ownMs)} (by the wall clock ${ms(wallMs)}; collecting ${ms(gcMs)})`;
    this.findings.push({
      what,
      measured: longest === undefined ? 'under 8 ms' : text(longest),
      budget: ms(budgets.blockMs),
      kept: longest === undefined || longest.ownMs <= budgets.blockMs,
    });
    for (const block of blocks.slice(0, 5)) say(`  a block of ${text(block)}`);
  }
}

/** The paths of the objects that the pods of the crowd use by themselves. */
function usedObjects(): ReadonlySet<string> {
  const paths = workloadsOf(thousands).flatMap((workload) =>
    Object.entries(usedBy(workload)).flatMap(([kind, names]) =>
      names.map((name) => objectPath({ apiVersion: 'v1', kind, metadata: { namespace: workload.namespace, name } })),
    ),
  );
  return new Set(paths);
}

function podCount(): number {
  return thousands.namespaces * thousands.workloadsPerNamespace * thousands.podsPerWorkload;
}

function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

function mean(spans: readonly Span[]): number {
  return spans.reduce((sum, { from, to }) => sum + to - from, 0) / Math.max(1, spans.length);
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

function percentMore(after: { readonly heapBytes: number }, before: { readonly heapBytes: number }): string {
  const percent = (after.heapBytes / before.heapBytes - 1) * 100;
  return `${percent < 0 ? '' : '+'}${percent.toFixed(1)} %`;
}

function say(line: string): void {
  console.log(line);
}
