import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Settings } from '../../src/connection/settings';
import { settingsFrom } from '../../src/window/settingValues';

function settings(values: Readonly<Record<string, unknown>>): Settings {
  return settingsFrom((name) => values[name]);
}

describe('values of settings', () => {
  test('a kubelet version is any minor from 1.25 on, and whatever else it is counts as auto', () => {
    const table: readonly (readonly [unknown, number | undefined])[] = [
      ['auto', undefined],
      ['1.25', 25],
      ['1.28', 28],
      ['1.30', 30],
      ['1.35', 35],
      ['1.101', 101],
      ['1.24', undefined],
      ['1.3', undefined],
      ['1.029', undefined],
      ['2.30', undefined],
      ['v1.30', undefined],
      ['1.30.4', undefined],
      [' 1.30', undefined],
      ['', undefined],
      [1.3, undefined],
      [null, undefined],
    ];
    for (const [kubeletVersion, minor] of table) {
      assert.equal(settings({ kubeletVersion }).kubeletMinor, minor, JSON.stringify(kubeletVersion));
    }
  });

  test('what is out of range counts as the nearest bound, and what is of another type as nothing', () => {
    const { queriesPerSecond, burst, requestTimeoutMs, pluginTimeoutMs, ttlSeconds } = settings({
      kubeAPIQPS: -1,
      kubeAPIBurst: 'many',
      requestTimeoutSeconds: 0,
      'credentialPlugins.timeoutSeconds': 30,
      ttlSeconds: -5,
    });
    assert.deepEqual(
      [queriesPerSecond, burst, requestTimeoutMs, pluginTimeoutMs, ttlSeconds],
      [1, 1, 1_000, 30_000, 0],
    );
    const { context, kubeconfig, strategy, sync, autoConnect } = settings({
      context: ['prod'],
      kubeconfig: ['a', 7, ''],
      strategy: 'all',
      sync: 1,
      autoConnect: 'yes',
    });
    assert.deepEqual([context, kubeconfig, strategy, sync, autoConnect], ['', ['a'], 'cache', 'visible', false]);
  });
});
