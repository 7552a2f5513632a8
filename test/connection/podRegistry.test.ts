import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { podId, PodRegistry } from '../../src/connection/podRegistry';
import type { Manager } from '../../src/manager/manager';
import type { Pod } from '../../src/objects/kubernetes';
import { keyText, type ObjectKey } from '../../src/objects/objectKey';
import { configMapKey, injectedVolume, pod, secretKey } from './support';

/** Records what is registered. */
function recordingManager<T>(kind: string, calls: string[]): Manager<T> {
  const unused = (): never => {
    throw new Error('the registry reads nothing');
  };
  return {
    registerPod: ({ metadata }, names) => calls.push(`${kind} + ${metadata.name}: ${names.join(' ')}`),
    unregisterPod: ({ metadata }) => calls.push(`${kind} - ${metadata.name}`),
    getObject: unused,
    get store(): never {
      return unused();
    },
    dispose: unused,
  };
}

class RegistryBench {
  readonly calls: string[] = [];
  readonly changed: string[] = [];
  readonly registry = new PodRegistry(
    { Secret: recordingManager('Secret', this.calls), ConfigMap: recordingManager('ConfigMap', this.calls) },
    (key) => this.changed.push(keyText(key)),
  );

  upsert(one: Pod, byName?: boolean): string[] {
    return this.registry.upsert(one, byName).map(keyText);
  }

  take(): string[] {
    return this.calls.splice(0);
  }

  /** Objects whose users were told to have changed since the last call. */
  takeChanged(): string[] {
    return this.changed.splice(0);
  }

  usersOf(name: string): string[] {
    return this.usesOf(secretKey(name)).map(([pod]) => pod);
  }

  /** The pods that use an object, and by how many references. */
  usesOf(key: ObjectKey): [string, number][] {
    return [...this.registry.userIds(key)].map((id) => {
      const use = this.registry.useBy(id, key);
      return [use?.pod.pod.metadata.name ?? '', use?.references.length ?? 0];
    });
  }

  get used(): string[] {
    return this.registry.usedObjects().map(keyText);
  }
}

