/**
 * Readers of JSON or YAML that somebody else wrote. Nothing about its form is taken for granted: a value of another form
 * than the one asked for counts as absent.
 */
export type JsonObject = Readonly<Record<string, unknown>>;

export function objectIn(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

export function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** A text that is not empty. */
export function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

export function flagIn(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

/** The object without the fields that are undefined. */
export function withoutUndefined<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  const defined: { [K in keyof T]?: T[K] | undefined } = {};
  let isComplete = true;
  for (const name in fields) {
    if (fields[name] === undefined) isComplete = false;
    else defined[name] = fields[name];
  }
  return (isComplete ? fields : defined) as T;
}
