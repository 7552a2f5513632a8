import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { shortened, shownName, shownText, withoutIcons } from '../../src/wording/labels';

test('a text that is too long loses its middle, and one that fits loses nothing', () => {
  const table: readonly [text: string, most: number, shown: string][] = [
    ['kind-dev', 8, 'kind-dev'],
    ['kind-dev', 7, 'kin…dev'],
    ['kind-dev', 6, 'ki…dev'],
    ['arn:aws:eks:eu-central-1:123456789012:cluster/production-main', 24, 'arn:aws:eks…duction-main'],
    ['🐙🐙🐙🐙🐙', 3, '🐙…🐙'],
    ['', 3, ''],
  ];
  for (const [text, most, shown] of table) {
    assert.equal(shortened(text, most), shown);
    assert.ok(Array.from(shown).length <= most);
  }
});

test('a name makes no icon', () => {
  assert.equal(withoutIcons('$(trash) dev $(sync~spin)'), '$\u200b(trash) dev $\u200b(sync~spin)');
  assert.equal(withoutIcons('cost$ (dev)'), 'cost$ (dev)');
  assert.equal(withoutIcons('$(a\u202e)'), '$\u200b(a\\u{202e})');
});

test('every character of a name is in view', () => {
  const table: readonly [name: string, shown: string][] = [
    ['kind-dev', 'kind-dev'],
    ['prod\u202e\u2066\u200f\u061c', 'prod\\u{202e}\\u{2066}\\u{200f}\\u{61c}'],
    ['a\u0000b\u001bc\u0085d\ne', 'a\\u{0}b\\u{1b}c\\u{85}d\\u{a}e'],
    ['a\u2028b\u2029c\u200bd\u00ade\ufefff', 'a\\u{2028}b\\u{2029}c\\u{200b}d\\u{ad}e\\u{feff}f'],
    ['\u{e0041}', '\\u{e0041}'],
    ['Müller 東京 🐙 $(x)', 'Müller 東京 🐙 $(x)'],
  ];
  for (const [name, shown] of table) assert.equal(shownName(name), shown);
});

test('no two names look alike because of what nobody sees, and what is in view stays', () => {
  const name = fc.string({ unit: fc.constantFrom('a', '\u202e', '\u200b', '\n', '\u0007', '東', '🐙') });
  fc.assert(
    fc.property(name, name, (a, b) => {
      assert.doesNotMatch(shownName(a), /[\p{C}\p{Zl}\p{Zp}]/u);
      assert.equal(shownName(shownName(a)), shownName(a));
      assert.equal(shownName(a) === shownName(b), a === b);
    }),
  );
});

test('a text of several lines is put on one', () => {
  assert.equal(shownText('denied:\r\n\tno\u2028way\u202e'), 'denied: no way\\u{202e}');
});
