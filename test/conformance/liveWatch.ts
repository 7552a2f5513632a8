import fc from 'fast-check';
import { everyKey, kind, name, namespace, podId, pods, token, type AskedTrace } from './liveParts';
import type { Operation } from './trace';

/** Longer than the pauses after as many failures as are queued at once. */
const untilHealthyMs = 1_000_000;
/** Nothing is idle for so long. */
const neverMs = 1_000_000_000_000;

const object = [namespace, name] as const;
const initially = everyKey.map((of): Operation => ['set', ...of, '', '10', false]);
const set = fc.tuple(fc.constant('set' as const), ...object, fc.constant(''), token, fc.integer({ max: 5, min: 0 }));
const write: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 3, arbitrary: set.map(([what, ...rest]): Operation => [what, ...rest.slice(0, 4), rest[4] === 0]) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('rm' as const, 'bookmark' as const), ...object) },
);
const get = fc.tuple(fc.constant('get' as const), ...object);
const state = fc.constant<Operation>(['state']);

/**
 * No sum of these comes close below what counts as idle: a get that waits for a restart takes the kubelet some milliseconds,
 * since it looks only now and then.
 */
const passing = [7_000, 56_000, 63_000, 294_000, 301_000];

/** No time passes, but for the one by which something is idle: pauses that have begun do not end. */
const calm = fc.oneof<fc.WeightedArbitrary<Operation>[]>(
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom('reg', 'reg', 'unreg'), podId) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom('add', 'del'), ...object) },
  { weight: 10, arbitrary: get },
  { weight: 6, arbitrary: write },
  { weight: 2, arbitrary: fc.tuple(fc.constant('closewatch'), ...object) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('watcherr'), ...object, fc.constantFrom('410', '429', '500', '403')) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('adv'), fc.constantFrom(...passing)) },
  { weight: 3, arbitrary: fc.constant<Operation>(['recycle']) },
  { weight: 2, arbitrary: state },
);

const code = fc.constantFrom('410', '429', '500', '403', 'conn', '504');
const times = fc.integer({ min: 1, max: 2 });
const fail = fc.constant('fail');
const failure = fc.tuple(fail, fc.constantFrom('list', 'watch', 'stream', 'stream'), code, times);
/** Those that a first get does not wait for. */
const mildFailure = fc.oneof(
  fc.tuple(fail, fc.constant('watch'), code, times),
  fc.tuple(fail, fc.constant('stream'), fc.constantFrom('500', '403', '504'), fc.constant(1)),
);
/** What an object that was read comes to meet failures by. */
const meeting = fc
  .tuple(
    fc.array(failure, { maxLength: 3 }),
    fc.tuple(...object),
    fc.constantFrom('closed', 'closed', '410', '429', '500', '403'),
  )
  .map(([failures, of, what]) => ({
    of,
    operations: [...failures, what === 'closed' ? ['closewatch', ...of] : ['watcherr', ...of, what]] as Operation[],
  }));
const beginning = fc.tuple(fc.array(mildFailure, { maxLength: 1 }), fc.tuple(...object)).map(([failures, of]) => ({
  of,
  operations: [...failures, ['del', ...of], ['add', ...of], ['get', ...of]] as Operation[],
}));
/** Failures, what meets them, and enough time: how long the pauses are is random. */
const trouble = fc
  .tuple(
    fc.oneof({ weight: 4, arbitrary: meeting }, { weight: 1, arbitrary: beginning }),
    fc.array(write, { maxLength: 2 }),
  )
  .map(([{ of, operations }, writes]): readonly Operation[] => [
    ...operations,
    ...writes,
    ['wait', untilHealthyMs],
    ['heal'],
    ['get', ...of],
    ['state'],
  ]);

const calmTrace = fc
  .tuple(
    fc.constantFrom<(number | undefined)[]>(undefined, 60_000, 300_000),
    fc.array(calm, { minLength: 40, maxLength: 120, size: 'max' }),
  )
  .map(([maxIdleMs, operations]) => ({ maxIdleMs: maxIdleMs ?? 0, operations }));
const troubledTrace = fc.array(trouble, { minLength: 5, maxLength: 20, size: 'max' }).map((troubles) => ({
  maxIdleMs: neverMs,
  // What was never read is idle.
  operations: [
    ...everyKey.flatMap((of): Operation[] => [
      ['add', ...of],
      ['get', ...of],
    ]),
    ...troubles.flat(),
  ],
}));

/**
 * A trace of the watch strategy. Nothing in it depends on chance: each operation ends when everything has run that can,
 * and a pause has either ended by then, or does not end at all.
 */
export const watchTrace: fc.Arbitrary<AskedTrace> = fc
  .record({ kind, pods, from: fc.subarray(initially), of: fc.oneof(calmTrace, troubledTrace) })
  .map(({ from, of: { maxIdleMs, operations }, ...rest }) => ({
    ...rest,
    header: { strategy: 'watch', maxIdleMs },
    operations: [...from, ...operations, ['state']],
  }));
