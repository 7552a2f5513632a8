import { describe } from 'node:test';
import type { Scope } from '../../../src/connection/scope';
import { forbidden, node, pod, secret, secretKey, serverError, type ConnectionBench } from '../../connection/support';
import { objectRowSays, pinRowSays, podRowSays, statusSays } from '../said';
import { golden, scene } from './scene';

/** A pod in each of two namespaces, on a node that says another TTL. */
async function twoNamespaces(bench: ConnectionBench): Promise<string[]> {
  const { cluster, connection } = bench;
  cluster.nodes.set('node-1', node('node-1', '15'));
  cluster.put(secret('db'), 'shop');
  cluster.put(secret('db'), 'bank');
  connection.holds.pin(secretKey('db', 'bank'));
  connection.setActive(true);
  const places = ['shop', 'bank'].map((namespace) => pod('web', { namespace, node: 'node-1', secrets: ['db'] }));
  for (const [index, feed] of cluster.feeds.entries())
    feed.list(...(cluster.feeds.length === 1 ? places : [places[index]!]));
  await bench.clock.advance(200);
  return [
    ...[...connection.pods.all].map((registered) => podRowSays(connection, registered)),
    objectRowSays(connection, secretKey('db', 'shop')),
    pinRowSays(connection, secretKey('db', 'bank')),
    statusSays(connection),
  ];
}

