import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { shareWith } from '../../src/objects/sharing';

/** JSON without the one name that an assignment would take for something else. */
const json = fc.jsonValue().filter((value) => !JSON.stringify(value).includes('"__proto__"'));

test('a value stays what it was, whatever it is compared with, which is not changed', () => {
  fc.assert(
    fc.property(json, json, (value, like) => {
      const before = structuredClone({ value, like });
      assert.deepEqual(shareWith<unknown>(structuredClone(value), like), before.value);
      assert.deepEqual(like, before.like);
    }),
  );
});

test('an equal value is the other one, and so is each part that is equal', () => {
  fc.assert(
    fc.property(json, (value) => {
      assert.equal(shareWith<unknown>(structuredClone(value), value), value);
      const like = { a: [value, 1], b: { c: value } };
      const shared = shareWith(structuredClone({ ...like, a: [value, 2] }), like);
      assert.notEqual(shared, like);
      assert.equal(shared.b, like.b);
      assert.equal(shared.a[0], like.a[0]);
    }),
  );
});

test('what has fewer or more parts is not equal', () => {
  const like = { a: 1, b: [1, 2] };
  for (const value of [{ a: 1 }, { a: 1, b: [1, 2], c: 1 }, { a: 1, b: [1] }, { a: 1, b: [1, 2, 3] }]) {
    assert.deepEqual(shareWith<unknown>(structuredClone(value), like), value);
  }
  assert.deepEqual(shareWith<unknown>([], {}), []);
  assert.deepEqual(shareWith<unknown>({}, []), {});
});
