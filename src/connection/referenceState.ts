import type { ObjectKey } from '../objects/objectKey';
import type { Reference } from '../references/references';
import type { Connection } from './connection';
import { isProblem, type Freshness } from './freshness';
import type { RegisteredPod } from './podRegistry';

/** What is known of the object that a reference names, without asking the cluster. */
export interface ReferenceState {
  readonly key: ObjectKey;
  readonly freshness: Freshness;
  /** Keys that the reference names and the copy does not have. */
  readonly missingKeys: readonly string[];
  /** Whether the pod cannot start with it as it is: something is missing that is not optional. */
  readonly blocking: boolean;
  /** Whether a person should look at it. What is optional and does not exist is as it should be. */
  readonly problem: boolean;
}

/** Keys that an object lacks and that a pod cannot do without. */
export function requiredKeysMissing(connection: Connection, key: ObjectKey): string[] {
  const required = [...connection.needsOf(key).keys].filter(([, counts]) => counts.required > 0);
  return missingKeys(
    connection,
    key,
    required.map(([name]) => name),
  );
}

/** Whether an object may well be missing: there are references to it, and all of them are optional. */
export function isOptional(connection: Connection, key: ObjectKey): boolean {
  const { required, optional } = connection.needsOf(key);
  return required === 0 && optional > 0;
}

/** The keys that a reference names. */
export function namedKeys({ keys }: Reference): string[] {
  return keys.choose === 'some' ? keys.keys.map(({ key }) => key) : [];
}

/** Those of some keys that the copy of an object does not have. */
export function missingKeys(connection: Connection, key: ObjectKey, names: readonly string[]): string[] {
  const content = connection.inspect(key)?.content;
  return content?.state === 'object' ? names.filter((name) => !content.object.data.has(name)) : [];
}

export function stateOfReference(connection: Connection, namespace: string, reference: Reference): ReferenceState {
  const key = { kind: reference.kind, namespace, name: reference.name };
  const freshness = connection.freshness(key);
  const missing = missingKeys(connection, key, namedKeys(reference));
  // A failing pull secret is logged by the kubelet and passed over.
  const needed = !reference.optional && reference.route !== 'imagePull';
  const absent = freshness.state === 'notFound' || missing.length > 0;
  return {
    key,
    freshness,
    missingKeys: missing,
    blocking: needed && absent,
    problem: absent ? !reference.optional : isProblem(freshness),
  };
}

/** The references of a pod that somebody should look at. What admission added is not the user's doing. */
export function problemsOfPod(connection: Connection, { pod, references }: RegisteredPod): ReferenceState[] {
  return references
    .filter((reference) => !reference.injected)
    .map((reference) => stateOfReference(connection, pod.metadata.namespace ?? '', reference))
    .filter((state) => state.problem);
}
