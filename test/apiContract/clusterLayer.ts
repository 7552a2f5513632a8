import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { connect, readKubeconfig } from '../../src/cluster/bundle';
import type { Cluster, PodPart } from '../../src/cluster/contract';
import type { ConfigMapCopy } from '../../src/objects/objectCopy';
import type { Disposable } from '../../src/objects/disposable';
import type { WatchEvents } from '../../src/objects/listWatch';
import { Followed } from '../clusterUnit/followed';
import { failureOf, testHost, valueOf, type TestHost } from '../clusterUnit/support';
import { waitFor } from '../harness/waiting';
import { accessNamespace, configMap, node, pod, type ApiUnderTest } from './apiUnderTest';
import type { Check } from './subject';

const noop = (): void => undefined;

/** Kubefresh's own client, connected as its users connect it. */
export async function clusterOf({ kubeconfig }: ApiUnderTest, host: TestHost = testHost()): Promise<Cluster> {
  const reading = await readKubeconfig({ paths: [kubeconfig], env: {}, home: '/' });
  assert.equal(reading.state, 'loaded');
  return valueOf(connect(reading.kubeconfig, reading.kubeconfig.currentContext!, host));
}

/** Follows pods while `run` runs. */
export async function following(
  cluster: Cluster,
  part: PodPart,
  run: (followed: Followed, feed: ReturnType<Cluster['followPods']>) => Promise<void>,
): Promise<void> {
  const followed = new Followed();
  const feed = cluster.followPods(part, followed);
  try {
    await followed.until('the pods', () => followed.isLive());
    await run(followed, feed);
  } finally {
    feed.dispose();
  }
}

