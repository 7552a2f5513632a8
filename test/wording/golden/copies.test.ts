import { describe } from 'node:test';
import { pod, secret, secretKey, type ConnectionBench } from '../../connection/support';
import { golden, objectRows, scene } from './scene';

const db = secretKey('db');

/** A pod `web` that takes `db` into its environment, and has been looked at for 100 ms. */
async function webWithDb(bench: ConnectionBench): Promise<void> {
  bench.cluster.put(secret('db'));
  await bench.start(pod('web', { secrets: ['db'] }));
}

describe('golden texts: a copy', () => {
  scene({
    name: 'fresh',
    play: webWithDb,
    says: golden`
      pod web
        icon     server-process
        row      Running
        aloud    Pod web, Running, no problem with its references
        tooltip  Pod web in namespace shop
      reference db
        row      envFrom · main · read 12:00:00
        aloud    Secret db, envFrom, main, required. Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
        badge    ✓ in fresh: Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
        tooltip  Secret db ⏎ envFrom, main, required
                 Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
      hover db
        **Secret db** · namespace shop, context test
        $(pass) It exists.
        Keys: $(key)⍽**k** 0 B
        Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00. TTL 60 s.
        Reference count 1: web.
        Secret of type Opaque, resource version 1 · [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
      object db
        row      read 12:00:00 · 1 key · used by 1 pod
        aloud    Secret db. Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00. 1 key. Reference count 1: web.
        badge    ✓ in fresh: Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
        tooltip  Secret db in namespace shop ⏎ Secret of type Opaque, version 1
                 Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
                 Reference count 1: web.
      key k
        row      0 B
        aloud    Key k of Secret db, 0 B
        badge    none
        tooltip  Key k of Secret db, 0 B
      used by web
        row    envFrom · main
        aloud  Pod web uses it by envFrom · main
      standing
        bar      $(check) test: fresh
        summary  Secrets and ConfigMaps: 1 fresh. No problem.
    `,
  });

  scene({
    name: 'fresh after a refresh',
    play: async (bench) => {
      await webWithDb(bench);
      await bench.clock.advance(5_000);
      await bench.connection.objects.refresh(db);
      await bench.clock.advance(100);
      return objectRows(bench);
    },
    says: golden`
      object db
        row      read 12:00:05 · 1 key · used by 1 pod
        aloud    Secret db. Fresh: read at 12:00:05 as the newest version, fresh until 12:01:05. 1 key. Reference count 1: web.
        badge    ✓ in fresh: Fresh: read at 12:00:05 as the newest version, fresh until 12:01:05.
        tooltip  Secret db in namespace shop ⏎ Secret of type Opaque, version 1
                 Fresh: read at 12:00:05 as the newest version, fresh until 12:01:05.
                 Reference count 1: web.
    `,
  });

  scene({
    name: 'stale',
    settings: { sync: 'off' },
    play: async (bench) => {
      await webWithDb(bench);
      await bench.connection.objects.read(db);
      await bench.clock.advance(70_000);
    },
    says: golden`
      pod web
        icon     server-process
        row      Running
        aloud    Pod web, Running, no problem with its references
        tooltip  Pod web in namespace shop
      reference db
        row      envFrom · main · stale, read 12:00:00
        aloud    Secret db, envFrom, main, required. Stale since 12:01:00: read at 12:00:00 as the newest version; the next use reads it again.
        badge    ~ in stale: Stale since 12:01:00: read at 12:00:00 as the newest version; the next use reads it again.
        tooltip  Secret db ⏎ envFrom, main, required
                 Stale since 12:01:00: read at 12:00:00 as the newest version; the next use reads it again.
      hover db
        **Secret db** · namespace shop, context test
        $(pass) It exists.
        Keys: $(key)⍽**k** 0 B
        Stale since 12:01:00: read at 12:00:00 as the newest version; the next use reads it again. TTL 60 s.
        Reference count 1: web.
        Secret of type Opaque, resource version 1 · [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
      object db
        row      stale, read 12:00:00 · 1 key · used by 1 pod
        aloud    Secret db. Stale since 12:01:00: read at 12:00:00 as the newest version; the next use reads it again. 1 key. Reference count 1: web.
        badge    ~ in stale: Stale since 12:01:00: read at 12:00:00 as the newest version; the next use reads it again.
        tooltip  Secret db in namespace shop ⏎ Secret of type Opaque, version 1
                 Stale since 12:01:00: read at 12:00:00 as the newest version; the next use reads it again.
                 Reference count 1: web.
      key k
        row      0 B
        aloud    Key k of Secret db, 0 B
        badge    none
        tooltip  Key k of Secret db, 0 B
      used by web
        row    envFrom · main
        aloud  Pod web uses it by envFrom · main
      standing
        bar      $(history) test: stale
        summary  Secrets and ConfigMaps: 1 stale. No problem.
    `,
  });

  scene({
    name: 'fresh again, read from the cache of the API server once it was stale',
    play: async (bench) => {
      await webWithDb(bench);
      await bench.clock.advance(120_000);
      return objectRows(bench);
    },
    says: golden`
      object db
        row      read 12:02:00 · 1 key · used by 1 pod
        aloud    Secret db. Fresh: read at 12:02:00 from the API server’s cache, fresh until 12:03:00. 1 key. Reference count 1: web.
        badge    ✓ in fresh: Fresh: read at 12:02:00 from the API server’s cache, fresh until 12:03:00.
        tooltip  Secret db in namespace shop ⏎ Secret of type Opaque, version 1
                 Fresh: read at 12:02:00 from the API server’s cache, fresh until 12:03:00.
                 Reference count 1: web.
    `,
  });

  scene({
    name: 'read on another day',
    play: async (bench) => {
      bench.clock.dayOffset -= 24 * 3_600_000;
      await webWithDb(bench);
      return objectRows(bench);
    },
    says: golden`
      object db
        row      read 6/9/25 12:00:00 · 1 key · used by 1 pod
        aloud    Secret db. Fresh: read at 6/9/25 12:00:00 as the newest version, fresh until 6/9/25 12:01:00. 1 key. Reference count 1: web.
        badge    ✓ in fresh: Fresh: read at 6/9/25 12:00:00 as the newest version, fresh until 6/9/25 12:01:00.
        tooltip  Secret db in namespace shop ⏎ Secret of type Opaque, version 1
                 Fresh: read at 6/9/25 12:00:00 as the newest version, fresh until 6/9/25 12:01:00.
                 Reference count 1: web.
    `,
  });

  scene({
    name: 'read on use, as the TTL is 0',
    settings: { ttlSeconds: 0 },
    play: webWithDb,
    says: golden`
      pod web
        icon     server-process
        row      Running
        aloud    Pod web, Running, no problem with its references
        tooltip  Pod web in namespace shop
      reference db
        row      envFrom · main · read 12:00:00
        aloud    Secret db, envFrom, main, required. Read on use: read at 12:00:00 as the newest version. The TTL is 0, so each use reads it again.
        badge    ↻ in readOnUse: Read on use: read at 12:00:00 as the newest version. The TTL is 0, so each use reads it again.
        tooltip  Secret db ⏎ envFrom, main, required
                 Read on use: read at 12:00:00 as the newest version. The TTL is 0, so each use reads it again.
      hover db
        **Secret db** · namespace shop, context test
        $(pass) It exists.
        Keys: $(key)⍽**k** 0 B
        Read on use: read at 12:00:00 as the newest version. The TTL is 0, so each use reads it again.
        Reference count 1: web.
        Secret of type Opaque, resource version 1 · [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
      object db
        row      read 12:00:00 · 1 key · used by 1 pod
        aloud    Secret db. Read on use: read at 12:00:00 as the newest version. The TTL is 0, so each use reads it again. 1 key. Reference count 1: web.
        badge    ↻ in readOnUse: Read on use: read at 12:00:00 as the newest version. The TTL is 0, so each use reads it again.
        tooltip  Secret db in namespace shop ⏎ Secret of type Opaque, version 1
                 Read on use: read at 12:00:00 as the newest version. The TTL is 0, so each use reads it again.
                 Reference count 1: web.
      key k
        row      0 B
        aloud    Key k of Secret db, 0 B
        badge    none
        tooltip  Key k of Secret db, 0 B
      used by web
        row    envFrom · main
        aloud  Pod web uses it by envFrom · main
      standing
        bar      $(check) test: read on use
        summary  Secrets and ConfigMaps: 1 read on use. No problem.
    `,
  });

  scene({
    name: 'read on use by the Get strategy',
    settings: { strategy: 'get' },
    play: webWithDb,
    says: golden`
      pod web
        icon     server-process
        row      Running
        aloud    Pod web, Running, no problem with its references
        tooltip  Pod web in namespace shop
      reference db
        row      envFrom · main · read 12:00:00
        aloud    Secret db, envFrom, main, required. Get strategy: read at 12:00:00 as the newest version. Each use reads it again.
        badge    ↻ in readOnUse: Get strategy: read at 12:00:00 as the newest version. Each use reads it again.
        tooltip  Secret db ⏎ envFrom, main, required
                 Get strategy: read at 12:00:00 as the newest version. Each use reads it again.
      hover db
        **Secret db** · namespace shop, context test
        $(pass) It exists.
        Keys: $(key)⍽**k** 0 B
        Get strategy: read at 12:00:00 as the newest version. Each use reads it again.
        Reference count 1: web.
        Secret of type Opaque, resource version 1 · [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
      object db
        row      read 12:00:00 · 1 key · used by 1 pod
        aloud    Secret db. Get strategy: read at 12:00:00 as the newest version. Each use reads it again. 1 key. Reference count 1: web.
        badge    ↻ in readOnUse: Get strategy: read at 12:00:00 as the newest version. Each use reads it again.
        tooltip  Secret db in namespace shop ⏎ Secret of type Opaque, version 1
                 Get strategy: read at 12:00:00 as the newest version. Each use reads it again.
                 Reference count 1: web.
      key k
        row      0 B
        aloud    Key k of Secret db, 0 B
        badge    none
        tooltip  Key k of Secret db, 0 B
      used by web
        row    envFrom · main
        aloud  Pod web uses it by envFrom · main
      standing
        bar      $(check) test: read on use
        summary  Secrets and ConfigMaps: 1 read on use. No problem.
    `,
  });
});
