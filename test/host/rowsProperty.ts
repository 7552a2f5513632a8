import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as vscode from 'vscode';
import type { partsOf } from '../../src/connection/scope';
import { type Scope } from '../../src/connection/scope';
import type { Disposable } from '../../src/objects/disposable';
import type { Pod } from '../../src/objects/kubernetes';
import { FreshnessDecorations } from '../../src/views/decorations';
import { groupings } from '../../src/views/podTree';
import { configMapKey, forbidden, injectedVolume, secret, secretKey, serverError } from '../connection/support';
import { PaintedTree, type Painted } from './paintedTree';
import { KeptDecorations, manifestOf, owned, paintedObjects, paintedPods, RowsBench } from './rowsBench';

const namespaces = ['shop', 'pay'] as const;
const names = ['a', 'b'] as const;
const scopes: readonly Scope[] = [
  { in: 'namespaces', namespaces: ['shop'] },
  { in: 'namespaces', namespaces: ['shop', 'pay'] },
  { in: 'namespaces', namespaces: ['shop', 'none'] },
  { in: 'all' },
];
/** How the ids of rows that can be opened begin. */
const openable = ['manifests', 'manifest/', 'pins', 'owner/', 'node/', 'namespace/', 'pod/', 'injected', 'Secret'];

const use = fc.record({
  name: fc.constantFrom(...names),
  key: fc.constantFrom('k', 'l', undefined),
  optional: fc.boolean(),
});

const pod = fc
  .record({
    name: fc.constantFrom('p', 'q', 'r'),
    namespace: fc.constantFrom(...namespaces),
    uses: fc.array(use, { maxLength: 3 }),
    owner: fc.constantFrom('x', 'y', undefined),
    node: fc.constantFrom('n1', 'n2', undefined),
    injected: fc.boolean(),
    usesInjected: fc.boolean(),
    phase: fc.constantFrom('Running', 'Running', 'Pending', 'Succeeded'),
  })
  .map(({ name, namespace, uses, owner, node, injected, usesInjected, phase }): Pod => {
    const env = uses.flatMap((one) =>
      one.key === undefined ? [] : [{ valueFrom: { secretKeyRef: { ...one, key: one.key } } }],
    );
    const envFrom = [
      ...uses.flatMap((one) => (one.key === undefined ? [{ secretRef: { ...one } }] : [])),
      ...(usesInjected ? [{ configMapRef: { name: 'kube-root-ca.crt' } }] : []),
    ];
    const made: Pod = {
      metadata: { name, namespace, uid: `uid-${name}` },
      spec: {
        containers: [{ name: 'main', env, envFrom }],
        volumes: injected ? [injectedVolume] : [],
        ...(node === undefined ? {} : { nodeName: node }),
      },
      status: { phase },
    };
    return owner === undefined ? made : owned(made, owner);
  });

const act = fc.oneof(
  { weight: 3, arbitrary: fc.record({ act: fc.constant('pod' as const), pod }) },
  fc.record({ act: fc.constant('gone' as const), pod }),
  fc.record({ act: fc.constant('named' as const), pod }),
  fc.record({ act: fc.constant('letGo' as const) }),
  fc.record({
    act: fc.constant('put' as const),
    name: fc.constantFrom(...names),
    keys: fc.subarray(['k', 'l', 'other']),
    immutable: fc.boolean(),
  }),
  fc.record({ act: fc.constant('delete' as const), name: fc.constantFrom(...names) }),
  fc.record({ act: fc.constant('fail' as const), failure: fc.constantFrom(undefined, forbidden, serverError) }),
  fc.record({ act: fc.constant('refresh' as const), name: fc.constantFrom(...names) }),
  fc.record({ act: fc.constant('pin' as const), name: fc.constantFrom(...names), pinned: fc.boolean() }),
  fc.record({ act: fc.constant('pinInjected' as const) }),
  fc.record({ act: fc.constant('manifest' as const), pod }),
  fc.record({ act: fc.constant('filter' as const), text: fc.constantFrom('', 'p', 'a', 'other', 'x', 'k') }),
  fc.record({ act: fc.constant('problems' as const), only: fc.boolean() }),
  fc.record({ act: fc.constant('group' as const), by: fc.constantFrom(...groupings) }),
  fc.record({ act: fc.constant('look' as const), at: fc.constantFrom('views', 'manifest', 'nothing') }),
  fc.record({ act: fc.constant('scope' as const), scope: fc.constantFrom(...scopes) }),
  fc.record({ act: fc.constant('ttl' as const), ttl: fc.constantFrom(0, 30, undefined) }),
  fc.record({ act: fc.constant('wait' as const), ms: fc.constantFrom(10, 5_000, 70_000) }),
  fc.record({ act: fc.constant('reveal' as const), name: fc.constantFrom(...names) }),
);
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

/** A cluster whose lists of pods are true, and an editor with manifests. */
class World extends RowsBench {
  readonly #pods = new Map<string, Pod>();
  readonly #holds = new Map<string, Disposable>();
  #version = 0;
  /** Whether both views are. */
  visible = true;

