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

/** The key in an argument of a command, which may come from anywhere. */
export function keyInArgument(argument: unknown): ObjectKey | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  if ('key' in argument) return keyInArgument(argument.key);
  if (!('kind' in argument) || !('namespace' in argument) || !('name' in argument)) return undefined;
  const { kind, namespace, name } = argument;
  if (!isObjectKind(kind) || typeof namespace !== 'string' || typeof name !== 'string') return undefined;
  return isObjectName(namespace) && isObjectName(name) ? { kind, namespace, name } : undefined;
}

function isObjectKind(kind: unknown): kind is ObjectKind {
  return kind === 'Secret' || kind === 'ConfigMap';
}
