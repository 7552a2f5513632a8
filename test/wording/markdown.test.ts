import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { plain, unlinked } from '../../src/wording/markdown';

test('text from a cluster cannot become a link, an image, HTML, an icon or another line', () => {
  assert.equal(plain('[x](command:evil)'), '\\[x\\]\\(command:evil\\)');
  assert.equal(plain('<img src=x> & more'), '&lt;img src=x&gt; &amp; more');
  assert.equal(plain('$(trash) **bold**\n# title'), '$&#8203;\\(trash\\) \\*\\*bold\\*\\* \\# title');
  assert.equal(plain('https://evil.example'), 'https:&#8203;//evil.example');
});

test('no character that Markdown knows is left bare, whatever the text', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const escaped = plain(text);
      assert.doesNotMatch(escaped, /[<>\n]/);
      assert.doesNotMatch(escaped.replace(/\\.|&#8203;/g, ''), /[\\`*_{}[\]()#+\-!~|]/);
    }),
  );
});

/**
 * What makes links of bare addresses, as marked has it, which VS Code reads Markdown with (`url` and `email` in its
 * src/rules.ts). Unlike CommonMark's extension it asks for no word boundary before them.
 */
const bareAddress =
  /(?:(?:ftp|https?):\/\/|www\.)(?:[a-z0-9-]+\.?)+|[a-z0-9._+-]+@[a-z0-9_-]+(?:\.[a-z0-9_-]*[a-z0-9])+(?![-_])/i;

test('no text becomes a link by itself, wherever an address begins in it', () => {
  assert.equal(plain('xwww.example.com'), 'xwww&#8203;.example.com');
  const piece = fc.oneof(
    fc.constantFrom(
      'www',
      'WwW',
      '.',
      'http',
      'HTTPS',
      'ftp',
      ':',
      '/',
      '//',
      'mailto',
      'xmpp',
      'a',
      '@',
      'example.com',
    ),
    fc.constantFrom('_', '*', '~', '(', '[', '\\', '$', '<', ' ', '&', '#', '\n'),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      assert.doesNotMatch(plain(pieces.join('')), bareAddress);
    }),
    { numRuns: 2000 },
  );
});

test('every character is in view, in a tooltip and in a notification', () => {
  assert.equal(plain('db\u202e\nx'), 'db\\\\u\\{202e\\} x');
  assert.equal(unlinked('db\u202e\nx'), 'db\\u{202e} x');
});

test('what a server says cannot put a command into a notification', () => {
  assert.doesNotMatch(unlinked('denied [Fix](command:workbench.action.terminal.sendSequence)'), /\]\(/);
});
