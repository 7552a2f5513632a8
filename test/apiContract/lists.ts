import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { configMap } from './apiUnderTest';
import { refusal } from './statuses';
import { configMaps, type Check } from './subject';

export function describeLists(check: Check): void {
  describe('lists', () => {
    check(
      'are in the order of names, with a version, and items without what the list says',
      async ({ api, raw, freshNamespace }) => {
        const where = await freshNamespace();
        for (const one of ['b', 'a', 'c', 'a-1', 'a.1']) await api.put(configMap(where, one, one));
        const { code, body } = await raw.send(configMaps(where));
        assert.deepEqual([code, body.kind, body.apiVersion], [200, 'ConfigMapList', 'v1']);
        assert.deepEqual(Object.keys(body.metadata!), ['resourceVersion']);
        assert.deepEqual(
          body.items!.map((item) => item.metadata.name),
          ['a', 'a-1', 'a.1', 'b', 'c'],
        );
        for (const item of body.items!) assert.ok(!('kind' in item) && !('apiVersion' in item));
        const newest = Math.max(...body.items!.map((item) => Number(item.metadata.resourceVersion)));
        assert.ok(Number(body.metadata!.resourceVersion) >= newest);
      },
    );

    check('of a namespace that does not exist are empty', async ({ raw }) => {
      const { code, body } = await raw.send(configMaps('nowhere'));
      assert.deepEqual([code, body.kind, body.items], [200, 'ConfigMapList', []]);
    });

    check('go through all namespaces, one after another', async ({ api, raw, freshNamespace }) => {
      const spaces = [await freshNamespace(), await freshNamespace()];
      for (const where of spaces) for (const one of ['x', 'y']) await api.put(configMap(where, one));
      const { body } = await raw.send('/api/v1/configmaps');
      assert.deepEqual(
        body
          .items!.filter(({ metadata }) => spaces.includes(metadata.namespace ?? ''))
          .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
        spaces.flatMap((where) => [`${where}/x`, `${where}/y`]),
      );
      assert.ok((await raw.names('/api/v1/namespaces')).includes(spaces[0]!));
    });

    check('in pages are of the version of the first page', async ({ api, raw, freshNamespace }) => {
      const where = await freshNamespace();
      for (const one of ['a', 'c', 'e', 'g', 'i']) await api.put(configMap(where, one, 'before'));
      const first = (await raw.send(`${configMaps(where)}?limit=2`)).body;
      await api.put(configMap(where, 'b', 'new'));
      await api.put(configMap(where, 'd', 'new'));
      await api.put(configMap(where, 'e', 'after'));
      await api.remove({ kind: 'ConfigMap', namespace: where, name: 'g' });
      const token = (body: typeof first): string => String(body.metadata!['continue']);
      const second = (await raw.send(`${configMaps(where)}?limit=2&continue=${token(first)}`)).body;
      const third = (await raw.send(`${configMaps(where)}?limit=2&continue=${token(second)}`)).body;
      const pages = [first, second, third];
      const items = pages.flatMap((page) => page.items!);
      assert.deepEqual(
        items.map((item) => item.metadata.name),
        ['a', 'c', 'e', 'g', 'i'],
      );
      for (const item of items) assert.deepEqual(item['data'], { value: 'before' });
      assert.deepEqual(
        pages.map((page) => page.metadata!['remainingItemCount']),
        [3, 1, undefined],
      );
      assert.equal(third.metadata!['continue'], undefined);
      assert.equal(new Set(pages.map((page) => page.metadata!.resourceVersion)).size, 1);
      const rest = (await raw.send(`${configMaps(where)}?continue=${token(first)}`)).body;
      assert.deepEqual(
        rest.items!.map((item) => item.metadata.name),
        ['e', 'g', 'i'],
      );
      assert.deepEqual(await raw.names(configMaps(where)), ['a', 'b', 'c', 'd', 'e', 'i']);
    });

    check('in pages are counted only where everything is selected', async ({ api, raw, freshNamespace }) => {
      const where = await freshNamespace();
      for (const one of ['a', 'b', 'c', 'd']) await api.put(configMap(where, one));
      const even = 'fieldSelector=metadata.name!%3Da,metadata.name!%3Dc';
      const odd = 'fieldSelector=metadata.name!%3Db,metadata.name!%3Dd';
      const page = async (query: string): Promise<readonly unknown[]> => {
        const { metadata, items } = (await raw.send(`${configMaps(where)}?${query}`)).body;
        const { remainingItemCount, continue: token } = metadata!;
        return [items!.map((item) => item.metadata.name).join(), remainingItemCount, typeof token];
      };
      assert.deepEqual(await page('limit=1'), ['a', 3, 'string']);
      assert.deepEqual(await page(`limit=1&${even}`), ['b', undefined, 'string']);
      // Nobody looks whether something of the rest is selected.
      assert.deepEqual(await page(`limit=2&${odd}`), ['a,c', undefined, 'string']);
      assert.deepEqual(await page(`limit=2&${even}`), ['b,d', undefined, 'undefined']);
      assert.deepEqual(await page('limit=4'), ['a,b,c,d', undefined, 'undefined']);
      assert.deepEqual(await page('limit=0'), ['a,b,c,d', undefined, 'undefined']);
    });

    check(
      'of any version come whole, of an exact one as they were, and of a minimum as they are',
      async ({ api, raw, freshNamespace }) => {
        const where = await freshNamespace();
        await api.put(configMap(where, 'a', 'first'));
        await api.put(configMap(where, 'b', 'first'));
        const version = (await raw.send(configMaps(where))).body.metadata!.resourceVersion!;
        await api.put(configMap(where, 'a', 'second'));
        await api.remove({ kind: 'ConfigMap', namespace: where, name: 'b' });
        await api.put(configMap(where, 'c', 'second'));
        const list = async (query: string): Promise<string> => {
          const { items, metadata } = (await raw.send(`${configMaps(where)}?${query}`)).body;
          const values = items!.map((item) => `${item.metadata.name}=${(item['data'] as { value: string }).value}`);
          const was = metadata!.resourceVersion === version ? 'then' : 'now';
          return [was, ...values, ...(metadata!['continue'] === undefined ? [] : ['…'])].join(' ');
        };
        const now = 'now a=second c=second';
        assert.equal(await list('resourceVersion=0'), now);
        assert.equal(await list('resourceVersion=0&limit=1'), now);
        assert.equal(await list('resourceVersion=0&resourceVersionMatch=NotOlderThan'), now);
        assert.equal(await list(`resourceVersion=${version}`), now);
        assert.equal(await list(`resourceVersion=${version}&resourceVersionMatch=NotOlderThan`), now);
        assert.equal(
          await list(`resourceVersion=${version}&resourceVersionMatch=NotOlderThan&limit=1`),
          'now a=second …',
        );
        assert.equal(await list(`resourceVersion=${version}&resourceVersionMatch=Exact`), 'then a=first b=first');
        // With a limit, the version has always been taken for an exact one.
        assert.equal(await list(`resourceVersion=${version}&limit=1`), 'then a=first …');
        assert.equal(await list(`resourceVersion=${version}&limit=2`), 'then a=first b=first');
      },
    );

    check('of a version that is still to come are refused', async ({ raw }) => {
      // A real server waits some seconds for a version to come.
      const ask = async (more: string): Promise<void> => {
        const { code, body } = await raw.send(`${configMaps('nowhere')}?resourceVersion=99999999${more}`);
        assert.deepEqual([code, body.reason], [504, 'Timeout'], more);
        assert.match(body.message!, /^Timeout: Too large resource version: 99999999, current: \d+$/);
      };
      await Promise.all(['', '&limit=2', '&resourceVersionMatch=Exact'].map(ask));
    });

    check('that cannot be understood are refused', async ({ api, raw, freshNamespace, refuses }) => {
      const where = await freshNamespace();
      await api.put(configMap(where, 'a'));
      await api.put(configMap(where, 'b'));
      const token = String((await raw.send(`${configMaps(where)}?limit=1`)).body.metadata!['continue']);
      const syntax = (text: string, parse = 'ParseInt'): string =>
        `strconv.${parse}: parsing "${text}": invalid syntax`;
      const invalidToken = 'invalid continue token: continue key is not valid';
      const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      const bad: readonly (readonly [query: string, message: string])[] = [
        ['limit=abc', syntax('abc')],
        ['limit=', syntax('')],
        ['timeoutSeconds=x', syntax('x')],
        [
          'resourceVersion=abc',
          `invalid resource version: resourceVersion: Invalid value: "abc": ${syntax('abc', 'ParseUint')}`,
        ],
        [`continue=${token}&resourceVersion=5`, 'specifying resource version is not allowed when using continue'],
        [
          `continue=${encoded({ v: 'x', rv: 1, start: '/a' })}`,
          `${invalidToken}: server does not recognize this encoded version x`,
        ],
        [
          `continue=${encoded({ v: 'meta.k8s.io/v1', rv: 0, start: '/a' })}`,
          `${invalidToken}: incorrect encoded start resourceVersion (version meta.k8s.io/v1)`,
        ],
        [
          `continue=${encoded({ v: 'meta.k8s.io/v1', rv: 1 })}`,
          `${invalidToken}: encoded start key empty (version meta.k8s.io/v1)`,
        ],
      ];
      for (const [query, message] of bad) {
        await refuses(`${configMaps(where)}?${query}`, refusal(400, 'BadRequest', message));
      }
      for (const nonsense of ['abc', '!!', 'e30', 'bnVsbA']) {
        const { body } = await raw.send(`${configMaps(where)}?continue=${nonsense}`);
        assert.deepEqual([body.code, body.reason], [400, 'BadRequest'], nonsense);
        assert.ok(body.message!.startsWith(invalidToken), body.message);
      }
    });

    check('whose versions and rules do not go together are refused', async ({ refuses }) => {
      const forbidden = (message: string): object => ({
        reason: 'FieldValueForbidden',
        message: `Forbidden: ${message}`,
        field: 'resourceVersionMatch',
      });
      const unsupported = (supported: string): object => ({
        reason: 'FieldValueNotSupported',
        message: `Unsupported value: "Foo": supported values: ${supported}`,
        field: 'resourceVersionMatch',
      });
      const invalid = (message: string, causes: readonly object[]): object => ({
        ...refusal(422, 'Invalid', `ListOptions.meta.k8s.io "" is invalid: ${message}`, {
          group: 'meta.k8s.io',
          kind: 'ListOptions',
          causes,
        }),
      });
      const without = 'resourceVersionMatch is forbidden unless resourceVersion is provided';
      const zero = 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"';
      const inWatch = 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided';
      const list = configMaps('nowhere');
      await refuses(
        `${list}?resourceVersionMatch=Exact`,
        invalid(`resourceVersionMatch: Forbidden: ${without}`, [forbidden(without)]),
      );
      await refuses(
        `${list}?resourceVersionMatch=Exact&resourceVersion=0`,
        invalid(`resourceVersionMatch: Forbidden: ${zero}`, [forbidden(zero)]),
      );
      const three = '"Exact", "NotOlderThan", ""';
      await refuses(
        `${list}?resourceVersionMatch=Foo&resourceVersion=1`,
        invalid(`resourceVersionMatch: Unsupported value: "Foo": supported values: ${three}`, [unsupported(three)]),
      );
      const problems = `resourceVersionMatch: Forbidden: ${inWatch}, resourceVersionMatch: Unsupported value: "Foo"`;
      await refuses(
        `${list}?resourceVersionMatch=Foo&resourceVersion=1&watch=1`,
        invalid(`[${problems}: supported values: "NotOlderThan"]`, [forbidden(inWatch), unsupported('"NotOlderThan"')]),
      );
      const needsMatch = 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan';
      await refuses(
        `${list}?watch=1&sendInitialEvents=true`,
        invalid(`resourceVersionMatch: Forbidden: ${needsMatch}`, [forbidden(needsMatch)]),
      );
      const inList = 'sendInitialEvents is forbidden for list';
      await refuses(
        `${list}?sendInitialEvents=false`,
        invalid(`sendInitialEvents: Forbidden: ${inList}`, [{ ...forbidden(inList), field: 'sendInitialEvents' }]),
      );
    });
  });
}
