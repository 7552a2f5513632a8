import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { continuationIn, continueToken } from '../../src/demo/continueTokens';
import { ObjectStore } from '../../src/demo/objectStore';
import { acts, list, place, play, refusalOf, selection, valueOf, type Act } from './storeSupport';

describe('lists of the demo', () => {
  test('in pages are the list of the first page, whatever happens in between', () => {
    const namespace = fc.option(place.namespace, { nil: undefined });
    fc.assert(
      fc.property(
        acts,
        acts,
        namespace,
        selection,
        fc.integer({ min: 1, max: 4 }),
        (before, during, where, selected, limit) => {
          const store = new ObjectStore(() => 0);
          for (const act of before) play(store, act);
          const whole = valueOf(list(store, where, selected));
          const waiting: Act[] = [...during];
          const items: object[] = [];
          let left: number | undefined;
          let token = '';
          do {
            const page = valueOf(list(store, where, { ...selected, limit: String(limit), continue: token }));
            assert.ok(page.items.length <= limit);
            assert.equal(page.metadata.resourceVersion, whole.metadata.resourceVersion);
            if (left !== undefined) assert.equal(page.items.length + (page.metadata.remainingItemCount ?? 0), left);
            left = page.metadata.remainingItemCount;
            assert.equal(left === undefined, page.metadata.continue === undefined || 'fieldSelector' in selected);
            items.push(...page.items);
            token = page.metadata.continue ?? '';
            for (const act of waiting.splice(0, 3)) play(store, act);
          } while (token !== '');
          assert.deepEqual(items, whole.items);
        },
      ),
    );
  });

  test('of a version are refused once it is forgotten, and go on from the newest with the token of the refusal', () => {
    fc.assert(
      fc.property(acts, acts, (before, after) => {
        const store = new ObjectStore(() => 0);
        for (const act of before) play(store, act);
        const first = valueOf(list(store, undefined, { limit: '1' }));
        const token = first.metadata.continue;
        fc.pre(token !== undefined);
        for (const act of after) play(store, act);
        fc.pre(String(store.version) !== first.metadata.resourceVersion);
        store.compact();
        const refusal = refusalOf(list(store, undefined, { continue: token }));
        assert.deepEqual([refusal.code, refusal.reason], [410, 'Expired']);
        const { start } = valueOf(continuationIn(token));
        const rest = valueOf(list(store, undefined, { continue: refusal.metadata.continue ?? '' }));
        const keyOf = (item: object): string => {
          const { namespace, name } = (item as { metadata: { namespace: string; name: string } }).metadata;
          return `${namespace}/${name}`;
        };
        const all = valueOf(list(store, undefined)).items;
        assert.deepEqual(
          rest.items,
          all.filter((item) => keyOf(item) >= start),
        );
      }),
    );
  });

  test('a token is read as it was written, and nothing else is taken for one', () => {
    const version = fc.oneof(fc.integer({ min: 1 }), fc.constant('newest' as const));
    fc.assert(
      fc.property(version, fc.string({ minLength: 1 }), (at, start) => {
        const token = continueToken({ version: at, start });
        assert.match(token, /^[\w-]+$/);
        assert.deepEqual(valueOf(continuationIn(token)), { version: at, start });
      }),
    );
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), fc.boolean(), (text, encoded) => {
        const token = encoded ? Buffer.from(text).toString('base64url') : text;
        const { code, message } = refusalOf(continuationIn(token));
        assert.equal(code, 400);
        assert.match(message, /^invalid continue token: continue key is not valid: /);
      }),
    );
  });
});
