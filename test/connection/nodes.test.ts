import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Nodes } from '../../src/connection/nodes';
import { settle } from './fakeClock';
import { forbidden, node, ScriptedCluster, unreachable } from './support';

describe('Nodes', () => {
  class NodesBench {
    readonly cluster = new ScriptedCluster();
    fixed: number | undefined;
    needsVersion = false;
    chosen: string | undefined = 'n1';
    /** Nodes that run a shown pod. */
    readonly shown = new Set(['n1', 'n2', 'n3']);
    /** Set, answers are held back. */
    held: (() => void)[] | undefined;
    changes = 0;
    readonly nodes = new Nodes({
      cluster: {
        getNode: async (name) => {
          const answer = await this.cluster.getNode(name);
          await new Promise<void>((resolve) => {
            if (this.held === undefined) resolve();
            else this.held.push(resolve);
          });
          return answer;
        },
      },
      needsVersion: () => this.needsVersion,
      fixedSeconds: () => this.fixed,
      chooseNode: () => this.chosen,
      isShown: (name) => this.shown.has(name),
      changed: () => {
        this.changes += 1;
      },
    });
  }

  test('takes the annotation of the node, looked at anew at each refresh', async () => {
    const bench = new NodesBench();
    bench.cluster.nodes.set('n1', node('n1', '0'));
    assert.deepEqual([bench.nodes.ttlMs(), bench.nodes.origin], [60_000, { from: 'default', because: 'noNode' }]);
    await bench.nodes.refresh();
    assert.deepEqual([bench.nodes.ttlMs(), bench.nodes.origin], [0, { from: 'node', node: 'n1' }]);
    bench.cluster.nodes.set('n1', node('n1', '300'));
    await bench.nodes.refresh();
    assert.deepEqual([bench.nodes.ttlMs(), bench.changes], [300_000, 2]);
    assert.deepEqual(bench.cluster.take(), ['Node n1', 'Node n1']);
  });

  test('says which kubelet the node runs, also where the TTL is fixed', async () => {
    const bench = new NodesBench();
    bench.fixed = 30;
    for (const [kubeletVersion, minor] of [
      ['v1.29.3', 29],
      ['v1.25.16-gke.1460000', 25],
      ['1.37.2+k3s1', 37],
      ['v2.0.0', undefined],
      ['dirty', undefined],
    ] as const) {
      bench.cluster.nodes.set('n1', { ...node('n1'), status: { nodeInfo: { kubeletVersion } } });
      bench.needsVersion = false;
      await bench.nodes.refresh();
      assert.deepEqual(bench.cluster.take(), []);
      bench.needsVersion = true;
      await bench.nodes.refresh();
      assert.deepEqual([bench.nodes.kubeletMinor, bench.cluster.take()], [minor, ['Node n1']]);
    }
  });

  test('a node that says what it said before is no change', async () => {
    const bench = new NodesBench();
    bench.cluster.nodes.set('n1', node('n1', '300'));
    for (let i = 0; i < 3; i += 1) await bench.nodes.refresh();
    assert.equal(bench.changes, 1);
    bench.cluster.nodes.clear();
    for (let i = 0; i < 3; i += 1) await bench.nodes.refresh();
    assert.deepEqual([bench.changes, bench.nodes.origin.from], [2, 'default']);
  });

  test('a node without the annotation stands for 60 seconds', async () => {
    const bench = new NodesBench();
    bench.cluster.nodes.set('n1', node('n1'));
    await bench.nodes.refresh();
    assert.deepEqual([bench.nodes.ttlMs(), bench.nodes.origin], [60_000, { from: 'node', node: 'n1' }]);
  });

  test('the setting comes before the node, which is not read then', async () => {
    const bench = new NodesBench();
    bench.fixed = 5;
    await bench.nodes.refresh();
    assert.deepEqual([bench.nodes.ttlMs(), bench.nodes.origin], [5_000, { from: 'setting' }]);
    bench.fixed = 0;
    assert.equal(bench.nodes.ttlMs(), 0);
    assert.deepEqual(bench.cluster.take(), []);
  });

  test('without a node to ask, nothing is asked', async () => {
    const bench = new NodesBench();
    bench.chosen = undefined;
    await bench.nodes.refresh();
    assert.deepEqual([bench.cluster.take(), bench.changes], [[], 0]);
  });

  test('who may not read nodes is not sent to ask again', async () => {
    const bench = new NodesBench();
    bench.cluster.nodeFailure = forbidden;
    await bench.nodes.refresh();
    assert.deepEqual([bench.nodes.ttlMs(), bench.nodes.origin], [60_000, { from: 'default', because: forbidden }]);
    await bench.nodes.refresh();
    assert.deepEqual(bench.cluster.take(), ['Node n1']);
  });

  test('a node that cannot be asked has not changed its mind, and one that is gone says nothing any more', async () => {
    const bench = new NodesBench();
    bench.cluster.nodes.set('n1', node('n1', '30'));
    await bench.nodes.refresh();
    bench.cluster.nodeFailure = unreachable;
    await bench.nodes.refresh();
    assert.deepEqual([bench.nodes.ttlMs(), bench.nodes.origin], [30_000, { from: 'node', node: 'n1' }]);
    bench.cluster.nodeFailure = undefined;
    bench.cluster.nodes.clear();
    await bench.nodes.refresh();
    assert.equal(bench.nodes.ttlMs(), 60_000);
    const { origin } = bench.nodes;
    assert.equal(origin.from === 'default' && origin.because !== 'noNode' && origin.because.kind, 'notFound');
  });

  test('what a node says counts for as long as that node is chosen, and the defaults until it was read', async () => {
    const bench = new NodesBench();
    bench.cluster.nodes.set('n1', { ...node('n1', '30'), status: { nodeInfo: { kubeletVersion: 'v1.27.1' } } });
    bench.cluster.nodes.set('n2', node('n2', '300'));
    await bench.nodes.refresh();
    assert.deepEqual([bench.nodes.ttlMs(), bench.nodes.kubeletMinor, bench.changes], [30_000, 27, 1]);
    bench.chosen = 'n2';
    bench.nodes.choose();
    assert.deepEqual([bench.nodes.ttlMs(), bench.nodes.kubeletMinor], [60_000, undefined]);
    assert.deepEqual([bench.nodes.origin, bench.changes], [{ from: 'default', because: 'noNode' }, 2]);
    await settle();
    assert.deepEqual([bench.nodes.ttlMs(), bench.nodes.origin], [300_000, { from: 'node', node: 'n2' }]);
    bench.chosen = 'n1';
    bench.cluster.take();
    bench.nodes.choose();
    assert.deepEqual([bench.nodes.ttlMs(), bench.nodes.kubeletMinor], [30_000, 27]);
    bench.chosen = undefined;
    bench.nodes.choose();
    assert.deepEqual([bench.nodes.ttlMs(), bench.nodes.kubeletMinor], [60_000, undefined]);
    await settle();
    assert.deepEqual([bench.cluster.take(), bench.changes], [[], 5], 'what is known is not read to be chosen');
  });

  test('what a read brings is kept under the name it was asked for, and the node that is chosen by then is read next', async () => {
    const bench = new NodesBench();
    for (const [name, ttl] of [
      ['n1', '30'],
      ['n2', '300'],
      ['n3', '5'],
    ] as const)
      bench.cluster.nodes.set(name, node(name, ttl));
    bench.held = [];
    void bench.nodes.refresh();
    for (const name of ['n2', 'n3']) {
      bench.chosen = name;
      bench.nodes.choose();
      void bench.nodes.refresh();
    }
    await settle();
    assert.deepEqual(bench.cluster.take(), ['Node n1'], 'at most one at a time');
    for (const release of bench.held.splice(0)) release();
    await settle();
    assert.deepEqual([bench.nodes.ttlMs(), bench.cluster.take()], [60_000, ['Node n3']]);
    for (const release of bench.held.splice(0)) release();
    await settle();
    assert.deepEqual([bench.nodes.ttlMs(), bench.cluster.take()], [5_000, []]);
    bench.chosen = 'n1';
    bench.nodes.choose();
    assert.deepEqual([bench.nodes.ttlMs(), bench.nodes.origin], [30_000, { from: 'node', node: 'n1' }]);
  });

  test('a failure is that of the node it is about', async () => {
    const bench = new NodesBench();
    await bench.nodes.refresh();
    const { origin } = bench.nodes;
    assert.equal(origin.from === 'default' && origin.because !== 'noNode' && origin.because.kind, 'notFound');
    bench.chosen = 'n2';
    bench.cluster.nodes.set('n2', node('n2', '30'));
    await bench.nodes.refresh();
    bench.cluster.nodeFailure = unreachable;
    bench.chosen = 'n3';
    await bench.nodes.refresh();
    assert.deepEqual(bench.nodes.origin, { from: 'default', because: unreachable });
    bench.chosen = 'n2';
    bench.nodes.choose();
    assert.deepEqual(bench.nodes.ttlMs(), 30_000);
  });

  test('a node that runs no shown pod and is not chosen is forgotten with the next pass', async () => {
    const bench = new NodesBench();
    bench.cluster.nodes.set('n1', node('n1', '30'));
    bench.cluster.nodes.set('n2', node('n2', '300'));
    await bench.nodes.refresh();
    bench.shown.clear();
    const refreshed = bench.nodes.refresh();
    assert.equal(bench.nodes.ttlMs(), 30_000, 'the chosen one is not forgotten');
    await refreshed;
    bench.chosen = 'n2';
    bench.shown.add('n1');
    await bench.nodes.refresh();
    bench.chosen = 'n1';
    bench.nodes.choose();
    assert.equal(bench.nodes.ttlMs(), 30_000);
    bench.chosen = 'n2';
    bench.shown.clear();
    await bench.nodes.refresh();
    bench.chosen = 'n1';
    bench.nodes.choose();
    assert.equal(bench.nodes.ttlMs(), 60_000);
  });

  test('a node that may not be read is not asked again, even after it was forgotten', async () => {
    const bench = new NodesBench();
    bench.cluster.nodeFailure = forbidden;
    await bench.nodes.refresh();
    bench.cluster.nodeFailure = undefined;
    bench.chosen = 'n2';
    bench.shown.clear();
    bench.cluster.nodes.set('n2', node('n2', '300'));
    await bench.nodes.refresh();
    assert.equal(bench.nodes.ttlMs(), 300_000);
    bench.chosen = 'n1';
    await bench.nodes.refresh();
    assert.deepEqual(bench.nodes.origin, { from: 'default', because: forbidden });
    assert.deepEqual(bench.cluster.take(), ['Node n1', 'Node n2']);
  });

  test('the TTL and the version are told without choosing', async () => {
    let choices = 0;
    const nodes = new Nodes({
      cluster: new ScriptedCluster(),
      needsVersion: () => true,
      fixedSeconds: () => undefined,
      chooseNode: () => {
        choices += 1;
        return 'n1';
      },
      isShown: () => true,
      changed: () => undefined,
    });
    await nodes.refresh();
    for (let i = 0; i < 10; i += 1) assert.deepEqual([nodes.ttlMs(), nodes.kubeletMinor], [60_000, undefined]);
    assert.equal(choices, 1);
  });
});
