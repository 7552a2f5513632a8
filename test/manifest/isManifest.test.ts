import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isManifest } from '../../src/manifest/isManifest';

describe('is a manifest', () => {
  for (const text of [
    'apiVersion: v1\nkind: Pod\n',
    'kind: "Deployment" # c\napiVersion: apps/v1',
    '{"apiVersion":"v1","kind":"List","items":[]}',
    '{"apiVersion":"v1","kind"\n:\t"CronJob"}',
    'apiVersion: {{ x }}\nkind: Job\n',
    'apiVersion: v1\nkind: &k Pod\n',
    'a: &k Pod\napiVersion: v1\nkind: *k\n',
    'apiVersion: v1\n? kind\n: Pod\n',
    'apiVersion: v1\nkind:\n  # c\n  Pod\n',
    'a: 1\n---\r\napiVersion: v1\r\nkind: Pod\r\n',
  ]) {
    test(JSON.stringify(text), () => {
      assert.ok(isManifest(text));
    });
  }
});

describe('is none', () => {
  for (const text of [
    '',
    'kind: Pod\n',
    'apiVersion: v1\n',
    'apiVersion: v1\nkind: ConfigMap\n',
    'apiVersion: v1\nkind: Podium\n',
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec: {names: {kind: A, listKind: AList}}\n',
    'services:\n  web:\n    image: a\n',
  ]) {
    test(JSON.stringify(text), () => {
      assert.ok(!isManifest(text));
    });
  }
});

test('takes less than a millisecond for 5,000 lines of other YAML', () => {
  const text = 'services:\n  web: {image: a, kind: of thing}\n    # kind and version\n'.repeat(1667);
  const times = Array.from({ length: 9 }, () => {
    const start = performance.now();
    isManifest(text);
    return performance.now() - start;
  });
  assert.ok(Math.min(...times) < 1, `${Math.min(...times)} ms`);
});
