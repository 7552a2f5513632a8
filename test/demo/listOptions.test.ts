import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fieldSelector } from '../../src/cluster/paths';
import { listOptions } from '../../src/demo/listOptions';

describe('the queries that the demo understands', () => {
  test('select by what the cluster layer wrote, whatever is in it', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '\\', ',', '=', '!', '\n', 'é') });
    fc.assert(
      fc.property(name, fc.constantFrom('metadata.name' as const, 'spec.nodeName' as const), (value, field) => {
        const query = new URLSearchParams({ fieldSelector: fieldSelector(field, value) });
        assert.deepEqual(listOptions(query)?.selected, { field, value });
      }),
    );
  });

  test('are no others', () => {
    for (const query of [
      'labelSelector=app%3Dweb',
      'continue=x',
      'fieldSelector=metadata.name',
      'fieldSelector=type%3Dx',
    ]) {
      assert.equal(listOptions(new URLSearchParams(query)), undefined, query);
    }
  });
});
