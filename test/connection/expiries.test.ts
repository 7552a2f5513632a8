import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Expiries } from '../../src/connection/expiries';
import { secretKey } from './support';

test('expiries come in order of time, each as it was last said', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd');
  const set = fc.record({ name, until: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }) });
  const take = fc.record({ now: fc.integer({ min: 0, max: 20 }) });
  fc.assert(
    fc.property(fc.array(fc.oneof(set, take), { maxLength: 40 }), (acts) => {
      const expiries = new Expiries();
      const known = new Map<string, number>();
      for (const act of acts) {
        if ('now' in act) {
          const due = [...known].filter(([, until]) => until <= act.now).map(([one]) => one);
          for (const one of due) known.delete(one);
          assert.deepEqual(
            expiries
              .take(act.now)
              .map((key) => key.name)
              .sort(),
            due.sort(),
          );
        } else {
          if (act.until === undefined) known.delete(act.name);
          else known.set(act.name, act.until);
          expiries.set(secretKey(act.name), act.until);
        }
        assert.equal(expiries.next, known.size === 0 ? undefined : Math.min(...known.values()));
      }
    }),
  );
});