  async do(one: Act): Promise<void> {
    const { connection, cluster } = this;
    switch (one.act) {
      case 'pod':
        this.#pods.set(idOf(one.pod), one.pod);
        for (const feed of this.#feeds()) if (isIn(one.pod, feed.part)) feed.page(one.pod);
        break;
      case 'gone':
        this.#pods.delete(idOf(one.pod));
        for (const feed of this.#feeds()) if (isIn(one.pod, feed.part)) feed.gone(one.pod);
        break;
      case 'named':
        cluster.pods.set(idOf(one.pod), one.pod);
        await connection.pods.registerByName(one.pod.metadata.namespace ?? '', one.pod.metadata.name);
        break;
      case 'letGo':
        for (const { id } of [...connection.pods.all]) connection.pods.unregister(id);
        break;
      case 'put':
        this.#version += 1;
        for (const namespace of namespaces) {
          cluster.put({ ...secret(one.name, String(this.#version), one.keys), immutable: one.immutable }, namespace);
        }
        break;
      case 'delete':
        cluster.delete(secretKey(one.name));
        break;
      case 'fail':
        if (one.failure === undefined) cluster.failures.delete('*');
        else cluster.failures.set('*', one.failure);
        break;
      case 'refresh':
        await connection.objects.refresh(secretKey(one.name));
        break;
      case 'pin':
        if (one.pinned) connection.holds.pin(secretKey(one.name));
        else connection.holds.unpin(secretKey(one.name));
        break;
      case 'pinInjected':
        connection.holds.pin(configMapKey('kube-root-ca.crt'));
        break;
      case 'manifest': {
        const manifest = manifestOf(one.pod);
        const before = this.#holds.get(manifest.id);
        this.#holds.delete(manifest.id);
        if (manifest.uses.length > 0) this.#holds.set(manifest.id, connection.holds.holdManifest(manifest));
        before?.dispose();
        break;
      }
      case 'filter':
        this.filter.setText(one.text);
        break;
      case 'problems':
        this.filter.setProblemsOnly(one.only);
        break;
      case 'group':
        this.pods.groupBy(one.by);
        break;
      case 'look':
        this.visible = one.at === 'views';
        this.setVisible(this.visible);
        connection.setActive(one.at !== 'nothing');
        break;
      case 'scope': {
        const before = cluster.feeds.length;
        connection.changeScope(one.scope);
        for (const feed of cluster.feeds.slice(before)) {
          feed.list(...[...this.#pods.values()].filter((known) => isIn(known, feed.part)));
        }
        break;
      }
      case 'ttl':
        this.changeSettings({ ttlSeconds: one.ttl });
        break;
      case 'wait':
        await this.clock.advance(one.ms);
        break;
      case 'reveal':
        this.objects.nodeOf(secretKey(one.name));
        break;
    }
    await this.clock.advance(60);
  }

  #feeds(): typeof this.cluster.feeds {
    return this.cluster.feeds.filter(({ ended }) => !ended);
  }
}

function idOf({ metadata }: Pod): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function isIn({ metadata }: Pod, part: ReturnType<typeof partsOf>[number]): boolean {
  return part.in === 'all' || (part.in === 'namespace' && part.namespace === metadata.namespace);
}

/** The URIs of rows, and of those below them. */
function urisIn(rows: readonly Painted[]): string[] {
  return rows.flatMap(({ text, children }) => {
    const { uri } = JSON.parse(text) as { uri?: string };
    return [...(uri === undefined ? [] : [uri]), ...urisIn(children ?? [])];
  });
}

describe('rows that follow what happens', () => {
  it('are those of a view that is made anew, with the same decorations, whatever happened', async () => {
    const steps = fc.array(fc.tuple(act, fc.boolean()), { maxLength: 40, size: 'max' });
    await fc.assert(
      fc.asyncProperty(steps, fc.subarray([...openable, 'ConfigMap', 'object/']), async (acts, open) => {
        const world = new World({ settings: { ttlSeconds: 30 } });
        const opens = (id: string): boolean => open.some((start) => id.startsWith(start));
        const [pods, objects] = [paintedPods(world, opens), paintedObjects(world, opens)];
        const decorations = new KeptDecorations(world.decorations);
        await world.start();
        for (const [one, isPainted] of acts) {
          await world.do(one);
          // VS Code collects what it is told for a while.
          if (!isPainted || !world.visible) continue;
          pods.paint();
          objects.paint();
          const [newPods, newObjects] = world.newViews();
          assert.deepEqual(pods.painted, new PaintedTree(newPods, opens).painted, `Pods after ${one.act}`);
          assert.deepEqual(objects.painted, new PaintedTree(newObjects, opens).painted, `objects after ${one.act}`);
          assert.equal(world.pods.shownPods, newPods.shownPods);
          assert.equal(world.objects.shownObjects, newObjects.shownObjects);
          const newDecorations = new FreshnessDecorations(world.session);
          for (const text of urisIn([...pods.painted, ...objects.painted])) {
            const uri = vscode.Uri.parse(text);
            const expected = JSON.stringify(newDecorations.provideFileDecoration(uri));
            assert.equal(decorations.of(uri), expected, `${text} after ${one.act}`);
          }
          for (const made of [newPods, newObjects, newDecorations]) made.dispose();
        }
        world.dispose();
      }),
      { numRuns: 300 },
    );
  });
});
