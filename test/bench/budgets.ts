import { statSync } from 'node:fs';
import { startApiServer } from '../harness/apiServer';
import { runInExtensionHost } from '../harness/extensionHost';
import { runTool } from '../harness/processes';
import { loadSample } from '../harness/sampleCluster';
import { prepareVscode } from '../harness/vscodeHost';
import { printTable } from './table';

/** Measures what the extension may cost its users, in the extension host of a real VS Code, and prints it beside its budget. */
export async function benchBudgets(): Promise<void> {
  await runTool(process.execPath, ['esbuild.mjs'], { cwd: process.cwd() });
  const installation = await prepareVscode((line) => {
    console.log(line);
  });
  const server = await startApiServer({ address: '127.0.0.2' });
  try {
    await loadSample(server);
    const measured: Record<string, number> = {};
    for (const file of ['test/bench/hostLoading.ts', 'test/bench/hostHover.ts']) {
      const result = await runInExtensionHost({
        installation,
        file,
        // A copy that stays fresh: what is measured is the hover, not the network.
        settings: { 'kubefresh.ttlSeconds': 3600 },
        env: { KUBECONFIG: server.kubeconfig({ namespace: 'shop' }) },
      });
      Object.assign(measured, result.measured);
      for (const { title, error } of result.failed) console.log(`failed: ${title}\n${error}`);
    }
    const kilobytes = (file: string): string => (statSync(file).size / 1000).toFixed(0);
    const ms = (name: string): string => measured[name]?.toFixed(1) ?? 'not measured';
    printTable(
      'Budgets, in the extension host of a real VS Code',
      ['what', 'measured', 'budget'],
      [
        ['dist/extension.js, kB minified', kilobytes('dist/extension.js'), '250'],
        ['dist/cluster.js, kB minified', kilobytes('dist/cluster.js'), '350'],
        ['activation: load and run dist/extension.js, ms (no client code loaded)', ms('activation'), '30'],
        ['loading dist/cluster.js, ms', ms('clusterLoad'), '40'],
        [`hover, warm entry, manifest of ${measured['hoverLines'] ?? 0} lines: median, ms`, ms('hoverMedian'), '10'],
        ['the same, 99th percentile, ms', ms('hoverP99'), '10'],
        ['the same, first hover, which parses the manifest, ms', ms('hoverFirst'), ''],
      ],
    );
  } finally {
    await server.stop();
  }
}
