import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ManifestReader } from '../../src/manifest/manifest';
import { resolveScalar } from '../../src/manifest/scalars';

describe('plain scalars', () => {
  const words: Record<ReturnType<typeof resolveScalar>['is'], string> = {
    null: ' ~ null Null NULL',
    flag: 'y Y n N yes Yes YES no No NO true True TRUE false False FALSE on On ON off Off OFF',
    number: '0 12 -3 +4 007 0o17 0x1F 0XaB 0b101 -0b11 1_000 08 1.5 1. .5 -.5 1e3 1E-3 .5e2 18446744073709551616',
    invalid: '.inf -.inf +.INF .nan .NaN',
    text:
      'a nO tRUE nUll yEs truee 0x 0o 0b2 0xg 1e 1e999 .5_0 . 1.2.3 22:22 1:30:00 2001-01-01 2001-12-14t21:59:43.10-05:00 ' +
      '_1 - + = << 12a .e5 0x1FFFFFFFFFFFFFFFF ~a',
  };
  for (const [is, list] of Object.entries(words)) {
    for (const word of list.split(' ')) {
      test(`"${word}" is ${is}`, () => {
        assert.equal(resolveScalar(word, true, undefined).is, is);
      });
    }
  }
  test('quotes make a text of anything', () => {
    for (const word of Object.values(words).join(' ').split(' ')) {
      assert.deepEqual(resolveScalar(word, false, undefined), { is: 'text', text: word });
    }
  });
});

test('tags', () => {
  const core = 'tag:yaml.org,2002:';
  assert.deepEqual(resolveScalar('1', true, `${core}str`), { is: 'text', text: '1' });
  assert.deepEqual(resolveScalar('1', false, `${core}int`), { is: 'number' });
  assert.deepEqual(resolveScalar('1.5', false, `${core}int`), { is: 'invalid' });
  assert.deepEqual(resolveScalar('1', false, `${core}float`), { is: 'number' });
  assert.deepEqual(resolveScalar('a', false, `${core}float`), { is: 'invalid' });
  assert.deepEqual(resolveScalar('yes', false, `${core}bool`), { is: 'flag', flag: true });
  assert.deepEqual(resolveScalar('1', false, `${core}bool`), { is: 'invalid' });
  assert.deepEqual(resolveScalar('', true, `${core}null`), { is: 'null' });
  assert.deepEqual(resolveScalar('a', true, `${core}null`), { is: 'invalid' });
  assert.deepEqual(resolveScalar('ZGI=', true, `${core}binary`), { is: 'text', text: 'db' });
  assert.deepEqual(resolveScalar('Z', true, `${core}binary`), { is: 'invalid' });
  assert.deepEqual(resolveScalar('2001-01-01', true, `${core}timestamp`), { is: 'text', text: '2001-01-01' });
  assert.deepEqual(resolveScalar('1', true, '!own'), { is: 'text', text: '1' });
});

describe('names', () => {
  const cases: readonly (readonly [yaml: string, names: readonly string[]])[] = [
    ['[{name: a}, {name: 1}, {name: yes}, {name: ~}, {name: }, {}, ~, {name: "2"}]', ['a', '2']],
    ['[{name: a, name: b}, {name: c, name: ~}, {name: ~, name: d}]', ['b', 'd']],
    ['[{Name: a}, {NAME: b}, {"name": c}, {? name : d}, {!!str name: e}]', ['c', 'd', 'e']],
    ['[{name: &n a}, {name: *n}, &m {name: b}, *m, {<<: *m}, {<<: [{name: c}, *m]}]', ['a', 'a', 'b', 'b', 'b', 'c']],
    ['[&m {name: m}, {<<: *m, name: own}, {name: own, <<: *m}, {"<<": *m}]', ['m', 'own', 'm']],
    ['[&m {name: m}, &k {<<: *m, other: 1}, {<<: *k}]', ['m', 'm', 'm']],
    ['[{name: &n a}, {name: *n}, {name: &n b}, {name: *n}]', ['a', 'a', 'b', 'b']],
    [
      '\n  - name: plain\n      text\n  - name: >-\n      folded\n  - name: |-\n      block',
      ['plain text', 'folded', 'block'],
    ],
    ["[{name: \"\\x61\\u0062\"}, {name: 'it''s'}]", ['ab', "it's"]],
    ['[\n{name: a}, # unindented\n{name: "b\nc"}\n]', ['a', 'b c']],
    ['{name: not-a-list}', []],
    ['text', []],
  ];
  for (const [yaml, names] of cases) {
    test(yaml, () => {
      const text = `apiVersion: v1\nkind: Pod\nspec:\n  imagePullSecrets: ${yaml}\n`;
      const [template] = new ManifestReader().read(text).templates;
      assert.equal(template?.problem, undefined);
      assert.deepEqual(
        template?.references.map((each) => each.reference.name),
        names,
      );
    });
  }
});

describe('what Kubernetes refuses is found all the same, with the reason', () => {
  const refused = [
    'x: *unknown',
    'x: &x [*x]',
    '~: x',
    '? [a]\n: x',
    'x: .nan',
    'x: !!int a',
    '<<: 3',
    'x: {{ a }}',
    'x: "a',
    'x: [a',
    'x: a: b',
    'x: @a',
    'x: "\\/"',
    'x: \u0007',
    'x:\n\t- a',
    'x:\n-\ta',
    'x: "a"\n\t\nz: 1',
    'x: a\n\t\nz: 1',
  ];
  const fine = [
    'x:\ta',
    'x: "a\n\tb"',
    'x: [\n\ta]',
    'x: a\n \tb',
    'x: "a"#b',
    'x: |\n  a\n  \tb',
    'x: [a,]',
    'x: y # z',
  ];
  const read = (line: string) =>
    new ManifestReader().read(`apiVersion: v1\nkind: Pod\nspec: {imagePullSecrets: [{name: pull}]}\n${line}\n`)
      .templates;
  for (const line of refused) {
    test(JSON.stringify(line), () => {
      const [template] = read(line);
      assert.notEqual(template?.problem, undefined);
      assert.equal(template?.references[0]?.reference.name, 'pull');
    });
  }
  for (const line of fine) {
    test(`but not ${JSON.stringify(line)}`, () => {
      assert.equal(read(line)[0]?.problem, undefined);
    });
  }
});
