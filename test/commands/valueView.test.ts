import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textOf, viewOf } from '../../src/commands/valueView';

const limit = 64 * 1024;

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

test('a text is shown as it is, with the mark and the characters that editors hide', () => {
  for (const text of ['hunter2', ' \r\n', '\ufeffx', 'a\0b', 'é😀']) {
    assert.deepEqual(viewOf(bytes(text)), { shows: 'text', text, left: 0 });
  }
});

test('an empty value is said to be one', () => {
  assert.deepEqual(viewOf(new Uint8Array()), { shows: 'nothing' });
});

test('of a long text the first 64 KiB are shown, whole characters only', () => {
  for (const [unit, before] of [
    ['x', 0],
    ['é', 1],
    ['😀', 3],
    ['€', 2],
  ] as const) {
    const value = bytes('x'.repeat(before) + unit.repeat(limit));
    const view = viewOf(value);
    assert.ok(view.shows === 'text');
    const shown = bytes(view.text).length;
    assert.ok(shown <= limit && shown > limit - 4, `${unit}: ${shown}`);
    assert.equal(shown + view.left, value.length);
    assert.doesNotMatch(view.text, /\ufffd/);
  }
  assert.deepEqual(viewOf(bytes('x'.repeat(limit))), { shows: 'text', text: 'x'.repeat(limit), left: 0 });
});

test('what is not UTF-8 is shown in bytes, of which the first 4 KiB', () => {
  const view = viewOf(Uint8Array.from([0x00, 0xff, 0x41, 0x7e, 0x7f, ...bytes('0123456789ab')]));
  assert.deepEqual(view, {
    shows: 'bytes',
    dump: [
      '00000000  00 ff 41 7e 7f 30 31 32 33 34 35 36 37 38 39 61  ..A~.0123456789a',
      '00000010  62                                               b',
    ].join('\n'),
    left: 0,
  });
  const long = viewOf(new Uint8Array(10_000).fill(0xff));
  assert.ok(long.shows === 'bytes');
  assert.equal(long.dump.split('\n').length, 256);
  assert.equal(long.left, 10_000 - 4096);
});

test('a text that is broken after its first 64 KiB is no text', () => {
  assert.equal(viewOf(Uint8Array.from([...bytes('x'.repeat(limit)), 0xff])).shows, 'bytes');
});

test('the text of bytes has the same bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), (value) => {
      const text = textOf(value);
      if (text !== undefined) assert.deepEqual([...bytes(text)], [...value]);
      else assert.ok(Buffer.from(value).toString('utf8').includes('\ufffd'));
    }),
  );
});
