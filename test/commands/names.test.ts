import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyInArgument, parseName } from '../../src/commands/names';
import { isObjectName } from '../../src/objects/objectKey';

test('a typed name is in the given namespace unless it names one', () => {
  assert.deepEqual(parseName(' db ', 'shop'), { namespace: 'shop', name: 'db' });
  assert.deepEqual(parseName('payments/ledger.db', 'shop'), { namespace: 'payments', name: 'ledger.db' });
});

test('what cannot be a name is none', () => {
  for (const text of [
    '',
    '/',
    'a/',
    '/b',
    'a/b/c',
    'Upper',
    'a_b',
    '-a',
    'a-',
    'a..b',
    '../secrets',
    'x'.repeat(254),
  ]) {
    assert.equal(parseName(text, 'shop'), undefined, JSON.stringify(text));
  }
  assert.equal(isObjectName('x'.repeat(253)), true);
});

test('an argument of a command counts only if it names an object', () => {
  const key = { kind: 'Secret', namespace: 'shop', name: 'db' } as const;
  assert.deepEqual(keyInArgument(key), key);
  assert.deepEqual(keyInArgument({ row: 'object', key }), key);
  for (const argument of [
    undefined,
    null,
    'shop/db',
    {},
    { ...key, kind: 'Pod' },
    { ...key, name: 'a/b' },
    { ...key, namespace: 1 },
  ]) {
    assert.equal(keyInArgument(argument), undefined);
  }
});
