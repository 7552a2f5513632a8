import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { configMap, pod } from './apiUnderTest';
import type { RawWatch } from './rawApi';
import { configMaps, type Check } from './subject';

export function describeWatches(check: Check): void {
  describe('watches', () => {
    check('tell every change after a version, in order, with rising versions', async ({ api, raw, freshNamespace }) => {
      const where = await freshNamespace();
      const elsewhere = await freshNamespace();
      await api.put(configMap(where, 'old', 'before'));
      const version = (await raw.send(configMaps(where))).body.metadata!.resourceVersion!;
      await api.put(configMap(where, 'a', 'early'));
      const watch = await raw.watch(`${configMaps(where)}?watch=true&resourceVersion=${version}`);
      assert.deepEqual([watch.code, watch.contentType], [200, 'application/json']);
      await api.put(configMap(where, 'a', 'late'));
      await api.put(configMap(elsewhere, 'a', 'not here'));
      await api.put(configMap(where, 'old', 'after'));
      await api.remove({ kind: 'ConfigMap', namespace: where, name: 'a' });
      await api.put(configMap(where, 'a', 'again'));
      const events = await watch.until(5);
      watch.close();
      const expected = ['ADDED a early', 'MODIFIED a late', 'MODIFIED old after', 'DELETED a late', 'ADDED a again'];
      assert.deepEqual(watch.lines, expected);
      const versions = events.map(({ object }) => Number(object.metadata.resourceVersion));
      assert.deepEqual(
        versions,
        [...new Set(versions)].sort((one, other) => one - other),
      );
      assert.ok(versions[0]! > Number(version));
      for (const { object } of events) assert.deepEqual([object.kind, object.apiVersion], ['ConfigMap', 'v1']);
      // Who goes on from an event sees what came after it.
      const [, second] = versions;
      const next = await raw.watch(`${configMaps(where)}?watch=true&resourceVersion=${second}`);
      await next.until(3);
      next.close();
      assert.deepEqual(next.lines, expected.slice(2));
    });

    check('that are to begin with the state do so from any version', async ({ api, raw, freshNamespace }) => {
      const where = await freshNamespace();
      await api.put(configMap(where, 'a', 'there'));
      const version = (await raw.send(configMaps(where))).body.metadata!.resourceVersion!;
      await api.put(configMap(where, 'b', 'there'));
      await api.compact();
      const asked = 'watch=true&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan';
      for (const [index, from] of ['', `&resourceVersion=${version}`].entries()) {
        const path = `${configMaps(where)}?${asked}&fieldSelector=metadata.name%3Da${from}`;
        const [marked, absent] = await Promise.all([raw.watch(path), raw.watch(path.replace('%3Da', '%3Dabsent'))]);
        const [, end] = await marked.until(2);
        const [onlyEnd] = await absent.until(1);
        await api.put(configMap(where, 'a', `change-${index}`));
        await marked.until(3);
        for (const watch of [marked, absent]) watch.close();
        const before = index === 0 ? 'there' : `change-${index - 1}`;
        assert.deepEqual(marked.lines, [`ADDED a ${before}`, 'BOOKMARK', `MODIFIED a change-${index}`], from);
        for (const bookmark of [end!, onlyEnd!]) {
          assert.equal(bookmark.type, 'BOOKMARK');
          assert.deepEqual(bookmark.object.metadata.annotations, { 'k8s.io/initial-events-end': 'true' });
          assert.ok(Number(bookmark.object.metadata.resourceVersion) > Number(version));
        }
      }
    });

    check('end when their time is up, and say before how far the server has come', async (subject) => {
      const { api, raw, freshNamespace } = subject;
      const where = await freshNamespace();
      await api.put(configMap(where, 'a', 'there'));
      const version = (await raw.send(configMaps(where))).body.metadata!.resourceVersion!;
      const asked = 'watch=true&allowWatchBookmarks=true&timeoutSeconds=4&fieldSelector=metadata.name%3Da';
      const watch = await raw.watch(`${configMaps(where)}?${asked}&resourceVersion=${version}`);
      await api.put(configMap(where, 'b', 'new'));
      api.pass(4_000);
      await watch.end();
      assert.deepEqual(watch.events, []);
      // A real server looks once a second, and may say it twice.
      assert.ok(watch.progress.length > 0);
      for (const { object } of watch.progress) {
        assert.ok(Number(object.metadata.resourceVersion) > Number(version));
      }
    });

    check('of one name, of one node and of all namespaces tell only theirs', async ({ api, raw, freshNamespace }) => {
      const where = await freshNamespace();
      const version = (await raw.send(configMaps(where))).body.metadata!.resourceVersion!;
      const open = (path: string): Promise<RawWatch> => raw.watch(`${path}&watch=true&resourceVersion=${version}`);
      const [byName, byNode, everywhere] = await Promise.all([
        open(`${configMaps(where)}?fieldSelector=metadata.name%3Db`),
        open('/api/v1/pods?fieldSelector=spec.nodeName%3Dcontract-node-3'),
        open('/api/v1/configmaps?fieldSelector=metadata.name%3Db'),
      ]);
      const second = await freshNamespace();
      for (const one of ['a', 'b']) await api.put(configMap(where, one, 'x'));
      await api.put(configMap(second, 'b', 'y'));
      await api.put(pod(where, 'elsewhere', 'contract-node-4'));
      await api.put(pod(second, 'here', 'contract-node-3'));
      await everywhere.until(2);
      await byNode.until(1);
      await byName.until(1);
      for (const watch of [byName, byNode, everywhere]) watch.close();
      assert.deepEqual(byName.lines, ['ADDED b x']);
      assert.deepEqual(byNode.lines, ['ADDED here']);
      assert.deepEqual(everywhere.lines, ['ADDED b x', 'ADDED b y']);
    });
  });
}
