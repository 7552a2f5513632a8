import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hasControls, valuePage, type ValuePage } from '../../src/commands/valuePage';
import { viewOf } from '../../src/commands/valueView';

const nonce = 'n0nce';

function page(value: string | Uint8Array, others: Partial<ValuePage> = {}): string {
  return valuePage({
    nonce,
    language: 'en',
    title: 'Secret shop/db · password',
    facts: [{ label: 'Context', text: 'staging' }],
    view: viewOf(typeof value === 'string' ? new TextEncoder().encode(value) : value),
    notes: [],
    valueLabel: 'Value',
    closes: 'This closes at 14:02:41.',
    copy: 'Copy',
    close: 'Close',
    ...others,
  });
}

/** The text of the value's block. */
function shownValue(html: string): string | undefined {
  const inner = /<div id="value"[^>]*>([^<]*)<\/div>/.exec(html)?.[1];
  return inner === undefined ? undefined : unescaped(inner);
}

function unescaped(text: string): string {
  const characters: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' };
  return text.replace(/&([^;]*);/g, (_all, name: string) => characters[name] ?? assert.fail(name));
}

/** The page without its texts: tags with their attributes, in order. */
function structure(html: string): readonly string[] {
  return html.match(/<[^>]*>/g) ?? [];
}

const text = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
  fc
    .array(fc.constantFrom('<', '>', '&', '"', "'", '</div>', '<script>', '-->', '&lt;', '\n', nonce), { minLength: 1 })
    .map((parts) => parts.join('')),
);

describe('the page of a value', () => {
  test('runs and shows nothing but its own', () => {
    const html = page('hunter2');
    const policy = /content="([^"]*)">/.exec(html)?.[1];
    assert.equal(policy, `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'`);
    assert.equal((html.match(/<(script|style)/g) ?? []).length, 2);
    assert.doesNotMatch(html, /\b(src|href|action|on\w+)=|url\(|@import|https?:|style="/);
  });

  test('whatever the value is, it stays a text of that page', () => {
    const ordinary = structure(page('hunter2'));
    fc.assert(
      fc.property(text, (value) => {
        const html = page(value);
        assert.deepEqual(structure(html), ordinary, JSON.stringify(value));
        const whole = Buffer.from(value).toString();
        if (!hasControls(value)) assert.equal(shownValue(html), whole);
      }),
      { numRuns: 500 },
    );
  });

  test('so do the other texts', () => {
    const fields = ['title', 'valueLabel', 'closes', 'copy', 'close', 'language'] as const;
    fc.assert(
      fc.property(text, fc.constantFrom(...fields), (odd, field) => {
        const html = page('hunter2', { [field]: odd, facts: [{ label: odd, text: odd }], notes: [odd] });
        const tags = (text_: string): string[] => structure(text_).map((tag) => tag.replace(/ .*/s, ''));
        assert.deepEqual(tags(html), tags(page('hunter2', { notes: ['x'] })));
      }),
    );
  });

  test('a first line break is kept, which HTML would drop in a pre', () => {
    assert.equal(shownValue(page('\n\nx\n')), '\n\nx\n');
  });

  test('control characters are shown as symbols', () => {
    assert.equal(shownValue(page('a\0b\u001b[1m\t\u007f\r\n')), 'a␀b␛[1m\t␡\r\n');
    assert.deepEqual(['\t\r\n', 'a\0', '\u007f'].map(hasControls), [false, true, true]);
  });

  test('bytes are shown as a dump', () => {
    assert.match(shownValue(page(Uint8Array.from([0xff, 0x3c]))) ?? '', /^00000000 {2}ff 3c +\.<$/);
  });

  test('an empty value has no block, and nothing to copy', () => {
    const html = page('');
    assert.equal(shownValue(html), undefined);
    assert.doesNotMatch(html, /id="copy"/);
    assert.match(html, /id="close"/);
  });

  test('the value has a name for those who listen, and takes the keyboard', () => {
    assert.match(page('x'), /<div id="value" class="text" tabindex="0" role="region" aria-label="Value">/);
  });
});
