import type { ObjectKind } from './kubernetes';

/** Which object is meant. */
export interface ObjectKey {
  readonly kind: ObjectKind;
  readonly namespace: string;
  readonly name: string;
}

/** A text that is the same for the same object and no other. Namespaces and names hold no `/`. */
export function keyText({ kind, namespace, name }: ObjectKey): string {
  return `${kind}/${namespace}/${name}`;
}