/** What Kubefresh does with an API, through its own client. */
export function describeClusterLayer(check: Check): void {
  describe('the client of Kubefresh', () => {
    const connected = (
      name: string,
      run: (cluster: Cluster, api: ApiUnderTest, place: string) => Promise<void>,
    ): void => {
      check(name, async ({ api, freshNamespace }) => {
        const owned: Disposable[] = [];
        try {
          const cluster = await clusterOf(api);
          owned.push(cluster);
          await run(cluster, api, await freshNamespace());
        } finally {
          for (const item of owned) item.dispose();
        }
      });
    };

    connected('reads Secrets and ConfigMaps, by quorum and from the cache', async (cluster, api, place) => {
      await api.put({ ...configMap(place, 'one', 'text'), binaryData: { blob: 'AAEC' }, immutable: true });
      for (const resourceVersion of ['', '0'] as const) {
        const secret = valueOf(await cluster.getSecret(accessNamespace, 'open', { resourceVersion }));
        assert.equal(Buffer.from(secret.data.get('password')!.reveal()).toString(), 'hunter2');
        assert.match(secret.metadata.resourceVersion!, /^\d+$/);
        const read = valueOf(await cluster.getConfigMap(place, 'one', { resourceVersion }));
        assert.deepEqual([read.immutable, [...read.data.keys()]], [true, ['value', 'blob']]);
      }
    });

    connected('tells what does not exist from what is forbidden', async (cluster, { user }) => {
      for (const resourceVersion of ['', '0'] as const) {
        const missing = failureOf(await cluster.getSecret(accessNamespace, 'missing', { resourceVersion }));
        assert.deepEqual([missing.kind, missing.message], ['notFound', 'secrets "missing" not found']);
        const sealed = failureOf(await cluster.getSecret(accessNamespace, 'sealed', { resourceVersion }));
        assert.equal(sealed.kind, 'forbidden');
        assert.ok(
          sealed.message.startsWith(`secrets "sealed" is forbidden: User "${user}" cannot get`),
          sealed.message,
        );
      }
    });

    connected('lists and watches one object by its name', async (cluster, api, place) => {
      await api.put(configMap(place, 'one', 'first'));
      await api.put(configMap(place, 'other', 'first'));
      const ending = new AbortController();
      const { signal } = ending;
      for (const resourceVersion of ['', '0']) {
        await cluster.configMaps.list(place, 'one', resourceVersion, signal).then(valueOf);
      }
      const listed = valueOf(await cluster.configMaps.list(place, 'one', '', signal));
      assert.deepEqual(
        listed.objects.map(({ kind, metadata, data }) => [kind, metadata.name, data.get('value')]),
        [['ConfigMap', 'one', { text: 'first', size: 5 }]],
      );
      assert.deepEqual(valueOf(await cluster.configMaps.list(place, 'absent', '', signal)).objects, []);
      const said: string[] = [];
      const say = (what: string, { metadata }: { readonly metadata: { readonly name: string } }): void => {
        said.push(`${what} ${metadata.name}`);
      };
      const end = cluster.configMaps.watch(
        place,
        'one',
        { begin: 'events', resourceVersion: listed.resourceVersion },
        300,
        {
          opened: () => said.push('opened'),
          changed: (object) => {
            say('changed', object);
          },
          removed: (object) => {
            say('removed', object);
          },
          bookmark: () => undefined,
        },
        signal,
      );
      const heard = (count: number): Promise<true> =>
        waitFor(() => Promise.resolve(said.length >= count ? true : undefined), {
          what: `${count} events`,
          limitMs: 20_000,
          everyMs: 5,
          details: () => said.join(),
        });
      await heard(1);
      await api.put(configMap(place, 'other', 'second'));
      await api.put(configMap(place, 'one', 'second'));
      await api.remove({ kind: 'ConfigMap', namespace: place, name: 'one' });
      await heard(3);
      ending.abort();
      assert.equal(failureOf(await end).kind, 'cancelled');
      assert.deepEqual(said, ['opened', 'changed one', 'removed one']);
    });

    connected('watches one object from its state on', async (cluster, api, place) => {
      await api.put(configMap(place, 'one', 'first'));
      await api.put(configMap(place, 'other', 'first'));
      const { resourceVersion } = valueOf(
        await cluster.configMaps.list(place, 'one', '', new AbortController().signal),
      );
      for (const [name, version, state] of [
        ['one', '', ['changed one']],
        ['one', resourceVersion, ['changed one']],
        ['absent', '', []],
      ] as const) {
        const ending = new AbortController();
        const said: string[] = [];
        const told = new Promise<void>((resolve) => {
          const events: WatchEvents<ConfigMapCopy> = {
            opened: () => said.push('opened'),
            changed: ({ metadata }) => said.push(`changed ${metadata.name}`),
            removed: noop,
            bookmark: (_version, ends) => {
              said.push(`bookmark, ends ${ends ?? 'nothing'}`);
              resolve();
            },
          };
          const start = { begin: 'state', resourceVersion: version } as const;
          void cluster.configMaps.watch(place, name, start, 300, events, ending.signal);
        });
        await told;
        ending.abort();
        assert.deepEqual(said, ['opened', ...state, 'bookmark, ends state']);
      }
    });

    connected('lists and watches the Secrets whose names its role has', async (cluster) => {
      const { signal } = new AbortController();
      const { objects } = valueOf(await cluster.secrets.list(accessNamespace, 'open', '0', signal));
      assert.deepEqual(
        objects.map(({ kind, data }) => [kind, Buffer.from(data.get('password')!.reveal()).toString()]),
        [['Secret', 'hunter2']],
      );
      const ignored = { opened: noop, changed: noop, removed: noop, bookmark: noop };
      for (const answer of [
        await cluster.secrets.list(accessNamespace, 'sealed', '0', signal),
        await cluster.secrets.watch(
          accessNamespace,
          'sealed',
          { begin: 'events', resourceVersion: '1' },
          300,
          ignored,
          signal,
        ),
      ]) {
        assert.equal(failureOf(answer).kind, 'forbidden');
        assert.match(failureOf(answer).message, /^secrets "sealed" is forbidden: /);
      }
    });

    connected(
      'is told when the version that a watch of one object goes on from is forgotten',
      async (cluster, api, place) => {
        const { signal } = new AbortController();
        await api.put(configMap(place, 'one', 'first'));
        const { resourceVersion } = valueOf(await cluster.configMaps.list(place, 'one', '', signal));
        await api.put(configMap(place, 'one', 'second'));
        await api.compact();
        const ignored = { opened: noop, changed: noop, removed: noop, bookmark: noop };
        const end = await cluster.configMaps.watch(
          place,
          'one',
          { begin: 'events', resourceVersion },
          300,
          ignored,
          signal,
        );
        assert.equal(failureOf(end).kind, 'gone');
        valueOf(await cluster.configMaps.list(place, 'one', '', signal));
      },
    );

    connected('lists namespaces and nodes, and reads the time to live of a node', async (cluster, api, place) => {
      await api.put(node('contract-node', '30'));
      assert.ok(valueOf(await cluster.listNamespaces()).includes(place));
      assert.deepEqual(valueOf(await cluster.listNodes()), ['contract-node']);
      const { metadata } = valueOf(await cluster.getNode('contract-node'));
      assert.equal(metadata.annotations?.['node.alpha.kubernetes.io/ttl'], '30');
      await api.remove({ kind: 'Node', namespace: '', name: 'contract-node' });
      assert.deepEqual(valueOf(await cluster.listNodes()), []);
    });

    connected('follows the pods of a namespace', async (cluster, api, place) => {
      await api.put(pod(place, 'a', 'node-1'));
      await following(cluster, { in: 'namespace', namespace: place }, async (followed) => {
        assert.deepEqual([...followed.pods.keys()], ['a']);
        assert.equal(followed.pods.get('a')!.spec?.containers?.[0]?.env?.[0]?.valueFrom?.secretKeyRef?.name, 'open');
        await api.put(pod(place, 'b', 'node-2'));
        await followed.until('the new pod', () => followed.pods.has('b'));
        await api.remove({ kind: 'Pod', namespace: place, name: 'a' });
        await followed.until('the end of a pod', () => !followed.pods.has('a'));
        assert.deepEqual([...followed.pods.keys()], ['b']);
      });
    });

    connected('follows the pods of a node through all namespaces', async (cluster, api, place) => {
      await api.put(pod(place, 'here', 'node-of-its-own'));
      await api.put(pod(place, 'elsewhere', 'node-1'));
      await following(cluster, { in: 'node', node: 'node-of-its-own' }, (followed) => {
        assert.deepEqual([...followed.pods.keys()], ['here']);
        return Promise.resolve();
      });
    });

    connected(
      'goes on after the server forgot old versions, and reports only what changed',
      async (cluster, api, place) => {
        for (const one of ['a', 'b', 'c']) await api.put(pod(place, one, 'node-1'));
        await following(cluster, { in: 'namespace', namespace: place }, async (followed) => {
          const { reported } = followed;
          await api.compact();
          await api.put(pod(place, 'late', 'node-1'));
          await followed.until('the new pod', () => followed.pods.has('late') && followed.isLive());
          assert.deepEqual([...followed.pods.keys()], ['a', 'b', 'c', 'late']);
          assert.equal(followed.reported - reported, 1);
        });
      },
    );
  });
}
