import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { configMapCopy, nodeCopy, secretCopy } from '../../src/cluster/decode';
import type { SecretCopy } from '../../src/objects/objectCopy';
import type { Answer } from '../../src/objects/failure';
import { Sealed } from '../../src/objects/sealed';
import { failureOf, valueOf } from './support';

const subject = 'secrets "db" in namespace "shop"';
const metadata = {
  name: 'db',
  namespace: 'shop',
  uid: 'u1',
  resourceVersion: '7',
  creationTimestamp: '2026-01-02T03:04:05Z',
  labels: { app: 'web', odd: 1 },
  annotations: {
    'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"a":"aHVudGVyMg=="}}',
    'kapp.k14s.io/original': ' {"data":{"a":"aHVudGVyMg=="}}',
    'objectset.rio.cattle.io/applied': 'H4sIAAAAAAAA/6pWSkksSVSyUlBKVLJVUMpIzCtNLUpVqgUAAAD//w==',
    'example.com/notes': 'x'.repeat(257),
    'cert-manager.io/issuer-name': 'ca',
    odd: 1,
  },
  managedFields: [{ manager: 'kubectl' }],
  ownerReferences: [{ apiVersion: 'v1', kind: 'SealedSecret', name: 'db', uid: 'u0', controller: true, extra: 1 }],
};

function readSecret(value: unknown): Answer<SecretCopy> {
  return secretCopy(value, { kind: 'Secret', namespace: 'shop', name: 'db', subject }, (base64) => new Sealed(base64));
}

test('a Secret keeps its type and keys; values are sealed, and what repeats them is gone', () => {
  const data = { password: 'aHVudGVyMg==', empty: '' };
  const copy = valueOf(readSecret({ kind: 'Secret', metadata, type: 'x/y', immutable: true, data }));
  const { managedFields: _managed, ...kept } = metadata;
  assert.deepEqual(copy.metadata, {
    ...kept,
    labels: { app: 'web' },
    annotations: { 'cert-manager.io/issuer-name': 'ca' },
    ownerReferences: [{ apiVersion: 'v1', kind: 'SealedSecret', name: 'db', uid: 'u0', controller: true }],
  });
  assert.deepEqual([copy.type, copy.immutable], ['x/y', true]);
  assert.deepEqual(
    [...copy.data].map(([key, value]) => [key, value.size, Buffer.from(value.reveal()).toString()]),
    [
      ['password', 7, 'hunter2'],
      ['empty', 0, ''],
    ],
  );
  assert.doesNotMatch(inspect(copy, { depth: 9 }) + JSON.stringify(copy), /hunter2|aHVudGVy/);
});

test('a Secret without data, type or immutable is whole', () => {
  for (const data of [undefined, null, {}]) {
    const copy = valueOf(readSecret({ kind: 'Secret', metadata, data }));
    assert.deepEqual([copy.type, copy.immutable, copy.data.size], ['Opaque', false, 0]);
  }
});

test('a ConfigMap keeps text with its size in bytes, and of binary values the size', () => {
  const value = { kind: 'ConfigMap', metadata, data: { a: 'hé', b: '' }, binaryData: { c: 'AAEC' } };
  const copy = valueOf(configMapCopy(value, { kind: 'ConfigMap', namespace: 'shop', name: 'db', subject }));
  // Its values are no secret, so only what repeats them all is left out.
  const { 'kubectl.kubernetes.io/last-applied-configuration': _applied, odd: _odd, ...notes } = metadata.annotations;
  assert.deepEqual(copy.metadata.annotations, notes);
  assert.deepEqual(
    [...copy.data],
    [
      ['a', { text: 'hé', size: 3 }],
      ['b', { text: '', size: 0 }],
      ['c', { size: 3 }],
    ],
  );
});

test('of a Node the annotations and the kubelet version are kept', () => {
  const node = {
    kind: 'Node',
    metadata: {
      name: 'n',
      resourceVersion: '1',
      labels: { a: 'b' },
      annotations: { 'node.alpha.kubernetes.io/ttl': '15', odd: 1 },
    },
    status: { nodeInfo: { kubeletVersion: 'v1.30.1', osImage: 'x' }, images: [{ names: ['i'] }] },
  };
  assert.deepEqual(valueOf(nodeCopy(node, { kind: 'Node', name: 'n', subject: 'nodes "n"' })), {
    metadata: { name: 'n', annotations: { 'node.alpha.kubernetes.io/ttl': '15' } },
    status: { nodeInfo: { kubeletVersion: 'v1.30.1' } },
  });
});

test('the greatest version that a server can have is one', () => {
  const greatest = String(2n ** 63n - 1n);
  const copy = valueOf(readSecret({ kind: 'Secret', metadata: { ...metadata, resourceVersion: greatest } }));
  assert.equal(copy.metadata.resourceVersion, greatest);
});

test('what is not the object asked for is invalid, and its values stay out of the message', () => {
  const good = { kind: 'Secret', metadata };
  const table: [value: unknown, message: RegExp][] = [
    [null, /not of the kind Secret/],
    [[], /not of the kind Secret/],
    [{ ...good, kind: 'SecretList' }, /not of the kind Secret/],
    [{ ...good, metadata: undefined }, /no name/],
    [{ ...good, metadata: { ...metadata, name: 3 } }, /no name/],
    [{ ...good, metadata: { ...metadata, name: 'other' } }, /another object/],
    [{ ...good, metadata: { ...metadata, namespace: 'other' } }, /another object/],
    [{ ...good, metadata: { ...metadata, resourceVersion: 7 } }, /no usable version/],
    [{ ...good, metadata: { ...metadata, resourceVersion: '' } }, /no usable version/],
    [{ ...good, metadata: { ...metadata, resourceVersion: '9'.repeat(40) } }, /no usable version/],
    [{ ...good, metadata: { ...metadata, resourceVersion: String(2n ** 63n) } }, /no usable version/],
    [{ ...good, data: { 'tls.key': 'hunter2!' } }, /key "tls.key" is not base64/],
    [{ ...good, data: { a: 5 } }, /key "a" is not base64/],
  ];
  for (const [value, message] of table) {
    const failure = failureOf(readSecret(value));
    assert.equal(failure.kind, 'invalid');
    assert.ok(failure.message.includes(subject));
    assert.match(failure.message, message);
    assert.doesNotMatch(failure.message, /hunter2/);
  }
});