describe('golden texts: where the pods are', () => {
  const scopes: readonly { readonly scope: Scope; readonly says: string }[] = [
    {
      scope: { in: 'all' },
      says: golden`
        pod web
          icon     server-process
          row      shop · Running
          aloud    Pod web, Running, no problem with its references
          tooltip  Pod web in namespace shop ⏎ on node node\-1
        pod web
          icon     server-process
          row      bank · Running
          aloud    Pod web, Running, no problem with its references
          tooltip  Pod web in namespace bank ⏎ on node node\-1
        object db
          row      shop · read 12:00:00 · 1 key · used by 1 pod
          aloud    Secret db. Fresh: read at 12:00:00 as the newest version, fresh until 12:00:15. 1 key. Reference count 1: web.
          badge    ✓ in fresh: Fresh: read at 12:00:00 as the newest version, fresh until 12:00:15.
          tooltip  Secret db in namespace shop ⏎ Secret of type Opaque, version 1
                   Fresh: read at 12:00:00 as the newest version, fresh until 12:00:15.
                   Reference count 1: web.
        pin db
          row      bank · read 12:00:00
          aloud    Secret db in namespace bank. Fresh: read at 12:00:00 as the newest version, fresh until 12:00:15.
          badge    ✓ in fresh: Fresh: read at 12:00:00 as the newest version, fresh until 12:00:15.
          tooltip  Secret db in namespace bank
                   Fresh: read at 12:00:00 as the newest version, fresh until 12:00:15.
        status
          bar      $(check) test: fresh
          tooltip  Current context: test.
                   Server: https:&#8203;//127.0.0.1:6443
                   Registered: 2 pods of all namespaces.
                   Secrets and ConfigMaps: 2 fresh. No problem.
          aloud    Kubefresh. fresh. Current context: test. Server: https://127.0.0.1:6443 Registered: 2 pods of all namespaces. Secrets and ConfigMaps: 2 fresh. No problem.
          pods     test · all namespaces
                   Current context.
          objects  test · all namespaces
                   TTL 15 s (node-1). Last pass: 2 objects in 0 s.
      `,
    },
    {
      scope: { in: 'node', node: 'node-1' },
      says: golden`
        pod web
          icon     server-process
          row      shop · Running
          aloud    Pod web, Running, no problem with its references
          tooltip  Pod web in namespace shop ⏎ on node node\-1
        pod web
          icon     server-process
          row      bank · Running
          aloud    Pod web, Running, no problem with its references
          tooltip  Pod web in namespace bank ⏎ on node node\-1
        object db
          row      shop · read 12:00:00 · 1 key · used by 1 pod
          aloud    Secret db. Fresh: read at 12:00:00 as the newest version, fresh until 12:00:15. 1 key. Reference count 1: web.
          badge    ✓ in fresh: Fresh: read at 12:00:00 as the newest version, fresh until 12:00:15.
          tooltip  Secret db in namespace shop ⏎ Secret of type Opaque, version 1
                   Fresh: read at 12:00:00 as the newest version, fresh until 12:00:15.
                   Reference count 1: web.
        pin db
          row      bank · read 12:00:00
          aloud    Secret db in namespace bank. Fresh: read at 12:00:00 as the newest version, fresh until 12:00:15.
          badge    ✓ in fresh: Fresh: read at 12:00:00 as the newest version, fresh until 12:00:15.
          tooltip  Secret db in namespace bank
                   Fresh: read at 12:00:00 as the newest version, fresh until 12:00:15.
        status
          bar      $(check) test: fresh
          tooltip  Current context: test.
                   Server: https:&#8203;//127.0.0.1:6443
                   Registered: 2 pods of node node\-1.
                   Secrets and ConfigMaps: 2 fresh. No problem.
          aloud    Kubefresh. fresh. Current context: test. Server: https://127.0.0.1:6443 Registered: 2 pods of node node-1. Secrets and ConfigMaps: 2 fresh. No problem.
          pods     test · node node-1
                   Current context.
          objects  test · node node-1
                   TTL 15 s (node-1). Last pass: 2 objects in 0 s.
      `,
    },
    {
      scope: { in: 'namespaces', namespaces: ['shop', 'bank'] },
      says: golden`
        pod web
          icon     server-process
          row      shop · Running
          aloud    Pod web, Running, no problem with its references
          tooltip  Pod web in namespace shop ⏎ on node node\-1
        pod web
          icon     server-process
          row      bank · Running
          aloud    Pod web, Running, no problem with its references
          tooltip  Pod web in namespace bank ⏎ on node node\-1
        object db
          row      shop · read 12:00:00 · 1 key · used by 1 pod
          aloud    Secret db. Fresh: read at 12:00:00 as the newest version, fresh until 12:00:15. 1 key. Reference count 1: web.
          badge    ✓ in fresh: Fresh: read at 12:00:00 as the newest version, fresh until 12:00:15.
          tooltip  Secret db in namespace shop ⏎ Secret of type Opaque, version 1
                   Fresh: read at 12:00:00 as the newest version, fresh until 12:00:15.
                   Reference count 1: web.
        pin db
          row      bank · read 12:00:00
          aloud    Secret db in namespace bank. Fresh: read at 12:00:00 as the newest version, fresh until 12:00:15.
          badge    ✓ in fresh: Fresh: read at 12:00:00 as the newest version, fresh until 12:00:15.
          tooltip  Secret db in namespace bank
                   Fresh: read at 12:00:00 as the newest version, fresh until 12:00:15.
        status
          bar      $(check) test: fresh
          tooltip  Current context: test.
                   Server: https:&#8203;//127.0.0.1:6443
                   Registered: 2 pods of shop, bank.
                   Secrets and ConfigMaps: 2 fresh. No problem.
          aloud    Kubefresh. fresh. Current context: test. Server: https://127.0.0.1:6443 Registered: 2 pods of shop, bank. Secrets and ConfigMaps: 2 fresh. No problem.
          pods     test · shop, bank
                   Current context.
          objects  test · shop, bank
                   TTL 15 s (node-1). Last pass: 2 objects in 0 s.
      `,
    },
  ];
  for (const { scope, says } of scopes) scene({ name: scope.in, scope, play: twoNamespaces, says });

  scene({
    name: 'nowhere yet',
    play: async (bench) => {
      bench.connection.setActive(true);
      await bench.clock.advance(100);
      return [statusSays(bench.connection)];
    },
    says: golden`
      status
        bar      $(sync~spin) test: connecting…
        tooltip  Current context: test.
                 Server: https:&#8203;//127.0.0.1:6443
                 Registered: 0 pods of shop.
                 No pod refers to a Secret or ConfigMap.
        aloud    Kubefresh. connecting…. Current context: test. Server: https://127.0.0.1:6443 Registered: 0 pods of shop. No pod refers to a Secret or ConfigMap.
        pods     test · shop
                 (no message)
        objects  test · shop
                 TTL 60 s (default).
    `,
  });

  scene({
    name: 'nowhere',
    play: async (bench) => {
      await bench.start();
      return [statusSays(bench.connection)];
    },
    says: golden`
      status
        bar      $(circle-outline) test: no objects
        tooltip  Current context: test.
                 Server: https:&#8203;//127.0.0.1:6443
                 Registered: 0 pods of shop.
                 No pod refers to a Secret or ConfigMap.
        aloud    Kubefresh. no objects. Current context: test. Server: https://127.0.0.1:6443 Registered: 0 pods of shop. No pod refers to a Secret or ConfigMap.
        pods     test · shop
                 (no message)
        objects  test · shop
                 (no message)
    `,
  });

  scene({
    name: 'in a list that broke off, with a TTL that no node tells',
    play: async (bench) => {
      bench.cluster.nodeFailure = forbidden;
      bench.cluster.put(secret('db'));
      await bench.start(pod('web', { node: 'node-1', secrets: ['db', 'gone'] }));
      bench.cluster.feed.state({ state: 'interrupted', failure: serverError, retryInMs: 1_000 });
      await bench.clock.advance(100);
      return [statusSays(bench.connection, 'window'), statusSays(bench.connection, 'demo')];
    },
    says: golden`
      status
        bar      $(debug-disconnect) test: server error
        tooltip  Context chosen for this window: test.
                 Server: https:&#8203;//127.0.0.1:6443
                 Registered: 1 pod of shop.
                 Secrets and ConfigMaps: 1 fresh, 1 not found. 1 problem to look at.
                 boom. It is tried again with the next read.
        aloud    Kubefresh. server error. Context chosen for this window: test. Server: https://127.0.0.1:6443 Registered: 1 pod of shop. Secrets and ConfigMaps: 1 fresh, 1 not found. 1 problem to look at. boom. It is tried again with the next read.
        pods     test · shop
                 Pods may be out of date: boom. It is tried again with the next read. Context chosen for this window.
        objects  test · shop
                 TTL 60 s (default, nodes: forbidden). Last pass: 2 objects in 0 s.
        badge    1: 1 problem with Secrets and ConfigMaps
      status
        bar      $(debug-disconnect) Demo: server error
        tooltip  Demo cluster: nothing here is real.
                 Server: https:&#8203;//127.0.0.1:6443
                 Registered: 1 pod of shop.
                 Secrets and ConfigMaps: 1 fresh, 1 not found. 1 problem to look at.
                 boom. It is tried again with the next read.
        aloud    Kubefresh. server error. Demo cluster: nothing here is real. Server: https://127.0.0.1:6443 Registered: 1 pod of shop. Secrets and ConfigMaps: 1 fresh, 1 not found. 1 problem to look at. boom. It is tried again with the next read.
        pods     test · shop
                 Pods may be out of date: boom. It is tried again with the next read. Demo cluster: nothing here is real. “Stop Demo Cluster” ends it.
        objects  test · shop
                 TTL 60 s (default, nodes: forbidden). Last pass: 2 objects in 0 s.
        badge    1: 1 problem with Secrets and ConfigMaps
    `,
  });

  scene({
    name: 'registered by name',
    play: async (bench) => {
      bench.cluster.put(secret('db'));
      bench.cluster.pods.set('shop/web', pod('web', { node: 'node-1', phase: 'Pending', secrets: ['db'] }));
      bench.connection.setActive(true);
      bench.cluster.feed.state({ state: 'interrupted', failure: forbidden, retryInMs: 1_000 });
      await bench.connection.pods.registerByName('shop', 'web');
      await bench.clock.advance(100);
      return [...bench.connection.pods.all].map((registered) => podRowSays(bench.connection, registered));
    },
    says: golden`
      pod web
        icon     server-process
        row      Pending · registered by name
        aloud    Pod web, Pending, no problem with its references
        tooltip  Pod web in namespace shop ⏎ on node node\-1
    `,
  });
});
