import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { KubeObject } from '../harness/kubeObjects';
import { configMap, node, pod } from './apiUnderTest';
import type { RawWatch } from './rawApi';
import { configMaps, secrets, type Check } from './subject';

export function describeWatches(check: Check): void {
  describe('watches', () => {
    check('tell every change after a version, in order, with rising versions', async ({ api, raw, freshNamespace }) => {
      const where = await freshNamespace();
      const elsewhere = await freshNamespace();
      await api.put(configMap(where, 'old', 'before'));
      const version = (await raw.send(configMaps(where))).body.metadata!.resourceVersion!;
      await api.put(configMap(where, 'a', 'early'));
      const watch = await raw.watch(`${configMaps(where)}?watch=1&resourceVersion=${version}`);
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

    check('without a version, or from 0, begin with what there is', async ({ api, raw, freshNamespace }) => {
      const where = await freshNamespace();
      await api.put(configMap(where, 'b', 'there'));
      await api.put(configMap(where, 'a', 'there'));
      for (const [index, query] of ['', '&resourceVersion=', '&resourceVersion=0'].entries()) {
        const watch = await raw.watch(`${configMaps(where)}?watch=1${query}`);
        await watch.until(2);
        await api.put(configMap(where, 'b', `change-${index}`));
        await watch.until(3);
        watch.close();
        const before = index === 0 ? 'there' : `change-${index - 1}`;
        assert.deepEqual(watch.lines, ['ADDED a there', `ADDED b ${before}`, `MODIFIED b change-${index}`], query);
      }
    });

    check('with bookmarks mark the end of what there is', async ({ api, raw, freshNamespace }) => {
      const where = await freshNamespace();
      await api.put(configMap(where, 'a', 'there'));
      const watch = await raw.watch(`${configMaps(where)}?watch=1&allowWatchBookmarks=true&resourceVersion=0`);
      const [added, bookmark] = await watch.until(2);
      watch.close();
      const { metadata, ...rest } = bookmark!.object;
      assert.deepEqual([bookmark!.type, rest], ['BOOKMARK', { kind: 'ConfigMap', apiVersion: 'v1' }]);
      assert.deepEqual(metadata.annotations, { 'k8s.io/initial-events-end': 'true' });
      assert.ok(Number(metadata.resourceVersion) >= Number(added!.object.metadata.resourceVersion));
    });

    check('that are to begin with the state do so from any version', async ({ api, raw, freshNamespace }) => {
      const where = await freshNamespace();
      await api.put(configMap(where, 'a', 'there'));
      const version = (await raw.send(configMaps(where))).body.metadata!.resourceVersion!;
      await api.put(configMap(where, 'b', 'there'));
      await api.compact();
      const asked = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan';
      for (const [index, from] of ['', '&resourceVersion=0', `&resourceVersion=${version}`].entries()) {
        const path = `${configMaps(where)}?${asked}&fieldSelector=metadata.name%3Da${from}`;
        const [plain, marked, absent] = await Promise.all([
          raw.watch(path),
          raw.watch(`${path}&allowWatchBookmarks=true`),
          raw.watch(`${path.replace('%3Da', '%3Dabsent')}&allowWatchBookmarks=true`),
        ]);
        const [, end] = await marked.until(2);
        const [onlyEnd] = await absent.until(1);
        await plain.until(1);
        await api.put(configMap(where, 'a', `change-${index}`));
        await plain.until(2);
        await marked.until(3);
        for (const watch of [plain, marked, absent]) watch.close();
        const before = index === 0 ? 'there' : `change-${index - 1}`;
        assert.deepEqual(plain.lines, [`ADDED a ${before}`, `MODIFIED a change-${index}`], from);
        assert.deepEqual(marked.lines, [`ADDED a ${before}`, 'BOOKMARK', `MODIFIED a change-${index}`], from);
        for (const bookmark of [end!, onlyEnd!]) {
          assert.equal(bookmark.type, 'BOOKMARK');
          assert.deepEqual(bookmark.object.metadata.annotations, { 'k8s.io/initial-events-end': 'true' });
          assert.ok(Number(bookmark.object.metadata.resourceVersion) > Number(version));
        }
      }
    });

    check('that are to begin without the state tell what comes', async ({ api, raw, freshNamespace }) => {
      const where = await freshNamespace();
      await api.put(configMap(where, 'a', 'there'));
      const version = (await raw.send(configMaps(where))).body.metadata!.resourceVersion!;
      const asked = 'watch=1&sendInitialEvents=false&resourceVersionMatch=NotOlderThan';
      const watches = await Promise.all(
        ['', '&resourceVersion=0', `&resourceVersion=${version}`].map((from) =>
          raw.watch(`${configMaps(where)}?${asked}${from}`),
        ),
      );
      await api.put(configMap(where, 'a', 'new'));
      for (const watch of watches) {
        await watch.until(1);
        watch.close();
        assert.deepEqual(watch.lines, ['MODIFIED a new']);
      }
    });

    check('that are to begin with a state to come end with an error', async ({ raw, freshNamespace }) => {
      const where = await freshNamespace();
      const asked = 'watch=1&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan';
      const watch = await raw.watch(`${configMaps(where)}?${asked}&resourceVersion=99999999`);
      assert.equal(watch.code, 200);
      const [error, ...rest] = await watch.end();
      assert.deepEqual([error?.type, rest], ['ERROR', []]);
      const status = error!.object as unknown as { readonly code: number; readonly message: string };
      assert.equal(status.code, 504);
      assert.match(status.message, /^Timeout: Too large resource version: 99999999, current: \d+$/);
    });

    check(
      'end when their time is up, and with bookmarks say before how far the server has come',
      async ({ api, raw, freshNamespace }) => {
        const where = await freshNamespace();
        await api.put(configMap(where, 'a', 'there'));
        const version = (await raw.send(configMaps(where))).body.metadata!.resourceVersion!;
        const path = `${configMaps(where)}?watch=1&timeoutSeconds=4&resourceVersion=${version}`;
        const [plain, marked, unmoved] = await Promise.all([
          raw.watch(path),
          raw.watch(`${path}&allowWatchBookmarks=true&fieldSelector=metadata.name%3Da`),
          raw.watch(`${configMaps(where)}?watch=1&timeoutSeconds=1&resourceVersion=99999999&allowWatchBookmarks=true`),
        ]);
        await api.put(configMap(where, 'b', 'new'));
        api.pass(1_000);
        assert.deepEqual(await unmoved.end(), []);
        api.pass(3_000);
        await plain.end();
        await marked.end();
        assert.deepEqual(plain.lines, ['ADDED b new']);
        assert.deepEqual(marked.events, []);
        // A real server looks once a second, and may say it twice.
        assert.ok(marked.progress.length > 0);
        for (const { object } of marked.progress) {
          assert.ok(Number(object.metadata.resourceVersion) > Number(version));
        }
      },
    );

    check('of a selection tell what enters and leaves it', async ({ api, raw }) => {
      const version = (await raw.send('/api/v1/nodes')).body.metadata!.resourceVersion!;
      const selector = 'fieldSelector=spec.unschedulable%3Dtrue';
      const watch = await raw.watch(`/api/v1/nodes?watch=1&resourceVersion=${version}&${selector}`);
      const put = (name: string, unschedulable: boolean, ttl: string): Promise<void> =>
        api.put({ ...node(name, ttl), spec: { unschedulable } });
      await put('contract-node-5', false, '1');
      await put('contract-node-5', true, '2');
      await put('contract-node-5', true, '3');
      await put('contract-node-5', false, '4');
      await put('contract-node-6', true, '5');
      await api.remove({ kind: 'Node', namespace: '', name: 'contract-node-6' });
      const events = await watch.until(5);
      watch.close();
      await api.remove({ kind: 'Node', namespace: '', name: 'contract-node-5' });
      const ttlOf = ({ metadata }: KubeObject): string => metadata.annotations?.['node.alpha.kubernetes.io/ttl'] ?? '';
      assert.deepEqual(
        events.map(({ type, object }) => `${type} ${object.metadata.name} ${ttlOf(object)}`),
        // What has left is shown as it was, with the version of the change that took it out.
        [
          'ADDED contract-node-5 2',
          'MODIFIED contract-node-5 3',
          'DELETED contract-node-5 3',
          'ADDED contract-node-6 5',
          'DELETED contract-node-6 5',
        ],
      );
      const versions = events.map(({ object }) => Number(object.metadata.resourceVersion));
      assert.deepEqual(
        versions,
        [...new Set(versions)].sort((one, other) => one - other),
      );
    });

    check('of one name, of one node and of all namespaces tell only theirs', async ({ api, raw, freshNamespace }) => {
      const where = await freshNamespace();
      const version = (await raw.send(configMaps(where))).body.metadata!.resourceVersion!;
      const open = (path: string): Promise<RawWatch> => raw.watch(`${path}&watch=1&resourceVersion=${version}`);
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

    check(
      'of a version that is none are refused, and of one to come wait for it',
      async ({ api, raw, freshNamespace }) => {
        const where = await freshNamespace();
        const message = 'resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax';
        const { code, body } = await raw.send(`${configMaps(where)}?watch=1&resourceVersion=abc`);
        assert.deepEqual([code, body.message], [500, message]);
        const now = Number((await raw.send(configMaps(where))).body.metadata!.resourceVersion);
        const watch = await raw.watch(`${configMaps(where)}?watch=1&timeoutSeconds=1&resourceVersion=${now + 100_000}`);
        await api.put(configMap(where, 'a', 'too early'));
        api.pass(1_000);
        assert.deepEqual(await watch.end(), []);
      },
    );

    check('are asked for by any value but a denial', async ({ api, raw, freshNamespace }) => {
      const where = await freshNamespace();
      await api.put(configMap(where, 'a'));
      for (const no of ['watch=0', 'watch=false', 'watch=False']) {
        assert.deepEqual(await raw.names(`${configMaps(where)}?${no}`), ['a'], no);
      }
      for (const yes of ['watch=1', 'watch=true', 'watch=', 'watch=x']) {
        const watch = await raw.watch(`${configMaps(where)}?${yes}`);
        await watch.until(1);
        watch.close();
        assert.deepEqual(watch.lines, ['ADDED a'], yes);
      }
    });

    check('of one object are no watches: it is answered', async ({ raw }) => {
      const { code, body } = await raw.send(`${secrets}/open?watch=1`);
      assert.deepEqual([code, body.kind], [200, 'Secret']);
    });
  });
}
