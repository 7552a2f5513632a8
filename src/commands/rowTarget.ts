import type { HoldFacts, PodFacts } from '../connection/facts';
import type { ObjectKey } from '../objects/objectKey';
import type { Reference } from '../references/references';
import { dataKeyInArgument, isRecord, keyInArgument } from './names';

/** What a row of either view stands for. */
export type RowTarget =
  | { readonly is: 'object'; readonly key: ObjectKey }
  | { readonly is: 'dataKey'; readonly key: ObjectKey; readonly dataKey: string }
  | { readonly is: 'pod'; readonly namespace: string; readonly name: string }
  /** An owner, a node or a namespace. */
  | { readonly is: 'group'; readonly name: string };

/** What tells what a row is about. */
interface TargetFacts {
  readonly pods: Pick<PodFacts, 'get'>;
  readonly holds: Pick<HoldFacts, 'manifest'>;
}

/** What the argument of a command stands for, which may come from anywhere, or be about a pod that is gone. */
export function targetOf(facts: TargetFacts, argument: unknown): RowTarget | undefined {
  if (!isRecord(argument)) return undefined;
  switch (argument['row']) {
    case 'group':
      return groupIn(argument['group']);
    case 'pod':
    case 'use':
      return podIn(facts, argument['podId']);
    case 'reference':
      return referenceIn(facts, argument['podId'], argument['index']);
    case 'manifestUse':
      return manifestUseIn(facts, argument['manifestId'], argument['index']);
    case 'dataKey': {
      const found = dataKeyInArgument(argument);
      return found === undefined ? undefined : { is: 'dataKey', ...found };
    }
    default: {
      const key = keyInArgument(argument);
      return key === undefined ? undefined : { is: 'object', key };
    }
  }
}

function groupIn(group: unknown): RowTarget | undefined {
  if (!isRecord(group)) return undefined;
  const name = isRecord(group['owner']) ? group['owner']['name'] : (group['node'] ?? group['namespace']);
  return typeof name === 'string' ? { is: 'group', name } : undefined;
}

function podIn(facts: TargetFacts, podId: unknown): RowTarget | undefined {
  const registered = typeof podId === 'string' ? facts.pods.get(podId) : undefined;
  if (registered === undefined) return undefined;
  const { namespace = '', name } = registered.pod.metadata;
  return { is: 'pod', namespace, name };
}

function referenceIn(facts: TargetFacts, podId: unknown, index: unknown): RowTarget | undefined {
  const registered = typeof podId === 'string' ? facts.pods.get(podId) : undefined;
  const reference = typeof index === 'number' ? registered?.references[index] : undefined;
  if (registered === undefined || reference === undefined) return undefined;
  const { kind, name } = reference;
  return targetOfReference({ kind, namespace: registered.pod.metadata.namespace ?? '', name }, reference);
}

function manifestUseIn(facts: TargetFacts, manifestId: unknown, index: unknown): RowTarget | undefined {
  const manifest = typeof manifestId === 'string' ? facts.holds.manifest(manifestId) : undefined;
  const use = typeof index === 'number' ? manifest?.uses[index] : undefined;
  return use === undefined ? undefined : targetOfReference(use.key, use.reference);
}

/** The object of a reference, or its key if the reference takes just one. */
function targetOfReference(key: ObjectKey, { keys }: Reference): RowTarget {
  const [only, second] = keys.choose === 'some' ? keys.keys : [];
  return only === undefined || second !== undefined ? { is: 'object', key } : { is: 'dataKey', key, dataKey: only.key };
}
