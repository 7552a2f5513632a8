import { valueAt, type ApiObject } from './apiObject';
import type { Resource } from './resources';
import { badRequest, granted, refused, type Outcome } from './status';

/** A selection of objects. */
export interface Selector {
  readonly matches: (object: ApiObject) => boolean;
  /** Whether it matches every object. */
  readonly isEmpty: boolean;
  /** The only name that can match, if there is one. */
  readonly name?: string;
}

/** A text that is no selector. Its message is the real server's. */
class SelectorError extends Error {}

interface FieldTerm {
  readonly field: string;
  readonly equal: boolean;
  readonly value: string;
}

/** Mirrors `ParseSelector` of apimachinery (`pkg/fields/selector.go`, 1.37). */
export function fieldSelector(text: string, resource: Resource): Outcome<Selector> {
  try {
    return granted(selectorOf(fieldTerms(text), resource));
  } catch (error) {
    if (error instanceof SelectorError) return refused(badRequest(error.message));
    throw error;
  }
}

function selectorOf(terms: readonly FieldTerm[], resource: Resource): Selector {
  for (const { field } of terms) {
    if (!Object.hasOwn(resource.fields, field)) throw new SelectorError(unknownField(field, resource));
  }
  const name = terms.find(({ field, equal }) => field === 'metadata.name' && equal)?.value;
  return {
    isEmpty: terms.length === 0,
    matches: (object) =>
      terms.every(({ field, equal, value }) => (fieldOf(object, field, resource) === value) === equal),
    ...(name === undefined ? {} : { name }),
  };
}

function fieldTerms(text: string): readonly FieldTerm[] {
  const terms: FieldTerm[] = [];
  // A comma separates terms, unless a backslash comes before it.
  for (const [part] of text.matchAll(/(?:\\.|[^,\\])+\\?|\\/gs)) {
    const [, field = '', operator = '', value = ''] = /^(.*?)(!=|==?)(.*)$/s.exec(part) ?? [];
    if (operator === '') throw new SelectorError(`invalid selector: '${text}'; can't understand '${part}'`);
    // A term without a field and a value is ignored.
    if (field === '' && value === '') continue;
    terms.push({ field, equal: operator !== '!=', value: unescaped(value) });
  }
  return terms;
}

function unescaped(value: string): string {
  return value.replace(/\\(.?)|[,=]/gs, (found, escaped: string | undefined) => {
    if (escaped === undefined) {
      throw new SelectorError(`invalid field selector: unescaped character in value: ${found.charCodeAt(0)}`);
    }
    if (!['\\', ',', '='].includes(escaped)) {
      throw new SelectorError(`invalid field selector: invalid escape sequence: ${found}`);
    }
    return escaped;
  });
}

function unknownField(field: string, { ownFields }: Resource): string {
  return ownFields
    ? `field label not supported: ${field}`
    : `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`;
}

function fieldOf(object: ApiObject, field: string, { fields }: Resource): string {
  const value = valueAt(object, field);
  return typeof value === 'string' || typeof value === 'boolean' ? String(value) : (fields[field] ?? '');
}
