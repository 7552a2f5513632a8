import { describe } from 'node:test';
import { pod, secretKey, unreachable } from '../../connection/support';
import { envPod, golden, scene } from './scene';

const db = secretKey('db');

describe('golden texts: an object that does not exist', () => {
  scene({
    name: 'required',
    play: (bench) => bench.start(pod('web', { secrets: ['db'] })),
    says: golden`
      pod web
        icon     warning in list.warningForeground
        row      1 problem · Running
        aloud    Pod web, Running, 1 problem
        tooltip  Pod web in namespace shop
                 Secret db: Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
      reference db
        row      envFrom · main · not found, asked 12:00:00
        aloud    Secret db, envFrom, main, required. Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
        badge    ✗ in notFound: Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
        tooltip  Secret db ⏎ envFrom, main, required
                 Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
      hover db
        **Secret db** · namespace shop, context test
        $(error) It does not exist, and is required: a container that needs it does not start.
        Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
        Reference count 1: web.
        [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
      object db
        row      not found, asked 12:00:00 · used by 1 pod
        aloud    Secret db. Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object. Reference count 1: web.
        badge    ✗ in notFound: Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
        tooltip  Secret db in namespace shop
                 Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
                 Reference count 1: web.
      used by web
        row    envFrom · main
        aloud  Pod web uses it by envFrom · main
      standing
        bar      $(warning) test: 1 problem
        summary  Secrets and ConfigMaps: 1 not found. 1 problem to look at.
        badge    1: 1 problem with Secrets and ConfigMaps
    `,
  });

  scene({
    name: 'optional',
    play: (bench) => bench.start(envPod('web', 'db/user?')),
    says: golden`
      pod web
        icon     server-process
        row      Running
        aloud    Pod web, Running, no problem with its references
        tooltip  Pod web in namespace shop
      reference db
        row      env USER · main · key user · optional · not found, asked 12:00:00
        aloud    Secret db, env USER, main, key user, optional. Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
        badge    ✗ in notFetched: Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
        tooltip  Secret db ⏎ env USER, main, key user, optional
                 Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
      hover db
        **Secret db** · namespace shop, context test
        $(info) It does not exist. The reference is optional: the pod starts without it.
        Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
        Reference count 1: web.
        [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
      object db
        row      not found, asked 12:00:00 · optional · used by 1 pod
        aloud    Secret db. Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object. Reference count 1: web.
        badge    ✗ in notFetched: Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
        tooltip  Secret db in namespace shop
                 Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
                 Reference count 1: web.
      used by web
        row    env USER · main · key user
        aloud  Pod web uses it by env USER · main · key user
      standing
        bar      $(circle-outline) test: not found
        summary  Secrets and ConfigMaps: 1 not found. No problem.
    `,
  });

  scene({
    name: 'required by one pod and optional for another',
    play: (bench) => bench.start(envPod('web', 'db/user'), envPod('job', 'db/user?')),
    says: golden`
      pod web
        icon     warning in list.warningForeground
        row      1 problem · Running
        aloud    Pod web, Running, 1 problem
        tooltip  Pod web in namespace shop
                 Secret db: Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
      reference db
        row      env USER · main · key user · not found, asked 12:00:00
        aloud    Secret db, env USER, main, key user, required. Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
        badge    ✗ in notFound: Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
        tooltip  Secret db ⏎ env USER, main, key user, required
                 Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
      hover db
        **Secret db** · namespace shop, context test
        $(error) It does not exist, and is required: a container that needs it does not start.
        Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
        Reference count 2: web, job.
        [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
      pod job
        icon     server-process
        row      Running
        aloud    Pod job, Running, no problem with its references
        tooltip  Pod job in namespace shop
      reference db
        row      env USER · main · key user · optional · not found, asked 12:00:00
        aloud    Secret db, env USER, main, key user, optional. Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
        badge    ✗ in notFetched: Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
        tooltip  Secret db ⏎ env USER, main, key user, optional
                 Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
      hover db
        **Secret db** · namespace shop, context test
        $(info) It does not exist. The reference is optional: the pod starts without it.
        Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
        Reference count 2: web, job.
        [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
      object db
        row      not found, asked 12:00:00 · used by 2 pods
        aloud    Secret db. Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object. Reference count 2: web, job.
        badge    ✗ in notFound: Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
        tooltip  Secret db in namespace shop
                 Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
                 Reference count 2: web, job.
      used by job
        row    env USER · main · key user
        aloud  Pod job uses it by env USER · main · key user
      used by web
        row    env USER · main · key user
        aloud  Pod web uses it by env USER · main · key user
      standing
        bar      $(warning) test: 1 problem
        summary  Secrets and ConfigMaps: 1 not found. 1 problem to look at.
        badge    1: 1 problem with Secrets and ConfigMaps
    `,
  });

  scene({
    name: 'asked for again in vain',
    play: async (bench) => {
      await bench.start(pod('web', { secrets: ['db'] }));
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
                 Secret db: Not found at 12:00:00. Asked again at 12:00:02, in vain: connection refused. It is tried again with the next read.
      reference db
        row      envFrom · main · not found 12:00:00, then unreachable
        aloud    Secret db, envFrom, main, required. Not found at 12:00:00. Asked again at 12:00:02, in vain: connection refused. It is tried again with the next read.
        badge    ✗ in notFound: Not found at 12:00:00. Asked again at 12:00:02, in vain: connection refused. It is tried again with the next read.
        tooltip  Secret db ⏎ envFrom, main, required
                 Not found at 12:00:00. Asked again at 12:00:02, in vain: connection refused. It is tried again with the next read.
      hover db
        **Secret db** · namespace shop, context test
        $(error) It does not exist, and is required: a container that needs it does not start.
        Not found at 12:00:00. Asked again at 12:00:02, in vain: connection refused. It is tried again with the next read.
        Reference count 1: web.
        [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
      object db
        row      not found 12:00:00, then unreachable · used by 1 pod
        aloud    Secret db. Not found at 12:00:00. Asked again at 12:00:02, in vain: connection refused. It is tried again with the next read. Reference count 1: web.
        badge    ✗ in notFound: Not found at 12:00:00. Asked again at 12:00:02, in vain: connection refused. It is tried again with the next read.
        tooltip  Secret db in namespace shop
                 Not found at 12:00:00. Asked again at 12:00:02, in vain: connection refused. It is tried again with the next read.
                 Reference count 1: web.
      used by web
        row    envFrom · main
        aloud  Pod web uses it by envFrom · main
      standing
        bar      $(debug-disconnect) test: no answer since 12:00:02
        summary  Secrets and ConfigMaps: 1 not found. 2 problems to look at.
        badge    2: 2 problems with Secrets and ConfigMaps
    `,
  });
});
