import { describe } from 'node:test';
import { forbidden, pod, secret, secretKey, unreachable, type ConnectionBench } from '../../connection/support';
import { golden, objectRows, scene } from './scene';

const db = secretKey('db');

/** A pod `web` that takes `db` into its environment, and has been looked at for 100 ms. */
async function webWithDb(bench: ConnectionBench): Promise<void> {
  bench.cluster.put(secret('db'));
  await bench.start(pod('web', { secrets: ['db'] }));
}

describe('golden texts: a copy', () => {
  scene({
    name: 'being fetched',
    play: async (bench) => {
      bench.cluster.holdsAnswers = true;
      await webWithDb(bench);
    },
    says: golden`
      pod web
        icon     server-process
        row      Running
        aloud    Pod web, Running, no problem with its references
        tooltip  Pod web in namespace shop
      reference db
        row      envFrom · main · fetching…
        aloud    Secret db, envFrom, main, required. Being fetched for the first time.
        badge    … in fetching: Being fetched for the first time.
        tooltip  Secret db ⏎ envFrom, main, required
                 Being fetched for the first time.
      hover db
        **Secret db** · namespace shop, context test
        $(question) It could not be read, so whether it exists is not known.
        Being fetched for the first time.
        Reference count 1: web.
        [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
      object db
        row      fetching… · used by 1 pod
        aloud    Secret db. Being fetched for the first time. Reference count 1: web.
        badge    … in fetching: Being fetched for the first time.
        tooltip  Secret db in namespace shop
                 Being fetched for the first time.
                 Reference count 1: web.
      used by web
        row    envFrom · main
        aloud  Pod web uses it by envFrom · main
      standing
        bar      $(sync~spin) test: reading…
        summary  Secrets and ConfigMaps: 1 fetching…. No problem.
    `,
  });

  scene({
    name: 'not fetched',
    settings: { sync: 'off' },
    play: webWithDb,
    says: golden`
      pod web
        icon     server-process
        row      Running
        aloud    Pod web, Running, no problem with its references
        tooltip  Pod web in namespace shop
      reference db
        row      envFrom · main · not fetched
        aloud    Secret db, envFrom, main, required. Not fetched yet.
        badge    ○ in notFetched: Not fetched yet.
        tooltip  Secret db ⏎ envFrom, main, required
                 Not fetched yet.
      hover db
        **Secret db** · namespace shop, context test
        $(question) It has not been read, so nothing is known about it.
        Not fetched yet.
        Reference count 1: web.
        [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
      object db
        row      not fetched · used by 1 pod
        aloud    Secret db. Not fetched yet. Reference count 1: web.
        badge    ○ in notFetched: Not fetched yet.
        tooltip  Secret db in namespace shop
                 Not fetched yet.
                 Reference count 1: web.
      used by web
        row    envFrom · main
        aloud  Pod web uses it by envFrom · main
      standing
        bar      $(circle-outline) test: not fetched
        summary  Secrets and ConfigMaps: 1 not fetched. No problem.
    `,
  });

  scene({
    name: 'kept, as the server is unreachable',
    play: async (bench) => {
      await webWithDb(bench);
      bench.cluster.failures.set('*', unreachable);
      await bench.clock.advance(2_000);
      await bench.connection.objects.refresh(db);
      await bench.clock.advance(100);
    },
    says: golden`
      pod web
        icon     server-process
        row      Running
        aloud    Pod web, Running, no problem with its references
        tooltip  Pod web in namespace shop
      reference db
        row      envFrom · main · unreachable, copy of 12:00:00
        aloud    Secret db, envFrom, main, required. The copy of 12:00:00 is from before: unreachable since 12:00:02. connection refused. It is tried again with the next read.
        badge    ! in kept: The copy of 12:00:00 is from before: unreachable since 12:00:02. connection refused. It is tried again with the next read.
        tooltip  Secret db ⏎ envFrom, main, required
                 The copy of 12:00:00 is from before: unreachable since 12:00:02. connection refused. It is tried again with the next read.
      hover db
        **Secret db** · namespace shop, context test
        $(question) It existed when it was last read.
        Keys: $(key)⍽**k** 0 B
        The copy of 12:00:00 is from before: unreachable since 12:00:02. connection refused. It is tried again with the next read. TTL 60 s.
        Reference count 1: web.
        Secret of type Opaque, resource version 1 · [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
      object db
        row      unreachable, copy of 12:00:00 · 1 key · used by 1 pod
        aloud    Secret db. The copy of 12:00:00 is from before: unreachable since 12:00:02. connection refused. It is tried again with the next read. 1 key. Reference count 1: web.
        badge    ! in kept: The copy of 12:00:00 is from before: unreachable since 12:00:02. connection refused. It is tried again with the next read.
        tooltip  Secret db in namespace shop ⏎ Secret of type Opaque, version 1
                 The copy of 12:00:00 is from before: unreachable since 12:00:02. connection refused. It is tried again with the next read.
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
        bar      $(debug-disconnect) test: no answer since 12:00:02
        summary  Secrets and ConfigMaps: 1 kept. 1 problem to look at.
        badge    1: 1 problem with Secrets and ConfigMaps
    `,
  });

  scene({
    name: 'kept, as it is forbidden by now',
    play: async (bench) => {
      await webWithDb(bench);
      bench.cluster.failures.set('*', forbidden);
      await bench.clock.advance(2_000);
      await bench.connection.objects.refresh(db);
      await bench.clock.advance(100);
      return objectRows(bench);
    },
    says: golden`
      object db
        row      forbidden, copy of 12:00:00 · 1 key · used by 1 pod
        aloud    Secret db. The copy of 12:00:00 is kept since the refresh at 12:00:02 failed: not allowed. Ask for the verb “get” on this name; Kubefresh needs no more. 1 key. Reference count 1: web.
        badge    ! in kept: The copy of 12:00:00 is kept since the refresh at 12:00:02 failed: not allowed. Ask for the verb “get” on this name; Kubefresh needs no more.
        tooltip  Secret db in namespace shop ⏎ Secret of type Opaque, version 1
                 The copy of 12:00:00 is kept since the refresh at 12:00:02 failed: not allowed. Ask for the verb “get” on this name; Kubefresh needs no more.
                 Reference count 1: web.
    `,
  });

  scene({
    name: 'kept, as the answer was older',
    play: async (bench) => {
      bench.cluster.put(secret('db', '7'));
      await bench.start(pod('web', { secrets: ['db'] }));
      bench.cluster.put(secret('db', '5'));
      await bench.clock.advance(2_000);
      await bench.connection.objects.refresh(db);
      await bench.clock.advance(100);
      return objectRows(bench);
    },
    says: golden`
      object db
        row      older answer, copy of 12:00:00 · 1 key · used by 1 pod
        aloud    Secret db. The copy of 12:00:00 is kept since the refresh at 12:00:02 failed: the answer was an older version. 1 key. Reference count 1: web.
        badge    ! in kept: The copy of 12:00:00 is kept since the refresh at 12:00:02 failed: the answer was an older version.
        tooltip  Secret db in namespace shop ⏎ Secret of type Opaque, version 7
                 The copy of 12:00:00 is kept since the refresh at 12:00:02 failed: the answer was an older version.
                 Reference count 1: web.
    `,
  });

  scene({
    name: 'immutable',
    play: async (bench) => {
      bench.cluster.put({ ...secret('db', '3', ['a', 'b']), immutable: true });
      await bench.start(pod('web', { secrets: ['db'] }));
    },
    says: golden`
      pod web
        icon     server-process
        row      Running
        aloud    Pod web, Running, no problem with its references
        tooltip  Pod web in namespace shop
      reference db
        row      envFrom · main · read 12:00:00
        aloud    Secret db, envFrom, main, required. Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
        badge    ✓= in fresh: Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00. Immutable: it never changes.
        tooltip  Secret db ⏎ envFrom, main, required
                 Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
      hover db
        **Secret db** · namespace shop, context test
        $(pass) It exists.
        Keys: $(key)⍽**a** 0 B, $(key)⍽**b** 0 B
        Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00. TTL 60 s.
        Reference count 1: web.
        Secret of type Opaque, resource version 3, immutable · [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
      object db
        row      read 12:00:00 · 2 keys · immutable · used by 1 pod
        aloud    Secret db. Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00. 2 keys. Immutable: it never changes. Reference count 1: web.
        badge    ✓= in fresh: Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00. Immutable: it never changes.
        tooltip  Secret db in namespace shop ⏎ Secret of type Opaque, version 3 ⏎ Immutable: it never changes.
                 Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
                 Reference count 1: web.
      key a
        row      0 B
        aloud    Key a of Secret db, 0 B
        badge    none
        tooltip  Key a of Secret db, 0 B
      key b
        row      0 B
        aloud    Key b of Secret db, 0 B
        badge    none
        tooltip  Key b of Secret db, 0 B
      used by web
        row    envFrom · main
        aloud  Pod web uses it by envFrom · main
      standing
        bar      $(check) test: fresh
        summary  Secrets and ConfigMaps: 1 fresh. No problem.
    `,
  });
});
