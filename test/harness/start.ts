import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../../src/objects/systemClock';
import { startDemo } from '../../src/demo/bundle';
import { startApiServer } from './apiServer';
import { type AtEnd, runUntilInterrupted } from './interruption';
import { runTool } from './processes';
import { loadSample, sampleFolder } from './sampleCluster';
import { prepareVscode, startVscode } from './vscodeHost';

// npm start: VS Code with the extension, in a browser, on a cluster of the user's, on the demo's or on a local real one.

const usage = `npm start [-- OPTIONS]
  --kubeconfig FILE  the clusters to offer; without it KUBECONFIG, ~/.kube/config, or else the demo cluster
  --sample           instead: a local kube-apiserver with a larger sample in it
  --context NAME     the context to use; without it the current one of the kubeconfig
  --port N           the port of VS Code on 127.0.0.1; without it a free one
  --folder DIR       the folder to open; without it manifests of the demo or the sample, or this folder for a cluster of
                     your own`;

interface Cluster {
  readonly kubeconfig: string;
  readonly folder: string;
}

void runUntilInterrupted(async (atEnd) => {
  const { values } = parseArgs({
    options: {
      kubeconfig: { type: 'string' },
      sample: { type: 'boolean' },
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
  if (values.sample === true && values.kubeconfig !== undefined) throw new Error('either --kubeconfig or --sample');
  const port = values.port === undefined ? undefined : portFrom(values.port);
  const callerFolder = process.env['INIT_CWD'] ?? process.cwd();
  const inCallerFolder = (file: string): string => path.resolve(callerFolder, file);
  const kubeconfig = values.kubeconfig === undefined ? configured() : existing(inCallerFolder(values.kubeconfig));
  const folder = values.folder === undefined ? undefined : existing(inCallerFolder(values.folder));

  say('Building the extension');
  await runTool(process.execPath, ['esbuild.mjs'], { cwd: process.cwd() });
  const installation = await prepareVscode(say);
  const chosen = kubeconfig === undefined ? undefined : { kubeconfig, folder: callerFolder };
  const cluster = values.sample === true ? await sampleCluster(atEnd) : (chosen ?? (await demoCluster(atEnd)));
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

async function demoCluster(atEnd: AtEnd): Promise<Cluster> {
  say('No kubeconfig: starting the demo cluster');
  const demo = await startDemo({ clock: systemClock() });
  atEnd(() => {
    demo.dispose();
    return Promise.resolve();
  });
  const parent = await temporaryFolder('kubefresh-demo-', atEnd);
  const kubeconfig = path.join(parent, 'kubeconfig');
  await writeFile(kubeconfig, demo.kubeconfig, { mode: 0o600 });
  const folder = path.join(parent, 'tea-shop');
  await mkdir(folder);
  for (const { name, text } of demo.manifests) await writeFile(path.join(folder, name), text);
  return { kubeconfig, folder };
}

async function sampleCluster(atEnd: AtEnd): Promise<Cluster> {
  say('Starting a local cluster with a sample in it');
  const server = await startApiServer({ say, users: [{ name: 'dev' }] });
  atEnd(() => server.stop());
  await loadSample(server);
  const folder = path.join(await temporaryFolder('kubefresh-sample-', atEnd), 'shop-manifests');
  await cp(sampleFolder(), folder, { recursive: true });
  return { kubeconfig: server.kubeconfig({ namespace: 'shop', context: 'sample' }), folder };
}

/** A folder that nobody else can look into, until the end. */
async function temporaryFolder(prefix: string, atEnd: AtEnd): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), prefix));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
