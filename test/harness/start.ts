import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startApiServer } from './apiServer';
import { type AtEnd, runUntilInterrupted } from './interruption';
import { runTool } from './processes';
import { loadSample, sampleFolder } from './sampleCluster';
import { prepareVscode, startVscode } from './vscodeHost';

// npm start: VS Code with the extension, in a browser, on a cluster of the user's or on a local one with the sample.

const usage = `npm start [-- OPTIONS]
  --kubeconfig FILE  the clusters to offer; without it KUBECONFIG, ~/.kube/config, or else a local cluster with a sample
  --context NAME     the context to use; without it the current one of the kubeconfig
  --port N           the port of VS Code on 127.0.0.1; without it a free one
  --folder DIR       the folder to open; without it a copy of the sample, or this folder for a cluster of your own`;

interface Cluster {
  readonly kubeconfig: string;
  readonly folder: string;
}

void runUntilInterrupted(async (atEnd) => {
  const { values } = parseArgs({
    options: {
      kubeconfig: { type: 'string' },
      context: { type: 'string' },
      port: { type: 'string' },
      folder: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    console.log(usage);
    process.exit(0);
  }
  const port = values.port === undefined ? undefined : portFrom(values.port);
  const callerFolder = process.env['INIT_CWD'] ?? process.cwd();
  const inCallerFolder = (file: string): string => path.resolve(callerFolder, file);
  const kubeconfig = values.kubeconfig === undefined ? configured() : existing(inCallerFolder(values.kubeconfig));
  const folder = values.folder === undefined ? undefined : existing(inCallerFolder(values.folder));

  say('Building the extension');
  await runTool(process.execPath, ['esbuild.mjs'], { cwd: process.cwd() });
  const installation = await prepareVscode(say);
  const cluster = kubeconfig === undefined ? await localCluster(atEnd) : { kubeconfig, folder: callerFolder };
  const password = randomBytes(12).toString('base64url');
  const vscode = await startVscode({
    installation,
    extension: { folder: process.cwd() },
    workspace: folder ?? cluster.folder,
    settings: {
      // A person looks at this one: the source control view is of use.
      'git.enabled': true,
      ...(values.context === undefined ? {} : { 'kubefresh.context': values.context }),
    },
    env: { KUBECONFIG: cluster.kubeconfig },
    password,
    ...(port === undefined ? {} : { port }),
  });
  atEnd(() => vscode.stop());
  console.log(`
VS Code ${installation.version}  ${vscode.url()}
Password        ${password}
Kubeconfig      ${cluster.kubeconfig}

Ctrl-C stops it.`);
});

function say(line: string): void {
  console.log(line);
}

function portFrom(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Error(`--port ${text}: a number from 1 to 65535`);
  return port;
}

function existing(file: string): string {
  if (!existsSync(file)) throw new Error(`there is no ${file}`);
  return file;
}

/** As kubectl has it, a list of files may be in KUBECONFIG. */
function configured(): string | undefined {
  const variable = process.env['KUBECONFIG'] ?? '';
  if (variable !== '') return variable;
  const file = path.join(os.homedir(), '.kube', 'config');
  return existsSync(file) ? file : undefined;
}

async function localCluster(atEnd: AtEnd): Promise<Cluster> {
  say('No kubeconfig: starting a local cluster with a sample in it');
  const server = await startApiServer({ say, users: [{ name: 'dev' }] });
  atEnd(() => server.stop());
  await loadSample(server);
  const parent = await mkdtemp(path.join(os.tmpdir(), 'kubefresh-sample-'));
  atEnd(() => rm(parent, { recursive: true, force: true }));
  const folder = path.join(parent, 'shop-manifests');
  await cp(sampleFolder(), folder, { recursive: true });
  return { kubeconfig: server.kubeconfig({ namespace: 'shop', context: 'sample' }), folder };
}
