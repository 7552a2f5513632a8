import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { RegisteredPod } from '../../src/connection/podRegistry';
import { ObjectGroups } from '../../src/views/objectTree';
import { PodGroups, groupings, type Grouping } from '../../src/views/podTree';
import { SortedRows, sortText } from '../../src/views/sortedRows';
import { configMapKey, secretKey } from '../connection/support';

test('rows are in the order of their texts, whenever they came', () => {
  const act = fc.record({
    sort: fc.constantFrom('a', 'b', 'ba', 'c', 'd'),
    act: fc.constantFrom('set' as const, 'delete' as const, 'look' as const),
  });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
      const rows = new SortedRows<string>();
      const known = new Map<string, string>();
      for (const [i, { sort, act: what }] of acts.entries()) {
        if (what === 'set') {
          rows.set(sort, `${sort}${i}`);
          known.set(sort, `${sort}${i}`);
        } else if (what === 'delete') {
          rows.delete(sort);
          known.delete(sort);
        }
        // Not looking leaves the rows unsorted for a while.
        if (what !== 'look' && i % 3 !== 0) continue;
        const sorts = [...known.keys()].sort();
        assert.deepEqual(
          rows.rows,
          sorts.map((one) => known.get(one)),
        );
        assert.equal(rows.size, known.size);
        assert.equal(rows.placeOf(sort), sorts.indexOf(sort));
      }
    }),
  );
});

test('a name comes before those that it begins', () => {
  const sorted = [sortText('shop', 'db-2'), sortText('shop-a', 'db'), sortText('shop', 'db'), sortText('shop', 'db.x')];
  assert.deepEqual(sorted.sort(), ['shop db', 'shop db-2', 'shop db.x', 'shop-a db']);
});

describe('groups of pods', () => {
  const registered = fc
    .record({
      name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      owner: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
      nodeName: fc.option(fc.constantFrom('n1', 'n2'), { nil: undefined }),
    })
    .map(({ name, owner, nodeName }): RegisteredPod => {
      const ownerReferences = owner === undefined ? [] : [{ kind: 'StatefulSet', name: owner, uid: owner }];
      return {
        id: `shop/${name}/u`,
        pod: {
          metadata: { name, namespace: 'shop', ownerReferences },
          spec: nodeName === undefined ? {} : { nodeName },
        },
        references: [],
        byName: false,
      };
    });

  const said = (groups: PodGroups, groupId: string): string =>
    [groups.troubledIn(groupId), ...groups.podsOf(groupId).map(({ id }) => id)].join();
  const shape = (groups: PodGroups): unknown => groups.roots.map(({ id }) => [id, said(groups, id)]);
  /** Any trait will do. */
  const hasProblems = ({ pod }: RegisteredPod): boolean => pod.spec?.nodeName === 'n1';

  function grouped(grouping: Grouping, pods: Iterable<RegisteredPod>): PodGroups {
    const groups = new PodGroups(grouping);
    for (const one of pods) groups.place(one.id, one, hasProblems(one));
    return groups;
  }

  for (const grouping of groupings) {
    test(`by ${grouping}: moving pods one at a time gives the groups made at once, and tells what changed`, () => {
      fc.assert(
        fc.property(fc.array(fc.tuple(registered, fc.boolean()), { maxLength: 25 }), (steps) => {
          const known = new Map<string, RegisteredPod>();
          const groups = new PodGroups(grouping);
          for (const [one, isShown] of steps) {
            const before = new Map(groups.roots.map(({ id }) => [id, said(groups, id)]));
            const roots = groups.roots.map(({ id }) => id).join();
            if (isShown) known.set(one.id, one);
            else known.delete(one.id);
            const told = groups.place(one.id, isShown ? one : undefined, hasProblems(one));
            assert.deepEqual(shape(groups), shape(grouped(grouping, known.values())));
            assert.equal(groups.size, known.size);
            assert.equal(told.includes(''), roots !== groups.roots.map(({ id }) => id).join());
            for (const { id } of groups.roots) {
              if (before.has(id)) assert.equal(told.includes(id), before.get(id) !== said(groups, id), id);
            }
            for (const { id } of known.values()) {
              const parent = groups.parentOf(id);
              const siblings = parent === undefined ? groups.roots : groups.podsOf(parent.id);
              assert.ok(siblings.some((row) => row.id === `pod/${id}`));
            }
          }
        }),
      );
    });
  }
});

test('an object that moves between the roots is told of at both', () => {
  const groups = new ObjectGroups();
  const key = configMapKey('kube-root-ca.crt');
  assert.deepEqual(
    groups.place(secretKey('db'), true, false).map(({ id }) => id),
    ['Secret'],
  );
  assert.deepEqual(
    groups.place(key, true, true).map(({ id }) => id),
    ['injected'],
  );
  assert.deepEqual(groups.place(key, true, true), []);
  assert.deepEqual(
    groups.place(key, true, false).map(({ id }) => id),
    ['injected', 'ConfigMap'],
  );
  assert.deepEqual(
    [groups.roots.map(({ id }) => id), groups.size, groups.placeOf(key)],
    [['Secret', 'ConfigMap'], 2, 0],
  );
  assert.deepEqual(
    groups.place(key, false, false).map(({ id }) => id),
    ['ConfigMap'],
  );
  assert.deepEqual([groups.rootOf(key), groups.placeOf(key)], [undefined, -1]);
});
