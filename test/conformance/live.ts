import fc from 'fast-check';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { KubeletProgram } from '../harness/kubeletProgram';
import { everyKey, kind, name, namespace, podId, pods, token, type AskedTrace } from './liveParts';
import { watchTrace } from './liveWatch';
import type { Operation } from './trace';

const shortest = 40;
const longest = 120;
const view = fc.constantFrom('B', 'B', 'L', 'C');
const version = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 30 }).map(String) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '',
      '007',
      'junk',
      '-1',
      '9007199254740993',
      '18446744073709551615',
      '99999999999999999999',
    ),
  },
);
const code = fc.constantFrom(
  ...['404', '404u', '404x', '404w', 'nf403', '404o', '500', '403', '429', '504', '503', '401', '410', 'conn'],
);
const ttl = fc.constantFrom(
  ...['0', '1', '15', '30', '300', '-5', '+30', '0030', '', '30s', '3e1', ' 30', '9223372037', '18446744074', null],
);
const passing = fc.constantFrom(0, 1, 999, 1000, 14_999, 15_000, 30_000, 59_999, 60_000, 300_000, -1000, -60_000);

const everywhere: readonly fc.WeightedArbitrary<Operation>[] = [
  { weight: 5, arbitrary: fc.tuple(fc.constant('reg' as const), podId) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('unreg' as const), podId) },
  { weight: 30, arbitrary: fc.tuple(fc.constant('get' as const), namespace, name) },
  { weight: 6, arbitrary: fc.tuple(fc.constant('set' as const), view, namespace, name, version, token) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('rm' as const), view, namespace, name) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constant('fail' as const), namespace, name, code, fc.integer({ min: 1, max: 2 })),
  },
];
const ofTtlStore: readonly fc.WeightedArbitrary<Operation>[] = [
  ...everywhere,
  { weight: 2, arbitrary: fc.tuple(fc.constant('add' as const), namespace, name) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('del' as const), namespace, name) },
  // Nobody refers to these, and Go quotes them in its own way.
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constant('get' as const),
      namespace,
      fc.constantFrom('', 'a"b\\', 'é\u200b\u0007', '\u0085\u00a0\u00ad', '\u{1f600}\u{e0001}\u2028', '\ue000\uff01'),
    ),
  },
  { weight: 6, arbitrary: fc.tuple(fc.constant('adv' as const), passing) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('ttl' as const), ttl) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('node' as const), fc.constantFrom('ok', 'ok', 'err', 'nil', 'noann')) },
  { weight: 1, arbitrary: fc.constant(['refs'] as const) },
];

const trace: fc.Arbitrary<AskedTrace> = fc.constantFrom('cache', 'cache', 'cache', 'get').chain((strategy) =>
  fc
    .record({
      kind,
      /** What the server has at first. */
      present: fc.subarray(everyKey, { minLength: everyKey.length / 2 }),
      pods,
      operations: fc.array(fc.oneof(...(strategy === 'get' ? everywhere : ofTtlStore)), {
        minLength: shortest,
        maxLength: longest,
        size: 'max',
      }),
    })
    .map(({ present, operations, ...rest }) => ({
      ...rest,
      header: { strategy, defaultTtlMs: 60_000 },
      operations: [
        ...present.map((of): Operation => ['set', 'B', ...of, '10', '10']),
        ...operations,
        ...(strategy === 'get' ? [] : [['refs'] as const]),
      ],
    })),
);

/**
 * Makes random traces of operations one after the other, has the kubelet's own managers run them, and answers the file
 * of what they observed. The same seed makes the same traces.
 */
export async function recordLive(kubelet: KubeletProgram, count: number, seed: number): Promise<string> {
  const lines = fc
    .sample(fc.oneof({ weight: 3, arbitrary: trace }, { weight: 1, arbitrary: watchTrace }), { numRuns: count, seed })
    .flatMap(({ header, kind: of, pods: library, operations }, number) => {
      const idOf = (index: number): string => `live-${number}.${index}`;
      return [
        ...library.map((one, index) => ({ id: idOf(index), pod: one })),
        { trace: `live-${seed}-${number}`, kind: of, t0: 1_704_067_200_000, ...header },
        ...operations.map((operation) =>
          operation[0] === 'reg' || operation[0] === 'unreg' ? [operation[0], idOf(operation[1] as number)] : operation,
        ),
      ];
    });
  const folder = path.join(process.cwd(), 'out', 'live');
  await mkdir(folder, { recursive: true });
  const asked = path.join(folder, `${seed}.asked.jsonl`);
  await writeFile(asked, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const recorded = path.join(folder, `${seed}.jsonl`);
  await writeFile(recorded, await kubelet.run('record', asked));
  return recorded;
}
