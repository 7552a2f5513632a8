import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pseudo } from './pseudoTranslation';

describe('a pseudo-translation', () => {
  test('leaves no letter as it was, and is longer by nearly half', () => {
    const text = 'See which Secrets and ConfigMaps your pods use, and how fresh your copy of each is.';
    const translated = pseudo(text);
    assert.doesNotMatch(translated, /[A-Za-z]/);
    assert.match(translated, /^⟦Šéééé ŵĥïïçĥ .*\.⟧$/);
    assert.ok(translated.length > text.length * 1.3 && translated.length < text.length * 1.5, translated);
  });

  test('keeps values, icons, code and the addresses of links', () => {
    assert.equal(pseudo('{0} of {1}'), '⟦{0} ööƒ {1}⟧');
    assert.equal(pseudo('$(sync~spin) `~/.kube/config`, as'), '⟦$(sync~spin) `~/.kube/config`, ääš⟧');
    assert.equal(pseudo('The [log](command:kubefresh.showLog).'), '⟦Ťĥéé [ļööğ](command:kubefresh.showLog).⟧');
  });

  test('brackets each line, and leaves a button a button', () => {
    assert.equal(pseudo('No.\n\n[Try](command:a.b)'), '⟦Ñöö.⟧\n\n[⟦Ťŕý⟧](command:a.b)');
  });
});
