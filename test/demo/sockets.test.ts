import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { ApiServer } from '../../src/demo/apiServer';
import { ObjectStore } from '../../src/demo/objectStore';
import { subjectOf } from '../apiContract/subject';
import { clusterOf, following } from '../apiContract/clusterLayer';
import { configMap, pod } from '../apiContract/apiUnderTest';
import { notAllowed } from '../apiContract/statuses';
import { ManualClock, testHost } from '../clusterUnit/support';
import { startDemoApi } from './demoApi';

describe('the server of the demo', () => {
  test('refuses every write', async () => {
    const api = await startDemoApi();
    const { raw } = subjectOf(api);
    try {
      await api.put(configMap('a', 'x'));
      const collection = '/api/v1/namespaces/a/configmaps';
      for (const [method, path] of [
        ['POST', collection],
        ['DELETE', collection],
        ['PUT', `${collection}/x`],
        ['PATCH', `${collection}/x`],
        ['DELETE', `${collection}/x`],
      ] as const) {
        const { code, body } = await raw.send(path, { method });
        assert.deepEqual([code, body], [405, notAllowed], `${method} ${path}`);
      }
      assert.deepEqual(await raw.names(collection), ['x']);
    } finally {
      await api.stop();
    }
  });

  test('answers what no client sends', async () => {
    const api = await startDemoApi();
    const { raw } = subjectOf(api);
    try {
      for (const path of ['//', '/api/v1/pods/..', '/api/v1/constructor', '/?x']) {
        assert.equal((await raw.send(path)).code, 404, path);
      }
      for (const query of ['?watch=false&limit=', '?continue=%00', '?limit=99999999999999999999', '??', '?&&=']) {
        assert.ok([200, 400].includes((await raw.send(`/api/v1/configmaps${query}`)).code), query);
      }
    } finally {
      await api.stop();
    }
  });

  test('cuts off a reader of a watch that does not keep up', async () => {
    const clock = new ManualClock();
    const store = new ObjectStore(() => 0);
    const server = await ApiServer.listening({ store, clock, user: { name: 'u', token: 't', denials: [] } });
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname).pause();
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write('GET /api/v1/configmaps?watch=true HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer t\r\n\r\n');
    await once(socket, 'readable');
    store.create(configMap('a', 'x'));
    const mebibyte = 'x'.repeat(1024 * 1024);
    for (let count = 0; count < 32; count++) {
      store.update({ kind: 'ConfigMap', namespace: 'a', name: 'x' }, (object) => ({
        ...object,
        data: { mebibyte, count },
      }));
    }
    let received = 0;
    socket.on('data', (chunk) => (received += chunk.length));
    await once(socket, 'close');
    assert.ok(received < 31 * 1024 * 1024, `${received} bytes`);
    assert.deepEqual(clock.waiting, [], 'the watch is over');
    server.dispose();
  });
});

describe('the client of Kubefresh and the demo', () => {
  test('a feed whose version is forgotten while nobody looks lists again, and reports only what changed', async () => {
    const api = await startDemoApi();
    for (const name of ['a', 'b', 'c']) await api.put(pod('shop', name, 'node-1'));
    const host = testHost();
    const cluster = await clusterOf(api, host);
    try {
      await following(cluster, { in: 'namespace', namespace: 'shop' }, async (followed, feed) => {
        const { reported } = followed;
        feed.setWatched(false);
        // The time that the feed has asked for is up, and it does not open another watch.
        api.pass(600_000);
        await api.remove({ kind: 'Pod', namespace: 'shop', name: 'b' });
        await api.put(pod('shop', 'd', 'node-1'));
        await api.compact();
        feed.setWatched(true);
        await followed.until('the new pod', () => followed.pods.has('d'));
        assert.deepEqual([...followed.pods.keys()], ['a', 'c', 'd']);
        assert.equal(followed.reported - reported, 1);
        assert.equal(host.lines.filter((line) => line.startsWith('GET /api/v1/namespaces/shop/pods?limit=')).length, 2);
      });
    } finally {
      cluster.dispose();
      await api.stop();
    }
  });
});
