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

test('what a server says cannot put a command into a notification', () => {
  assert.doesNotMatch(unlinked('denied [Fix](command:workbench.action.terminal.sendSequence)'), /\]\(/);
});
