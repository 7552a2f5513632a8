import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { RegisteredPod } from '../../src/connection/podRegistry';
import { ObjectGroups } from '../../src/views/objectTree';
import { PodGroups, groupings, type Grouping } from '../../src/views/podTree';
import { SortedRows } from '../../src/views/sortedRows';
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

  const shape = (groups: PodGroups): unknown =>
    groups.roots.map((root) => [root.id, groups.podsOf(root.id).map(({ id }) => id)]);

  function grouped(grouping: Grouping, pods: Iterable<RegisteredPod>): PodGroups {
    const groups = new PodGroups(grouping);
    for (const one of pods) groups.place(one.id, one);
    return groups;
  }

  for (const grouping of groupings) {
    test(`by ${grouping}: moving pods one at a time gives the groups made at once, and tells what changed`, () => {
      fc.assert(
        fc.property(fc.array(fc.tuple(registered, fc.boolean()), { maxLength: 25 }), (steps) => {
          const known = new Map<string, RegisteredPod>();
          const groups = new PodGroups(grouping);
          for (const [one, isShown] of steps) {
            const before = new Map(
              groups.roots.map(({ id }) => [
                id,
                groups
                  .podsOf(id)
                  .map((row) => row.id)
                  .join(),
              ]),
            );
            const roots = groups.roots.map(({ id }) => id).join();
            if (isShown) known.set(one.id, one);
            else known.delete(one.id);
            const told = groups.place(one.id, isShown ? one : undefined);
            const atOnce = grouped(grouping, known.values());
            assert.deepEqual(shape(groups), shape(atOnce));
            assert.equal(groups.size, known.size);
            assert.equal(told.includes(''), roots !== groups.roots.map(({ id }) => id).join());
            for (const { id } of groups.roots) {
              const rows = groups
                .podsOf(id)
                .map((row) => row.id)
                .join();
              if (before.has(id) && before.get(id) !== rows) assert.ok(told.includes(id), `${id} changed`);
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
