import { describe } from 'node:test';
import { injectedVolume, pod } from '../../connection/support';
import { golden, mounting, scene, specPod } from './scene';

describe('golden texts: an object that does not exist', () => {
  scene({
    name: 'an image pull secret',
    play: (bench) => bench.start(specPod('web', { imagePullSecrets: [{ name: 'registry' }] })),
    says: golden`
      pod web
        icon     server-process
        row      1 problem · Running
        aloud    Pod web, Running, 1 problem
        tooltip  Pod web in namespace shop
                 Secret registry: Not found at 12:00:00: secrets "registry" not found. Check the name and the namespace, or create the object.
      reference registry
        row      image pull · not found, asked 12:00:00
        aloud    Secret registry, image pull, required for private images. Not found at 12:00:00: secrets "registry" not found. Check the name and the namespace, or create the object.
        badge    ✗ in notFound: Not found at 12:00:00: secrets "registry" not found. Check the name and the namespace, or create the object.
        tooltip  Secret registry ⏎ image pull, required for private images
                 Not found at 12:00:00: secrets "registry" not found. Check the name and the namespace, or create the object.
      hover registry
        **Secret registry** · namespace shop, context test
        $(warning) It does not exist. The kubelet goes on without it, and cannot pull private images.
        Not found at 12:00:00: secrets "registry" not found. Check the name and the namespace, or create the object.
        Reference count 1: web.
        [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"registry"}]›)
      object registry
        row      not found, asked 12:00:00 · used by 1 pod
        aloud    Secret registry. Not found at 12:00:00: secrets "registry" not found. Check the name and the namespace, or create the object. Reference count 1: web.
        badge    ✗ in notFound: Not found at 12:00:00: secrets "registry" not found. Check the name and the namespace, or create the object.
        tooltip  Secret registry in namespace shop
                 Not found at 12:00:00: secrets "registry" not found. Check the name and the namespace, or create the object.
                 Reference count 1: web.
      used by web
        row    image pull
        aloud  Pod web uses it by image pull
      standing
        bar      $(warning) test: 1 problem
        summary  Secrets and ConfigMaps: 1 not found. 1 problem to look at.
        badge    1: 1 problem with Secrets and ConfigMaps
    `,
  });

  scene({
    name: 'in a projected volume',
    play: (bench) => {
      const sources = [{ secret: { name: 'db' } }, { configMap: { name: 'extra', optional: true } }];
      const volumeMounts = [{ name: 'all', mountPath: '/etc/all' }];
      return bench.start(
        specPod('web', {
          containers: [{ name: 'main', volumeMounts }],
          volumes: [{ name: 'all', projected: { sources } }],
        }),
      );
    },
    says: golden`
      pod web
        icon     warning in list.warningForeground
        row      1 problem · Running
        aloud    Pod web, Running, 1 problem
        tooltip  Pod web in namespace shop
                 Secret db: Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
      reference db
        row      projected volume all · main at /etc/all · not found, asked 12:00:00
        aloud    Secret db, projected volume all, main at /etc/all, required. Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
        badge    ✗ in notFound: Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
        tooltip  Secret db ⏎ projected volume all, main at /etc/all, required
                 Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
      hover db
        **Secret db** · namespace shop, context test
        $(error) It does not exist, and is required: a container that needs it does not start.
        Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
        Reference count 1: web.
        [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
      reference extra
        row      projected volume all · main at /etc/all · optional · not found, asked 12:00:00
        aloud    ConfigMap extra, projected volume all, main at /etc/all, optional. Not found at 12:00:00: configmaps "extra" not found. Check the name and the namespace, or create the object.
        badge    ✗ in notFetched: Not found at 12:00:00: configmaps "extra" not found. Check the name and the namespace, or create the object.
        tooltip  ConfigMap extra ⏎ projected volume all, main at /etc/all, optional
                 Not found at 12:00:00: configmaps "extra" not found. Check the name and the namespace, or create the object.
      hover extra
        **ConfigMap extra** · namespace shop, context test
        $(info) It does not exist. The reference is optional: the pod starts without it.
        Not found at 12:00:00: configmaps "extra" not found. Check the name and the namespace, or create the object.
        Reference count 1: web.
        [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"ConfigMap","namespace":"shop","name":"extra"}]›)
      object db
        row      not found, asked 12:00:00 · used by 1 pod
        aloud    Secret db. Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object. Reference count 1: web.
        badge    ✗ in notFound: Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
        tooltip  Secret db in namespace shop
                 Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
                 Reference count 1: web.
      used by web
        row    projected volume all · main at /etc/all
        aloud  Pod web uses it by projected volume all · main at /etc/all
      object extra
        row      not found, asked 12:00:00 · optional · used by 1 pod
        aloud    ConfigMap extra. Not found at 12:00:00: configmaps "extra" not found. Check the name and the namespace, or create the object. Reference count 1: web.
        badge    ✗ in notFetched: Not found at 12:00:00: configmaps "extra" not found. Check the name and the namespace, or create the object.
        tooltip  ConfigMap extra in namespace shop
                 Not found at 12:00:00: configmaps "extra" not found. Check the name and the namespace, or create the object.
                 Reference count 1: web.
      used by web
        row    projected volume all · main at /etc/all
        aloud  Pod web uses it by projected volume all · main at /etc/all
      standing
        bar      $(warning) test: 1 problem
        summary  Secrets and ConfigMaps: 2 not found. 1 problem to look at.
        badge    1: 1 problem with Secrets and ConfigMaps
    `,
  });

  scene({
    name: 'in a volume that no container mounts',
    play: (bench) => {
      return bench.start(pod('web', { volumes: [{ name: 'files', secret: { secretName: 'db' } }] }));
    },
    says: golden`
      pod web
        icon     server-process
        row      Running
        aloud    Pod web, Running, no problem with its references
        tooltip  Pod web in namespace shop
      reference db
        row      volume files · not mounted · not found, asked 12:00:00
        aloud    Secret db, volume files, not mounted by any container. Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
        badge    ✗ in notFetched: Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
        tooltip  Secret db ⏎ volume files, not mounted by any container
                 Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
      hover db
        **Secret db** · namespace shop, context test
        $(info) It does not exist. No container mounts the volume, so nothing waits for it.
        Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
        Reference count 1: web.
        [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"db"}]›)
      object db
        row      not found, asked 12:00:00 · not mounted · used by 1 pod
        aloud    Secret db. Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object. Reference count 1: web.
        badge    ✗ in notFetched: Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
        tooltip  Secret db in namespace shop
                 Not found at 12:00:00: secrets "db" not found. Check the name and the namespace, or create the object.
                 Reference count 1: web.
      used by web
        row    volume files
        aloud  Pod web uses it by volume files
      standing
        bar      $(circle-outline) test: not found
        summary  Secrets and ConfigMaps: 1 not found. No problem.
    `,
  });

  scene({
    name: 'added by the cluster',
    play: async (bench) => {
      await bench.start(mounting(pod('web', { volumes: [injectedVolume] })));
      await bench.connection.objects.read({ kind: 'ConfigMap', namespace: 'shop', name: 'kube-root-ca.crt' });
      await bench.clock.advance(100);
    },
    says: golden`
      pod web
        icon     server-process
        row      Running
        aloud    Pod web, Running, no problem with its references
        tooltip  Pod web in namespace shop
      reference kube-root-ca.crt
        row      projected volume kube-api-access-abcde · main at /kube-api-access-abcde · not found, asked 12:00:00
        aloud    ConfigMap kube-root-ca.crt, projected volume kube-api-access-abcde, main at /kube-api-access-abcde, required. Not found at 12:00:00: configmaps "kube-root-ca.crt" not found. Check the name and the namespace, or create the object.
        badge    ✗ in notFound: Not found at 12:00:00: configmaps "kube-root-ca.crt" not found. Check the name and the namespace, or create the object.
        tooltip  ConfigMap kube\-root\-ca.crt ⏎ projected volume kube\-api\-access\-abcde, main at /kube\-api\-access\-abcde, required
                 Not found at 12:00:00: configmaps "kube\-root\-ca.crt" not found. Check the name and the namespace, or create the object.
      hover kube-root-ca.crt
        **ConfigMap kube\-root\-ca.crt** · namespace shop, context test
        $(error) It does not exist, and is required: a container that needs it does not start.
        Not found at 12:00:00: configmaps "kube\-root\-ca.crt" not found. Check the name and the namespace, or create the object.
        Reference count 1.
        [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"ConfigMap","namespace":"shop","name":"kube-root-ca.crt"}]›)
      object kube-root-ca.crt
        row      not found, asked 12:00:00
        aloud    ConfigMap kube-root-ca.crt. Not found at 12:00:00: configmaps "kube-root-ca.crt" not found. Check the name and the namespace, or create the object. Reference count 1.
        badge    ✗ in notFound: Not found at 12:00:00: configmaps "kube-root-ca.crt" not found. Check the name and the namespace, or create the object.
        tooltip  ConfigMap kube\-root\-ca.crt in namespace shop
                 Not found at 12:00:00: configmaps "kube\-root\-ca.crt" not found. Check the name and the namespace, or create the object.
                 Reference count 1.
      standing
        bar      $(circle-outline) test: no objects
        summary  No pod refers to a Secret or ConfigMap.
    `,
  });
});
