import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ItemSplitter } from '../../src/cluster/items';

/** The items and the list that come out of a text that arrives in chunks of such sizes, over and over. */
function split(text: string, sizes: readonly number[]): { readonly items: string[]; readonly list: string } {
  const splitter = new ItemSplitter();
  const bytes = Buffer.from(text);
  const items: string[] = [];
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const size = sizes[i % sizes.length]!;
    items.push(...splitter.add(bytes.subarray(at, at + size)));
    at += size;
  }
  return { items, list: splitter.end() };
}

const chunkSizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });

test('a list comes apart into its items and itself, wherever its chunks end', () => {
  const item = fc.dictionary(fc.string(), fc.jsonValue());
  const list = fc.record({
    kind: fc.string(),
    metadata: fc.dictionary(fc.string(), fc.jsonValue()),
    items: fc.array(item),
  });
  const spaced = fc.constantFrom(undefined, 2);
  fc.assert(
    fc.property(list, chunkSizes, spaced, fc.boolean(), (value, sizes, space, itemsFirst) => {
      const { items: wanted, ...rest } = value;
      const text = JSON.stringify(itemsFirst ? { items: wanted, ...rest } : { ...rest, items: wanted }, null, space);
      const found = split(text, sizes);
      assert.deepEqual(
        found.items.map((one) => JSON.parse(one) as unknown),
        JSON.parse(JSON.stringify(wanted)),
      );
      assert.deepEqual(JSON.parse(found.list), JSON.parse(JSON.stringify({ ...rest, items: [] })));
    }),
    { numRuns: 500 },
  );
});

test('managed fields come out empty, or whole where a chunk ends before them', () => {
  const fieldsV1 = { 'f:a]': { '.': {} }, 'f:"': ['}', '\\'] };
  const pod = {
    metadata: { name: 'ä"]\\', managedFields: [{ manager: 'x', fieldsV1 }, {}], uid: 'u' },
    spec: { a: [1] },
  };
  const text = JSON.stringify({ metadata: { managedFields: [1] }, items: [pod, { ...pod, status: 'managedFields' }] });
  const emptied = { ...pod, metadata: { ...pod.metadata, managedFields: [] } };
  const whole = split(text, [text.length * 2]);
  assert.deepEqual(
    whole.items.map((one) => JSON.parse(one) as unknown),
    [emptied, { ...emptied, status: 'managedFields' }],
  );
  assert.equal(whole.list, '{"metadata":{"managedFields":[1]},"items":[]}');
  for (let size = 1; size < text.length; size += 1) {
    for (const one of split(text, [size]).items) {
      const { metadata, spec } = JSON.parse(one) as typeof pod;
      assert.deepEqual([metadata.name, metadata.uid, spec], ['ä"]\\', 'u', { a: [1] }]);
      assert.ok([0, 2].includes(metadata.managedFields.length));
    }
  }
});

test('only the items of the list itself are items', () => {
  const text =
    '{"metadata":{"items":[{"a":1}]},"x\\"items":[{"b":1}],"names":[{"c":1}],"items" : [ {"d":[{"items":[{}]}]} ]}';
  assert.deepEqual(split(text, [7]), {
    items: ['{"d":[{"items":[{}]}]}'],
    list: '{"metadata":{"items":[{"a":1}]},"x\\"items":[{"b":1}],"names":[{"c":1}],"items" : [  ]}',
  });
});

test('what is not complete, and items that are no objects, stay in the list', () => {
  for (const text of [
    '{"items":[{"a":1}',
    '{"items":[{"a":1',
    '{"items":[{"a":"',
    '{"items":[{"metadata":{"managedFields":[{',
  ]) {
    assert.throws(() => JSON.parse(split(text, [5]).list) as unknown, text);
  }
  assert.equal(split('{"items":[1,null]}', [100]).list, '{"items":[1null]}');
  assert.deepEqual(split('', [1]), { items: [], list: '' });
});
