import { describe } from 'node:test';
import type { Failure } from '../../../src/objects/failure';
import {
  forbidden,
  pod,
  secret,
  secretKey,
  serverError,
  throttled,
  unreachable,
  type ConnectionBench,
} from '../../connection/support';
import { everything, golden, mounting, objectRows, scene } from './scene';

/** A pod `web` that takes `db` into its environment, which fails. */
async function webWithout(bench: ConnectionBench, failure: Failure): Promise<void> {
  bench.cluster.failures.set('*', failure);
  await bench.start(pod('web', { secrets: ['db'] }));
}

describe('golden texts: a failure', () => {
  scene({
    name: 'forbidden',
    play: (bench) => webWithout(bench, forbidden),
    says: golden`
      pod web
        icon     server-process
        row      1 problem · Running
        aloud    Pod web, Running, 1 problem
        tooltip  Pod web in namespace shop
                 Secret db: Forbidden at 12:00:00: not allowed. Ask for the verb “get” on this name; Kubefresh needs no more.
      reference db
        row      envFrom · main · forbidden, asked 12:00:00
        aloud    Secret db, envFrom, main, required. Forbidden at 12:00:00: not allowed. Ask for the verb “get” on this name; Kubefresh needs no more.
        badge    ⊘ in forbidden: Forbidden at 12:00:00: not allowed. Ask for the verb “get” on this name; Kubefresh needs no more.
        tooltip  Secret db ⏎ envFrom, main, required
                 Forbidden at 12:00:00: not allowed. Ask for the verb “get” on this name; Kubefresh needs no more.
      hover db
        **Secret db** · namespace shop, context test
        $(question) It could not be read, so whether it exists is not known.
        Forbidden at 12:00:00: not allowed. Ask for the verb “get” on this name; Kubefresh needs no more.
        Reference count 1: web.
        [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
      object db
        row      forbidden, asked 12:00:00 · used by 1 pod
        aloud    Secret db. Forbidden at 12:00:00: not allowed. Ask for the verb “get” on this name; Kubefresh needs no more. Reference count 1: web.
        badge    ⊘ in forbidden: Forbidden at 12:00:00: not allowed. Ask for the verb “get” on this name; Kubefresh needs no more.
        tooltip  Secret db in namespace shop
                 Forbidden at 12:00:00: not allowed. Ask for the verb “get” on this name; Kubefresh needs no more.
                 Reference count 1: web.
      used by web
        row    envFrom · main
        aloud  Pod web uses it by envFrom · main
      standing
        bar      $(warning) test: 1 problem
        summary  Secrets and ConfigMaps: 1 forbidden. 1 problem to look at.
        badge    1: 1 problem with Secrets and ConfigMaps
    `,
  });

  scene({
    name: 'of the server',
    play: (bench) => webWithout(bench, serverError),
    says: golden`
      pod web
        icon     server-process
        row      1 problem · Running
        aloud    Pod web, Running, 1 problem
        tooltip  Pod web in namespace shop
                 Secret db: Failed at 12:00:00: boom. It is tried again with the next read.
      reference db
        row      envFrom · main · server error, asked 12:00:00
        aloud    Secret db, envFrom, main, required. Failed at 12:00:00: boom. It is tried again with the next read.
        badge    !! in failed: Failed at 12:00:00: boom. It is tried again with the next read.
        tooltip  Secret db ⏎ envFrom, main, required
                 Failed at 12:00:00: boom. It is tried again with the next read.
      hover db
        **Secret db** · namespace shop, context test
        $(question) It could not be read, so whether it exists is not known.
        Failed at 12:00:00: boom. It is tried again with the next read.
        Reference count 1: web.
        [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
      object db
        row      server error, asked 12:00:00 · used by 1 pod
        aloud    Secret db. Failed at 12:00:00: boom. It is tried again with the next read. Reference count 1: web.
        badge    !! in failed: Failed at 12:00:00: boom. It is tried again with the next read.
        tooltip  Secret db in namespace shop
                 Failed at 12:00:00: boom. It is tried again with the next read.
                 Reference count 1: web.
      used by web
        row    envFrom · main
        aloud  Pod web uses it by envFrom · main
      standing
        bar      $(warning) test: 1 problem
        summary  Secrets and ConfigMaps: 1 failed. 1 problem to look at.
        badge    1: 1 problem with Secrets and ConfigMaps
    `,
  });

  scene({
    name: 'of a busy server',
    play: async (bench) => {
      await webWithout(bench, throttled());
      return objectRows(bench);
    },
    says: golden`
      object db
        row      server is busy, asked 12:00:00 · used by 1 pod
        aloud    Secret db. Failed at 12:00:00: slow down. Kubefresh waits and tries again. Reference count 1: web.
        badge    !! in failed: Failed at 12:00:00: slow down. Kubefresh waits and tries again.
        tooltip  Secret db in namespace shop
                 Failed at 12:00:00: slow down. Kubefresh waits and tries again.
                 Reference count 1: web.
    `,
  });

  scene({
    name: 'to reach the server',
    play: async (bench) => {
      await webWithout(bench, unreachable);
      return objectRows(bench);
    },
    says: golden`
      object db
        row      unreachable, asked 12:00:00 · used by 1 pod
        aloud    Secret db. Failed at 12:00:00: connection refused. It is tried again with the next read. Reference count 1: web.
        badge    !! in failed: Failed at 12:00:00: connection refused. It is tried again with the next read.
        tooltip  Secret db in namespace shop
                 Failed at 12:00:00: connection refused. It is tried again with the next read.
                 Reference count 1: web.
    `,
  });

  scene({
    name: 'of a watch that is forbidden',
    settings: { strategy: 'watch' },
    play: async (bench) => {
      const message = 'secrets "db" is forbidden: User "alice" cannot list resource "secrets"';
      await webWithout(bench, { ...forbidden, message });
    },
    says: golden`
      pod web
        icon     server-process
        row      1 problem · Running
        aloud    Pod web, Running, 1 problem
        tooltip  Pod web in namespace shop
                 Secret db: Forbidden at 12:00:00: secrets "db" is forbidden: User "alice" cannot list resource "secrets". Ask for the verbs “list” and “watch” on this name, or use the Cache strategy, which needs “get” alone.
      reference db
        row      envFrom · main · forbidden, asked 12:00:00
        aloud    Secret db, envFrom, main, required. Forbidden at 12:00:00: secrets "db" is forbidden: User "alice" cannot list resource "secrets". Ask for the verbs “list” and “watch” on this name, or use the Cache strategy, which needs “get” alone.
        badge    ⊘ in forbidden: Forbidden at 12:00:00: secrets "db" is forbidden: User "alice" cannot list resource "secrets". Ask for the verbs “list” and “watch” on this name, or use the Cache strategy, which needs “get” alone.
        tooltip  Secret db ⏎ envFrom, main, required
                 Forbidden at 12:00:00: secrets "db" is forbidden: User "alice" cannot list resource "secrets". Ask for the verbs “list” and “watch” on this name, or use the Cache strategy, which needs “get” alone.
      hover db
        **Secret db** · namespace shop, context test
        $(question) It could not be read, so whether it exists is not known.
        Forbidden at 12:00:00: secrets "db" is forbidden: User "alice" cannot list resource "secrets". Ask for the verbs “list” and “watch” on this name, or use the Cache strategy, which needs “get” alone.
        Reference count 1: web.
        [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
      object db
        row      forbidden, asked 12:00:00 · used by 1 pod
        aloud    Secret db. Forbidden at 12:00:00: secrets "db" is forbidden: User "alice" cannot list resource "secrets". Ask for the verbs “list” and “watch” on this name, or use the Cache strategy, which needs “get” alone. Reference count 1: web.
        badge    ⊘ in forbidden: Forbidden at 12:00:00: secrets "db" is forbidden: User "alice" cannot list resource "secrets". Ask for the verbs “list” and “watch” on this name, or use the Cache strategy, which needs “get” alone.
        tooltip  Secret db in namespace shop
                 Forbidden at 12:00:00: secrets "db" is forbidden: User "alice" cannot list resource "secrets". Ask for the verbs “list” and “watch” on this name, or use the Cache strategy, which needs “get” alone.
                 Reference count 1: web.
      used by web
        row    envFrom · main
        aloud  Pod web uses it by envFrom · main
      standing
        bar      $(warning) test: 1 problem
        summary  Secrets and ConfigMaps: 1 forbidden. 1 problem to look at.
        badge    1: 1 problem with Secrets and ConfigMaps
    `,
  });

  scene({
    name: 'where an optional reference does not forgive it',
    play: async (bench) => {
      bench.cluster.failures.set('*', forbidden);
      const optional = { name: 'files', secret: { secretName: 'db', optional: true } };
      await bench.start(mounting(pod('web', { volumes: [optional] })));
    },
    says: golden`
      pod web
        icon     server-process
        row      1 problem · Running
        aloud    Pod web, Running, 1 problem
        tooltip  Pod web in namespace shop
                 Secret db: Forbidden at 12:00:00: not allowed. Ask for the verb “get” on this name; Kubefresh needs no more.
      reference db
        row      volume files · main at /files · optional · forbidden, asked 12:00:00
        aloud    Secret db, volume files, main at /files, optional. Forbidden at 12:00:00: not allowed. Ask for the verb “get” on this name; Kubefresh needs no more.
        badge    ⊘ in forbidden: Forbidden at 12:00:00: not allowed. Ask for the verb “get” on this name; Kubefresh needs no more.
        tooltip  Secret db ⏎ volume files, main at /files, optional
                 Forbidden at 12:00:00: not allowed. Ask for the verb “get” on this name; Kubefresh needs no more.
      hover db
        **Secret db** · namespace shop, context test
        $(question) It could not be read, so whether it exists is not known.
        Forbidden at 12:00:00: not allowed. Ask for the verb “get” on this name; Kubefresh needs no more.
        Reference count 1: web.
        [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
      object db
        row      forbidden, asked 12:00:00 · used by 1 pod
        aloud    Secret db. Forbidden at 12:00:00: not allowed. Ask for the verb “get” on this name; Kubefresh needs no more. Reference count 1: web.
        badge    ⊘ in forbidden: Forbidden at 12:00:00: not allowed. Ask for the verb “get” on this name; Kubefresh needs no more.
        tooltip  Secret db in namespace shop
                 Forbidden at 12:00:00: not allowed. Ask for the verb “get” on this name; Kubefresh needs no more.
                 Reference count 1: web.
      used by web
        row    volume files · main at /files
        aloud  Pod web uses it by volume files · main at /files
      standing
        bar      $(warning) test: 1 problem
        summary  Secrets and ConfigMaps: 1 forbidden. 1 problem to look at.
        badge    1: 1 problem with Secrets and ConfigMaps
    `,
  });

  scene({
    name: 'to list pods',
    play: async (bench) => {
      bench.cluster.put(secret('db'));
      bench.connection.setActive(true);
      bench.cluster.feed.state({
        state: 'interrupted',
        failure: { ...forbidden, message: 'pods is forbidden' },
        retryInMs: 1_000,
      });
      bench.connection.holds.pin(secretKey('db'));
      await bench.connection.objects.read(secretKey('db'));
      await bench.clock.advance(100);
      return everything(bench);
    },
    says: golden`
      pin db
        row      read 12:00:00
        aloud    Secret db in namespace shop. Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
        badge    ✓ in fresh: Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
        tooltip  Secret db in namespace shop
                 Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
      object db
        row      read 12:00:00 · 1 key · pinned
        aloud    Secret db. Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00. 1 key. No registered pod uses it. Pinned.
        badge    ✓ in fresh: Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
        tooltip  Secret db in namespace shop ⏎ Secret of type Opaque, version 1
                 Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
                 No registered pod uses it. Pinned.
      key k
        row      0 B
        aloud    Key k of Secret db, 0 B
        badge    none
        tooltip  Key k of Secret db, 0 B
      standing
        bar      $(circle-slash) test: pods are forbidden
        summary  Secrets and ConfigMaps: 1 fresh. No problem.
    `,
  });
});
