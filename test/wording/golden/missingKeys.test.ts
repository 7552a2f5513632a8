import { describe } from 'node:test';
import { secret, secretKey, unreachable } from '../../connection/support';
import { envPod, golden, hovers, objectRows, referenceRows, scene, specPod } from './scene';

const db = secretKey('db');

describe('golden texts: a key that does not exist', () => {
  scene({
    name: 'required',
    play: (bench) => {
      bench.cluster.put(secret('db', '1', ['user']));
      return bench.start(envPod('web', 'db/password', 'db/user'));
    },
    says: golden`
      pod web
        icon     warning in list.warningForeground
        row      1 problem · Running
        aloud    Pod web, Running, 1 problem
        tooltip  Pod web in namespace shop
                 Secret db: It has no key password. Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
      reference db
        row      no key password · env PASSWORD · main · key password · read 12:00:00
        aloud    Secret db, env PASSWORD, main, key password, required. It has no key password. Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
        badge    ✗ in notFound: The object exists and has no key password.
        tooltip  Secret db ⏎ env PASSWORD, main, key password, required
                 It has no key password. Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
      hover db
        **Secret db** · namespace shop, context test
        $(error) It exists, but has no key password, which is required: the container does not start.
        Keys: user 0 B
        Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00. TTL 60 s.
        Reference count 1: web.
        Secret of type Opaque, resource version 1 · [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
      reference db
        row      env USER · main · key user · read 12:00:00
        aloud    Secret db, env USER, main, key user, required. Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
        badge    ✓ in fresh: Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
        tooltip  Secret db ⏎ env USER, main, key user, required
                 Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
      hover db
        **Secret db** · namespace shop, context test
        $(pass) It exists.
        Keys: $(key)⍽**user** 0 B
        Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00. TTL 60 s.
        Reference count 1: web.
        Secret of type Opaque, resource version 1 · [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
      object db
        row      no key password · read 12:00:00 · 1 key · used by 1 pod
        aloud    Secret db. Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00. 1 key. Reference count 1: web.
        badge    ✗ in notFound: The object exists and has no key password.
        tooltip  Secret db in namespace shop ⏎ Secret of type Opaque, version 1
                 Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
                 Reference count 1: web.
      key password
        row      missing, but a pod refers to it
        aloud    Key password of Secret db, missing, but a pod refers to it
        badge    ✗ in notFound: The object exists and has no key password.
        tooltip  Key password of Secret db, missing, but a pod refers to it
      key user
        row      0 B
        aloud    Key user of Secret db, 0 B
        badge    none
        tooltip  Key user of Secret db, 0 B
      used by web
        row    env PASSWORD · main · key password; env USER · main · key user
        aloud  Pod web uses it by env PASSWORD · main · key password; env USER · main · key user
      standing
        bar      $(warning) test: 1 problem
        summary  Secrets and ConfigMaps: 1 fresh. 1 problem to look at.
        badge    1: 1 problem with Secrets and ConfigMaps
    `,
  });

  scene({
    name: 'optional',
    play: (bench) => {
      bench.cluster.put(secret('db', '1', ['user']));
      return bench.start(envPod('web', 'db/password?'));
    },
    says: golden`
      pod web
        icon     server-process
        row      Running
        aloud    Pod web, Running, no problem with its references
        tooltip  Pod web in namespace shop
      reference db
        row      no key password · env PASSWORD · main · key password · optional · read 12:00:00
        aloud    Secret db, env PASSWORD, main, key password, optional. It has no key password. Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
        badge    ✗ in notFetched: The object exists and has no key password.
        tooltip  Secret db ⏎ env PASSWORD, main, key password, optional
                 It has no key password. Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
      hover db
        **Secret db** · namespace shop, context test
        $(info) It exists, but has no key password. The reference is optional: the pod starts without it.
        Keys: user 0 B
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
      key password
        row      missing, but a pod refers to it
        aloud    Key password of Secret db, missing, but a pod refers to it
        badge    ✗ in notFetched: The object exists and has no key password.
        tooltip  Key password of Secret db, missing, but a pod refers to it
      key user
        row      0 B
        aloud    Key user of Secret db, 0 B
        badge    none
        tooltip  Key user of Secret db, 0 B
      used by web
        row    env PASSWORD · main · key password
        aloud  Pod web uses it by env PASSWORD · main · key password
      standing
        bar      $(check) test: fresh
        summary  Secrets and ConfigMaps: 1 fresh. No problem.
    `,
  });

  scene({
    name: 'required by one pod and optional for another',
    play: (bench) => {
      bench.cluster.put(secret('db', '1', ['user']));
      return bench.start(envPod('web', 'db/password'), envPod('job', 'db/password?'));
    },
    says: golden`
      pod web
        icon     warning in list.warningForeground
        row      1 problem · Running
        aloud    Pod web, Running, 1 problem
        tooltip  Pod web in namespace shop
                 Secret db: It has no key password. Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
      reference db
        row      no key password · env PASSWORD · main · key password · read 12:00:00
        aloud    Secret db, env PASSWORD, main, key password, required. It has no key password. Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
        badge    ✗ in notFound: The object exists and has no key password.
        tooltip  Secret db ⏎ env PASSWORD, main, key password, required
                 It has no key password. Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
      hover db
        **Secret db** · namespace shop, context test
        $(error) It exists, but has no key password, which is required: the container does not start.
        Keys: user 0 B
        Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00. TTL 60 s.
        Reference count 2: web, job.
        Secret of type Opaque, resource version 1 · [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
      pod job
        icon     server-process
        row      Running
        aloud    Pod job, Running, no problem with its references
        tooltip  Pod job in namespace shop
      reference db
        row      no key password · env PASSWORD · main · key password · optional · read 12:00:00
        aloud    Secret db, env PASSWORD, main, key password, optional. It has no key password. Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
        badge    ✗ in notFetched: The object exists and has no key password.
        tooltip  Secret db ⏎ env PASSWORD, main, key password, optional
                 It has no key password. Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
      hover db
        **Secret db** · namespace shop, context test
        $(info) It exists, but has no key password. The reference is optional: the pod starts without it.
        Keys: user 0 B
        Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00. TTL 60 s.
        Reference count 2: web, job.
        Secret of type Opaque, resource version 1 · [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
      object db
        row      no key password · read 12:00:00 · 1 key · used by 2 pods
        aloud    Secret db. Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00. 1 key. Reference count 2: web, job.
        badge    ✗ in notFound: The object exists and has no key password.
        tooltip  Secret db in namespace shop ⏎ Secret of type Opaque, version 1
                 Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
                 Reference count 2: web, job.
      key password
        row      missing, but a pod refers to it
        aloud    Key password of Secret db, missing, but a pod refers to it
        badge    ✗ in notFound: The object exists and has no key password.
        tooltip  Key password of Secret db, missing, but a pod refers to it
      key user
        row      0 B
        aloud    Key user of Secret db, 0 B
        badge    none
        tooltip  Key user of Secret db, 0 B
      used by job
        row    env PASSWORD · main · key password
        aloud  Pod job uses it by env PASSWORD · main · key password
      used by web
        row    env PASSWORD · main · key password
        aloud  Pod web uses it by env PASSWORD · main · key password
      standing
        bar      $(warning) test: 1 problem
        summary  Secrets and ConfigMaps: 1 fresh. 1 problem to look at.
        badge    1: 1 problem with Secrets and ConfigMaps
    `,
  });

  scene({
    name: 'of a copy that is kept',
    play: async (bench) => {
      bench.cluster.put(secret('db', '1', ['user']));
      await bench.start(envPod('web', 'db/password'));
      bench.cluster.failures.set('*', unreachable);
      await bench.clock.advance(2_000);
      await bench.connection.objects.refresh(db);
      await bench.clock.advance(100);
    },
    says: golden`
      pod web
        icon     warning in list.warningForeground
        row      1 problem · Running
        aloud    Pod web, Running, 1 problem
        tooltip  Pod web in namespace shop
                 Secret db: It has no key password. The copy of 12:00:00 is from before: unreachable since 12:00:02. connection refused. It is tried again with the next read.
      reference db
        row      no key password · env PASSWORD · main · key password · unreachable, copy of 12:00:00
        aloud    Secret db, env PASSWORD, main, key password, required. It has no key password. The copy of 12:00:00 is from before: unreachable since 12:00:02. connection refused. It is tried again with the next read.
        badge    ✗ in notFound: The object exists and has no key password.
        tooltip  Secret db ⏎ env PASSWORD, main, key password, required
                 It has no key password. The copy of 12:00:00 is from before: unreachable since 12:00:02. connection refused. It is tried again with the next read.
      hover db
        **Secret db** · namespace shop, context test
        $(error) It exists, but has no key password, which is required: the container does not start.
        Keys: user 0 B
        The copy of 12:00:00 is from before: unreachable since 12:00:02. connection refused. It is tried again with the next read. TTL 60 s.
        Reference count 1: web.
        Secret of type Opaque, resource version 1 · [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
      object db
        row      no key password · unreachable, copy of 12:00:00 · 1 key · used by 1 pod
        aloud    Secret db. The copy of 12:00:00 is from before: unreachable since 12:00:02. connection refused. It is tried again with the next read. 1 key. Reference count 1: web.
        badge    ✗ in notFound: The object exists and has no key password.
        tooltip  Secret db in namespace shop ⏎ Secret of type Opaque, version 1
                 The copy of 12:00:00 is from before: unreachable since 12:00:02. connection refused. It is tried again with the next read.
                 Reference count 1: web.
      key password
        row      missing, but a pod refers to it
        aloud    Key password of Secret db, missing, but a pod refers to it
        badge    ✗ in notFound: The object exists and has no key password.
        tooltip  Key password of Secret db, missing, but a pod refers to it
      key user
        row      0 B
        aloud    Key user of Secret db, 0 B
        badge    none
        tooltip  Key user of Secret db, 0 B
      used by web
        row    env PASSWORD · main · key password
        aloud  Pod web uses it by env PASSWORD · main · key password
      standing
        bar      $(debug-disconnect) test: no answer since 12:00:02
        summary  Secrets and ConfigMaps: 1 kept. 2 problems to look at.
        badge    2: 2 problems with Secrets and ConfigMaps
    `,
  });

  scene({
    name: 'optional, of a copy that is kept',
    play: async (bench) => {
      bench.cluster.put(secret('db', '1', ['user']));
      await bench.start(envPod('web', 'db/password?'));
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
        row      no key password · env PASSWORD · main · key password · optional · unreachable, copy of 12:00:00
        aloud    Secret db, env PASSWORD, main, key password, optional. It has no key password. The copy of 12:00:00 is from before: unreachable since 12:00:02. connection refused. It is tried again with the next read.
        badge    ✗ in notFetched: The object exists and has no key password.
        tooltip  Secret db ⏎ env PASSWORD, main, key password, optional
                 It has no key password. The copy of 12:00:00 is from before: unreachable since 12:00:02. connection refused. It is tried again with the next read.
      hover db
        **Secret db** · namespace shop, context test
        $(info) It exists, but has no key password. The reference is optional: the pod starts without it.
        Keys: user 0 B
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
      key password
        row      missing, but a pod refers to it
        aloud    Key password of Secret db, missing, but a pod refers to it
        badge    ✗ in notFetched: The object exists and has no key password.
        tooltip  Key password of Secret db, missing, but a pod refers to it
      key user
        row      0 B
        aloud    Key user of Secret db, 0 B
        badge    none
        tooltip  Key user of Secret db, 0 B
      used by web
        row    env PASSWORD · main · key password
        aloud  Pod web uses it by env PASSWORD · main · key password
      standing
        bar      $(debug-disconnect) test: no answer since 12:00:02
        summary  Secrets and ConfigMaps: 1 kept. 1 problem to look at.
        badge    1: 1 problem with Secrets and ConfigMaps
    `,
  });

  scene({
    name: 'several of an immutable Secret without keys',
    play: async (bench) => {
      bench.cluster.put({ ...secret('db', '1', []), immutable: true });
      await bench.start(
        specPod('web', {
          volumes: [
            {
              name: 'files',
              secret: {
                secretName: 'db',
                items: [
                  { key: 'a', path: 'a' },
                  { key: 'b', path: 'b' },
                ],
              },
            },
          ],
        }),
      );
      return [...referenceRows(bench), ...hovers(bench), ...objectRows(bench)];
    },
    says: golden`
      reference db
        row      no key a · no key b · volume files · key a · key b · read 12:00:00
        aloud    Secret db, volume files, key a, key b, required. It has no key a. It has no key b. Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
        badge    ✗ in notFound: The object exists and has no key a, b.
        tooltip  Secret db ⏎ volume files, key a, key b, required
                 It has no key a. It has no key b. Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
      hover db
        **Secret db** · namespace shop, context test
        $(error) It exists, but has no key a, b, which is required: the container does not start.
        It has no keys.
        Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00. TTL 60 s.
        Reference count 1: web.
        Secret of type Opaque, resource version 1, immutable · [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
      object db
        row      no key a · no key b · read 12:00:00 · 0 keys · immutable · used by 1 pod
        aloud    Secret db. Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00. 0 keys. Immutable: it never changes. Reference count 1: web.
        badge    ✗ in notFound: The object exists and has no key a, b.
        tooltip  Secret db in namespace shop ⏎ Secret of type Opaque, version 1 ⏎ Immutable: it never changes.
                 Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
                 Reference count 1: web.
    `,
  });
});
