import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { configMap } from './apiUnderTest';
import { refusal } from './statuses';
import { configMaps, secrets, type Check } from './subject';

export function describeObjects(check: Check): void {
  describe('one object', () => {
    check('is answered whole', async ({ api, raw, freshNamespace }) => {
      const where = await freshNamespace();
      await api.put(configMap(where, 'one', 'text', { app: 'web' }));
      const { code, headers, body } = await raw.send(`${configMaps(where)}/one`);
      assert.deepEqual([code, headers['content-type']], [200, 'application/json']);
      assert.deepEqual([body.kind, body.apiVersion, body['data']], ['ConfigMap', 'v1', { value: 'text' }]);
      const {
        name: itsName,
        namespace: itsNamespace,
        labels,
        uid,
        resourceVersion,
        creationTimestamp,
      } = body.metadata!;
      assert.deepEqual([itsName, itsNamespace, labels], ['one', where, { app: 'web' }]);
      assert.match(uid!, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      assert.match(resourceVersion!, /^[1-9]\d*$/);
      assert.match(creationTimestamp!, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    });

    check(
      'has another version after a change, and another uid after it was made anew',
      async ({ api, raw, freshNamespace }) => {
        const where = await freshNamespace();
        const metadata = async (): Promise<readonly [string, string]> => {
          const { body } = await raw.send(`${configMaps(where)}/one`);
          return [body.metadata!.uid!, body.metadata!.resourceVersion!];
        };
        await api.put(configMap(where, 'one', 'first'));
        const [uid, version] = await metadata();
        await api.put(configMap(where, 'one', 'second'));
        const [sameUid, laterVersion] = await metadata();
        assert.equal(sameUid, uid);
        assert.ok(Number(laterVersion) > Number(version));
        await api.remove({ kind: 'ConfigMap', namespace: where, name: 'one' });
        await api.put(configMap(where, 'one', 'third'));
        assert.notEqual((await metadata())[0], uid);
      },
    );

    check('that does not exist is a 404 that names it', async ({ freshNamespace, refuses }) => {
      const where = await freshNamespace();
      const missing = (kind: string, one: string): object =>
        refusal(404, 'NotFound', `${kind} "${one}" not found`, { name: one, kind });
      await refuses(`${configMaps(where)}/nope`, missing('configmaps', 'nope'));
      await refuses(`${configMaps(where)}/nope?resourceVersion=0`, missing('configmaps', 'nope'));
      await refuses(`${configMaps('nowhere')}/nope`, missing('configmaps', 'nope'));
      await refuses(`${secrets}/missing`, missing('secrets', 'missing'));
      await refuses(`/api/v1/namespaces/${where}/pods/nope`, missing('pods', 'nope'));
      await refuses('/api/v1/nodes/nope', missing('nodes', 'nope'));
      await refuses('/api/v1/namespaces/nope', missing('namespaces', 'nope'));
    });

    check('is the newest, whatever version is asked for', async ({ api, raw, freshNamespace }) => {
      const where = await freshNamespace();
      await api.put(configMap(where, 'one', 'first'));
      const first = (await raw.send(`${configMaps(where)}/one`)).body.metadata!.resourceVersion!;
      await api.put(configMap(where, 'one', 'second'));
      for (const version of ['', '0', first]) {
        const { body } = await raw.send(`${configMaps(where)}/one?resourceVersion=${version}`);
        assert.deepEqual(body['data'], { value: 'second' }, version);
      }
    });

    check('comes uncompressed, also to those who would take it compressed', async ({ raw }) => {
      const { code, headers, body } = await raw.send(`${secrets}/open`, { headers: { 'accept-encoding': 'gzip' } });
      assert.deepEqual([code, headers['content-encoding'], body.kind], [200, undefined, 'Secret']);
    });
  });
}
