import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect, readKubeconfig } from '../../src/cluster/bundle';
import type { Cluster, PodPart } from '../../src/cluster/contract';
import type { ConfigMapCopy, SecretCopy } from '../../src/objects/objectCopy';
import type { Disposable } from '../../src/objects/disposable';
import { Followed } from '../clusterUnit/followed';
import { failureOf, testHost, valueOf, write, type TestHost } from '../clusterUnit/support';
import { type ApiServer, startApiServer } from '../harness/apiServer';
import type { KubeObject } from '../harness/kubeObjects';
import { largeObjects, longestName, notUtf8 } from '../harness/largeObjects';
import { waitFor } from '../harness/waiting';

const crowd = 1200;

const namespace = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

function pod(name: string, where: string, nodeName = 'node-1'): KubeObject {
  const container = {
    name: 'main',
    image: 'example.com/main:1',
    env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }],
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: where },
    spec: { nodeName, containers: [container] },
  };
}

describe('the client against a real API server', () => {
  let server: ApiServer;
  const owned: Disposable[] = [];

  before(async () => {
    // Not 127.0.0.1: for other hosts the editor replaces the functions of node:https.
    server = await startApiServer({ address: '127.0.0.2', users: [{ name: 'reader' }, { name: 'nobody' }] });
    const rules = [
      { apiGroups: [''], resources: ['secrets', 'configmaps'], resourceNames: ['db', 'missing'], verbs: ['get'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
    ];
    const subjects = [{ kind: 'User', name: 'reader', apiGroup: 'rbac.authorization.k8s.io' }];
    const rbac = 'rbac.authorization.k8s.io';
    const roleRef = { apiGroup: rbac, kind: 'Role', name: 'reader' };
    const meta = { name: 'reader', namespace: 'shop' };
    await server.apply([
      namespace('shop'),
      namespace('crowd'),
      { apiVersion: `${rbac}/v1`, kind: 'Role', metadata: meta, rules },
      { apiVersion: `${rbac}/v1`, kind: 'RoleBinding', metadata: meta, roleRef, subjects },
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: {
          name: 'db',
          namespace: 'shop',
          annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"x":"hunter2"}' },
        },
        type: 'Opaque',
        data: { password: Buffer.from('hunter2').toString('base64') },
      },
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'db', namespace: 'shop' },
        data: { host: 'db.shop' },
        binaryData: { blob: 'AAEC' },
      },
      {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: 'node-1', annotations: { 'node.alpha.kubernetes.io/ttl': '15' } },
      },
      pod('web', 'shop'),
      pod('other', 'shop', 'node-2'),
    ]);
  });
  after(async () => {
    for (const item of owned) item.dispose();
    await server.stop();
  });

  async function clusterOf(file: string, host: TestHost = testHost()): Promise<Cluster> {
    const reading = await readKubeconfig({ paths: [file], env: {}, home: '/' });
    assert.equal(reading.state, 'loaded');
    const cluster = valueOf(connect(reading.kubeconfig, reading.kubeconfig.currentContext!, host));
    owned.push(cluster);
    return cluster;
  }

  function follow(cluster: Cluster, part: PodPart): Followed {
    const followed = new Followed();
    owned.push(cluster.followPods(part, followed));
    return followed;
  }

  test('gets objects by quorum and from the cache', async () => {
    const host = testHost();
    const cluster = await clusterOf(server.kubeconfig({ user: 'reader' }), host);
    for (const resourceVersion of ['', '0'] as const) {
      const secret = valueOf(await cluster.getSecret('shop', 'db', { resourceVersion }));
      assert.equal(Buffer.from(secret.data.get('password')!.reveal()).toString(), 'hunter2');
      assert.match(secret.metadata.resourceVersion!, /^\d+$/);
      assert.equal(secret.metadata.annotations, undefined);
      const configMap = valueOf(await cluster.getConfigMap('shop', 'db', { resourceVersion }));
      assert.deepEqual([...configMap.data.keys()], ['host', 'blob']);
    }
    assert.equal(host.lines.length, 4);
    assert.ok(host.lines.every((line) => / 200 \d+ ms$/.test(line)));
    assert.equal(valueOf(await cluster.getPod('shop', 'web')).spec?.nodeName, 'node-1');
  });

  test('tells what does not exist from what is forbidden, in the words of the server', async () => {
    const cluster = await clusterOf(server.kubeconfig({ user: 'reader' }));
    for (const resourceVersion of ['', '0'] as const) {
      const missing = failureOf(await cluster.getSecret('shop', 'missing', { resourceVersion }));
      assert.deepEqual([missing.kind, missing.message], ['notFound', 'secrets "missing" not found']);
      const forbidden = failureOf(await cluster.getConfigMap('shop', 'other', { resourceVersion }));
      assert.equal(forbidden.kind, 'forbidden');
      assert.match(forbidden.message, /configmaps "other" is forbidden: User "reader" cannot get/);
    }
    assert.equal(failureOf(await cluster.listNamespaces()).kind, 'forbidden');
  });

  test('the largest and the oddest objects are read whole', async () => {
    await server.apply(largeObjects('shop'));
    const cluster = await clusterOf(server.kubeconfig());
    const anyVersion = { resourceVersion: '' } as const;
    const secretOf = async (name: string): Promise<SecretCopy['data']> =>
      valueOf(await cluster.getSecret('shop', name, anyVersion)).data;
    const configMapOf = async (name: string): Promise<ConfigMapCopy['data']> =>
      valueOf(await cluster.getConfigMap('shop', name, anyVersion)).data;

    const values = [...(await secretOf('mebibyte')).values()];
    assert.deepEqual([values.length, new Set(values.map(({ size }) => size))], [500, new Set([2097])]);
    assert.deepEqual(values[255]!.reveal(), Buffer.alloc(2097, 255));
    assert.equal((await secretOf('one-value')).get('all')?.size, 1024 * 1024);

    const many = await configMapOf('many-keys');
    assert.deepEqual([many.size, many.get('key-2999')], [3000, { text: 'value 2999 – ü', size: 17 }]);
    assert.deepEqual(
      [...(await configMapOf('binary'))],
      [
        ['text', { text: 'ü', size: 2 }],
        ['large', { size: 512 * 1024 }],
        ['not-utf8', { size: notUtf8.length }],
      ],
    );

    const odd = await secretOf(longestName);
    assert.deepEqual([...odd.keys()].sort(), ['empty', longestName]);
    assert.deepEqual(odd.get(longestName)?.reveal(), notUtf8);
    assert.deepEqual((await configMapOf(longestName)).get(longestName), { text: '', size: 0 });
  });

  test('lists namespaces and nodes, and reads the TTL of a node', async () => {
    const cluster = await clusterOf(server.kubeconfig());
    assert.ok(valueOf(await cluster.listNamespaces()).includes('shop'));
    assert.deepEqual(valueOf(await cluster.listNodes()), ['node-1']);
    assert.deepEqual(valueOf(await cluster.getNode('node-1')).metadata.annotations, {
      'node.alpha.kubernetes.io/ttl': '15',
    });
  });

  test('a client certificate and an impersonated user authenticate', async () => {
    const certificate = server.clientCertificate('reader');
    const byCertificate = await clusterOf(
      server.kubeconfig({ user: 'by-certificate', clientCertificate: certificate }),
    );
    valueOf(await byCertificate.getSecret('shop', 'db', { resourceVersion: '' }));
    const file = server.kubeconfig({ context: 'impersonating' });
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace('token:', 'as: reader\n      as-groups: [system:authenticated]\n      token:'),
    );
    const impersonating = await clusterOf(file);
    valueOf(await impersonating.getSecret('shop', 'db', { resourceVersion: '' }));
    assert.match(
      failureOf(await impersonating.getSecret('shop', 'x', { resourceVersion: '' })).message,
      /User "reader"/,
    );
  });

  test('a refused token is replaced by a fresh one from the plugin', async () => {
    const says = (token: string): string =>
      JSON.stringify({ kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1', status: { token } });
    const file = server.kubeconfig({ user: 'reader' });
    const folder = path.dirname(file);
    write(folder, 'stale', says('stale'));
    write(folder, 'fresh', says(server.addUser('reader').token));
    const body = '#!/bin/sh\ncd "$(dirname "$0")"\nif [ -e ran ]; then cat fresh; else touch ran; cat stale; fi\n';
    write(folder, 'plugin', body, 0o700);
    const exec = JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', command: './plugin' });
    writeFileSync(file, readFileSync(file, 'utf8').replace(/token: .*/, `exec: ${exec}`));
    const host = testHost();
    const cluster = await clusterOf(file, host);
    const followed = follow(cluster, { in: 'namespace', namespace: 'shop' });
    await followed.until('the pods', () => followed.isLive());
    assert.deepEqual([...followed.pods.keys()], ['other', 'web']);
    valueOf(await cluster.getSecret('shop', 'db', { resourceVersion: '' }));
    assert.deepEqual(
      host.lines.map((line) => line.split(' ')[2]),
      ['401', '200', '200'],
    );
  });

  test('a crowd of pods comes in pages, then each change', async () => {
    const all = Array.from({ length: crowd }, (_, index) => pod(`pod-${String(index).padStart(4, '0')}`, 'crowd'));
    const queue = [...all];
    const create = async (): Promise<void> => {
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
        const created = await server.request('POST', '/api/v1/namespaces/crowd/pods', next);
        assert.equal(created.status, 201);
      }
    };
    await Promise.all(Array.from({ length: 16 }, create));
    const host = testHost();
    const cluster = await clusterOf(server.kubeconfig(), host);
    const followed = follow(cluster, { in: 'namespace', namespace: 'crowd' });
    await followed.until('the crowd', () => followed.isLive());
    assert.deepEqual([followed.pods.size, followed.reported], [crowd, crowd]);
    assert.ok(followed.mostAtOnce < 500, `${followed.mostAtOnce} pods of a page came at once`);
    assert.equal(host.lines.filter((line) => line.includes('limit=500')).length, 3);
    const received = followed.states.flatMap((state) => (state.state === 'listing' ? state.received : []));
    assert.deepEqual([received[0], received.at(-1), followed.states.at(-1)?.state], [0, crowd, 'live']);
    assert.deepEqual(
      received,
      received.toSorted((a, b) => a - b),
    );
    const one = followed.pods.get('pod-0007')!;
    assert.deepEqual(one.spec?.containers, [
      { name: 'main', env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }] },
    ]);

    await server.apply([pod('late', 'crowd')]);
    await followed.until('the new pod', () => followed.pods.has('late'));
    await server.patch('/api/v1/namespaces/crowd/pods/late/status', { status: { phase: 'Running' } });
    await followed.until('its phase', () => followed.pods.get('late')?.status?.phase === 'Running');
    await server.remove('/api/v1/namespaces/crowd/pods/late');
    await followed.until('its end', () => !followed.pods.has('late'));
    assert.equal(followed.pods.size, crowd);
  });

  test('the pods of one node are followed through all namespaces', async () => {
    const cluster = await clusterOf(server.kubeconfig());
    const followed = follow(cluster, { in: 'node', node: 'node-2' });
    await followed.until('the pods of the node', () => followed.isLive());
    assert.deepEqual([...followed.pods.keys()], ['other']);
  });

  test('a server that was away is followed again, and only what changed is reported', async () => {
    const cluster = await clusterOf(server.kubeconfig());
    const followed = follow(cluster, { in: 'namespace', namespace: 'crowd' });
    await followed.until('the crowd', () => followed.isLive());
    const { reported } = followed;
    await server.pause();
    await followed.until('the interruption', () => followed.states.at(-1)?.state === 'interrupted');
    const failure = failureOf(await cluster.getSecret('shop', 'db', { resourceVersion: '0' }));
    assert.equal(failure.kind, 'unreachable');
    await server.resume();
    await followed.until('the return', () => followed.isLive());
    await server.apply([pod('after-return', 'crowd')]);
    await followed.until('the new pod', () => followed.pods.has('after-return'));
    assert.equal(followed.pods.size, crowd + 1);
    assert.ok(followed.reported - reported < 10, `${followed.reported - reported} pods were reported again`);
    valueOf(await cluster.getSecret('shop', 'db', { resourceVersion: '0' }));
  });

  test('a role that is revoked forbids the next read; a user without one never sees pods', async () => {
    const cluster = await clusterOf(server.kubeconfig({ user: 'reader' }));
    valueOf(await cluster.getSecret('shop', 'db', { resourceVersion: '0' }));
    await server.remove('/apis/rbac.authorization.k8s.io/v1/namespaces/shop/rolebindings/reader');
    // The server learns of the change by a watch of its own.
    const failure = await waitFor(
      async () => {
        const answer = await cluster.getSecret('shop', 'db', { resourceVersion: '0' });
        return answer.ok ? undefined : answer.failure;
      },
      { what: 'the revocation', limitMs: 10_000, everyMs: 10 },
    );
    assert.equal(failure.kind, 'forbidden');
    const followed = follow(await clusterOf(server.kubeconfig({ user: 'nobody' })), { in: 'all' });
    await followed.until('the refusal', () => followed.states.at(-1)?.state === 'interrupted');
    const state = followed.states.at(-1)!;
    assert.ok(state.state === 'interrupted' && state.failure.kind === 'forbidden' && state.retryInMs >= 30_000);
  });

  test('Secrets and ConfigMaps were only ever read one by one', async () => {
    const ours = (await server.auditEvents()).filter(
      ({ user, objectRef }) =>
        user.username === 'reader' && ['secrets', 'configmaps'].includes(objectRef?.resource ?? ''),
    );
    assert.ok(ours.length > 5);
    assert.deepEqual([...new Set(ours.map((event) => event.verb))], ['get']);
  });
});
