import type { ObjectKey } from '../objects/objectKey';
import type { Connection } from './connection';
import { isProblem, type FreshnessState } from './freshness';
import { isOptional, requiredKeysMissing } from './referenceState';

/** How the objects stand that registered pods use or that are pinned. */
export interface Summary {
  readonly counts: Readonly<Record<FreshnessState, number>>;
  /** Objects that a person should look at. */
  readonly problems: number;
  /** The least fresh state of all, leaving out what is missing and may be. `undefined`: there is nothing to judge. */
  readonly worst: FreshnessState | undefined;
}

/** From the best to the worst. */
const states: readonly FreshnessState[] = [
  'fresh',
  'readOnUse',
  'fetching',
  'notFetched',
  'stale',
  'kept',
  'notFound',
  'forbidden',
  'failed',
];

export function summaryOf(connection: Connection): Summary {
  const counts = Object.fromEntries(states.map((state) => [state, 0])) as Record<FreshnessState, number>;
  let problems = 0;
  let worst = -1;
  for (const key of connection.keys()) {
    if (!isCounted(connection, key)) continue;
    const freshness = connection.freshness(key);
    counts[freshness.state] += 1;
    const maybeMissing = freshness.state === 'notFound' && isOptional(connection, key);
    if (maybeMissing) continue;
    worst = Math.max(worst, states.indexOf(freshness.state));
    if (isProblem(freshness) || requiredKeysMissing(connection, key).length > 0) problems += 1;
  }
  return { counts, problems, worst: states[worst] };
}

/** What only an open manifest names, or what admission added, is nobody's concern. */
function isCounted(connection: Connection, key: ObjectKey): boolean {
  return connection.isPinned(key) || connection.usesOf(key).length > 0;
}
