// npm run test:host: runs the suites of this folder inside the extension host of a real VS Code, one window each.
import { startApiServer } from '../harness/apiServer';
import { runInExtensionHost, type SuiteResult } from '../harness/extensionHost';
import { runTool } from '../harness/processes';
import { loadSample } from '../harness/sampleCluster';
import { prepareVscode } from '../harness/vscodeHost';

function say(line: string): void {
  console.log(line);
}

async function main(): Promise<void> {
  await runTool(process.execPath, ['esbuild.mjs', '--debug'], { cwd: process.cwd() });
  const installation = await prepareVscode(say);
  // Not 127.0.0.1: for any other host VS Code takes the caller's agent away, and with it certificates and proxies.
  const server = await startApiServer({ address: '127.0.0.2', say });
  const results: SuiteResult[] = [];
  try {
    await loadSample(server);
    const clientCertificate = server.clientCertificate('host-test', ['system:masters']);
    const env = { KUBECONFIG: server.kubeconfig({ clientCertificate, namespace: 'shop' }) };
    for (const suite of [{ file: 'test/host/trusted.ts' }, { file: 'test/host/untrusted.ts', restricted: true }]) {
      say(`\nIn the extension host: ${suite.file}`);
      results.push(await runInExtensionHost({ installation, env, ...suite }));
    }
  } finally {
    await server.stop();
  }
  report(results);
}

function report(results: readonly SuiteResult[]): void {
  const passed = results.flatMap((result) => result.passed);
  const failed = results.flatMap((result) => result.failed);
  for (const title of passed) say(`ok - ${title}`);
  for (const { title, error } of failed) say(`not ok - ${title}\n${error}`);
  say(`\n${passed.length} passed, ${failed.length} failed`);
  process.exitCode = failed.length === 0 && results.every((result) => result.passed.length > 0) ? 0 : 1;
}

void main();
