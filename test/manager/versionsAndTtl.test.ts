import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defaultTtlMs, parseTtl, ttlAnnotation, ttlOfNode } from '../../src/manager/nodeTtl';
import { quoteGo } from '../../src/manager/quote';
import { isOlderVersion } from '../../src/manager/resourceVersion';
import type { Node } from '../../src/objects/kubernetes';

const greatest = 2n ** 64n - 1n;

/** Go's `strconv.ParseUint(text, 10, 64)`, whose value is used whatever its error. */
function goUint(text: string): bigint {
  const cutoff = greatest / 10n + 1n;
  let value = 0n;
  for (const character of text) {
    if (!'0123456789'.includes(character)) return 0n;
    if (value >= cutoff) return greatest;
    value = value * 10n + BigInt(character);
    if (value > greatest) return greatest;
  }
  return value;
}

describe('resource versions', () => {
  const table: readonly (readonly [candidate: string, held: string, older: boolean])[] = [
    ['1', '2', true],
    ['2', '1', false],
    ['2', '2', false],
    ['9', '10', true],
    ['10', '9', false],
    ['', '1', true],
    ['', '', false],
    ['', '0', false],
    ['0', '', false],
    ['007', '7', false],
    ['007', '8', true],
    ['abc', '1', true],
    ['1', 'abc', false],
    ['abc', 'abd', false],
    ['-1', '1', true],
    ['+5', '1', true],
    ['0x10', '1', true],
    ['1_000', '1', true],
    [' 5', '1', true],
    ['5 ', '1', true],
    ['1e9', '1', true],
    ['٣', '1', true],
    ['9007199254740993', '9007199254740992', false],
    ['9007199254740992', '9007199254740993', true],
    ['999999999999999', '1000000000000000', true],
    ['18446744073709551614', '18446744073709551615', true],
    ['18446744073709551615', '18446744073709551616', false],
    ['18446744073709551616', '99999999999999999999999', false],
    ['18446744073709551616x', '1', false],
    ['18446744073709551615x', '1', true],
    ['x18446744073709551616', '1', true],
    ['00000000000000000000000000000000000000001', '2', true],
  ];
  for (const [candidate, held, older] of table) {
    test(`"${candidate}" is ${older ? 'older than' : 'not older than'} "${held}"`, () => {
      assert.equal(isOlderVersion(candidate, held), older);
    });
  }

  test('versions compare as unsigned 64-bit numbers read as Go reads them', () => {
    const digits = fc
      .tuple(fc.bigInt({ min: 0n, max: 2n ** 66n }), fc.nat(3))
      .map(([value, zeros]) => '0'.repeat(zeros) + value.toString());
    const near = fc.bigInt({ min: 999_999_999_999_990n, max: 1_000_000_000_000_010n }).map(String);
    const junk = fc.stringMatching(/^[0-9x_ -]{0,24}$/);
    const version = fc.oneof(digits, near, junk, fc.nat(20).map(String));
    fc.assert(
      fc.property(version, version, (a, b) => {
        assert.equal(isOlderVersion(a, b), goUint(a) < goUint(b));
        assert.ok(!(isOlderVersion(a, b) && isOlderVersion(b, a)));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the TTL of a node', () => {
  const table: readonly (readonly [text: string, ms: number | undefined])[] = [
    ['0', 0],
    ['60', 60_000],
    ['0030', 30_000],
    ['+30', 30_000],
    ['-5', -5_000],
    ['-0', 0],
    ['', undefined],
    ['+', undefined],
    ['-', undefined],
    ['+-5', undefined],
    ['--5', undefined],
    [' 30', undefined],
    ['30 ', undefined],
    ['30\n', undefined],
    ['30s', undefined],
    ['30.0', undefined],
    ['3e1', undefined],
    ['0x1e', undefined],
    ['3_0', undefined],
    ['٣٠', undefined],
    ['bad', undefined],
    ['9223372036', 9_223_372_036_000],
    ['9223372037', -9_223_372_036_709.551_616],
    ['18446744074', 290.448_384],
    ['9223372036854775807', -1_000],
    ['-9223372036854775808', 0],
    ['9223372036854775808', undefined],
    ['-9223372036854775809', undefined],
    ['99999999999999999999999999', undefined],
  ];
  for (const [text, ms] of table) {
    test(`annotation ${JSON.stringify(text)} is ${ms === undefined ? 'refused' : `${ms} ms`}`, () => {
      const parsed = parseTtl(text);
      if (ms === undefined || parsed === undefined) assert.equal(parsed, ms);
      else assert.ok(Math.abs(parsed - ms) < 0.01, `${parsed} ms`);
    });
  }

  test('seconds become nanoseconds in arithmetic that wraps at 64 bits', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (seconds) => {
        const size = 2n ** 64n;
        let nanoseconds = (seconds * 1_000_000_000n) % size;
        if (nanoseconds < 0n) nanoseconds += size;
        if (nanoseconds >= size / 2n) nanoseconds -= size;
        assert.equal(parseTtl(String(seconds)), Number(nanoseconds) / 1e6);
      }),
    );
  });

  const nodeWith = (annotations?: Record<string, string>): Node => ({
    metadata: { name: 'n', ...(annotations === undefined ? {} : { annotations }) },
  });
  const parseNodeAnnotation: readonly (readonly [string, Node | undefined, number])[] = [
    ['no node', undefined, defaultTtlMs],
    ['no annotations', nodeWith(), defaultTtlMs],
    ['other annotations', nodeWith({ other: '5' }), defaultTtlMs],
    ['a text that does not parse', nodeWith({ [ttlAnnotation]: 'bad' }), defaultTtlMs],
    ['0', nodeWith({ [ttlAnnotation]: '0' }), 0],
    ['60', nodeWith({ [ttlAnnotation]: '60' }), 60_000],
    ['15', nodeWith({ [ttlAnnotation]: '15' }), 15_000],
  ];
  for (const [what, node, ms] of parseNodeAnnotation) {
    test(`ParseNodeAnnotation: a node with ${what} gives ${ms} ms`, () => {
      assert.equal(ttlOfNode(() => node)(), ms);
    });
  }

  test('the node is looked at each time, so a changed annotation acts at once', () => {
    let node: Node | undefined = nodeWith({ [ttlAnnotation]: '5' });
    const ttl = ttlOfNode(() => node);
    assert.equal(ttl(), 5_000);
    node = nodeWith({ [ttlAnnotation]: '7' });
    assert.equal(ttl(), 7_000);
    node = nodeWith({ [ttlAnnotation]: 'x' });
    assert.equal(ttl(), defaultTtlMs);
    node = undefined;
    assert.equal(ttl(), defaultTtlMs);
    node = nodeWith({ [ttlAnnotation]: '7' });
    assert.equal(ttl(), 7_000);
  });

  test('the default is 60 seconds and the annotation is that of the TTL controller', () => {
    assert.equal(defaultTtlMs, 60_000);
    assert.equal(ttlAnnotation, 'node.alpha.kubernetes.io/ttl');
  });
});

describe('quoting as Go does', () => {
  const table: readonly (readonly [text: string, quoted: string])[] = [
    ['', '""'],
    ['db', '"db"'],
    ['a"b', '"a\\"b"'],
    ['a\\b', '"a\\\\b"'],
    ["it's", '"it\'s"'],
    ['a\nb\tc\rd', '"a\\nb\\tc\\rd"'],
    ['\u0007\b\f\v', '"\\a\\b\\f\\v"'],
    ['\u0000\u001f\u007f', '"\\x00\\x1f\\x7f"'],
    ['größe ✓ 😀', '"größe ✓ 😀"'],
    ['\u0085\u00a0\u200b\u2028\ue000', '"\\u0085\\u00a0\\u200b\\u2028\\ue000"'],
    ['\u{e0001}', '"\\U000e0001"'],
  ];
  for (const [text, quoted] of table) {
    test(`${JSON.stringify(text)} becomes ${quoted}`, () => {
      assert.equal(quoteGo(text), quoted);
    });
  }
});
