import { Scalar, stringify, type DocumentOptions, type SchemaOptions, type ToStringOptions } from 'yaml';
import type { ObjectCopy } from '../objects/objectCopy';
import type { ObjectKey } from '../objects/objectKey';

/** Quotes each text that YAML 1.2, or YAML 1.1 as Kubernetes reads it, would take for something else. */
const options: DocumentOptions & SchemaOptions & ToStringOptions & { readonly aliasDuplicateObjects: boolean } = {
  schema: 'core',
  compat: 'yaml-1.1',
  lineWidth: 0,
  blockQuote: 'literal',
  aliasDuplicateObjects: false,
};

/** The texts in place of values that are not shown. */
export interface Placeholders {
  /** For the value of a Secret. */
  readonly redacted: (size: number) => string;
  /** For bytes whose size alone is kept. */
  readonly binary: (size: number) => string;
}

/** The copy of an object as YAML, without any value of a Secret. */
export function writeObject(copy: ObjectCopy, placeholders: Placeholders): string {
  const { name, namespace, labels, annotations, ownerReferences, ...rest } = copy.metadata;
  return stringify(
    {
      apiVersion: 'v1',
      kind: copy.kind,
      metadata: { name, namespace, labels, annotations, ownerReferences, ...rest },
      type: copy.kind === 'Secret' ? copy.type : undefined,
      immutable: copy.immutable ? true : undefined,
      ...valuesOf(copy, placeholders),
    },
    options,
  );
}

/** The part of a container's `env` entry that takes one key. */
export function writeKeyReference({ kind, name }: ObjectKey, dataKey: string): string {
  const field = kind === 'Secret' ? 'secretKeyRef' : 'configMapKeyRef';
  return stringify({ valueFrom: { [field]: { name, key: dataKey } } }, options).trimEnd();
}

/** An entry of a container's `envFrom`, which takes every key. */
export function writeObjectReference({ kind, name }: ObjectKey): string {
  const field = kind === 'Secret' ? 'secretRef' : 'configMapRef';
  return stringify([{ [field]: { name } }], options).trimEnd();
}

function valuesOf(copy: ObjectCopy, { redacted, binary }: Placeholders): Readonly<Record<string, unknown>> {
  const data = new Map<string, string | Scalar>();
  const binaryData = new Map<string, string>();
  if (copy.kind === 'Secret') for (const [key, { size }] of copy.data) data.set(key, redacted(size));
  else {
    for (const [key, value] of copy.data) {
      if ('text' in value) data.set(key, asWritten(value.text));
      else binaryData.set(key, binary(value.size));
    }
  }
  return { data: filled(data), binaryData: filled(binaryData) };
}

/** Quotes a text with a blank first line, since a block would lose the blanks of that line. */
function asWritten(text: string): string | Scalar {
  if (!/^[ \t]+(\n|$)/.test(text)) return text;
  const scalar = new Scalar(text);
  scalar.type = 'QUOTE_DOUBLE';
  return scalar;
}

/** Fields without a value are not written. */
function filled<T>(map: ReadonlyMap<string, T>): ReadonlyMap<string, T> | undefined {
  return map.size === 0 ? undefined : map;
}
