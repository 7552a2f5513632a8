import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { trimPod } from '../../src/cluster/trimPod';
import type { Pod } from '../../src/objects/kubernetes';
import { objectAccess } from '../../src/references/objectAccess';
import { referencesOf } from '../../src/references/references';
import { podFields } from '../../src/references/table';

function assertSameReferences(pod: Pod): void {
  const trimmed = trimPod(pod);
  assert.ok(trimmed);
  assert.deepEqual(
    referencesOf<unknown>(trimmed.spec ?? {}, objectAccess),
    referencesOf<unknown>(pod.spec ?? {}, objectAccess),
  );
}

test('the references of the recorded pods are the same before and after', () => {
  const folder = path.join(process.cwd(), 'test', 'conformance', 'traces');
  for (const file of ['pods-random.jsonl', 'pods-scenarios.jsonl']) {
    const lines = readFileSync(path.join(folder, file), 'utf8').split('\n').filter(Boolean);
    assert.ok(lines.length > 10);
    for (const line of lines) assertSameReferences((JSON.parse(line) as { readonly pod: Pod }).pod);
  }
});

const name = fc.constantFrom('', 'a', 'b', 'c');
const field = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 9, arbitrary: value }, fc.constantFrom<unknown>(null, 'text', 3, true, {}, []));
const holder = field(
  fc.record(
    {
      name: field(name),
      secretName: field(name),
      key: field(name),
      optional: field(fc.boolean()),
      items: field(
        fc.array(field(fc.record({ key: field(name), path: field(name) }, { requiredKeys: [] })), { maxLength: 2 }),
      ),
    },
    { requiredKeys: [] },
  ),
);
const list = (item: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => field(fc.array(field(item), { maxLength: 3 }));
const some = (model: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> =>
  fc.record(model, { requiredKeys: [] });
const sources = Object.fromEntries(
  podFields.volumes.map(({ route, path: [source, inner] }) => {
    if (route === 'projected')
      return [source, field(some({ sources: list(some({ secret: holder, configMap: holder })) }))];
    return [source, inner === undefined ? holder : field(some({ [inner]: holder }))];
  }),
);
const container = some({
  name: field(name),
  env: list(
    some({ name: field(name), value: name, valueFrom: field(some({ secretKeyRef: holder, configMapKeyRef: holder })) }),
  ),
  envFrom: list(some({ prefix: field(name), secretRef: holder, configMapRef: holder })),
  volumeMounts: list(
    some({ name: field(name), mountPath: field(name), subPath: field(name), subPathExpr: field(name) }),
  ),
});
const spec = some({
  imagePullSecrets: list(some({ name: field(name) })),
  containers: list(container),
  initContainers: list(container),
  ephemeralContainers: list(container),
  volumes: list(some({ name: field(name), emptyDir: fc.constant({}), ...sources })),
});

test('the references of any pod, also a malformed one, are the same before and after', () => {
  fc.assert(
    fc.property(spec, (generated) => {
      assertSameReferences({ metadata: { name: 'p' }, spec: generated } as Pod);
    }),
    { numRuns: 300 },
  );
});

test('what says nothing about references, place or state is gone', () => {
  const pod = {
    kind: 'Pod',
    metadata: {
      name: 'p',
      namespace: 'n',
      uid: 'u',
      resourceVersion: '5',
      labels: { a: 'b' },
      annotations: { c: 'd' },
      managedFields: [{}],
    },
    spec: {
      nodeName: 'node-1',
      containers: [
        {
          name: 'web',
          image: 'web:1',
          env: [
            { name: 'PLAIN', value: 'hunter2' },
            { name: 'REF', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
            { name: 'FIELD', valueFrom: { fieldRef: { fieldPath: 'x' } } },
          ],
          volumeMounts: [
            { name: 'cm', mountPath: '/cm', readOnly: true },
            { name: 'scratch', mountPath: '/scratch' },
          ],
        },
      ],
      volumes: [
        { name: 'cm', configMap: { name: 'c', defaultMode: 420 } },
        { name: 'scratch', emptyDir: {} },
      ],
      tolerations: [{}],
    },
    status: {
      phase: 'Running',
      conditions: [{}],
      containerStatuses: [
        {
          name: 'web',
          restartCount: 2,
          image: 'web:1',
          state: { waiting: { reason: 'CrashLoopBackOff', message: 'm' } },
        },
      ],
    },
  };
  assert.deepEqual(trimPod(pod), {
    metadata: { name: 'p', namespace: 'n', uid: 'u', resourceVersion: '5' },
    spec: {
      nodeName: 'node-1',
      containers: [
        {
          name: 'web',
          env: [{ name: 'REF', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }],
          volumeMounts: [{ name: 'cm', mountPath: '/cm' }],
        },
      ],
      volumes: [{ name: 'cm', configMap: { name: 'c' } }],
    },
    status: {
      phase: 'Running',
      containerStatuses: [{ name: 'web', restartCount: 2, state: { waiting: { reason: 'CrashLoopBackOff' } } }],
    },
  });
});

test('what is no pod is refused', () => {
  for (const value of [
    undefined,
    null,
    [],
    {},
    { metadata: {} },
    { metadata: { name: '' } },
    { metadata: { name: 'p', resourceVersion: 5 } },
  ]) {
    assert.equal(trimPod(value), undefined);
  }
});

test('a trimmed pod does not keep the text that it was parsed from', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const padding = 'x'.repeat(1_000_000);
  const kept: (Pod | undefined)[] = [];
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < 30; index++) {
    const pod = {
      metadata: { name: `a-pod-with-a-long-name-${index}`, uid: `b3c1d2e4-0000-0000-0000-${index}` },
      padding,
    };
    kept.push(trimPod(JSON.parse(Buffer.from(JSON.stringify(pod)).toString('utf8'))));
  }
  collect();
  assert.ok(process.memoryUsage().heapUsed - before < 10_000_000);
  assert.equal(kept.length, 30);
});
