import type { ObjectKey } from '../objects/objectKey';
import type { Reference } from '../references/references';
import type { Connection } from './connection';
import { isProblem, type Freshness } from './freshness';

/** What is known of the object that a reference names, without asking the cluster. */
export interface ReferenceState {
  readonly key: ObjectKey;
  readonly freshness: Freshness;
  /** Keys that the reference names and the copy does not have. */
  readonly missingKeys: readonly string[];
  /** Whether the pod cannot start with it as it is: something is missing that is not optional. */
  readonly blocking: boolean;
  /** Whether something is missing that the pod can do without. */
  readonly tolerated: boolean;
  /** Whether a person should look at it. What is optional and does not exist is as it should be. */
  readonly problem: boolean;
}

/** Keys that an object lacks and that a pod cannot do without. */
export function requiredKeysMissing(connection: Connection, key: ObjectKey): string[] {
  const content = connection.inspect(key)?.content;
  if (content?.state !== 'object') return [];
  const required = connection
    .usesOf(key)
    .flatMap(({ references }) => references)
    .flatMap(({ keys, optional }) => (optional || keys.choose !== 'some' ? [] : keys.keys.map((use) => use.key)));
  return [...new Set(required)].filter((name) => !content.object.data.has(name));
}

/** Whether an object may well be missing: there are references to it, and all of them are optional. */
export function isOptional(connection: Connection, key: ObjectKey): boolean {
  const uses = connection.usesOf(key);
  return uses.length > 0 && uses.every(({ references }) => references.every(({ optional }) => optional));
}

export function stateOfReference(connection: Connection, namespace: string, reference: Reference): ReferenceState {
  const key = { kind: reference.kind, namespace, name: reference.name };
  const freshness = connection.freshness(key);
  const content = connection.inspect(key)?.content;
  const named = reference.keys.choose === 'some' ? reference.keys.keys : [];
  const missingKeys =
    content?.state === 'object' ? named.map((use) => use.key).filter((name) => !content.object.data.has(name)) : [];
  // A failing pull secret is logged by the kubelet and passed over.
  const needed = !reference.optional && reference.route !== 'imagePull';
  const absent = freshness.state === 'notFound' || missingKeys.length > 0;
  return {
    key,
    freshness,
    missingKeys,
    blocking: needed && absent,
    tolerated: reference.optional && absent,
    problem: absent ? !reference.optional : isProblem(freshness),
  };
}
