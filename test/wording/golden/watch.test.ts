import { describe } from 'node:test';
import { pod, secret, secretKey, unreachable, type ConnectionBench } from '../../connection/support';
import { golden, objectRows, scene } from './scene';

const watching = { strategy: 'watch' } as const;

async function webWithDb(bench: ConnectionBench): Promise<void> {
  bench.cluster.put(secret('db'));
  await bench.start(pod('web', { secrets: ['db'] }));
}

describe('golden texts: an object that is watched', () => {
  scene({
    name: 'live',
    settings: watching,
    play: async (bench) => {
      await webWithDb(bench);
      await bench.clock.advance(3_000);
      bench.cluster.put(secret('db', '2', ['k', 'l']));
      await bench.clock.advance(1_500);
    },
    says: golden`
      pod web
        icon     server-process
        row      Running
        aloud    Pod web, Running, no problem with its references
        tooltip  Pod web in namespace shop
      reference db
        row      envFrom · main · live, event 12:00:03
        aloud    Secret db, envFrom, main, required. Watch strategy: live, last list or event at 12:00:03, last sign of life at 12:00:03, watched since 12:00:00.
        badge    ● in live: Watch strategy: live, last list or event at 12:00:03, last sign of life at 12:00:03, watched since 12:00:00.
        tooltip  Secret db ⏎ envFrom, main, required
                 Watch strategy: live, last list or event at 12:00:03, last sign of life at 12:00:03, watched since 12:00:00.
      hover db
        **Secret db** · namespace shop, context test
        $(pass) It exists.
        Keys: $(key)⍽**k** 0 B, $(key)⍽**l** 0 B
        Watch strategy: live, last list or event at 12:00:03, last sign of life at 12:00:03, watched since 12:00:00. Event 2 s ago.
        Reference count 1: web.
        Secret of type Opaque, resource version 2 · [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
      object db
        row      live, event 12:00:03 · 2 keys · used by 1 pod
        aloud    Secret db. Watch strategy: live, last list or event at 12:00:03, last sign of life at 12:00:03, watched since 12:00:00. 2 keys. Reference count 1: web.
        badge    ● in live: Watch strategy: live, last list or event at 12:00:03, last sign of life at 12:00:03, watched since 12:00:00.
        tooltip  Secret db in namespace shop ⏎ Secret of type Opaque, version 2
                 Watch strategy: live, last list or event at 12:00:03, last sign of life at 12:00:03, watched since 12:00:00. Event 2 s ago.
                 Reference count 1: web.
      key k
        row      0 B
        aloud    Key k of Secret db, 0 B
        badge    none
        tooltip  Key k of Secret db, 0 B
      key l
        row      0 B
        aloud    Key l of Secret db, 0 B
        badge    none
        tooltip  Key l of Secret db, 0 B
      used by web
        row    envFrom · main
        aloud  Pod web uses it by envFrom · main
      standing
        bar      $(broadcast) test: live
        summary  Secrets and ConfigMaps: 1 live. No problem.
    `,
  });

  scene({
    name: 'immutable',
    settings: watching,
    play: async (bench) => {
      bench.cluster.put({ ...secret('db'), immutable: true });
      await bench.start(pod('web', { secrets: ['db'] }));
    },
    says: golden`
      pod web
        icon     server-process
        row      Running
        aloud    Pod web, Running, no problem with its references
        tooltip  Pod web in namespace shop
      reference db
        row      envFrom · main · watch stopped: immutable
        aloud    Secret db, envFrom, main, required. Watch strategy: the watch was stopped at 12:00:00, since the object is immutable. The copy of 12:00:00 is served for good.
        badge    ■= in immutable: Watch strategy: the watch was stopped at 12:00:00, since the object is immutable. The copy of 12:00:00 is served for good. Immutable: it never changes.
        tooltip  Secret db ⏎ envFrom, main, required
                 Watch strategy: the watch was stopped at 12:00:00, since the object is immutable. The copy of 12:00:00 is served for good.
      hover db
        **Secret db** · namespace shop, context test
        $(pass) It exists.
        Keys: $(key)⍽**k** 0 B
        Watch strategy: the watch was stopped at 12:00:00, since the object is immutable. The copy of 12:00:00 is served for good.
        Reference count 1: web.
        Secret of type Opaque, resource version 1, immutable · [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
      object db
        row      watch stopped: immutable · 1 key · immutable · used by 1 pod
        aloud    Secret db. Watch strategy: the watch was stopped at 12:00:00, since the object is immutable. The copy of 12:00:00 is served for good. 1 key. Immutable: it never changes. Reference count 1: web.
        badge    ■= in immutable: Watch strategy: the watch was stopped at 12:00:00, since the object is immutable. The copy of 12:00:00 is served for good. Immutable: it never changes.
        tooltip  Secret db in namespace shop ⏎ Secret of type Opaque, version 1 ⏎ Immutable: it never changes.
                 Watch strategy: the watch was stopped at 12:00:00, since the object is immutable. The copy of 12:00:00 is served for good.
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
        bar      $(check) test: immutable
        summary  Secrets and ConfigMaps: 1 immutable. No problem.
    `,
  });

  scene({
    name: 'idle',
    settings: watching,
    play: async (bench) => {
      await webWithDb(bench);
      bench.connection.setActive(false);
      await bench.clock.advance(300_100);
    },
    says: golden`
      pod web
        icon     server-process
        row      Running
        aloud    Pod web, Running, no problem with its references
        tooltip  Pod web in namespace shop
      reference db
        row      envFrom · main · watch idle, next read lists again
        aloud    Secret db, envFrom, main, required. Watch strategy: the watch is idle since 12:05:00, as nothing read the object for long. The next read lists it again; the copy is of 12:00:00.
        badge    ‖ in idle: Watch strategy: the watch is idle since 12:05:00, as nothing read the object for long. The next read lists it again; the copy is of 12:00:00.
        tooltip  Secret db ⏎ envFrom, main, required
                 Watch strategy: the watch is idle since 12:05:00, as nothing read the object for long. The next read lists it again; the copy is of 12:00:00.
      hover db
        **Secret db** · namespace shop, context test
        $(pass) It exists.
        Keys: $(key)⍽**k** 0 B
        Watch strategy: the watch is idle since 12:05:00, as nothing read the object for long. The next read lists it again; the copy is of 12:00:00.
        Reference count 1: web.
        Secret of type Opaque, resource version 1 · [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
      object db
        row      watch idle, next read lists again · 1 key · used by 1 pod
        aloud    Secret db. Watch strategy: the watch is idle since 12:05:00, as nothing read the object for long. The next read lists it again; the copy is of 12:00:00. 1 key. Reference count 1: web.
        badge    ‖ in idle: Watch strategy: the watch is idle since 12:05:00, as nothing read the object for long. The next read lists it again; the copy is of 12:00:00.
        tooltip  Secret db in namespace shop ⏎ Secret of type Opaque, version 1
                 Watch strategy: the watch is idle since 12:05:00, as nothing read the object for long. The next read lists it again; the copy is of 12:00:00.
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
        bar      $(debug-pause) test: watch idle
        summary  Secrets and ConfigMaps: 1 watch idle. No problem.
    `,
  });

  scene({
    name: 'that cannot be listed again after it was idle',
    settings: watching,
    play: async (bench) => {
      await webWithDb(bench);
      bench.connection.setActive(false);
      await bench.clock.advance(300_100);
      bench.cluster.failures.set('*', unreachable);
      void bench.connection.objects.read(secretKey('db'));
      await bench.clock.advance(100);
      return objectRows(bench);
    },
    says: golden`
      object db
        row      unreachable, copy of 12:00:00 · 1 key · used by 1 pod
        aloud    Secret db. The copy of 12:00:00 is from before: unreachable since 12:05:00. connection refused. It is tried again with the next read. 1 key. Reference count 1: web.
        badge    ! in kept: The copy of 12:00:00 is from before: unreachable since 12:05:00. connection refused. It is tried again with the next read.
        tooltip  Secret db in namespace shop ⏎ Secret of type Opaque, version 1
                 The copy of 12:00:00 is from before: unreachable since 12:05:00. connection refused. It is tried again with the next read.
                 Reference count 1: web.
    `,
  });

  scene({
    name: 'being listed again',
    settings: watching,
    play: async (bench) => {
      await webWithDb(bench);
      bench.connection.setActive(false);
      await bench.clock.advance(300_100);
      Object.assign(bench.cluster.secrets, { list: () => new Promise(() => undefined) });
      void bench.connection.objects.read(secretKey('db'));
      await bench.clock.advance(100);
    },
    says: golden`
      pod web
        icon     server-process
        row      Running
        aloud    Pod web, Running, no problem with its references
        tooltip  Pod web in namespace shop
      reference db
        row      envFrom · main · being listed again
        aloud    Secret db, envFrom, main, required. Watch strategy: being listed again. The copy of 12:00:00 is shown meanwhile.
        badge    ‖ in idle: Watch strategy: being listed again. The copy of 12:00:00 is shown meanwhile.
        tooltip  Secret db ⏎ envFrom, main, required
                 Watch strategy: being listed again. The copy of 12:00:00 is shown meanwhile.
      hover db
        **Secret db** · namespace shop, context test
        $(pass) It exists.
        Keys: $(key)⍽**k** 0 B
        Watch strategy: being listed again. The copy of 12:00:00 is shown meanwhile.
        Reference count 1: web.
        Secret of type Opaque, resource version 1 · [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
      object db
        row      being listed again · 1 key · used by 1 pod
        aloud    Secret db. Watch strategy: being listed again. The copy of 12:00:00 is shown meanwhile. 1 key. Reference count 1: web.
        badge    ‖ in idle: Watch strategy: being listed again. The copy of 12:00:00 is shown meanwhile.
        tooltip  Secret db in namespace shop ⏎ Secret of type Opaque, version 1
                 Watch strategy: being listed again. The copy of 12:00:00 is shown meanwhile.
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
        bar      $(debug-pause) test: watch idle
        summary  Secrets and ConfigMaps: 1 watch idle. No problem.
    `,
  });

  scene({
    name: 'not found',
    settings: watching,
    play: async (bench) => {
      await bench.start(pod('web', { secrets: ['db'] }));
      return objectRows(bench);
    },
    says: golden`
      object db
        row      not found, asked 12:00:00 · used by 1 pod
        aloud    Secret db. Not found at 12:00:00: secret "db" not found. Check the name and the namespace, or create the object. Reference count 1: web.
        badge    ✗ in notFound: Not found at 12:00:00: secret "db" not found. Check the name and the namespace, or create the object.
        tooltip  Secret db in namespace shop
                 Not found at 12:00:00: secret "db" not found. Check the name and the namespace, or create the object.
                 Reference count 1: web.
    `,
  });

  scene({
    name: 'created after it was not found',
    settings: watching,
    play: async (bench) => {
      await bench.start(pod('web', { secrets: ['db'] }));
      await bench.clock.advance(1_000);
      bench.cluster.put(secret('db', '9'));
      await bench.clock.advance(100);
      return objectRows(bench);
    },
    says: golden`
      object db
        row      live, event 12:00:01 · 1 key · used by 1 pod
        aloud    Secret db. Watch strategy: live, last list or event at 12:00:01, last sign of life at 12:00:01, watched since 12:00:00. 1 key. Reference count 1: web.
        badge    ● in live: Watch strategy: live, last list or event at 12:00:01, last sign of life at 12:00:01, watched since 12:00:00.
        tooltip  Secret db in namespace shop ⏎ Secret of type Opaque, version 9
                 Watch strategy: live, last list or event at 12:00:01, last sign of life at 12:00:01, watched since 12:00:00. Event 0 s ago.
                 Reference count 1: web.
    `,
  });
});
