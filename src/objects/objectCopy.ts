import type { ObjectMeta } from './kubernetes';
import type { Sealed } from './sealed';

/** The copy of a Secret. It has no managed fields, and no annotations that may repeat values. */
export interface SecretCopy {
  readonly kind: 'Secret';
  readonly metadata: ObjectMeta;
  readonly type: string;
  readonly immutable: boolean;
  readonly data: ReadonlyMap<string, Sealed>;
}

/** One value of a ConfigMap: text from `data`, or the size of bytes from `binaryData`. */
export type ConfigValue = { readonly text: string; readonly size: number } | { readonly size: number };

/** The copy of a ConfigMap. */
export interface ConfigMapCopy {
  readonly kind: 'ConfigMap';
  readonly metadata: ObjectMeta;
  readonly immutable: boolean;
  readonly data: ReadonlyMap<string, ConfigValue>;
}

/** The copy of an object that pods refer to. */
export type ObjectCopy = SecretCopy | ConfigMapCopy;
