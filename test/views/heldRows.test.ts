import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OpenManifest } from '../../src/connection/openManifest';
import { referencesOf } from '../../src/references/references';
import { objectAccess } from '../../src/references/objectAccess';
import { heldRowsIn, changedHeldRows, rootsOfHeld, type HeldRows } from '../../src/views/heldRows';
import { Filter } from '../../src/views/filter';
import { keyText } from '../../src/objects/objectKey';
import { ConnectionBench, pod, secret, secretKey } from '../connection/support';

function manifest(name: string, ...secrets: readonly string[]): OpenManifest {
  const references = referencesOf<unknown>(pod('any', { secrets }).spec ?? {}, objectAccess);
  const uses = references.map((reference, line) => ({ key: secretKey(reference.name), reference, line, character: 0 }));
  return { id: `file:///${name}`, name, uses };
}

function asked(manifests: readonly OpenManifest[], ...pins: readonly string[]): HeldRows {
  return { manifests, pins: pins.map((name) => secretKey(name)) };
}

function changes(...names: readonly string[]): ReadonlyMap<string, ReturnType<typeof secretKey>> {
  return new Map(names.map((name) => [keyText(secretKey(name)), secretKey(name)]));
}

test('manifests and pins stand in order, as far as the filter leaves them', async () => {
  const bench = new ConnectionBench();
  const { connection } = bench;
  const filter = new Filter();
  const names = (): unknown => {
    const { manifests, pins } = heldRowsIn(connection, filter);
    return [manifests.map(({ name }) => name), pins.map(({ name }) => name)];
  };
  bench.cluster.put(secret('db'));
  for (const one of [manifest('web.yaml', 'db'), manifest('api.yaml', 'gone')]) connection.holds.holdManifest(one);
  for (const name of ['gone', 'db-2', 'db']) {
    connection.holds.pin(secretKey(name));
    await connection.objects.read(secretKey(name));
  }
  await bench.clock.advance(50);
  assert.deepEqual(names(), [
    ['api.yaml', 'web.yaml'],
    ['db', 'db-2', 'gone'],
  ]);
  filter.setText('gone');
  assert.deepEqual(names(), [['api.yaml'], ['gone']]);
  filter.clear();
  filter.setProblemsOnly(true);
  assert.deepEqual(names(), [['api.yaml'], ['db-2', 'gone']]);
});

test('there are roots for what there is', () => {
  const ids = (one: HeldRows): string[] => rootsOfHeld(one).map(({ id }) => id);
  assert.deepEqual(ids(asked([])), []);
  assert.deepEqual(ids(asked([manifest('a', 'x')])), ['manifests']);
  assert.deepEqual(ids(asked([manifest('a', 'x')], 'x')), ['manifests', 'pins']);
});

test('what changed is told by the rows that say it', () => {
  const [a, b] = [manifest('a', 'x', 'y'), manifest('b', 'z')];
  const nothing = changes();
  assert.deepEqual(changedHeldRows(asked([a]), asked([a]), nothing), []);
  assert.deepEqual(changedHeldRows(asked([]), asked([], 'x'), nothing), [''], 'a root came');
  assert.deepEqual(changedHeldRows(asked([a]), asked([], 'x'), nothing), [''], 'another root came');
  assert.deepEqual(changedHeldRows(asked([a]), asked([a, b]), nothing), ['manifests']);
  assert.deepEqual(changedHeldRows(asked([a], 'x'), asked([a], 'y'), nothing), ['pins']);
  assert.deepEqual(changedHeldRows(asked([a, b]), asked([a, b]), changes('y')), ['manifest/file:///a']);
});

test('an edited manifest is told of', async () => {
  const bench = new ConnectionBench();
  const { connection } = bench;
  const filter = new Filter();
  const hold = connection.holds.holdManifest(manifest('a', 'x', 'y'));
  const before = heldRowsIn(connection, filter);
  await bench.clock.advance(50);
  bench.takeChanges();
  connection.holds.holdManifest(manifest('a', 'y'));
  hold.dispose();
  await bench.clock.advance(50);
  const [told] = bench.takeChanges();
  assert.deepEqual(changedHeldRows(before, heldRowsIn(connection, filter), told?.objects ?? changes()), [
    'manifest/file:///a',
  ]);
});
