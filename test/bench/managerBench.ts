import { buildKubelet, type KubeletProgram } from '../harness/kubeletProgram';
import { benches, type BenchName, type Figures } from './managerFigures';
import { printTable, type Row } from './table';

/** A figure of a bench, beside the one that Go has for it. */
interface Line {
  readonly title: string;
  readonly figure: string;
  /** Where Go has another name for it. */
  readonly goFigure?: string;
  /** The greatest ratio to Go that is good enough. */
  readonly goal?: number;
}

interface Measured {
  readonly bench: BenchName;
  readonly count: number;
  readonly lines: readonly Line[];
}

/** Both sides take turns, and the least of all is shown: on a busy machine the ratio would mean little otherwise. */
const turns = 3;

const measured: readonly Measured[] = [
  ...([1000, 100_000] as const).map((count) => ({
    bench: 'get' as const,
    count,
    lines: [
      { title: `hit, ${count} objects`, figure: 'hit', goal: count === 1000 ? 1 : 1.25 },
      { title: 'the same through a promise', figure: 'promisedHit', goFigure: 'hit', goal: 1.5 },
      { title: 'miss (not registered)', figure: 'miss' },
    ],
  })),
  { bench: 'stale', count: 100_000, lines: [{ title: 'stale (TTL 0), 100000 objects', figure: 'stale' }] },
  ...([1000, 10_000, 100_000] as const).flatMap((count): Measured[] => [
    {
      bench: 'register',
      count,
      lines: [
        { title: `register + unregister, ${count} pods`, figure: 'register', goal: 1.5 },
        { title: `register again, ${count} pods`, figure: 'again', goal: 1.5 },
      ],
    },
    {
      bench: 'bulk',
      count,
      lines: [
        { title: `register all of ${count} pods, a pod`, figure: 'registerAll' },
        { title: `unregister all of ${count} pods, a pod`, figure: 'unregisterAll', goal: 1.5 },
      ],
    },
  ]),
  // Of fewer pods a heap tells too little.
  ...([10_000, 100_000] as const).map((count) => ({
    bench: 'bytes' as const,
    count,
    lines: [
      { title: `bytes a pod, ${count} pods registered`, figure: 'registered' },
      {
        title: `bytes a pod, ${count} pods with everything fetched`,
        figure: 'fetched',
        ...(count === 100_000 ? { goal: 1.25 } : {}),
      },
    ],
  })),
];

/** @param besideGo Whether the kubelet's own managers run the same workload in turn. */
export async function benchManager(besideGo: boolean): Promise<void> {
  const kubelet = besideGo ? await buildKubelet(say) : undefined;
  const rows: Row[] = [];
  for (const { bench, count, lines } of measured) {
    const ours: Figures[] = [];
    const theirs: Figures[] = [];
    for (let turn = 0; turn < turns; turn += 1) {
      globalThis.gc?.();
      ours.push(await benches[bench](count));
      if (kubelet !== undefined) theirs.push(await figuresOf(kubelet, bench, count));
    }
    for (const line of lines) rows.push(rowOf(line, ours, theirs));
  }
  printTable(
    'Managers: nanoseconds an operation, and bytes of heap (pods and objects themselves not counted)',
    ['operation', 'TypeScript', ...(kubelet === undefined ? [] : ['Go', 'ratio', 'goal', ''])],
    rows,
  );
}

async function figuresOf(kubelet: KubeletProgram, bench: BenchName, count: number): Promise<Figures> {
  return JSON.parse(await kubelet.run('bench', bench, String(count))) as Figures;
}

function rowOf({ title, figure, goFigure, goal }: Line, ours: readonly Figures[], theirs: readonly Figures[]): Row {
  const least = (all: readonly Figures[], name: string): number => Math.min(...all.map((figures) => figures[name]!));
  const own = least(ours, figure);
  if (theirs.length === 0) return [title, own.toFixed(0)];
  const go = least(theirs, goFigure ?? figure);
  const ratio = own / go;
  const verdict = goal === undefined ? ['', ''] : [goal.toFixed(2), ratio <= goal ? 'ok' : 'over'];
  return [title, own.toFixed(0), go.toFixed(0), ratio.toFixed(2), ...verdict];
}

function say(line: string): void {
  console.log(line);
}
