import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shortened, withoutIcons } from '../../src/wording/labels';

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
});
