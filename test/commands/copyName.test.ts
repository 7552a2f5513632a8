import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copyName } from '../../src/commands/copyName';
import { copyReference } from '../../src/commands/copyReference';
import * as writer from '../../src/manifest/write';
import type { Pod } from '../../src/objects/kubernetes';
import { ConnectionBench } from '../connection/support';
import { toldBy } from './told';

/** A pod whose references name what no cluster has. */
const pod: Pod = {
  metadata: { name: 'web-1', namespace: 'shop', uid: 'u' },
  spec: {
    containers: [
      {
        name: 'main',
        env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'db', key: 'pass\u202eword' } } }],
        envFrom: [{ secretRef: { name: 'db\u0007' } }, { configMapRef: { name: 'app$(trash)' } }],
      },
    ],
  },
};

test('a name that does not look as it is is not copied, and the user is told', async () => {
  const bench = new ConnectionBench();
  await bench.start(pod);
  const { connection } = bench;
  const row = (name: string): object => {
    const { id, references } = [...connection.pods.all][0] ?? assert.fail('no pod');
    return { row: 'reference', podId: id, index: references.findIndex((reference) => reference.name === name) };
  };
  const refusal = (name: string): string =>
    `${name} was not copied: it holds characters that are not visible or that reorder others.`;
  const table: readonly (readonly [string, string])[] = [
    ['db\u0007', refusal('db\\u{7}')],
    ['db', refusal('pass\\u{202e}word')],
  ];
  for (const [name, said] of table) {
    for (const copy of [copyName, copyReferenceOf]) {
      const told = await toldBy(() => copy(connection, row(name)));
      assert.deepEqual([told.warnings, told.clipboard, told.bar], [[said], [], []]);
    }
  }
  const told = await toldBy(() => copyName(connection, row('app$(trash)')));
  assert.deepEqual([told.clipboard, told.bar], [['app$(trash)'], ['Copied app$\u200b(trash).']]);
  connection.dispose();
});

function copyReferenceOf(...[connection, argument]: Parameters<typeof copyName>): Promise<void> {
  return copyReference(connection, () => Promise.resolve(writer), argument);
}
