import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ManifestReader } from '../../src/manifest/manifest';
import { cutPieces } from '../../src/manifest/pieces';

const pod = 'apiVersion: v1\nkind: Pod\nspec: {imagePullSecrets: [{name: pull}]}\n';

/** The number of each template's document, and `!` where the document cannot be decoded. */
function places(text: string): string[] {
  return new ManifestReader()
    .read(text)
    .templates.map(
      (each) =>
        `${each.document}${each.problem === undefined ? '' : '!'}` +
        (each.references.length === 1 ? '' : ' without its reference'),
    );
}

describe('cutting a file into documents', () => {
  const cases: readonly (readonly [name: string, text: string, expected: readonly string[]])[] = [
    ['one document', pod, ['0']],
    ['a separator first', `---\n${pod}`, ['0']],
    ['two documents', `${pod}---\n${pod}`, ['0', '1']],
    ['a separator last', `${pod}---\n`, ['0']],
    ['a separator last without a line end', `${pod}---`, ['0']],
    ['a blank line last', `${pod}---\n\n`, ['0']],
    ['a comment before the first separator', `# licence\n---\n${pod}`, ['1']],
    ['a comment after the first separator', `---\n# licence\n${pod}`, ['0']],
    ['only a comment between separators', `${pod}---\n# nothing\n---\n${pod}`, ['0', '2']],
    ['two separators in a row', `${pod}---\n---\n${pod}`, ['0', '1']],
    ['three separators in a row', `${pod}---\n---\n---\n${pod}`, ['0', '2']],
    ['two separators first', `---\n---\n${pod}`, ['1']],
    ['a null document', `~\n---\nnull\n---\n${pod}`, ['2']],
    ['a blank after the separator', `${pod}--- \t\n${pod}`, ['0', '1']],
    ['a comment on the separator', `${pod}--- # next\n${pod}`, ['0', '1']],
    ['text on the separator loses the document before', `${pod}---pod\n${pod}`, ['0!', '1']],
    ['a longer separator does too', `${pod}----\n${pod}`, ['0!', '1']],
    ['an indented separator is none', `${pod} ---\n${pod}`, ['0!']],
    ['a separator cuts a block scalar', `${pod}text: |\n---\n${pod}`, ['0', '1']],
    ['nothing is read after dots', `${pod}...\n${pod}`, ['0']],
    ['dots and a separator', `${pod}...\n---\n${pod}`, ['0', '1']],
    ['dots with a comment', `${pod}... # end\n]\n---\n${pod}`, ['0', '1']],
    ['a directive is a broken document of its own', `%YAML 1.1\n---\n${pod}`, ['1']],
    ['a directive ends a document', `${pod}%YAML 1.1\n${pod}`, ['0']],
    ['carriage returns', `---\n${pod}---\n${pod}`.replaceAll('\n', '\r\n'), ['0', '1']],
    ['a byte order mark', `\uFEFF---\n${pod}---\n${pod}`, ['0', '1']],
    ['after a broken document', `a: [\n---\n${pod}`, ['1']],
    ['nothing', '', []],
    ['blank lines', '\n \n', []],
  ];
  for (const [name, text, expected] of cases)
    test(name, () => {
      assert.deepEqual(places(text), expected);
    });
});

describe('JSON', () => {
  const json = '{"apiVersion": "v1", "kind": "Pod", "spec": {"imagePullSecrets": [{"name": "pull"}]}}';
  const cases: readonly (readonly [name: string, text: string, expected: readonly string[]])[] = [
    ['one object', json, ['0']],
    ['a stream', `\n\t${json}\n{"a": "}{\\""}${json} null 12 ${json}`, ['0', '2', '5']],
    ['tabs', json.replaceAll(' ', '\n\t\t'), ['0']],
    ['half typed', json.slice(0, -2), ['0!']],
    ['nothing is read after an error', `${json} oops ${json}`, ['0']],
    ['YAML after it is not read', `${json}\n---\n${pod}`, ['0', '1!']],
    ['flow style is not JSON', '{apiVersion: v1, kind: Pod, spec: {imagePullSecrets: [{name: pull}]}}', ['0!']],
    [
      'but may stand after a separator',
      '---\n{apiVersion: v1, kind: Pod, spec: {imagePullSecrets: [{name: a}]}}',
      ['0'],
    ],
  ];
  for (const [name, text, expected] of cases)
    test(name, () => {
      assert.deepEqual(places(text), expected);
    });

  test('pieces are what stands at their offsets', () => {
    const text = `  ${json}\n{"b": [1, "]"]}7 `;
    assert.deepEqual(
      cutPieces(text).map(({ start, end }) => text.slice(start, end)),
      [json, '{"b": [1, "]"]}', '7'],
    );
  });
});
