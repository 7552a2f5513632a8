import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Filter } from '../../src/views/filter';
import { ConnectionBench, pod, secret, secretKey } from '../connection/support';

async function filtered(): Promise<{
  bench: ConnectionBench;
  filter: Filter;
  pods: () => string[];
  objects: () => string[];
}> {
  const bench = new ConnectionBench();
  bench.cluster.put(secret('db', '1', ['Password']));
  await bench.start(
    pod('web-1', { secrets: ['db'], node: 'node-a' }),
    pod('worker-1', { secrets: ['db', 'gone'], node: 'node-b' }),
  );
  const { connection } = bench;
  const filter = new Filter();
  return {
    bench,
    filter,
    pods: () =>
      [...connection.pods.all].filter((one) => filter.showsPod(connection, one)).map((one) => one.pod.metadata.name),
    objects: () =>
      [...connection.objects.keys()].filter((key) => filter.showsObject(connection, key)).map(({ name }) => name),
  };
}

test('rows hold each word, in whatever they are named by', async () => {
  const { filter, pods, objects } = await filtered();
  const table: readonly (readonly [string, string[], string[]])[] = [
    ['', ['web-1', 'worker-1'], ['db', 'gone']],
    ['web', ['web-1'], []],
    ['node-b', ['worker-1'], []],
    ['  GONE  ', ['worker-1'], ['gone']],
    ['1 db shop', ['web-1', 'worker-1'], []],
    ['password', [], ['db']],
    ['secret d', [], ['db']],
    ['nothing', [], []],
  ];
  for (const [text, expectedPods, expectedObjects] of table) {
    filter.setText(text);
    assert.deepEqual([pods(), objects()], [expectedPods, expectedObjects], text);
  }
});

test('problems only are the pods and objects with one', async () => {
  const { filter, pods, objects, bench } = await filtered();
  filter.setProblemsOnly(true);
  assert.deepEqual([pods(), objects()], [['worker-1'], ['gone']]);
  filter.setText('web');
  assert.deepEqual(pods(), []);
  filter.setText('');
  bench.cluster.put(secret('gone'));
  await bench.connection.objects.refresh(secretKey('gone'));
  await bench.clock.advance(50);
  assert.deepEqual([pods(), objects()], [[], []]);
});

test('a manifest is found by its name and by what it refers to', async () => {
  const { filter, bench } = await filtered();
  const { connection } = bench;
  const reference = [...connection.pods.all]
    .flatMap(({ references }) => references)
    .find(({ name }) => name === 'gone');
  assert.ok(reference);
  const use = { key: secretKey('gone'), reference, line: 0, character: 0 };
  const manifest = { id: 'file:///a', name: 'Shop.yaml', uses: [use] };
  const hold = connection.holds.holdManifest(manifest);
  assert.deepEqual([...connection.holds.manifests], [manifest]);
  for (const [text, shown] of [
    ['shop.y', true],
    ['gone', true],
    ['db', false],
  ] as const) {
    filter.setText(text);
    assert.equal(filter.showsManifest(connection, manifest), shown, text);
  }
  filter.clear();
  filter.setProblemsOnly(true);
  assert.equal(filter.showsManifest(connection, manifest), true);
  assert.equal(filter.showsManifest(connection, { ...manifest, uses: [] }), false);
  hold.dispose();
  assert.deepEqual([...connection.holds.manifests], []);
});

test('a change is told once, and only if there is one', () => {
  const filter = new Filter();
  let told = 0;
  filter.onDidChange(() => (told += 1));
  filter.setText('a');
  filter.setText(' a ');
  filter.setProblemsOnly(true);
  filter.setProblemsOnly(true);
  assert.deepEqual([told, filter.active, filter.text], [2, true, 'a']);
  filter.clear();
  filter.clear();
  assert.deepEqual([told, filter.active, filter.text], [3, false, '']);
});
