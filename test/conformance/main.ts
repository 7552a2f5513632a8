// npm run conformance [-- FILE...]
// Replays recorded traces of the kubelet's managers and compares every observation. Pod libraries are taken from the
// given files, whatever their order. Without files: those of test/conformance/traces.
//
// npm run conformance -- --live N SEED
// Has the kubelet's own managers run N random traces first, which needs Go, and replays those.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Pod } from '../../src/objects/kubernetes';
import { podNames } from '../references/podNames';
import { buildKubelet } from '../harness/kubeletProgram';
import { recordLive } from './live';
import { replay, type Difference } from './replay';
import { readTraceFile, type LibraryPod } from './trace';

const shown = 10;

function differencesOfPod({ id, pod, secrets, configMaps }: LibraryPod): Difference[] {
  return [
    ['secrets', secrets, podNames(pod, 'Secret').sort()] as const,
    ['configMaps', configMaps, podNames(pod, 'ConfigMap').sort()] as const,
  ]
    .filter(([, recorded, seen]) => !isDeepStrictEqual([...recorded].sort(), seen))
    .map(([what, recorded, seen]) => ({ trace: `pod ${id}, ${what}`, operation: -1, recorded, seen }));
}

function ownFiles(): string[] {
  const folder = path.join(process.cwd(), 'test', 'conformance', 'traces');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => path.join(folder, name));
}

async function main(files: readonly string[]): Promise<void> {
  const read = files.map(readTraceFile);
  const libraryPods = read.flatMap((file) => file.pods);
  const pods = new Map<string, Pod>(libraryPods.map(({ id, pod }) => [id, pod]));
  const differences = libraryPods.flatMap(differencesOfPod);
  const traces = read.flatMap((file) => file.traces);
  let operations = 0;
  for (const trace of traces) {
    operations += trace.operations.length;
    try {
      differences.push(...(await replay(trace, pods)));
    } catch (error) {
      differences.push({ trace: trace.header.trace, operation: -1, recorded: 'a replay', seen: String(error) });
    }
  }
  for (const { trace, operation, recorded, seen } of differences.slice(0, shown)) {
    console.log(`${trace}${operation < 0 ? '' : `, operation ${operation}`}`);
    console.log(`  recorded ${JSON.stringify(recorded)}\n  seen     ${JSON.stringify(seen)}`);
  }
  console.log(`${traces.length} traces, ${operations} operations, ${differences.length} differences`);
  process.exitCode = differences.length === 0 ? 0 : 1;
}

async function live(count: number, seed: number): Promise<void> {
  const kubelet = await buildKubelet((line) => {
    console.log(line);
  });
  if (kubelet === undefined) {
    process.exitCode = 1;
    return;
  }
  const file = await recordLive(kubelet, count, seed);
  await main([file]);
  console.log(`The traces are in ${path.relative(process.cwd(), file)}.`);
}

const [first, ...rest] = process.argv.slice(2);
if (first === '--live') void live(Number(rest[0] ?? 100), Number(rest[1] ?? 1));
else void main(first === undefined ? ownFiles() : [first, ...rest]);
