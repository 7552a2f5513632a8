/** A Kubernetes object as the API's JSON has it. It is never changed in place. */
export interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ApiMetadata;
  readonly [field: string]: unknown;
}

export interface ApiMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** The value at a path such as `spec.nodeName`, or `undefined` if a part of the path is absent. */
export function valueAt(object: ApiObject, path: string): unknown {
  let value: unknown = object;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}

/** A time as the API writes it, in whole seconds. */
export function apiTime(msSince1970: number): string {
  return new Date(msSince1970).toISOString().replace(/\.\d+Z$/, 'Z');
}
