import { describe } from 'node:test';
import { golden, referenceRows, scene, specPod } from './scene';

describe('golden texts: how a pod comes by an object', () => {
  scene({
    name: 'through containers',
    settings: { sync: 'off' },
    play: async (bench) => {
      await bench.start(
        specPod('web', {
          imagePullSecrets: [{ name: 'registry' }],
          initContainers: [{ name: 'prepare', envFrom: [{ secretRef: { name: 'all' } }] }],
          containers: [
            {
              name: 'main',
              envFrom: [{ prefix: 'APP_', configMapRef: { name: 'prefixed', optional: true } }],
              env: [{ name: 'USER', valueFrom: { secretKeyRef: { name: 'db', key: 'user' } } }],
            },
          ],
          ephemeralContainers: [
            { name: 'debug', env: [{ name: 'MODE', valueFrom: { configMapKeyRef: { name: 'app', key: 'mode' } } }] },
          ],
        }),
      );
      return referenceRows(bench);
    },
    says: golden`
      reference registry
        row      image pull · not fetched
        aloud    Secret registry, image pull, required for private images. Not fetched yet.
        badge    ○ in notFetched: Not fetched yet.
        tooltip  Secret registry ⏎ image pull, required for private images
                 Not fetched yet.
      reference all
        row      envFrom · prepare (init) · not fetched
        aloud    Secret all, envFrom, prepare (init), required. Not fetched yet.
        badge    ○ in notFetched: Not fetched yet.
        tooltip  Secret all ⏎ envFrom, prepare \(init\), required
                 Not fetched yet.
      reference prefixed
        row      envFrom APP_* · main · optional · not fetched
        aloud    ConfigMap prefixed, envFrom APP_*, main, optional. Not fetched yet.
        badge    ○ in notFetched: Not fetched yet.
        tooltip  ConfigMap prefixed ⏎ envFrom APP\_\*, main, optional
                 Not fetched yet.
      reference db
        row      env USER · main · key user · not fetched
        aloud    Secret db, env USER, main, key user, required. Not fetched yet.
        badge    ○ in notFetched: Not fetched yet.
        tooltip  Secret db ⏎ env USER, main, key user, required
                 Not fetched yet.
      reference app
        row      env MODE · debug (ephemeral) · key mode · not fetched
        aloud    ConfigMap app, env MODE, debug (ephemeral), key mode, required. Not fetched yet.
        badge    ○ in notFetched: Not fetched yet.
        tooltip  ConfigMap app ⏎ env MODE, debug \(ephemeral\), key mode, required
                 Not fetched yet.
    `,
  });

  scene({
    name: 'through volumes',
    settings: { sync: 'off' },
    play: async (bench) => {
      await bench.start(
        specPod('web', {
          containers: [
            {
              name: 'main',
              volumeMounts: [
                { name: 'whole', mountPath: '/etc/whole' },
                { name: 'one', mountPath: '/etc/one', subPath: 'key' },
                { name: 'both', mountPath: '/etc/both' },
                { name: 'both', mountPath: '/etc/both/file', subPath: 'file' },
                { name: 'projected', mountPath: '/etc/projected' },
              ],
            },
          ],
          volumes: [
            { name: 'whole', secret: { secretName: 'whole', items: [{ key: 'a', path: 'b' }] } },
            { name: 'one', configMap: { name: 'one' } },
            { name: 'both', secret: { secretName: 'both', optional: true } },
            { name: 'unmounted', configMap: { name: 'unmounted' } },
            { name: 'projected', projected: { sources: [{ secret: { name: 'part' } }] } },
            { name: 'driver', csi: { driver: 'vault', nodePublishSecretRef: { name: 'vault' } } },
            { name: 'disk', azureFile: { secretName: 'storage' } },
          ],
        }),
      );
      return referenceRows(bench);
    },
    says: golden`
      reference whole
        row      volume whole · main at /etc/whole · key a · not fetched
        aloud    Secret whole, volume whole, main at /etc/whole, key a, required. Not fetched yet.
        badge    ○ in notFetched: Not fetched yet.
        tooltip  Secret whole ⏎ volume whole, main at /etc/whole, key a, required
                 Not fetched yet.
      reference one
        row      subPath of volume one · main at /etc/one (subPath key) · not fetched
        aloud    ConfigMap one, subPath of volume one, main at /etc/one (subPath key), required. Not fetched yet.
        badge    ○ in notFetched: Not fetched yet.
        tooltip  ConfigMap one ⏎ subPath of volume one, main at /etc/one \(subPath key\), required
                 Not fetched yet.
      reference both
        row      volume both · main at /etc/both · main at /etc/both/file (subPath file) · optional · not fetched
        aloud    Secret both, volume both, main at /etc/both, main at /etc/both/file (subPath file), optional. Not fetched yet.
        badge    ○ in notFetched: Not fetched yet.
        tooltip  Secret both ⏎ volume both, main at /etc/both, main at /etc/both/file \(subPath file\), optional
                 Not fetched yet.
      reference unmounted
        row      volume unmounted · not mounted · not fetched
        aloud    ConfigMap unmounted, volume unmounted, not mounted by any container. Not fetched yet.
        badge    ○ in notFetched: Not fetched yet.
        tooltip  ConfigMap unmounted ⏎ volume unmounted, not mounted by any container
                 Not fetched yet.
      reference part
        row      projected volume projected · main at /etc/projected · not fetched
        aloud    Secret part, projected volume projected, main at /etc/projected, required. Not fetched yet.
        badge    ○ in notFetched: Not fetched yet.
        tooltip  Secret part ⏎ projected volume projected, main at /etc/projected, required
                 Not fetched yet.
      reference vault
        row      CSI volume driver · not mounted · not fetched
        aloud    Secret vault, CSI volume driver, not mounted by any container. Not fetched yet.
        badge    ○ in notFetched: Not fetched yet.
        tooltip  Secret vault ⏎ CSI volume driver, not mounted by any container
                 Not fetched yet.
      reference storage
        row      storage volume disk · not mounted · not fetched
        aloud    Secret storage, storage volume disk, not mounted by any container. Not fetched yet.
        badge    ○ in notFetched: Not fetched yet.
        tooltip  Secret storage ⏎ storage volume disk, not mounted by any container
                 Not fetched yet.
    `,
  });
});
