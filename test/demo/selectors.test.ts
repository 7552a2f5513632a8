import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ApiObject } from '../../src/demo/apiObject';
import { listOptions } from '../../src/demo/listOptions';
import { resourceOfKind } from '../../src/demo/resources';
import { fieldSelector } from '../../src/demo/selectors';
import { configMap } from '../apiContract/apiUnderTest';
import { configMaps, optionsOf, refusalOf, valueOf } from './storeSupport';

test('a label selector is refused, since the demo cannot select by it', () => {
  const refusal = (query: string): string => refusalOf(listOptions(new URLSearchParams(query), configMaps)).message;
  assert.match(refusal('labelSelector=app%3Dweb'), /by fields alone, not by labels: 'app=web'/);
  assert.match(refusal('watch=1&labelSelector=app'), /by fields alone/);
  assert.equal(optionsOf({ labelSelector: ' ' }).selector.isEmpty, true);
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
