import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rulesOf } from '../../src/manager/rules';

test('what differs between versions of the kubelet begins with the version that brought it', () => {
  const rules = [25, 27, 28, 29, 30, 31, 34, 35].map((minor) => {
    const { registration, counting, following, watchSeconds } = rulesOf(minor);
    return [minor, registration, counting, following, watchSeconds];
  });
  assert.deepEqual(rules, [
    [25, '1.25', '1.25', '1.25', 300],
    [27, '1.25', '1.25', '1.25', 300],
    [28, '1.25', '1.28', '1.25', 300],
    [29, '1.29', '1.28', '1.25', 300],
    [30, '1.29', '1.28', '1.25', 300],
    [31, '1.29', '1.28', '1.25', 1800],
    [34, '1.29', '1.28', '1.25', 1800],
    [35, '1.29', '1.28', '1.35', 1800],
  ]);
});
