import { valueAt, type ApiObject } from './apiObject';
import type { Resource } from './resources';
import { badRequest, granted, refused, type Outcome } from './status';

/** A selection of objects. */
export interface Selector {
  readonly matches: (object: ApiObject) => boolean;
  /** Whether it matches whatever there is. */
  readonly isEmpty: boolean;
  /** The only name that an object may have to match. */
  readonly name?: string;
}

/** What both selectors of a request select. */
export function bothSelectors(fields: Selector, labels: Selector): Selector {
  return {
    ...fields,
    matches: (object) => fields.matches(object) && labels.matches(object),
    isEmpty: fields.isEmpty && labels.isEmpty,
  };
}

/** A text that is no selector. Its message is the real server's. */
class SelectorError extends Error {}

function parsed(parse: () => Selector): Outcome<Selector> {
  try {
    return granted(parse());
  } catch (error) {
    if (error instanceof SelectorError) return refused(badRequest(error.message));
    throw error;
  }
}

interface FieldTerm {
  readonly field: string;
  readonly equal: boolean;
  readonly value: string;
}

/** Mirrors `ParseSelector` of apimachinery (`pkg/fields/selector.go`, 1.37). */
export function fieldSelector(text: string, resource: Resource): Outcome<Selector> {
  return parsed(() => {
    const terms = fieldTerms(text);
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
  });
}

function fieldTerms(text: string): readonly FieldTerm[] {
  const terms: FieldTerm[] = [];
  // Commas separate terms, but for those after a backslash.
  for (const [part] of text.matchAll(/(?:\\.|[^,\\])+\\?|\\/gs)) {
    const [, field = '', operator = '', value = ''] = /^(.*?)(!=|==?)(.*)$/s.exec(part) ?? [];
    if (operator === '') throw new SelectorError(`invalid selector: '${text}'; can't understand '${part}'`);
    // Neither a name nor a value: as if it were not there.
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

/** Mirrors `Parse` of apimachinery (`pkg/labels/selector.go`, 1.37). */
export function labelSelector(text: string): Outcome<Selector> {
  return parsed(() => {
    const requirements = new LabelParser(text).parse();
    return {
      isEmpty: requirements.length === 0,
      matches: ({ metadata }) => {
        const labels = new Map(Object.entries(metadata.labels ?? {}));
        return requirements.every((meets) => meets(labels));
      },
    };
  });
}

type Requirement = (labels: ReadonlyMap<string, string>) => boolean;

const end = '';
const operators = ['in', 'notin', '=', '==', '!=', 'gt', 'lt'];

class LabelParser {
  /** Words and symbols, and an empty one at the end. */
  readonly #tokens: readonly string[];
  #next = 0;

  constructor(text: string) {
    this.#tokens = [...(text.match(/==|!=|[=!(),<>]|[^\s=!(),<>]+/g) ?? []), end];
  }

  parse(): readonly Requirement[] {
    const requirements: Requirement[] = [];
    if (this.#peek() === end) return requirements;
    if (!isWord(this.#peek()) && this.#peek() !== '!') {
      throw new SelectorError(`found '${this.#peek()}', expected: !, identifier, or 'end of string'`);
    }
    for (;;) {
      requirements.push(this.#requirement());
      const separator = this.#take();
      if (separator === end) return requirements;
      if (separator !== ',') throw new SelectorError(`found '${separator}', expected: ',' or 'end of string'`);
      const following = this.#peek();
      if (!isWord(following) && following !== '!') {
        throw new SelectorError(`found '${following}', expected: identifier after ','`);
      }
    }
  }

  #requirement(): Requirement {
    const negated = this.#peek() === '!';
    if (negated) this.#take();
    const key = this.#take();
    if (!isWord(key)) throw unable(`found '${key}', expected: identifier`);
    if (!isLabelKey(key)) throw unable(`<nil>: Invalid value: ${JSON.stringify(key)}: a valid label key is expected`);
    if (negated) return (labels) => !labels.has(key);
    if (this.#peek() === end || this.#peek() === ',') return (labels) => labels.has(key);
    return this.#comparison(key);
  }

  #comparison(key: string): Requirement {
    const operator = this.#take();
    switch (operator) {
      case 'in':
      case 'notin':
        return oneOf(key, this.#values(), operator === 'in');
      case '=':
      case '==':
      case '!=':
        return oneOf(key, [this.#value()], operator !== '!=');
      case '<':
      case '>': {
        const bound = this.#value();
        if (!/^[-+]?\d+$/.test(bound)) {
          const problem = "for 'Gt', 'Lt' operators, the value must be an integer";
          throw unable(`values[0]: Invalid value: ${JSON.stringify(bound)}: ${problem}`);
        }
        return (labels) => {
          const value = labels.get(key);
          if (value === undefined || !/^[-+]?\d+$/.test(value)) return false;
          return operator === '<' ? BigInt(value) < BigInt(bound) : BigInt(value) > BigInt(bound);
        };
      }
      default:
        throw unable(`found '${operator}', expected: ${operators.join(', ')}`);
    }
  }

  /** The value after `=`; nothing stands for an empty one. */
  #value(): string {
    if (this.#peek() === end || this.#peek() === ',') return '';
    const value = this.#take();
    if (!isWord(value)) throw unable(`found '${value}', expected: identifier`);
    return value;
  }

  /** A list in parentheses. Nothing between commas stands for an empty value. */
  #values(): readonly string[] {
    const open = this.#take();
    if (open !== '(') throw unable(`found '${open}' expected: '('`);
    const values: string[] = [];
    for (;;) {
      const value = isWord(this.#peek()) ? this.#take() : '';
      values.push(value);
      const separator = this.#take();
      if (separator === ')') return values;
      if (separator !== ',') throw unable(`found '${separator}', expected: ',' or ')'`);
    }
  }

  #peek(): string {
    return this.#tokens[this.#next] ?? end;
  }

  #take(): string {
    const token = this.#peek();
    this.#next += 1;
    return token;
  }
}

function oneOf(key: string, values: readonly string[], wanted: boolean): Requirement {
  for (const [index, value] of values.entries()) {
    if (!isLabelValue(value)) {
      throw unable(`values[${index}][${key}]: Invalid value: ${JSON.stringify(value)}: a valid label is expected`);
    }
  }
  return (labels) => {
    const value = labels.get(key);
    return (value !== undefined && values.includes(value)) === wanted;
  };
}

function unable(problem: string): SelectorError {
  return new SelectorError(`unable to parse requirement: ${problem}`);
}

function isWord(token: string): boolean {
  return token !== end && !/^[=!(),<>]/.test(token);
}

function isLabelKey(key: string): boolean {
  const [, prefix, name = ''] = /^(?:([^/]*)\/)?([^/]*)$/.exec(key) ?? [];
  const isPrefix = prefix === undefined || (prefix.length <= 253 && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(prefix));
  return isPrefix && name !== '' && isLabelValue(name);
}

function isLabelValue(value: string): boolean {
  return value.length <= 63 && /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/.test(value);
}
