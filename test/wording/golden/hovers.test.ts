import { describe } from 'node:test';
import { configMap, pod, secret } from '../../connection/support';
import { hoverSays, unconnectedHoverSays } from '../said';
import { golden, hovers, scene, specPod } from './scene';

describe('golden texts: a hover', () => {
  scene({
    name: 'on a key, of an object with more keys than are listed',
    play: async (bench) => {
      const keys = Array.from({ length: 14 }, (_, index) => `key${index + 1}`);
      bench.cluster.put(secret('db', '1', keys));
      await bench.start(
        specPod('web', {
          volumes: [
            { name: 'v', secret: { secretName: 'db', items: ['key14', 'key9'].map((key) => ({ key, path: key })) } },
          ],
        }),
      );
      const [web] = bench.connection.pods.all;
      const [reference] = web?.references ?? [];
      return reference === undefined
        ? []
        : [hoverSays(bench.connection, 'shop', reference), hoverSays(bench.connection, 'shop', reference, 'key9')];
    },
    says: golden`
      hover db
        **Secret db** · namespace shop, context test
        $(pass) It exists.
        Keys: $(key)⍽**key14** 0 B, $(key)⍽**key9** 0 B, key1 0 B, key10 0 B, key11 0 B, key12 0 B, key13 0 B, key2 0 B, key3 0 B, key4 0 B, key5 0 B, key6 0 B, and 2 more
        Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00. TTL 60 s.
        Reference count 1: web.
        Secret of type Opaque, resource version 1 · [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
      hover db
        **Secret db** · namespace shop, context test
        $(pass) It exists.
        Keys: $(key)⍽**key9** 0 B, key1 0 B, key10 0 B, key11 0 B, key12 0 B, key13 0 B, key14 0 B, key2 0 B, key3 0 B, key4 0 B, key5 0 B, key6 0 B, and 2 more
        Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00. TTL 60 s.
        Reference count 1: web.
        Secret of type Opaque, resource version 1 · [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
    `,
  });

  scene({
    name: 'on a ConfigMap of values',
    play: async (bench) => {
      const data = new Map([
        ['text', { text: 'x'.repeat(32), size: 32 }],
        ['bytes', { size: 1_234 }],
        ['large', { size: 1_000_000 }],
      ]);
      bench.cluster.put({ ...configMap('app', '4'), data });
      await bench.start(pod('web', { configMaps: ['app'] }));
      return hovers(bench);
    },
    says: golden`
      hover app
        **ConfigMap app** · namespace shop, context test
        $(pass) It exists.
        Keys: $(key)⍽**bytes** 1.2 kB, $(key)⍽**large** 1 MB, $(key)⍽**text** 32 B
        Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00. TTL 60 s.
        Reference count 1: web.
        ConfigMap, resource version 4 · [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"ConfigMap","namespace":"shop","name":"app"}]›)
    `,
  });

  scene({
    name: 'without a connection',
    play: async (bench) => {
      await bench.start(pod('web', { secrets: ['db'] }));
      const [web] = bench.connection.pods.all;
      const failure = { kind: 'unreachable', message: 'no route to host' } as const;
      return (web?.references ?? []).flatMap((reference) => [
        unconnectedHoverSays({ state: 'idle' }, reference),
        unconnectedHoverSays({ state: 'untrusted' }, reference),
        unconnectedHoverSays({ state: 'failed', failure }, reference),
      ]);
    },
    says: golden`
      hover db
        **Secret: db**
        Kubefresh is not connected to a cluster. [Connect](command:kubefresh.connect)
      hover db
        **Secret: db**
        Kubefresh does not connect in a workspace that is not trusted.
      hover db
        **Secret: db**
        Kubefresh is not connected to a cluster. no route to host. It is tried again with the next read. [Connect](command:kubefresh.connect)
    `,
  });
});
