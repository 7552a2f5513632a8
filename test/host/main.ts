// npm run test:host: runs the suites of this folder inside the extension host of a real VS Code, one window each.
import { readFile, writeFile } from 'node:fs/promises';
import { startApiServer } from '../harness/apiServer';
import { startConnectProxy } from '../harness/connectProxy';
import { runInExtensionHost, type SuiteResult } from '../harness/extensionHost';
import { runTool } from '../harness/processes';
import { loadSample } from '../harness/sampleCluster';
import { prepareVscode } from '../harness/vscodeHost';
import { faultUsers, prepareFaults } from './faultSetting';

function say(line: string): void {
  console.log(line);
}

async function main(): Promise<void> {
  await runTool(process.execPath, ['esbuild.mjs', '--debug'], { cwd: process.cwd() });
  const installation = await prepareVscode(say);
  // Not 127.0.0.1: for any other host VS Code takes the caller's agent away, and with it certificates and proxies.
  const users = faultUsers.map((name) => ({ name }));
  const server = await startApiServer({ address: '127.0.0.2', say, users });
  const proxy = await startConnectProxy('127.0.0.3');
  const results: SuiteResult[] = [];
  try {
    await loadSample(server);
    const clientCertificate = server.clientCertificate('host-test', ['system:masters']);
    const env = { KUBECONFIG: server.kubeconfig({ clientCertificate, namespace: 'shop' }) };
    for (const suite of [
      { file: 'test/host/trusted.ts', env },
      { file: 'test/host/values.ts', env },
      { file: 'test/host/untrusted.ts', env, restricted: true },
      { file: 'test/host/rows.ts', env },
      { file: 'test/host/proxied.ts', env: { KUBECONFIG: await withProxy(env.KUBECONFIG, proxy.url) } },
      { file: 'test/host/faults.ts', env: { KUBEFRESH_FAULTS: JSON.stringify(await prepareFaults(server)) } },
    ]) {
      say(`\nIn the extension host: ${suite.file}`);
      results.push(await runInExtensionHost({ installation, ...suite }));
    }
    results.push(checkTunnels(proxy.tunnels()));
  } finally {
    await proxy.stop();
    await server.stop();
  }
  report(results);
}

/** Writes a copy of a kubeconfig that goes through a proxy, and answers its path. */
async function withProxy(file: string, proxyUrl: string): Promise<string> {
  const server = /^( *)server: /m;
  const text = await readFile(file, 'utf8');
  const copy = `${file}.proxied`;
  await writeFile(copy, text.replace(server, `$1proxy-url: ${proxyUrl}\n$&`), { mode: 0o600 });
  return copy;
}

/** The watch, and at most eight sockets for reads. More would mean that each request made its own. */
function checkTunnels(tunnels: number): SuiteResult {
  const title = 'the proxy of the kubeconfig was used, and its tunnels were kept';
  return tunnels >= 1 && tunnels <= 9
    ? { passed: [title], failed: [], measured: {} }
    : { passed: [], failed: [{ title, error: `${tunnels} tunnels` }], measured: {} };
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
