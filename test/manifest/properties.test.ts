import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stringify, type DocumentOptions, type SchemaOptions, type ToStringOptions } from 'yaml';
import { isManifest } from '../../src/manifest/isManifest';
import { ManifestReader } from '../../src/manifest/manifest';
import { referenceAt } from '../../src/manifest/referenceAt';
import { cutPieces } from '../../src/manifest/pieces';
import type { Pod } from '../../src/objects/kubernetes';
import { objectAccess } from '../../src/references/objectAccess';
import { referencesOf } from '../../src/references/references';

// Among them what YAML 1.1 takes for something else, and what needs quotes.
const name = fc.oneof(
  fc.constantFrom(
    'db',
    'a.b',
    'yes',
    '123',
    '0x1f',
    '~',
    'null',
    '',
    'A_B',
    '{{ x }}',
    "it's",
    'a: b',
    '# c',
    ' a ',
    '1e3',
    'a\nb',
  ),
  fc.string({ minLength: 1, maxLength: 12 }),
);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const items = fc.array(fc.record({ key: name, path: name }), { maxLength: 2 });
const record = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(fields, { requiredKeys: [] });
const named = record({ name, optional: fc.boolean() });
const keyed = record({ name, key: name, optional: fc.boolean() });
const container = record({
  name,
  envFrom: fc.array(record({ prefix: name, secretRef: named, configMapRef: named }), { maxLength: 2 }),
  env: fc.array(record({ name, value: name, valueFrom: record({ secretKeyRef: keyed, configMapKeyRef: keyed }) }), {
    maxLength: 2,
  }),
  volumeMounts: fc.array(record({ name, mountPath: name, subPath: name }), { maxLength: 2 }),
});
const volume = record({
  name,
  secret: record({ secretName: name, optional: fc.boolean(), items }),
  configMap: record({ name, items }),
  projected: record({
    sources: fc.array(record({ secret: record({ name, items }), configMap: record({ name, items }) }), {
      maxLength: 2,
    }),
  }),
  csi: record({ nodePublishSecretRef: named }),
  cephfs: record({ secretRef: named }),
  azureFile: record({ secretName: name }),
});
const spec = record({
  imagePullSecrets: fc.array(named, { maxLength: 2 }),
  initContainers: fc.array(container, { maxLength: 2 }),
  containers: fc.array(container, { maxLength: 3 }),
  volumes: fc.array(volume, { maxLength: 4 }),
});
const pod: fc.Arbitrary<Pod> = fc.record({ metadata: fc.record({ name }), spec: maybe(spec) }).map((object) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: object.metadata,
  ...(object.spec === undefined ? {} : { spec: object.spec }),
}));
const style: fc.Arbitrary<DocumentOptions & SchemaOptions & ToStringOptions> = record({
  collectionStyle: fc.constantFrom('any', 'block', 'flow'),
  indent: fc.constantFrom(1, 2, 3, 4, 8),
  indentSeq: fc.boolean(),
  lineWidth: fc.constantFrom(0, 40, 80),
  defaultStringType: fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE'),
  aliasDuplicateObjects: fc.boolean(),
}).map((options) => ({ ...options, version: '1.1' }));
// Characters that YAML cannot hold unescaped are escaped by the library only in part.
const printable = (text: string) => !/[^\n\x20-\x7e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/u.test(text);
// The library puts empty lists where neither it nor Kubernetes can read them, if lists are not indented.
const misplaced = /^ *(?:\[\]|\{\})$/m;
const writtenPods = fc
  .array(fc.tuple(pod, style), { minLength: 1, maxLength: 3 })
  .map((pairs) => ({
    pods: pairs.map(([object]) => object),
    // A file that begins with a brace would be JSON.
    text: pairs.map(([object, options]) => `---\n${stringify(object, options)}`).join(''),
  }))
  .filter(
    ({ text }) =>
      printable(text) && !misplaced.test(text) && !/^(?:---.*\S|\.\.\.)/m.test(text.replaceAll(/^---$/gm, '')),
  );

const anyText = fc
  .array(fc.oneof(fc.nat(0x7f), fc.nat(0xffff)), { maxLength: 80 })
  .map((codes) => String.fromCharCode(...codes));

describe('properties', () => {
  test('a written pod has the references of the object', () => {
    fc.assert(
      fc.property(writtenPods, ({ pods, text }) => {
        const { templates } = new ManifestReader().read(text);
        assert.equal(templates.length, pods.length);
        for (const [index, object] of pods.entries()) {
          const template = templates[index];
          assert.equal(template?.problem, undefined);
          assert.equal(template?.name, object.metadata.name);
          const references = template.references.map((each) => each.reference);
          assert.deepEqual(
            references,
            object.spec === undefined ? [] : referencesOf<unknown>(object.spec, objectAccess),
          );
        }
      }),
      { numRuns: 50 },
    );
  });

  test('JSON too', () => {
    fc.assert(
      fc.property(fc.array(pod, { minLength: 1, maxLength: 3 }), fc.constantFrom(0, 2, '\t'), (pods, indent) => {
        const text = pods.map((object) => JSON.stringify(object, undefined, indent)).join('\n');
        const { templates } = new ManifestReader().read(text);
        assert.deepEqual(
          templates.map((template) => template.references.map((each) => each.reference)),
          pods.map((object) => (object.spec === undefined ? [] : referencesOf<unknown>(object.spec, objectAccess))),
        );
      }),
      { numRuns: 20 },
    );
  });

  test('ranges lie in the text, and in each other', () => {
    fc.assert(
      fc.property(writtenPods, ({ text }) => {
        const manifest = new ManifestReader().read(text);
        for (const { range, references } of manifest.templates) {
          for (const { name: at, keys, field, reference } of references) {
            assert.ok(0 <= range.start && range.start <= range.end && range.end <= text.length);
            for (const inner of [at, ...keys]) assert.ok(field.start <= inner.start && inner.end <= field.end);
            if (/^[a-z]+$/.test(reference.name)) assert.equal(text.slice(at.start, at.end), reference.name);
            assert.ok(referenceAt(manifest, at.start) !== undefined);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.nat(6),
    insert: fc.oneof(
      fc.constantFrom(
        '',
        '\n',
        '\n---\n',
        '...\n',
        '{{',
        '}}',
        '"',
        "'",
        '\t',
        '  ',
        '- ',
        ': ',
        '*a',
        '&a ',
        '<<: ',
        '[',
        '{',
        '}',
        '#',
        '|',
        '%',
      ),
      fc.string({ maxLength: 4 }),
    ),
  });
  const start =
    'apiVersion: v1\nkind: Pod\nspec:\n  imagePullSecrets:\n  - &a {name: pull}\n  volumes:\n  - name: a\n    secret: {secretName: "db"}\n';
  const chart = '{{- if .a }}\napiVersion: v1\nkind: Pod\nspec:\n  imagePullSecrets:\n  - name: {{ .b }}\n{{- end }}\n';

  test('edits never fail, and reading on gives what reading anew gives', () => {
    const text = fc.constantFrom(
      `${start}---\n${start}---\n${chart}---\n${start}`,
      JSON.stringify({ kind: 'List', items: [{}] }),
    );
    fc.assert(
      fc.property(text, fc.array(edit, { minLength: 1, maxLength: 8 }), (original, edits) => {
        const reader = new ManifestReader();
        let edited = original;
        reader.read(edited);
        for (const { at, remove, insert } of edits) {
          const offset = Math.floor(at * edited.length);
          edited = edited.slice(0, offset) + insert + edited.slice(offset + remove);
          isManifest(edited);
          const read = reader.read(edited);
          assert.deepEqual(read, new ManifestReader().read(edited));
          assert.doesNotThrow(() => referenceAt(read, offset));
        }
      }),
      { numRuns: 40 },
    );
  });

  test('no text fails', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        new ManifestReader().read(text);
        new ManifestReader().read(`apiVersion: v1\nkind: Pod\n${text}`);
        const pieces = cutPieces(text);
        for (const [index, piece] of pieces.entries()) {
          assert.ok((pieces[index - 1]?.end ?? 0) <= piece.start && piece.end <= text.length);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('depth and aliases without bounds do not fail', () => {
    const read = (text: string) => new ManifestReader().read(`apiVersion: v1\nkind: Pod\nx: ${text}\n`);
    read('['.repeat(20_000));
    read('{a: '.repeat(20_000));
    read(`\n${Array.from({ length: 500 }, (_, depth) => `${' '.repeat(depth + 1)}a:`).join('\n')}`);
    const levels = Array.from({ length: 40 }, (_, at) => `l${at + 1}: &l${at + 1} {<<: [*l${at}, *l${at}]}`);
    assert.equal(read(`1\nl0: &l0 {name: a}\n${levels.join('\n')}`).templates[0]?.problem, undefined);
  });
});
