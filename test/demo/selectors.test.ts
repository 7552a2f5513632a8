import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ApiObject } from '../../src/demo/apiObject';
import { resourceOfKind } from '../../src/demo/resources';
import { fieldSelector, labelSelector } from '../../src/demo/selectors';
import { configMap } from '../apiContract/apiUnderTest';
import { configMaps, refusalOf, valueOf } from './storeSupport';

const key = fc.constantFrom('app', 'tier', 'example.com/app', 'in', 'notin');
const value: fc.Arbitrary<string> = fc.constantFrom('', 'web', 'api', '1', 'x', 'in', '10');
const labels = fc.dictionary(key, value, { maxKeys: 4 });

type Labels = Readonly<Record<string, string>>;

/** A requirement as text, and what it means. */
interface Requirement {
  readonly text: string;
  readonly holds: (labels: Labels) => boolean;
}

const space = fc.constantFrom('', ' ', '\t ');
const exists = fc
  .record({ key, negated: fc.boolean(), space })
  .map(({ key: one, negated, space: gap }): Requirement => ({
    text: negated ? `!${gap}${one}` : `${gap}${one}${gap}`,
    holds: (all) => one in all !== negated,
  }));
const equality = fc
  .record({ key, operator: fc.constantFrom('=', '==', '!='), value, space })
  .map(({ key: one, operator, value: wanted, space: gap }): Requirement => ({
    text: `${one}${gap}${operator}${gap}${wanted}`,
    holds: (all) => (all[one] === wanted) === (operator !== '!='),
  }));
const membership = fc
  .record({
    key,
    operator: fc.constantFrom('in', 'notin'),
    values: fc.array(value, { minLength: 1, maxLength: 3 }),
    space,
  })
  .map(({ key: one, operator, values, space: gap }): Requirement => ({
    text: `${one} ${operator}${gap}(${values.join(`${gap},`)})`,
    holds: (all) => (all[one] !== undefined && values.includes(all[one])) === (operator === 'in'),
  }));
const requirements = fc.array(fc.oneof(exists, equality, membership), { maxLength: 4 });

function labelled(all: Labels): ApiObject {
  return configMap('a', 'x', '', all);
}

describe('label selectors of the demo', () => {
  test('select what all of their requirements select', () => {
    fc.assert(
      fc.property(requirements, labels, (all, of) => {
        const text = all.map((one) => one.text).join(',');
        const selector = valueOf(labelSelector(text));
        assert.equal(
          selector.matches(labelled(of)),
          all.every(({ holds }) => holds(of)),
          text,
        );
        assert.equal(selector.isEmpty, all.length === 0);
      }),
    );
  });

  test('compare numbers as numbers, and nothing else', () => {
    const cases: readonly (readonly [text: string, label: string, matches: boolean])[] = [
      ['n>9', '10', true],
      ['n<9', '10', false],
      ['n>10', '10', false],
      ['n<10', '10', false],
      ['n>9007199254740992', '9007199254740993', true],
      ['n>9', 'many', false],
      ['n<9', '', false],
    ];
    for (const [text, n, matches] of cases)
      assert.equal(valueOf(labelSelector(text)).matches(labelled({ n })), matches, text);
    assert.equal(valueOf(labelSelector('n>9')).matches(labelled({})), false);
  });

  test('never fail but by refusing', () => {
    const pieces = fc.constantFrom(
      'app',
      'in',
      'notin',
      '(',
      ')',
      ',',
      '=',
      '!',
      '!=',
      '==',
      '<',
      '>',
      ' ',
      '1',
      '-',
      '/',
      'é',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const outcome = labelSelector(parts.join(''));
        if (!outcome.ok) assert.deepEqual([outcome.refusal.code, outcome.refusal.reason], [400, 'BadRequest']);
      }),
    );
  });
});

describe('field selectors of the demo', () => {
  const escaped = (text: string): string => text.replace(/[\\,=]/g, '\\$&');

  test('compare whole values, whatever is in them', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '\\', ',', '=', '!', '\n', 'é') });
    fc.assert(
      fc.property(name, name, fc.constantFrom('=', '==', '!='), (wanted, is, operator) => {
        const selector = valueOf(fieldSelector(`metadata.name${operator}${escaped(wanted)}`, configMaps));
        assert.equal(selector.matches(configMap('a', is)), (wanted === is) === (operator !== '!='));
        assert.equal(selector.name, operator === '!=' ? undefined : wanted);
      }),
    );
  });

  test('take what an object does not say for what it means', () => {
    const pod = resourceOfKind('Pod');
    const bare = { ...configMap('a', 'x'), kind: 'Pod', spec: {} };
    const matches = (text: string, object: ApiObject): boolean => valueOf(fieldSelector(text, pod)).matches(object);
    assert.equal(matches('spec.hostNetwork=false', bare), true);
    assert.equal(matches('spec.hostNetwork=true', { ...bare, spec: { hostNetwork: true } }), true);
    assert.equal(matches('spec.nodeName=', bare), true);
    assert.equal(matches('status.phase!=Running', bare), true);
    assert.equal(matches('spec.restartPolicy=Always', { ...bare, spec: { restartPolicy: 'Never' } }), false);
  });

  test('never fail but by refusing', () => {
    const pieces = fc.constantFrom('metadata.name', 'type', '=', '!', ',', '\\', ' ', 'a');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 10 }), (parts) => {
        const outcome = fieldSelector(parts.join(''), resourceOfKind('Secret'));
        if (!outcome.ok) assert.deepEqual([outcome.refusal.code, outcome.refusal.reason], [400, 'BadRequest']);
      }),
    );
    assert.match(refusalOf(fieldSelector('metadata.name=x,nope=y', configMaps)).message, /"nope" is not a known field/);
  });
});
