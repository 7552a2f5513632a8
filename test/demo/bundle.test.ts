import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect as connectSocket } from 'node:net';
import { describe, test } from 'node:test';
import { connect, readKubeconfig } from '../../src/cluster/bundle';
import type { Cluster } from '../../src/cluster/contract';
import { startDemo } from '../../src/demo/bundle';
import type { Demo } from '../../src/demo/contract';
import { ManualClock, failureOf, temporaryFolder, testHost, valueOf, write } from '../clusterUnit/support';
import { following } from '../apiContract/clusterLayer';

interface Kubeconfig {
  readonly users: readonly { readonly user: { readonly token: string } }[];
}

function tokenOf({ kubeconfig }: Demo): string {
  return (JSON.parse(kubeconfig) as Kubeconfig).users[0]!.user.token;
}

async function clusterOf({ kubeconfig }: Demo): Promise<Cluster> {
  const file = write(temporaryFolder(), 'config', kubeconfig);
  const reading = await readKubeconfig({ paths: [file], env: {}, home: '/' });
  assert.equal(reading.state, 'loaded');
  assert.deepEqual([reading.kubeconfig.currentContext, reading.kubeconfig.warnings], ['demo', []]);
  return valueOf(connect(reading.kubeconfig, 'demo', testHost()));
}

describe('the demo', () => {
  test('listens on loopback, with a token that nobody can guess', async () => {
    const demos = [await startDemo({ clock: new ManualClock() }), await startDemo({ clock: new ManualClock() })];
    const [one, other] = demos.map(tokenOf);
    assert.notEqual(one, other);
    assert.match(one!, /^[\w-]{43}$/);
    for (const demo of demos) {
      assert.match(demo.server, /^http:\/\/127\.0\.0\.1:\d+$/);
      demo.dispose();
    }
  });

  test('is a cluster to connect to', async () => {
    const clock = new ManualClock();
    const demo = await startDemo({ clock, token: 'a-token-for-tests' });
    const cluster = await clusterOf(demo);
    try {
      const { name, cluster: clusterName, user, namespace, server } = cluster.context;
      assert.deepEqual(
        [name, clusterName, user, namespace, server],
        ['demo', 'demo', 'demo', 'demo-shop', demo.server],
      );
      const get = (secret: string): ReturnType<Cluster['getSecret']> =>
        cluster.getSecret('demo-shop', secret, { resourceVersion: '' });
      assert.deepEqual([...valueOf(await get('db-login')).data.keys()], ['username', 'password']);
      assert.equal(failureOf(await get('payment-gatway')).kind, 'notFound');
      const forbidden = failureOf(await get('orders-db-root'));
      assert.equal(forbidden.kind, 'forbidden');
      assert.match(
        forbidden.message,
        /^secrets "orders-db-root" is forbidden: User "demo" cannot get resource "secrets"/,
      );
      const brand = valueOf(await cluster.getConfigMap('demo-shop', 'brand', { resourceVersion: '0' }));
      assert.deepEqual([...brand.data.keys()], ['theme.css', 'favicon.ico']);
      assert.deepEqual(valueOf(await cluster.listNamespaces()), ['demo-payments', 'demo-shop']);
      assert.deepEqual(valueOf(await cluster.listNodes()), ['demo-node-a', 'demo-node-b']);
      const ttl = async (): Promise<string | undefined> =>
        valueOf(await cluster.getNode('demo-node-a')).metadata.annotations?.['node.alpha.kubernetes.io/ttl'];
      assert.equal(await ttl(), '30');
      clock.advance(120_000);
      assert.equal(await ttl(), '60');
    } finally {
      cluster.dispose();
      demo.dispose();
    }
  });

  test('has pods that come and go while they are followed', async () => {
    const clock = new ManualClock();
    const demo = await startDemo({ clock });
    const cluster = await clusterOf(demo);
    try {
      await following(cluster, { in: 'namespace', namespace: 'demo-shop' }, async (followed) => {
        const storefronts = (): readonly string[] =>
          [...followed.pods.keys()].filter((name) => name.startsWith('storefront-')).sort();
        const before = storefronts();
        assert.equal(before.length, 2);
        clock.advance(60_000);
        await followed.until('the new pod', () => storefronts().length === 3);
        clock.advance(30_000);
        await followed.until('the end of the old one', () => storefronts().length === 2);
        assert.notDeepEqual(storefronts(), before);
      });
    } finally {
      cluster.dispose();
      demo.dispose();
    }
  });

  test('leaves nothing when it is disposed, once or twice', async () => {
    const clock = new ManualClock();
    const demo = await startDemo({ clock });
    const { hostname, port } = new URL(demo.server);
    const idle = connectSocket(Number(port), hostname);
    await once(idle, 'connect');
    const headers = { authorization: `Bearer ${tokenOf(demo)}` };
    const watching = request(`${demo.server}/api/v1/pods?watch=true&allowWatchBookmarks=true`, { headers });
    watching.on('error', () => undefined);
    const [response] = (await once(watching.end(), 'response')) as [IncomingMessage];
    response.on('error', () => undefined).resume();
    assert.equal(clock.waiting.length, 2, 'for the story and for the watch');
    const closed = Promise.all([idle, response].map((end) => new Promise((resolve) => end.once('close', resolve))));
    demo.dispose();
    demo.dispose();
    await closed;
    assert.deepEqual(clock.waiting, []);
    const refused = connectSocket(Number(port), hostname);
    const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException];
    assert.equal(error.code, 'ECONNREFUSED');
  });
});
