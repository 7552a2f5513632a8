import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as vscode from 'vscode';
import { disposable } from '../../src/objects/disposable';
import { Filter } from '../../src/views/filter';
import { FreshnessDecorations } from '../../src/views/decorations';
import { ObjectsView } from '../../src/views/objectsView';
import { PodsView } from '../../src/views/podsView';
import { ConnectionBench, secret } from '../connection/support';

/** Turns around what follows it. */
const override = '\u202e';

interface Tree<N> {
  getChildren(node?: N): N[];
  getTreeItem(node: N): vscode.TreeItem;
  resolveTreeItem(item: vscode.TreeItem, node: N): vscode.TreeItem;
}

function textsOf(item: vscode.TreeItem): unknown[] {
  return [item.label, item.description, item.tooltip, item.accessibilityInformation?.label];
}

test('no row shows a hidden character, whichever name holds it', async () => {
  const bench = new ConnectionBench({ scope: { in: 'all' } });
  const name = (of: string): string => `${of}${override}`;
  bench.cluster.put(secret(name('secret'), '1', [name('key')]));
  await bench.start({
    metadata: {
      name: name('pod'),
      namespace: name('namespace'),
      uid: 'u',
      ownerReferences: [{ kind: name('Owner'), name: name('owner'), uid: 'o', controller: true }],
    },
    spec: {
      nodeName: name('node'),
      containers: [
        {
          name: name('container'),
          env: [
            { name: name('VARIABLE'), valueFrom: { secretKeyRef: { name: name('secret'), key: name('missing') } } },
          ],
          volumeMounts: [{ name: name('volume'), mountPath: name('/path') }],
        },
      ],
      volumes: [{ name: name('volume'), secret: { secretName: name('secret') } }],
    },
    status: { phase: name('Phase') },
  });
  const { connection } = bench;
  const silent = (): ReturnType<typeof disposable> => disposable(() => undefined);
  const session = { connection, onDidChange: silent, onDidChangeState: silent };
  const decorations = new FreshnessDecorations(session);
  const texts: unknown[] = [];
  function walk<N>(view: Tree<N>, node?: N): void {
    for (const row of view.getChildren(node)) {
      const item = view.getTreeItem(row);
      const resolved = view.resolveTreeItem(item, row);
      const tooltip = typeof resolved.tooltip === 'object' ? resolved.tooltip.value : '';
      const decoration =
        item.resourceUri === undefined ? undefined : decorations.provideFileDecoration(item.resourceUri);
      texts.push(...textsOf(item), tooltip, decoration?.tooltip);
      walk(view, row);
    }
  }
  for (const grouping of ['owner', 'node', 'namespace'] as const) walk(new PodsView(session, new Filter(), grouping));
  walk(new ObjectsView(session, new Filter()));
  const said = texts.filter((text) => typeof text === 'string').join('\n');
  for (const of of [
    'pod',
    'namespace',
    'owner',
    'Owner',
    'node',
    'container',
    'VARIABLE',
    'missing',
    'volume',
    'Phase',
  ]) {
    assert.match(said, new RegExp(`${of}\\\\+u\\\\?\\{202e`), of);
  }
  assert.doesNotMatch(said, new RegExp(override));
  connection.dispose();
});
