import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CacheBasedManager } from '../../src/manager/cacheBasedManager';
import type { PodIdentity } from '../../src/manager/manager';
import type { RegistrationRule } from '../../src/manager/rules';
import { brief, object, StoreBench, type Token } from './support';

const rules: readonly RegistrationRule[] = ['1.25', '1.29'];

function podNamed(name: string, uid?: string, namespace = 'ns1'): PodIdentity {
  return { metadata: { name, namespace, ...(uid === undefined ? {} : { uid }) } };
}

class ManagerBench extends StoreBench {
  readonly manager: CacheBasedManager<Token>;

  constructor(rule: RegistrationRule) {
    super();
    this.server.atOnce = () => object('1');
    this.manager = new CacheBasedManager({ store: this.store, rule: () => rule });
  }

  count(name: string, namespace = 'ns1'): number {
    return this.store.inspect(namespace, name)?.references ?? 0;
  }

  /** Gets the names and yields those that cost a request. */
  async readsOf(names: readonly string[]): Promise<string[]> {
    this.server.take();
    for (const name of names) await this.manager.getObject('ns1', name);
    return this.server.take().map((line) => line.slice('ns1/'.length));
  }
}

for (const rule of rules) {
  describe(`CacheBasedManager, rule of ${rule}`, () => {
    test('registering and unregistering send no request', () => {
      const bench = new ManagerBench(rule);
      bench.manager.registerPod(podNamed('p'), ['a', 'b']);
      bench.manager.registerPod(podNamed('p'), ['b', 'c']);
      bench.manager.unregisterPod(podNamed('p'));
      assert.deepEqual(bench.server.take(), []);
    });

    test('only objects of registered pods are served', async () => {
      const bench = new ManagerBench(rule);
      assert.equal(brief(await bench.manager.getObject('ns1', 'a')), 'failed notRegistered');
      bench.manager.registerPod(podNamed('p'), ['a']);
      assert.equal(brief(await bench.manager.getObject('ns1', 'a')), 'fetched 1');
      assert.equal(brief(await bench.manager.getObject('ns2', 'a')), 'failed notRegistered');
      bench.manager.unregisterPod(podNamed('p'));
      assert.equal(brief(await bench.manager.getObject('ns1', 'a')), 'failed notRegistered');
    });

    test('RegisterIdempotence: a pod counts once however often it is registered, and unregistering twice is once', () => {
      const bench = new ManagerBench(rule);
      const pod = podNamed('p');
      for (const times of [1, 2, 3]) {
        bench.manager.registerPod(pod, ['a', 'b']);
        assert.deepEqual([bench.count('a'), bench.count('b')], [1, 1], `registered ${times} times`);
      }
      bench.manager.unregisterPod(pod);
      bench.manager.unregisterPod(pod);
      assert.deepEqual([...bench.store.keys()], []);
      bench.manager.registerPod(pod, ['a', 'b']);
      assert.equal(bench.count('a'), 1);
    });

    test('CacheInvalidation: what an update or a further pod drops from the cache', async () => {
      const bench = new ManagerBench(rule);
      bench.manager.registerPod(podNamed('name1'), ['s1', 's10', 's2']);
      assert.deepEqual(await bench.readsOf(['s1', 's10', 's2']), ['s1', 's10', 's2']);
      assert.deepEqual(await bench.readsOf(['s1', 's10', 's2']), []);
      bench.manager.registerPod(podNamed('name1'), ['s1', 's2', 's20']);
      assert.deepEqual(
        await bench.readsOf(['s1', 's2', 's20']),
        rule === '1.25' ? ['s1', 's2', 's20'] : ['s20'],
        'from 1.29 on only what is new is read',
      );
      bench.manager.registerPod(podNamed('name2'), ['s1', 's10', 's2']);
      assert.deepEqual(await bench.readsOf(['s1', 's10', 's2', 's20']), ['s1', 's10', 's2']);
    });

    test('registering an unchanged pod again drops its cache by the rule of 1.25 only', async () => {
      const bench = new ManagerBench(rule);
      const pod = podNamed('p');
      bench.manager.registerPod(pod, ['a']);
      await bench.readsOf(['a']);
      bench.manager.registerPod(pod, ['a']);
      assert.deepEqual(await bench.readsOf(['a']), rule === '1.25' ? ['a'] : []);
    });

    test('an update that drops a shared name, and unregistering a sharing pod, leave the cache as it is', async () => {
      const bench = new ManagerBench(rule);
      bench.manager.registerPod(podNamed('p'), ['shared', 'own']);
      bench.manager.registerPod(podNamed('q'), ['shared']);
      bench.manager.registerPod(podNamed('r'), ['shared']);
      await bench.readsOf(['shared', 'own']);
      bench.manager.registerPod(podNamed('p'), ['own']);
      assert.equal(bench.count('shared'), 2);
      bench.manager.unregisterPod(podNamed('q'));
      assert.equal(bench.count('shared'), 1);
      assert.deepEqual(await bench.readsOf(['shared']), []);
    });

    test('CacheRefcounts: each object counts the pods that refer to it, whichever way they came and went', () => {
      const bench = new ManagerBench(rule);
      const { manager } = bench;
      manager.registerPod(podNamed('p1'), ['s1', 's2']);
      manager.registerPod(podNamed('p2'), ['s2', 's3']);
      manager.registerPod(podNamed('p3'), []);
      manager.registerPod(podNamed('p4'), ['s1', 's2', 's3', 's4']);
      manager.registerPod(podNamed('p1', undefined, 'ns2'), ['s3']);
      manager.registerPod(podNamed('p2'), ['s1', 's2']);
      manager.registerPod(podNamed('p3'), ['s4', 's5']);
      manager.unregisterPod(podNamed('p4'));
      manager.unregisterPod(podNamed('p5'));
      const counts = ['s1', 's2', 's3', 's4', 's5', 'unrelated'].map((name) => bench.count(name));
      assert.deepEqual(counts, [2, 2, 0, 1, 1, 0]);
      assert.equal(bench.count('s3', 'ns2'), 1);
      for (const pod of ['p1', 'p2', 'p3']) manager.unregisterPod(podNamed(pod));
      manager.unregisterPod(podNamed('p1', undefined, 'ns2'));
      assert.deepEqual([...bench.store.keys()], []);
    });

    test('pods of one name and different uids are two, and so are pods of one uid and different names', () => {
      const bench = new ManagerBench(rule);
      bench.manager.registerPod(podNamed('p', 'u1'), ['a']);
      bench.manager.registerPod(podNamed('p', 'u2'), ['a']);
      bench.manager.registerPod(podNamed('q', 'u1'), ['a']);
      bench.manager.registerPod(podNamed('p'), ['a']);
      assert.equal(bench.count('a'), 4);
      bench.manager.unregisterPod(podNamed('p', 'u2'));
      assert.equal(bench.count('a'), 3);
    });

    test('what is unregistered is what was registered, even if the list of names was changed in place', () => {
      const bench = new ManagerBench(rule);
      const pod = podNamed('p');
      const names = ['old'];
      bench.manager.registerPod(pod, names);
      names[0] = 'new';
      bench.manager.registerPod(pod, names);
      assert.deepEqual([bench.count('old'), bench.count('new')], [0, 1]);
      names[0] = 'other';
      bench.manager.unregisterPod(pod);
      assert.deepEqual([...bench.store.keys()], []);
    });

    test('after an unbalanced delete, registering again ends with the object not registered', async () => {
      const bench = new ManagerBench(rule);
      const pod = podNamed('p');
      bench.manager.registerPod(pod, ['a']);
      bench.store.deleteReference('ns1', 'a');
      bench.manager.registerPod(pod, ['a']);
      assert.equal(brief(await bench.manager.getObject('ns1', 'a')), 'failed notRegistered');
    });

    test('disposing ends the store', async () => {
      const bench = new ManagerBench(rule);
      bench.manager.registerPod(podNamed('p'), ['a']);
      bench.manager.dispose();
      assert.equal(brief(await bench.manager.getObject('ns1', 'a')), 'failed cancelled');
      assert.deepEqual(bench.server.take(), []);
    });

    test('whatever pods come, change and go, each count is the number of pods that refer to the name', () => {
      const name = fc.constantFrom('a', 'b', 'c');
      const act = fc.record({
        pod: fc.constantFrom('p', 'q', 'r'),
        names: fc.option(fc.uniqueArray(name)),
      });
      fc.assert(
        fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
          const bench = new ManagerBench(rule);
          const registered = new Map<string, readonly string[]>();
          for (const { pod, names } of acts) {
            if (names === null) {
              bench.manager.unregisterPod(podNamed(pod));
              registered.delete(pod);
            } else {
              bench.manager.registerPod(podNamed(pod), names);
              registered.set(pod, names);
            }
            for (const one of ['a', 'b', 'c', 'unrelated']) {
              const users = [...registered.values()].filter((own) => own.includes(one)).length;
              assert.equal(bench.count(one), users);
            }
          }
        }),
      );
    });
  });
}
