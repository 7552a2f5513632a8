import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated, eventually } from '../host/extension';
import { note } from '../host/measuring';

const documents = 80;
const hovers = 200;

/** A pod of about 62 lines that refers to a Secret of the sample in many of them. */
function pod(index: number): string {
  const variables = Array.from({ length: 10 }, (_, i) =>
    [
      `        - name: VARIABLE_${i}`,
      '          valueFrom:',
      '            secretKeyRef:',
      '              name: db-credentials',
      '              key: password',
    ].join('\n'),
  );
  return [
    'apiVersion: v1',
    'kind: Pod',
    'metadata:',
    `  name: pod-${index}`,
    '  namespace: shop',
    'spec:',
    '  containers:',
    '    - name: main',
    '      image: registry.example/main:1',
    '      resources: {}',
    '      env:',
    ...variables,
  ].join('\n');
}

describe('budgets of hovering', () => {
  it('hovering a warm entry', async () => {
    const api = await activated();
    await api.session.connect();
    const connection = await eventually(
      api,
      () => (api.session.connection?.pods.feed.state === 'live' ? api.session.connection : undefined),
      'the pods',
    );
    const content = Array.from({ length: documents }, (_, i) => pod(i)).join('\n---\n');
    const document = await vscode.workspace.openTextDocument({ language: 'yaml', content });
    note('hoverLines', document.lineCount);
    await connection.objects.read({ kind: 'Secret', namespace: 'shop', name: 'db-credentials' });
    const position = document.positionAt(content.lastIndexOf('db-credentials') + 1);
    const token = new vscode.CancellationTokenSource().token;
    const times: number[] = [];
    for (let i = 0; i < hovers; i += 1) {
      const start = performance.now();
      const hover = await api.hover.provideHover(document, position, token);
      times.push(performance.now() - start);
      assert.ok(hover !== undefined);
    }
    note('hoverFirst', times[0] ?? Number.NaN);
    const warm = times.slice(1).sort((a, b) => a - b);
    note('hoverMedian', warm[Math.floor(warm.length / 2)] ?? Number.NaN);
    note('hoverP99', warm[Math.floor(warm.length * 0.99)] ?? Number.NaN);
  });
});
