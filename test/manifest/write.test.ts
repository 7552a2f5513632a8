import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse, stringify } from 'yaml';
import { writeKeyReference, writeObject, writeObjectReference, type Placeholders } from '../../src/manifest/write';
import type { ConfigMapCopy, ConfigValue, SecretCopy } from '../../src/objects/objectCopy';
import { Sealed } from '../../src/objects/sealed';

const placeholders: Placeholders = {
  redacted: (size) => `<redacted, ${size} B>`,
  binary: (size) => `<bytes, ${size} B>`,
};

function secret(values: Readonly<Record<string, string>>): SecretCopy {
  const data = Object.entries(values).map(([key, value]) => [key, new Sealed(base64(value))] as const);
  const metadata = {
    name: 'db',
    namespace: 'shop',
    uid: 'u1',
    resourceVersion: '7',
    creationTimestamp: '2026-01-02T03:04:05Z',
    labels: { app: 'web', on: 'yes' },
    annotations: { note: 'a: b' },
    ownerReferences: [{ apiVersion: 'v1', kind: 'SealedSecret', name: 'db', uid: 'u0', controller: true }],
  };
  return { kind: 'Secret', metadata, type: 'Opaque', immutable: false, data: new Map(data) };
}

function configMap(data: ReadonlyMap<string, ConfigValue>): ConfigMapCopy {
  return { kind: 'ConfigMap', metadata: { name: 'app', namespace: 'shop' }, immutable: true, data };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** Reads as Kubernetes does, and as editors do: what is written means the same to both. */
function readBoth(yaml: string): unknown {
  const [old, current] = (['1.1', '1.2'] as const).map((version) => parse(yaml, { version }) as unknown);
  assert.deepEqual(old, current, yaml);
  return current;
}

describe('an object as YAML', () => {
  test('a Secret has all that its copy keeps, and sizes for values', () => {
    assert.equal(
      writeObject(secret({ password: 'hunter2', y: '', 'tls.key': 'k' }), placeholders),
      `apiVersion: v1
kind: Secret
metadata:
  name: db
  namespace: shop
  labels:
    app: web
    "on": "yes"
  annotations:
    note: "a: b"
  ownerReferences:
    - apiVersion: v1
      kind: SealedSecret
      name: db
      uid: u0
      controller: true
  uid: u1
  resourceVersion: "7"
  creationTimestamp: "2026-01-02T03:04:05Z"
type: Opaque
data:
  password: <redacted, 7 B>
  "y": <redacted, 0 B>
  tls.key: <redacted, 1 B>
`,
    );
  });

  test('a ConfigMap has its texts as they are, in order, and sizes for bytes', () => {
    const data = new Map<string, ConfigValue>([
      ['nginx.conf', { text: 'server {\n\tlisten 80;\n}\n', size: 24 }],
      ['7', { text: '', size: 0 }],
      ['1', { text: 'true', size: 4 }],
      ['logo.png', { size: 3 }],
    ]);
    assert.equal(
      writeObject(configMap(data), placeholders),
      `apiVersion: v1
kind: ConfigMap
metadata:
  name: app
  namespace: shop
immutable: true
data:
  nginx.conf: |
    server {
    \tlisten 80;
    }
  "7": ""
  "1": "true"
binaryData:
  logo.png: <bytes, 3 B>
`,
    );
  });

  test('one without values has no field for them', () => {
    assert.doesNotMatch(writeObject(configMap(new Map()), placeholders), /^(data|binaryData):/m);
    assert.doesNotMatch(writeObject(secret({}), placeholders), /^data:/m);
  });

  test('a placeholder is no base64, so that a Secret that is applied by mistake is refused, not emptied', () => {
    const read = readBoth(writeObject(secret({ password: 'hunter2' }), placeholders)) as {
      readonly data: { readonly password: string };
    };
    assert.doesNotMatch(read.data.password, /^[A-Za-z0-9+/]*={0,2}$/);
  });

  test('any text of a ConfigMap is read back as it was', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc
        .array(fc.constantFrom(' ', '\n', '\t', 'a', ':', '#', '-', '|', "'", '"', '\r', '---', '...'), {
          maxLength: 12,
        })
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(fc.dictionary(dataKey, text, { maxKeys: 4 }), (values) => {
        const data = Object.entries(values).map(([key, value]) => [key, { text: value, size: value.length }] as const);
        const yaml = writeObject(configMap(new Map(data)), placeholders);
        const read = parse(yaml) as { readonly data?: Readonly<Record<string, string>> };
        assert.deepEqual(read.data ?? {}, { ...values }, yaml);
      }),
      { examples: [[{ y: ' \n' }], [{ y: ' \n\n a' }]] },
    );
  });

  test('no value of a Secret is in its manifest', () => {
    const value = fc.string({ minLength: 6, maxLength: 40 });
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c'), value), (values) => {
        const yaml = writeObject(secret(values), placeholders);
        const known = writeObject(secret({}), placeholders);
        for (const text of Object.values(values)) {
          assert.ok(!yaml.includes(base64(text)) && (!yaml.includes(text) || known.includes(text)), yaml);
        }
      }),
    );
  });
});

/** What Kubernetes allows as a key, with those among them that YAML takes for something else. */
const dataKey = fc.oneof(
  fc.constantFrom('y', 'N', 'true', 'no', 'null', '1e3', '1_000', '0x1f', '012', '.5', '-1', '.inf', '-', '1.', '_'),
  fc.stringMatching(/^[-._a-zA-Z0-9]{1,12}$/),
);

describe('a reference as YAML', () => {
  const key = { kind: 'Secret', namespace: 'shop', name: 'db-credentials' } as const;

  test('to a key is what an env entry needs', () => {
    assert.equal(
      writeKeyReference(key, 'password'),
      'valueFrom:\n  secretKeyRef:\n    name: db-credentials\n    key: password',
    );
    assert.equal(
      writeKeyReference({ ...key, kind: 'ConfigMap', name: '1e3' }, 'y'),
      'valueFrom:\n  configMapKeyRef:\n    name: "1e3"\n    key: "y"',
    );
  });

  test('to an object is an entry of envFrom', () => {
    assert.equal(writeObjectReference(key), '- secretRef:\n    name: db-credentials');
    assert.equal(
      writeObjectReference({ ...key, kind: 'ConfigMap', name: 'true' }),
      '- configMapRef:\n    name: "true"',
    );
  });

  test('means the same name and key to every reader of YAML', () => {
    const name = fc.oneof(fc.constantFrom('1e3', 'true', 'null', '0x1f', '123'), fc.stringMatching(/^[a-z0-9]{1,10}$/));
    fc.assert(
      fc.property(name, dataKey, (object, wanted) => {
        const reference = { ...key, name: object };
        assert.deepEqual(readBoth(writeKeyReference(reference, wanted)), {
          valueFrom: { secretKeyRef: { name: object, key: wanted } },
        });
        assert.deepEqual(readBoth(writeObjectReference(reference)), [{ secretRef: { name: object } }]);
      }),
    );
    // The check can fail: unquoted, these are other things in YAML 1.1.
    assert.throws(() => readBoth(stringify({ key: 'y' }, { schema: 'core' })));
  });
});
