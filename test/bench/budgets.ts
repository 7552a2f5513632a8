import { statSync } from 'node:fs';
import { startApiServer } from '../harness/apiServer';
import { runInExtensionHost } from '../harness/extensionHost';
import { runTool } from '../harness/processes';
import { loadSample } from '../harness/sampleCluster';
import { prepareVscode } from '../harness/vscodeHost';
import { printTable } from './table';

/** A file is slow to load only once a process, and the window starts on the same cores at that moment. */
const freshWindows = 5;

/** Measures what the extension may cost its users, in the extension host of a real VS Code, and prints it beside its budget. */
export async function benchBudgets(): Promise<void> {
  await runTool(process.execPath, ['esbuild.mjs'], { cwd: process.cwd() });
  const installation = await prepareVscode((line) => {
    console.log(line);
  });
  const server = await startApiServer({ address: '127.0.0.2' });
  try {
    await loadSample(server);
    const runs: Record<string, number[]> = {};
    const loading = Array.from({ length: freshWindows }, () => 'test/bench/hostLoading.ts');
    for (const file of [...loading, 'test/bench/hostHover.ts']) {
      const result = await runInExtensionHost({
        installation,
        file,
        // A copy that stays fresh: what is measured is the hover, not the network.
        settings: { 'kubefresh.ttlSeconds': 3600 },
        env: { KUBECONFIG: server.kubeconfig({ namespace: 'shop' }) },
      });
      for (const [name, value] of Object.entries(result.measured)) (runs[name] ??= []).push(value);
      for (const { title, error } of result.failed) console.log(`failed: ${title}\n${error}`);
    }
    const kilobytes = (file: string): string => (statSync(file).size / 1000).toFixed(0);
    const ms = (name: string): string => runs[name]?.map((value) => value.toFixed(1)).join(', ') ?? 'not measured';
    printTable(
      'Budgets, in the extension host of a real VS Code',
      ['what', 'measured', 'budget'],
      [
        ['dist/extension.js, kB minified', kilobytes('dist/extension.js'), '175'],
        ['dist/manifest.js, kB minified', kilobytes('dist/manifest.js'), '30'],
        ['dist/yaml.js, kB minified', kilobytes('dist/yaml.js'), '120'],
        ['dist/cluster.js, kB minified', kilobytes('dist/cluster.js'), '110'],
        [
          `activation in ${freshWindows} fresh windows (loads dist/extension.js, no client code), ms`,
          ms('activation'),
          '30',
        ],
        ['loading dist/cluster.js in them, ms', ms('clusterLoad'), '40'],
        [`hover, warm entry, manifest of ${runs['hoverLines']?.[0] ?? 0} lines: median, ms`, ms('hoverMedian'), '10'],
        ['the same, 99th percentile, ms', ms('hoverP99'), '10'],
        ['the same, first hover, which parses the manifest, ms', ms('hoverFirst'), ''],
      ],
    );
  } finally {
    await server.stop();
  }
}
