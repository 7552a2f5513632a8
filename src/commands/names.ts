import type { ObjectKind } from '../objects/kubernetes';
import { isObjectName, type ObjectKey } from '../objects/objectKey';

export interface NamespacedName {
  readonly namespace: string;
  readonly name: string;
}

/** Reads `namespace/name`, or a name in the namespace that is given. `undefined` for what cannot be a name. */
export function parseName(text: string, namespace: string): NamespacedName | undefined {
  const parts = text.trim().split('/');
  const [first, second] = parts;
  if (parts.length > 2 || first === undefined) return undefined;
  const parsed = second === undefined ? { namespace, name: first } : { namespace: first, name: second };
  return isObjectName(parsed.namespace) && isObjectName(parsed.name) ? parsed : undefined;
}

/** The object in an argument of a command, which may come from anywhere: its key, or a row with one. */
export function keyInArgument(argument: unknown): ObjectKey | undefined {
  return keyIn(isRecord(argument) && 'key' in argument ? argument['key'] : argument);
}

/** A key of an object, in an argument of a command. */
export interface DataKey {
  readonly key: ObjectKey;
  readonly dataKey: string;
}

export function dataKeyInArgument(argument: unknown): DataKey | undefined {
  const key = keyInArgument(argument);
  const dataKey = isRecord(argument) ? argument['dataKey'] : undefined;
  return key !== undefined && typeof dataKey === 'string' && isDataKey(dataKey) ? { key, dataKey } : undefined;
}

function keyIn(value: unknown): ObjectKey | undefined {
  if (!isRecord(value)) return undefined;
  const { kind, namespace, name } = value;
  if (!isObjectKind(kind) || typeof namespace !== 'string' || typeof name !== 'string') return undefined;
  return isObjectName(namespace) && isObjectName(name) ? { kind, namespace, name } : undefined;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Whether Kubernetes allows a text as a key of a Secret or ConfigMap. */
function isDataKey(text: string): boolean {
  return text.length <= 253 && /^[-._a-zA-Z0-9]+$/.test(text);
}

function isObjectKind(kind: unknown): kind is ObjectKind {
  return kind === 'Secret' || kind === 'ConfigMap';
}
