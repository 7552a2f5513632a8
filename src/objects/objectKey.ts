import type { ObjectKind } from './kubernetes';

/** Whether Kubernetes allows a text as the name of a Secret, ConfigMap, pod or node: a DNS subdomain (RFC 1123). */
export function isObjectName(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(text);
}

/** Which object is meant. */
export interface ObjectKey {
  readonly kind: ObjectKind;
  readonly namespace: string;
  readonly name: string;
}

/** A text that is unique to the object, since namespaces and names contain no `/`. */
export function keyText({ kind, namespace, name }: ObjectKey): string {
  return `${kind}/${namespace}/${name}`;
}
