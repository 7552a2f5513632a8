import { readFileSync } from 'node:fs';
import type { Pod } from '../../src/objects/kubernetes';

/** A recorded trace of the kubelet's manager: a header and the operations that were replayed on it. */
export interface Trace {
  readonly header: TraceHeader;
  readonly operations: readonly Operation[];
}

export interface TraceHeader {
  readonly trace: string;
  readonly kind: 'secret' | 'configmap';
  readonly strategy: string;
  readonly profile: string;
  /** Start of the clock, milliseconds since 1970. */
  readonly t0: number;
  readonly defaultTtlMs?: number;
  /** Of the watch strategy, before its least value is applied. */
  readonly maxIdleMs?: number;
}

/** `[name, arguments…, observations…]` */
export type Operation = readonly [name: string, ...rest: readonly unknown[]];

/** A pod of a library, and the names that upstream finds in it. */
export interface LibraryPod {
  readonly id: string;
  readonly pod: Pod;
  readonly secrets: readonly string[];
  readonly configMaps: readonly string[];
}

export interface TraceFile {
  readonly file: string;
  readonly pods: readonly LibraryPod[];
  readonly traces: readonly Trace[];
}

/** Reads a file of traces or of pods. Throws for what is neither, naming file and line. */
export function readTraceFile(file: string): TraceFile {
  const pods: LibraryPod[] = [];
  const traces: { header: TraceHeader; operations: Operation[] }[] = [];
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (line.trim() === '') continue;
    const value: unknown = JSON.parse(line);
    const trace = traces.at(-1);
    if (Array.isArray(value) && trace !== undefined) trace.operations.push(value as unknown as Operation);
    else if (isObject(value) && 'trace' in value)
      traces.push({ header: value as unknown as TraceHeader, operations: [] });
    else if (isObject(value) && 'pod' in value) pods.push(value as unknown as LibraryPod);
    else throw new Error(`${file}:${index + 1}: neither a trace, nor an operation, nor a pod`);
  }
  return { file, pods, traces };
}

/** The minor version of the kubelet whose rules a trace was recorded with. */
export function minorOf({ profile }: TraceHeader): number {
  return Number(profile.split('.')[1]);
}

export function podOf(pods: ReadonlyMap<string, Pod>, id: string): Pod {
  const pod = pods.get(id);
  if (pod === undefined) throw new Error(`pod ${id} is in none of the given pod libraries`);
  return pod;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
