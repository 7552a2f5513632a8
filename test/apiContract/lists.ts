import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { configMap } from './apiUnderTest';
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

    check('of a version or newer, and with a limit that they do not reach, are as they are', async (subject) => {
      const { api, raw, freshNamespace } = subject;
      const where = await freshNamespace();
      await api.put(configMap(where, 'a', 'first'));
      const version = (await raw.send(configMaps(where))).body.metadata!.resourceVersion!;
      await api.put(configMap(where, 'a', 'second'));
      for (const query of ['resourceVersion=0', `resourceVersion=${version}`, 'limit=500']) {
        const { items, metadata } = (await raw.send(`${configMaps(where)}?${query}`)).body;
        assert.deepEqual(
          items!.map((item) => item['data']),
          [{ value: 'second' }],
          query,
        );
        assert.equal(metadata!['continue'], undefined);
      }
    });
  });
}
