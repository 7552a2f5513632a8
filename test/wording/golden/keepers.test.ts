import { describe } from 'node:test';
import { configMapKey, pod, secret, secretKey, type ConnectionBench } from '../../connection/support';
import { manifestRowsSay, objectRowSays, pinRowSays } from '../said';
import { envPod, everything, golden, scene } from './scene';

/** What the references of the pod `web` are in a manifest in a tab. */
function openManifest({ connection }: ConnectionBench): void {
  const [web] = connection.pods.all;
  const uses = (web?.references ?? []).map((reference, line) => {
    const key = { kind: reference.kind, namespace: 'shop', name: reference.name };
    return { key, reference, line, character: 0 };
  });
  connection.holds.holdManifest({ id: 'file:///web.yaml', name: 'web.yaml', uses });
}

describe('golden texts: who keeps an object', () => {
  scene({
    name: 'many pods, a pin and a manifest',
    play: async (bench) => {
      bench.cluster.put(secret('db'));
      bench.connection.holds.pin(secretKey('db'));
      await bench.start(...['web', 'job', 'api', 'cron', 'mail'].map((name) => pod(name, { secrets: ['db'] })));
      openManifest(bench);
      await bench.clock.advance(100);
      return [objectRowSays(bench.connection, secretKey('db')), pinRowSays(bench.connection, secretKey('db'))];
    },
    says: golden`
      object db
        row      read 12:00:00 · 1 key · used by 5 pods, pinned, in 1 open manifest
        aloud    Secret db. Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00. 1 key. Reference count 5: web, job, api and 2 more. Pinned. Kept in 1 open manifest.
        badge    ✓ in fresh: Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
        tooltip  Secret db in namespace shop ⏎ Secret of type Opaque, version 1
                 Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
                 Reference count 5: web, job, api and 2 more. Pinned. Kept in 1 open manifest.
      pin db
        row      read 12:00:00
        aloud    Secret db in namespace shop. Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
        badge    ✓ in fresh: Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
        tooltip  Secret db in namespace shop
                 Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
    `,
  });

  scene({
    name: 'a manifest alone',
    play: async (bench) => {
      bench.cluster.put(secret('db'));
      const web = pod('web', { secrets: ['db', 'gone'], configMaps: ['app'] });
      await bench.start(web);
      openManifest(bench);
      bench.cluster.feed.gone(web);
      await bench.clock.advance(100);
      const { connection } = bench;
      return [
        ...[...connection.holds.manifests].map((manifest) => manifestRowsSay(connection, manifest)),
        ...[secretKey('db'), secretKey('gone'), configMapKey('app')].map((key) => objectRowSays(connection, key)),
      ];
    },
    says: golden`
      manifest web.yaml
        row    2 problems · 3 references
        aloud  Manifest web.yaml, 2 problems · 3 references
      reference db
        row    envFrom · main · read 12:00:00
        aloud  Secret db, envFrom, main, required. Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
        badge  ✓ in fresh: Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
      reference gone
        row    envFrom · main · not found, asked 12:00:00
        aloud  Secret gone, envFrom, main, required. Not found at 12:00:00: secrets "gone" not found. Check the name and the namespace, or create the object.
        badge  ✗ in notFound: Not found at 12:00:00: secrets "gone" not found. Check the name and the namespace, or create the object.
      reference app
        row    envFrom · main · not found, asked 12:00:00
        aloud  ConfigMap app, envFrom, main, required. Not found at 12:00:00: configmaps "app" not found. Check the name and the namespace, or create the object.
        badge  ✗ in notFound: Not found at 12:00:00: configmaps "app" not found. Check the name and the namespace, or create the object.
      object db
        row      read 12:00:00 · 1 key · in 1 open manifest
        aloud    Secret db. Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00. 1 key. No registered pod uses it. Kept in 1 open manifest.
        badge    ✓ in fresh: Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
        tooltip  Secret db in namespace shop ⏎ Secret of type Opaque, version 1
                 Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
                 No registered pod uses it. Kept in 1 open manifest.
      object gone
        row      not found, asked 12:00:00 · in 1 open manifest
        aloud    Secret gone. Not found at 12:00:00: secrets "gone" not found. Check the name and the namespace, or create the object. No registered pod uses it. Kept in 1 open manifest.
        badge    ✗ in notFound: Not found at 12:00:00: secrets "gone" not found. Check the name and the namespace, or create the object.
        tooltip  Secret gone in namespace shop
                 Not found at 12:00:00: secrets "gone" not found. Check the name and the namespace, or create the object.
                 No registered pod uses it. Kept in 1 open manifest.
      object app
        row      not found, asked 12:00:00 · in 1 open manifest
        aloud    ConfigMap app. Not found at 12:00:00: configmaps "app" not found. Check the name and the namespace, or create the object. No registered pod uses it. Kept in 1 open manifest.
        badge    ✗ in notFound: Not found at 12:00:00: configmaps "app" not found. Check the name and the namespace, or create the object.
        tooltip  ConfigMap app in namespace shop
                 Not found at 12:00:00: configmaps "app" not found. Check the name and the namespace, or create the object.
                 No registered pod uses it. Kept in 1 open manifest.
    `,
  });

  scene({
    name: 'a pin and two manifests',
    play: async (bench) => {
      const web = pod('web', { secrets: ['db'] });
      bench.cluster.put(secret('db'));
      await bench.start(web);
      bench.connection.holds.pin(secretKey('db'));
      openManifest(bench);
      openManifest(bench);
      bench.cluster.feed.gone(web);
      await bench.clock.advance(100);
      return [objectRowSays(bench.connection, secretKey('db'))];
    },
    says: golden`
      object db
        row      read 12:00:00 · 1 key · pinned, in 2 open manifests
        aloud    Secret db. Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00. 1 key. No registered pod uses it. Pinned. Kept in 2 open manifests.
        badge    ✓ in fresh: Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
        tooltip  Secret db in namespace shop ⏎ Secret of type Opaque, version 1
                 Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
                 No registered pod uses it. Pinned. Kept in 2 open manifests.
    `,
  });

  scene({
    name: 'a manifest that names a key which no pod names',
    play: async (bench) => {
      const web = envPod('web', 'db/password');
      bench.cluster.put(secret('db', '1', ['user']));
      await bench.start(web, envPod('job', 'db/user'));
      openManifest(bench);
      bench.cluster.feed.gone(web);
      await bench.clock.advance(100);
      return everything(bench);
    },
    says: golden`
      pod job
        icon     server-process
        row      Running
        aloud    Pod job, Running, no problem with its references
        tooltip  Pod job in namespace shop
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
        Reference count 1: job. Kept in 1 open manifest.
        Secret of type Opaque, resource version 1 · [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
      manifest web.yaml
        row    1 problem · 1 reference
        aloud  Manifest web.yaml, 1 problem · 1 reference
      reference db
        row    no key password · env PASSWORD · main · key password · read 12:00:00
        aloud  Secret db, env PASSWORD, main, key password, required. It has no key password. Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
        badge  ✗ in notFound: The object exists and has no key password.
      object db
        row      read 12:00:00 · 1 key · used by 1 pod, in 1 open manifest
        aloud    Secret db. Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00. 1 key. Reference count 1: job. Kept in 1 open manifest.
        badge    ✓ in fresh: Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
        tooltip  Secret db in namespace shop ⏎ Secret of type Opaque, version 1
                 Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
                 Reference count 1: job. Kept in 1 open manifest.
      key user
        row      0 B
        aloud    Key user of Secret db, 0 B
        badge    none
        tooltip  Key user of Secret db, 0 B
      used by job
        row    env USER · main · key user
        aloud  Pod job uses it by env USER · main · key user
      standing
        bar      $(check) test: fresh
        summary  Secrets and ConfigMaps: 1 fresh. No problem.
    `,
  });
});
