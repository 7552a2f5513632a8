import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ManifestReader } from '../../src/manifest/manifest';
import { maskTemplates } from '../../src/manifest/templated';
import { dedent } from './caret';

describe('masking', () => {
  const cases: readonly (readonly [text: string, masked: string])[] = [
    ['a: {{ .b }}', 'a: xxxxxxxx'],
    ['a: b-{{ .c }}-d', 'a: b-xxxxxxxx-d'],
    ['a:\n  {{- if .b }}\n  c: d\n  {{- end }}\n', 'a:\n              \n  c: d\n            \n'],
    ['{{ if .a }}{{ if .b }}\n', `${' '.repeat(22)}\n`],
    ['a: {{ "}}" }} b', 'a: xxxxxxxxxx b'],
    ['a: {{ printf "\\"}}" }} b', `a: ${'x'.repeat(19)} b`],
    ['{{/* a }} b */}}\nc', `${' '.repeat(16)}\nc`],
    ['{{ a\n  b }}\nc', `    \n      \nc`],
    ['a: {{ b\nc: d', 'a: xxxx\nc: d'],
    ['a: {{ b\nc: {{ d }}', 'a: xxxx\nc: xxxxxxx'],
    ['a: {{ "b }}\nc: d', 'a: xxxxxxxx\nc: d'],
    ['a: b', 'a: b'],
  ];
  for (const [text, masked] of cases) {
    test(JSON.stringify(text), () => {
      assert.equal(maskTemplates(text).text, masked);
      for (const { start, end } of maskTemplates(text).masks) assert.ok(text.slice(start, end).startsWith('{{'));
    });
  }
});

test('a chart: names of its own are found, computed ones give no reference', () => {
  const text = dedent(`
    {{- if .Values.enabled }}
    apiVersion: {{ include "versions.deployment" . }}
    kind: Deployment
    metadata:
      name: {{ include "chart.name" . }}
      labels: {{- include "labels" . | nindent 4 }}
    spec:
      template:
        spec:
          {{- with .Values.imagePullSecrets }}
          imagePullSecrets:
            {{- toYaml . | nindent 8 }}
          {{- end }}
          containers:
            - name: {{ .Chart.Name }}
              env:
                - name: A
                  valueFrom:
                    secretKeyRef:
                      name: {{ .Values.secret }}
                      key: a
                - name: B
                  valueFrom:
                    secretKeyRef:
                      name: fixed
                      key: {{ .Values.key }}
                {{- if .Values.more }}
                - name: C
                  valueFrom:
                    configMapKeyRef:
                      name: "more"
                      key: c
                      optional: {{ .Values.optional }}
                {{- end }}
                - name: D
                  valueFrom: {secretKeyRef: {name: {{ if .x }}a{{ else }}b{{ end }}, key: d}}
                - name: E
                  valueFrom:
                    secretKeyRef:
                      name:
                        {{- if .Values.e }}
                        one
                        {{- else }}
                        two
                        {{- end }}
                      key: e
          volumes:
            - name: v
              configMap: { name: {{ .Release.Name }}-config }
            - name: w
              secret:
                secretName: plain-secret
    {{- end }}
  `);
  const [template] = new ManifestReader().read(text).templates;
  assert.equal(template?.kind, 'Deployment');
  assert.equal(template.name, '');
  assert.notEqual(template.problem, undefined);
  assert.deepEqual(
    template.references.map(({ reference, name, keys, literal }) => {
      assert.equal(text.slice(name.start, name.end), reference.name);
      return [reference.name, keys.length, reference.optional, literal];
    }),
    [
      ['fixed', 0, false, true],
      ['more', 1, false, true],
      ['plain-secret', 0, false, true],
    ],
  );
});

test('a document that is sound as it stands is read as it stands', () => {
  const text = dedent(`
    apiVersion: v1
    kind: Pod
    spec:
      containers:
      - name: a
        args: ["{{ $labels.pod }}"]
      imagePullSecrets:
      - name: "{{ pull }}"
      - name: own
    ---
    apiVersion: v1
    kind: ConfigMap
    data:
      rule: |
        {{ if }}
  `);
  const [template, ...others] = new ManifestReader().read(text).templates;
  assert.deepEqual(others, []);
  assert.equal(template?.problem, undefined);
  assert.deepEqual(
    template?.references.map(({ reference, literal }) => [reference.name, literal]),
    [
      ['{{ pull }}', false],
      ['own', true],
    ],
  );
});
