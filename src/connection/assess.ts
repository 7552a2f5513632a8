import type { ObjectCopy } from '../objects/objectCopy';
import { keyText, type ObjectKey } from '../objects/objectKey';
import { demandOf, isNeeded, type Demand } from '../references/demand';
import type { Reference } from '../references/references';
import type { HoldFacts, ObjectFacts, PodFacts } from './facts';
import type { Freshness } from './freshness';

/** What is kept of objects, as far as it tells what they are worth. */
export type Known = Pick<ObjectFacts, 'inspect' | 'freshness'>;

/** A key that somebody names and the copy of the object lacks. */
export interface MissingKey {
  readonly name: string;
  /** Whether somebody who names it cannot do without it. */
  readonly required: boolean;
}

/**
 * What is known of an object for those who ask for it: whether it is there, which keys are not, how sure that is, and who
 * can do without. Facts alone: `isProblem` says which of them a person should look at.
 */
export interface Assessment {
  readonly key: ObjectKey;
  /** How sure: of what moment the copy is, and why there is none or no newer one. */
  readonly freshness: Freshness;
  readonly copy: ObjectCopy | undefined;
  /** Whether the copy says that the object exists. `unknown`: there is no copy. */
  readonly existence: 'exists' | 'missing' | 'unknown';
  readonly missingKeys: readonly MissingKey[];
  /** The most that anybody demands. `unasked`: nobody asks for it. */
  readonly demand: Demand | 'unasked';
  /** Whether the user fetched the object by name. */
  readonly pinned: boolean;
}

/** What tells who asks for an object. */
export interface ObjectContext {
  readonly objects: Known;
  readonly pods: Pick<PodFacts, 'needsOf'>;
  readonly holds: Pick<HoldFacts, 'isPinned'>;
}

/** What is known of the object of a reference, for the one pod or manifest that the reference stands in. */
export function assessReference(known: Known, namespace: string, reference: Reference): Assessment {
  const key = { kind: reference.kind, namespace, name: reference.name };
  return assessUse(known, key, namedKeys(reference), demandOf(reference));
}

/** What is known of an object for somebody who uses it. @param names The keys that are named. */
export function assessUse(known: Known, key: ObjectKey, names: readonly string[], demand: Demand): Assessment {
  const required = isNeeded(demand);
  return assess(
    known,
    key,
    names.map((name) => ({ name, required })),
    demand,
    false,
  );
}

/** What is known of an object, for all registered pods that use it. */
export function assessObject({ objects, pods, holds }: ObjectContext, key: ObjectKey): Assessment {
  const { required, optional, unmounted, keys } = pods.needsOf(key);
  const named = [...keys].map(([name, counts]) => ({ name, required: counts.required > 0 }));
  const demand = required > 0 ? 'required' : optional > 0 ? 'optional' : unmounted > 0 ? 'unmounted' : 'unasked';
  return assess(objects, key, named, demand, holds.isPinned(key));
}

/** The keys that a reference names. */
export function namedKeys({ keys }: Reference): string[] {
  return keys.choose === 'some' ? keys.keys.map(({ key }) => key) : [];
}

interface FoldContext {
  readonly pods: Pick<PodFacts, 'isInjectedOnly'>;
  readonly holds: Pick<HoldFacts, 'isPinned'>;
}

/** Whether an object is folded away: nobody asks for it but the volume that admission adds to pods. */
export function isFolded({ pods, holds }: FoldContext, key: ObjectKey): boolean {
  return pods.isInjectedOnly(key) && !holds.isPinned(key);
}

/** Looks at each object once, however often it is asked for. */
export function onceEach(objects: Known): Known {
  const freshness = new Map<string, Freshness>();
  return {
    inspect: (key) => objects.inspect(key),
    freshness: (key) => {
      const text = keyText(key);
      const known = freshness.get(text) ?? objects.freshness(key);
      freshness.set(text, known);
      return known;
    },
  };
}

function assess(
  known: Known,
  key: ObjectKey,
  named: readonly MissingKey[],
  demand: Assessment['demand'],
  pinned: boolean,
): Assessment {
  const content = known.inspect(key)?.content;
  const copy = content?.state === 'object' ? content.object : undefined;
  return {
    key,
    copy,
    freshness: known.freshness(key),
    existence: copy !== undefined ? 'exists' : content?.state === 'notFound' ? 'missing' : 'unknown',
    missingKeys: copy === undefined ? [] : named.filter(({ name }) => !copy.data.has(name)),
    demand,
    pinned,
  };
}
