import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ManifestReader, type Manifest, type Range } from '../../src/manifest/manifest';
import { referenceAt } from '../../src/manifest/referenceAt';
import { caret, dedent } from './caret';

function read(text: string): Manifest {
  return new ManifestReader().read(text);
}

describe('kinds', () => {
  const holder = (indent: number) => `${' '.repeat(indent)}spec: {imagePullSecrets: [{name: pull}]}`;
  const template = `spec:\n  template:\n${holder(4)}`;
  const shapes: Record<string, string> = {
    Pod: holder(0),
    PodTemplate: `template:\n${holder(2)}`,
    CronJob: `spec:\n  jobTemplate:\n    spec:\n      template:\n${holder(8)}`,
  };
  const versions: Record<string, readonly string[]> = {
    Pod: ['v1'],
    ReplicationController: ['v1'],
    PodTemplate: ['v1'],
    Deployment: ['apps/v1', 'apps/v1beta2', 'extensions/v1beta1'],
    StatefulSet: ['apps/v1', 'apps/v1beta1'],
    DaemonSet: ['apps/v1', 'extensions/v1beta1'],
    ReplicaSet: ['apps/v1', 'extensions/v1beta1'],
    Job: ['batch/v1', 'extensions/v1beta1'],
    CronJob: ['batch/v1', 'batch/v1beta1', 'batch/v2alpha1'],
  };
  for (const [kind, list] of Object.entries(versions)) {
    for (const apiVersion of list) {
      test(`${apiVersion} ${kind}`, () => {
        const text = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: own, namespace: shop}\n${shapes[kind] ?? template}\n`;
        const [found] = read(text).templates;
        assert.deepEqual(
          [found?.apiVersion, found?.kind, found?.name, found?.namespace, found?.references.length],
          [apiVersion, kind, 'own', 'shop', 1],
        );
        assert.equal(text.slice(found?.range.start, found?.range.end), text.trimEnd());
      });
    }
  }
  for (const [apiVersion, kind] of [
    ['apps.example.com/v1', 'Deployment'],
    ['batch.volcano.sh/v1alpha1', 'Job'],
    ['v1', 'Deployment'],
    ['v1beta1', 'Pod'],
    ['apps/v1', 'CronJob'],
    ['constructor/v1', 'Pod'],
    ['v1', 'ConfigMap'],
    ['v1', 'toString'],
    ['1', 'Pod'],
  ] as const) {
    test(`no template in ${apiVersion} ${kind}`, () => {
      assert.deepEqual(read(`apiVersion: ${apiVersion}\nkind: ${kind}\n${template}\n`).templates, []);
    });
  }

  test('lists', () => {
    const text = dedent(`
      apiVersion: v1
      kind: List
      items:
      - apiVersion: v1
        kind: Pod
        metadata: {name: first}
      - kind: ConfigMap
      -
      - apiVersion: example.com/v1
        kind: ThingList
        items:
        - {apiVersion: v1, kind: ConfigMap}
        - apiVersion: v1
          kind: Pod
          metadata: {name: inner}
    `);
    assert.deepEqual(
      read(text).templates.map(({ name, itemPath }) => ({ name, itemPath })),
      [
        { name: 'first', itemPath: [0] },
        { name: 'inner', itemPath: [3, 1] },
      ],
    );
    assert.deepEqual(read('apiVersion: v1\nkind: List\nitems: {}\n').templates, []);
  });

  test('a partial object has a template without references', () => {
    assert.equal(read('apiVersion: apps/v1\nkind: Deployment\n').templates[0]?.references.length, 0);
  });
});

const everything = dedent(`
  apiVersion: v1
  kind: Pod
  spec:
    imagePullSecrets:
    - name: pull # registry
    initContainers:
    - name: init
      envFrom:
      - secretRef: {name: 'all-secret'}
      - prefix: P_
        configMapRef:
          name: all-config
          optional: true
    containers:
    - name: main
      env:
      - name: A
        valueFrom:
          secretKeyRef:
            name: "db-credentials"
            key: password
      - name: B
        valueFrom: {configMapKeyRef: {name: settings, key: 'mode'}}
    volumes:
    - name: a
      secret:
        secretName: certificates
        items:
        - key: tls.crt
          path: a
        - {key: tls.key, path: b}

    - name: b
      configMap: {name: files}
    - name: c
      projected:
        sources:
        - secret:
            name: part-secret
        - configMap:
            name: part-config
            items: [{key: k, path: p}]
    - name: d
      csi:
        driver: d
        nodePublishSecretRef: {name: csi-secret}
    - name: e
      rbd: {image: i, secretRef: {name: rbd-secret}}
`);

describe('ranges', () => {
  test('of every route', () => {
    const [template] = read(everything).templates;
    const at = (range: Range) => everything.slice(range.start, range.end);
    const shown = template?.references.map(({ reference, name, keys, field, literal }) => {
      assert.equal(at(name), reference.name);
      assert.ok(literal);
      return [reference.route, at(name), keys.map(at).join(), at(field).split(/\s+/).join(' ')].join(' | ');
    });
    assert.deepEqual(shown, [
      'imagePull | pull |  | name: pull',
      "envFrom | all-secret |  | secretRef: {name: 'all-secret'}",
      'envFrom | all-config |  | configMapRef: name: all-config optional: true',
      'env | db-credentials | password | secretKeyRef: name: "db-credentials" key: password',
      "env | settings | mode | configMapKeyRef: {name: settings, key: 'mode'}",
      'volume | certificates | tls.crt,tls.key | secret: secretName: certificates items: - key: tls.crt path: a - {key: tls.key, path: b}',
      'volume | files |  | configMap: {name: files}',
      'projected | part-secret |  | secret: name: part-secret',
      'projected | part-config | k | configMap: name: part-config items: [{key: k, path: p}]',
      'csi | csi-secret |  | nodePublishSecretRef: {name: csi-secret}',
      'storage | rbd-secret |  | secretRef: {name: rbd-secret}',
    ]);
  });

  const marked: readonly (readonly [line: string, expected: string | undefined])[] = [
    ['- name: pu|ll # registry', 'pull name'],
    ['- name: |pull # registry', 'pull name'],
    ['- name: pull| # registry', 'pull name'],
    ['- na|me: pull', 'pull field'],
    ['- name: pull #| registry', undefined],
    ['secret|KeyRef:', 'db-credentials field'],
    ['name: "db|-credentials"', 'db-credentials name'],
    ['name: |"db-credentials"', 'db-credentials field'],
    ['key: pass|word', 'db-credentials key password'],
    ["key: 'mo|de'}}", 'settings key mode'],
    ['secr|et:\n      secretName', 'certificates field'],
    ['path|: a', 'certificates field'],
    ['{key: tls.k|ey, path: b}', 'certificates key tls.key'],
    ['- na|me: b\n', undefined],
    ['proj|ected:', undefined],
    ['kind: P|od', undefined],
  ];
  const manifest = read(everything);
  for (const [line, expected] of marked) {
    test(line, () => {
      const { text, offset } = caret(line);
      assert.equal(everything.split(text).length, 2, 'the line stands there once');
      const found = referenceAt(manifest, everything.indexOf(text) + offset);
      const shown = found && [found.reference.reference.name, found.on, found.key].filter((each) => each !== undefined);
      assert.equal(shown?.join(' '), expected);
    });
  }

  test('with carriage returns, a byte order mark and a document before', () => {
    const text = `\uFEFFa: 1\r\n---\r\n${everything.replaceAll('\n', '\r\n')}`;
    for (const { reference, name, keys } of read(text).templates[0]?.references ?? assert.fail()) {
      assert.equal(text.slice(name.start, name.end), reference.name);
      for (const key of keys) assert.match(text.slice(key.start, key.end), /^[\w.]+$/);
    }
  });

  test('an alias stands where it is used, and what is merged where it is written', () => {
    const { text, offset } = caret(
      dedent(`
        apiVersion: v1
        kind: Pod
        metadata: {name: &n db}
        spec:
          imagePullSecrets:
          - name: *|n
          - {<<: &m {name: merged}}
          - *m
      `),
    );
    const found = read(text);
    assert.equal(referenceAt(found, offset)?.reference.reference.name, 'db');
    assert.equal(referenceAt(found, text.indexOf('merged'))?.reference.reference.name, 'merged');
    assert.equal(found.templates[0]?.references.length, 3);
  });
});

describe('names that are not asked for', () => {
  const literal = (name: string, namespace = 'shop') =>
    read(
      `apiVersion: v1\nkind: Pod\nmetadata:\n  namespace: ${namespace}\nspec:\n  imagePullSecrets:\n  - name: ${name}\n`,
    ).templates[0]?.references.map((each) => each.literal);
  for (const name of ['db', 'a.b-c.d1', '"0db"'])
    test(name, () => {
      assert.deepEqual(literal(name), [true]);
    });
  for (const name of ['DB', 'a_b', '$(db)', '"{{ .Values.db }}"', '-a', 'a-', 'a..b', 'a/b', 'a b', 'x'.repeat(254)]) {
    test(name, () => {
      assert.deepEqual(literal(name), [false]);
    });
  }
  test('nor any in a namespace that is not known', () => {
    assert.deepEqual(literal('db', '"{{ .Release.Namespace }}"'), [false]);
    assert.deepEqual(literal('db', '{{ .Release.Namespace }}'), [false]);
    assert.deepEqual(literal('db', '$(NAMESPACE)'), [false]);
  });
});

describe('half typed', () => {
  const around = (line: string) =>
    dedent(`
    apiVersion: v1
    kind: Pod
    spec:
      containers:
      - name: main
        env:
        - name: A
          valueFrom: {secretKeyRef: {name: before, key: a}}
        ${line}
      volumes:
      - name: b
        configMap:
          name: after
  `);
  for (const line of [
    '- name',
    '- name:',
    '- na: "',
    '-',
    '- valueFrom: {',
    '- valueFrom: [',
    '- {{',
    '\t',
    ': :',
    '*',
  ]) {
    test(JSON.stringify(line), () => {
      const names = read(around(line)).templates[0]?.references.map((each) => each.reference.name);
      assert.ok(names?.includes('before'), `${names?.join()}`);
    });
  }
});

describe('reading again', () => {
  const documents = Array.from({ length: 20 }, (_, index) => everything.replace('pull', `pull-${index}`));

  test('keeps documents that did not change, and moves those behind the change', () => {
    const reader = new ManifestReader();
    const first = reader.read(documents.join('---\n'));
    const edited = documents.with(10, (documents[10] ?? '').replace('pull-10', 'pull-edited'));
    const text = edited.join('---\n');
    const second = reader.read(text);
    assert.equal(second.templates[3], first.templates[3]);
    assert.deepEqual(second, new ManifestReader().read(text));
    const place = referenceAt(second, text.indexOf('pull-15') + 2);
    assert.equal(place?.reference.reference.name, 'pull-15');
    assert.equal(place.template.document, 15);
    assert.ok(text.slice(place.template.range.start).startsWith('apiVersion'));
    assert.ok(text.slice(0, place.template.range.end).endsWith('rbd-secret}}'));
  });

  test('a document that goes and comes back is the same', () => {
    const reader = new ManifestReader();
    const first = reader.read(everything);
    reader.read('');
    assert.equal(reader.read(everything).templates[0], first.templates[0]);
  });

  test('more than it remembers', () => {
    const reader = new ManifestReader();
    const padding = `# ${'x'.repeat(900_000)}\n`;
    const texts = Array.from({ length: 6 }, (_, index) => `${everything.replace('pull', `pull-${index}`)}${padding}`);
    const first = reader.read(texts[0] ?? '');
    for (const text of texts) reader.read(text);
    const again = reader.read(texts[0] ?? '');
    assert.notEqual(again.templates[0], first.templates[0]);
    assert.deepEqual(again, first);
  });
});
