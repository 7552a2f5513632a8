import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { keyText } from '../../src/objects/objectKey';
import { ShownRows, type RowNode } from '../../src/views/shownRows';
import { secretKey } from '../connection/support';

const row = (id: string): RowNode => ({ id });
const about = (rows: ShownRows<RowNode>, name: string): string[] =>
  [...rows.about(keyText(secretKey(name)))].map(({ id }) => id);

test('a row keeps its node for as long as it is shown', () => {
  const rows = new ShownRows();
  const [first] = rows.setBelow('', [row('a')]);
  assert.deepEqual([rows.setBelow('', [row('a'), row('b')])[0] === first, rows.get('a') === first], [true, true]);
  rows.setBelow('', [row('b')]);
  assert.equal(rows.get('a'), undefined);
  assert.notEqual(rows.setBelow('', [row('a')])[0], first);
  rows.clear();
  assert.equal(rows.get('a'), undefined);
});

test('with a row all below it is forgotten', () => {
  const rows = new ShownRows<RowNode>();
  rows.setBelow('', [row('a')]);
  rows.setBelow('a', [row('b')]);
  rows.setBelow('b', [
    { id: 'c', key: secretKey('db') },
    { id: 'd', key: secretKey('db') },
  ]);
  assert.deepEqual(about(rows, 'db'), ['c', 'd']);
  rows.setBelow('b', [{ id: 'd', key: secretKey('db') }]);
  assert.deepEqual(about(rows, 'db'), ['d']);
  rows.setBelow('', []);
  assert.deepEqual([rows.get('b'), rows.get('d'), about(rows, 'db')], [undefined, undefined, []]);
});

test('a row that moves is the same, whichever of the two levels is asked for first', () => {
  for (const order of [
    ['from', 'to'],
    ['to', 'from'],
  ]) {
    const rows = new ShownRows<RowNode>();
    rows.setBelow('', [row('from'), row('to')]);
    rows.setBelow('from', [row('moving')]);
    for (const parent of order) {
      const shown = rows.setBelow(parent, parent === 'to' ? [row('moving')] : []);
      if (parent === 'to') assert.equal(rows.get('moving'), shown[0]);
    }
    assert.notEqual(rows.get('moving'), undefined);
    rows.setBelow('', [row('to')]);
    assert.notEqual(rows.get('moving'), undefined, 'it does not go with the row that it left');
  }
});

test('what is known is what stands somewhere, however levels change', () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
  const level = fc.tuple(fc.constantFrom('', 'a', 'b'), fc.uniqueArray(id, { maxLength: 4 }));
  fc.assert(
    fc.property(fc.array(level, { maxLength: 20 }), (levels) => {
      const rows = new ShownRows<RowNode>();
      const parentOf = new Map<string, string>();
      const isKnown = (one: string): boolean => {
        const parent = parentOf.get(one);
        return parent === '' || (parent !== undefined && isKnown(parent));
      };
      for (const [parent, ids] of levels) {
        // Only `a` and `b` hold others, and both are roots: no row stands below itself.
        const below = parent === '' ? ids : ids.filter((one) => one !== 'a' && one !== 'b');
        if (parent !== '' && !isKnown(parent)) continue;
        for (const [one, above] of parentOf) if (above === parent) parentOf.delete(one);
        for (const one of below) parentOf.set(one, parent);
        for (const one of parentOf.keys()) if (!isKnown(one)) parentOf.delete(one);
        rows.setBelow(parent, below.map(row));
        for (const one of ['a', 'b', 'c', 'd', 'e', 'f']) {
          assert.equal(rows.get(one) !== undefined, parentOf.has(one), `${one} after ${parent}: ${below.join()}`);
        }
      }
    }),
  );
});
