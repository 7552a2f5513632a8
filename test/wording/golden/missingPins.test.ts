import { describe } from 'node:test';
import { secretKey } from '../../connection/support';
import { envPod, golden, scene } from './scene';

const db = secretKey('db');

describe('golden texts: an object that does not exist', () => {
  scene({
    name: 'pinned only',
    play: async (bench) => {
      await bench.start();
      bench.connection.holds.pin(db);
      await bench.connection.objects.read(db);
      await bench.clock.advance(100);
    },
    says: golden`
      pin db
        row      not found, asked 12:00:00
        aloud    Secret db in namespace shop. Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
        badge    ✗ in notFound: Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
        tooltip  Secret db in namespace shop
                 Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
      object db
        row      not found, asked 12:00:00 · pinned
        aloud    Secret db. Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object. No registered pod uses it. Pinned.
        badge    ✗ in notFound: Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
        tooltip  Secret db in namespace shop
                 Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
                 No registered pod uses it. Pinned.
      standing
        bar      $(warning) test: 1 problem
        summary  Secrets and ConfigMaps: 1 not found. 1 problem to look at.
        badge    1: 1 problem with Secrets and ConfigMaps
    `,
  });

  scene({
    name: 'pinned, and optional for a pod',
    play: async (bench) => {
      bench.connection.holds.pin(db);
      await bench.start(envPod('web', 'db/user?'));
    },
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
        Reference count 1: web. Pinned.
        [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
      pin db
        row      not found, asked 12:00:00
        aloud    Secret db in namespace shop. Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
        badge    ✗ in notFetched: Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
        tooltip  Secret db in namespace shop
                 Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
      object db
        row      not found, asked 12:00:00 · optional · used by 1 pod, pinned
        aloud    Secret db. Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object. Reference count 1: web. Pinned.
        badge    ✗ in notFetched: Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
        tooltip  Secret db in namespace shop
                 Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
                 Reference count 1: web. Pinned.
      used by web
        row    env USER · main · key user
        aloud  Pod web uses it by env USER · main · key user
      standing
        bar      $(circle-outline) test: not found
        summary  Secrets and ConfigMaps: 1 not found. No problem.
    `,
  });
});