describe('PodRegistry', () => {
  test('registers a pod with both managers and tells its objects, each once', () => {
    const bench = new RegistryBench();
    const web = pod('web', { secrets: ['db', 'db'], configMaps: ['app'] });
    assert.deepEqual(bench.upsert(web), ['Secret/shop/db', 'ConfigMap/shop/app']);
    assert.deepEqual(bench.take(), ['Secret + web: db', 'ConfigMap + web: app']);
    assert.equal(bench.registry.size, 1);
    assert.equal(bench.registry.get(podId(web))?.references.length, 3);
    assert.deepEqual(bench.takeChanged(), ['Secret/shop/db', 'ConfigMap/shop/app']);
  });

  test('an update of the status alone registers nothing, and is seen', () => {
    const bench = new RegistryBench();
    bench.upsert(pod('web', { secrets: ['db'], phase: 'Pending' }));
    bench.take();
    const running = pod('web', { secrets: ['db'], phase: 'Running' });
    assert.deepEqual(bench.upsert(running), []);
    assert.deepEqual(bench.take(), []);
    assert.equal(bench.registry.get(podId(running))?.pod.status?.phase, 'Running');
  });

  test('an update of the references registers the pod again, and users follow it', () => {
    const bench = new RegistryBench();
    bench.upsert(pod('web', { secrets: ['db', 'tls'] }));
    bench.take();
    bench.takeChanged();
    assert.deepEqual(bench.upsert(pod('web', { secrets: ['tls', 'mail'] })), ['Secret/shop/tls', 'Secret/shop/mail']);
    assert.deepEqual(bench.take(), ['Secret + web: tls mail', 'ConfigMap + web: ']);
    assert.deepEqual(bench.takeChanged(), ['Secret/shop/db', 'Secret/shop/tls', 'Secret/shop/mail']);
    assert.deepEqual([bench.usersOf('db'), bench.usersOf('tls'), bench.usersOf('mail')], [[], ['web'], ['web']]);
    assert.deepEqual(bench.used, ['Secret/shop/tls', 'Secret/shop/mail']);
  });

  for (const phase of ['Succeeded', 'Failed']) {
    test(`a pod that is ${phase} needs no objects: it is not registered, or unregistered`, () => {
      const bench = new RegistryBench();
      assert.deepEqual(bench.upsert(pod('job', { secrets: ['db'], phase })), []);
      assert.deepEqual([bench.take(), bench.registry.size], [[], 0]);
      bench.upsert(pod('job', { secrets: ['db'] }));
      bench.take();
      assert.deepEqual(bench.upsert(pod('job', { secrets: ['db'], phase })), []);
      assert.deepEqual(bench.take(), ['Secret - job', 'ConfigMap - job']);
      assert.deepEqual([bench.registry.size, bench.used, bench.usersOf('db')], [0, [], []]);
    });
  }

  test('removing a pod unregisters it once, and a pod that is not known is ignored', () => {
    const bench = new RegistryBench();
    const web = pod('web', { secrets: ['db'] });
    bench.upsert(web);
    bench.take();
    assert.equal(bench.registry.remove(web), true);
    assert.equal(bench.registry.remove(web), false);
    assert.deepEqual(bench.take(), ['Secret - web', 'ConfigMap - web']);
    assert.deepEqual([bench.usersOf('db'), [...bench.registry.pods]], [[], []]);
  });

  test('two pods of one name and different uids are two', () => {
    const bench = new RegistryBench();
    const [older, newer] = [pod('web', { uid: 'u1', secrets: ['db'] }), pod('web', { uid: 'u2', secrets: ['db'] })];
    bench.upsert(older);
    bench.upsert(newer);
    assert.deepEqual(bench.usersOf('db'), ['web', 'web']);
    bench.registry.remove(older);
    assert.deepEqual(bench.usersOf('db'), ['web']);
    assert.notEqual(podId(older), podId(newer));
  });

  test('users of an object come with the references by which they use it, and only from its namespace', () => {
    const bench = new RegistryBench();
    bench.upsert(pod('a', { secrets: ['db', 'db', 'other'] }));
    bench.upsert(pod('b', { secrets: ['db'], namespace: 'elsewhere' }));
    bench.upsert(pod('c', { configMaps: ['db'] }));
    assert.deepEqual(bench.usesOf(secretKey('db')), [['a', 2]]);
    assert.deepEqual(bench.usesOf(configMapKey('db')), [['c', 1]]);
    assert.equal(bench.registry.useBy(podId(pod('b', { namespace: 'elsewhere' })), secretKey('db')), undefined);
    assert.deepEqual(bench.used, ['Secret/shop/db', 'Secret/shop/other', 'Secret/elsewhere/db', 'ConfigMap/shop/db']);
  });

  test('what admission adds is registered, and is no use by the user', () => {
    const bench = new RegistryBench();
    const root = configMapKey('kube-root-ca.crt');
    assert.equal(bench.registry.isInjectedOnly(root), false, 'nobody refers to it at all');
    assert.deepEqual(bench.upsert(pod('web', { volumes: [injectedVolume] })), ['ConfigMap/shop/kube-root-ca.crt']);
    assert.deepEqual([bench.usesOf(root), bench.used], [[], []]);
    assert.equal(bench.registry.isInjectedOnly(root), true);
    bench.upsert(pod('curious', { volumes: [injectedVolume], configMaps: ['kube-root-ca.crt'] }));
    assert.equal(bench.registry.isInjectedOnly(root), false);
    assert.deepEqual(bench.used, ['ConfigMap/shop/kube-root-ca.crt']);
    assert.deepEqual(bench.usesOf(root), [['curious', 1]]);
  });

  test('a pod that was named by the user stays so when a list finds it as well', () => {
    const bench = new RegistryBench();
    const web = pod('web', { secrets: ['db'] });
    bench.upsert(web, true);
    bench.upsert(web);
    assert.equal(bench.registry.get(podId(web))?.byName, true);
    bench.registry.remove(web);
    bench.upsert(web);
    assert.equal(bench.registry.get(podId(web))?.byName, false);
  });

  test('a pod without a spec or a namespace is registered and refers to nothing', () => {
    const bench = new RegistryBench();
    assert.deepEqual(bench.upsert({ metadata: { name: 'bare' } }), []);
    assert.equal(bench.registry.size, 1);
  });
});
