import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { stringify } from 'yaml';
import type { ClusterBundle } from '../../src/cluster/contract';
import { Session } from '../../src/session/session';
import type { Settings } from '../../src/connection/settings';
import { watchFiles } from '../../src/window/fileWatch';
import type { Disposable } from '../../src/objects/disposable';
import { startFaultProxy, type Certificate, type FaultProxy } from '../harness/faultProxy';
import type { KubeObject } from '../harness/kubeObjects';
import { forgetful } from '../connection/support';
import { SmallApi } from '../harness/smallApi';
import { waitFor } from '../harness/waiting';
import { FastClock } from './fastClock';
import { objectName, proxyAddress } from './faultNames';
import { ShownViews, type ShownRow } from './shownViews';

/** Must never be seen: a value of the Secret, also of the sample's, and the token of the kubeconfig. */
export const canary = 'correct-horse-battery-staple';
export const token = 'token-of-the-fault-tests';

const apiAddress = '127.0.0.6';

export interface User {
  readonly name: string;
  readonly token: string;
  /** Grants or revokes all that the user may, and waits until that holds. */
  readonly allow: (allowed: boolean) => Promise<void>;
}

export interface StageOptions {
  /** The API server behind the proxy; without it a small one in this process. */
  readonly upstream?: { readonly url: string; readonly authority: string };
  /** What the proxy serves TLS with. */
  readonly certificate?: Certificate;
  /** The cluster and the user of the kubeconfig, besides the server's address. */
  readonly cluster?: Readonly<Record<string, unknown>>;
  readonly user?: Readonly<Record<string, unknown>>;
  /** The address of the server in the kubeconfig, instead of the proxy's. */
  readonly server?: string;
  /** Where a name for the proxy is known; without it the kubeconfig has its address. */
  readonly names?: Map<string, string>;
  /** Who the user of the kubeconfig is for the API server, and what he may do. */
  readonly rbac?: User;
  /** The context that is chosen for the window. */
  readonly context?: string;
  readonly speed?: number;
  /** Whether the kubeconfig is watched, in the computer's time. */
  readonly watchesFiles?: boolean;
}

/** A session from the socket to the rows, with a fault proxy before its API server and a clock of its own. */
export class Stage implements Disposable {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'kubefresh-faults-'));
  readonly kubeconfig = path.join(this.folder, 'config');
  /** Where credential plugins note the ids of their processes. */
  readonly pids = path.join(this.folder, 'pids');
  readonly log: string[] = [];
  readonly api: SmallApi | undefined;
  readonly clock: FastClock;
  readonly session: Session;
  readonly views: ShownViews;
  #proxy!: FaultProxy;
  readonly #options: StageOptions;

  constructor(options: StageOptions) {
    this.#options = options;
    this.clock = new FastClock(options.speed ?? 25);
    this.api = options.upstream === undefined ? new SmallApi() : undefined;
    this.session = new Session({
      clock: this.clock,
      // The longest of all jitters, since it is the longest times that are stated.
      random: () => 0.999,
      log: { request: (line) => this.log.push(line), warn: (line) => this.log.push(line) },
      env: { PATH: `${this.folder}:${process.env['PATH'] ?? ''}` },
      home: this.folder,
      settings: () => this.#settings(),
      memory: forgetful,
      isTrusted: () => true,
      loadCluster: () => Promise.resolve(clusterBundle()),
      loadDemo: () => Promise.reject(new Error('there is no demo here')),
      watchFiles: options.watchesFiles === true ? watchFiles : () => ({ dispose: () => undefined }),
    });
    this.views = new ShownViews(this.session);
  }

  static async open(options: StageOptions = {}): Promise<Stage> {
    const stage = new Stage(options);
    const upstream = options.upstream ?? { url: await stage.#startApi(), authority: undefined };
    stage.#proxy = await startFaultProxy({
      upstream: upstream.url,
      address: proxyAddress,
      ...(upstream.authority === undefined ? {} : { upstreamAuthority: upstream.authority }),
      ...(options.certificate === undefined ? {} : { certificate: options.certificate }),
    });
    stage.nameIsKnown = true;
    stage.writeKubeconfig();
    return stage;
  }

  get proxy(): FaultProxy {
    return this.#proxy;
  }

  get rbac(): User | undefined {
    return this.#options.rbac;
  }

  /** Whether the name of the server resolves. */
  set nameIsKnown(known: boolean) {
    if (known) this.#options.names?.set(this.#name, proxyAddress);
    else this.#options.names?.delete(this.#name);
  }

  get #name(): string {
    return `api-${this.#proxy.port}.test`;
  }

  /** Writes the kubeconfig as it should be, with one context. */
  writeKubeconfig(
    changes: { readonly context?: string; readonly user?: Readonly<Record<string, unknown>> } = {},
  ): void {
    writeFileSync(this.kubeconfig, this.kubeconfigText(changes));
  }

  /** As kubectl writes it. */
  kubeconfigText(
    changes: { readonly context?: string; readonly user?: Readonly<Record<string, unknown>> } = {},
  ): string {
    const { names, server, cluster, user } = this.#options;
    const address = new URL(server ?? this.#proxy.url);
    if (names !== undefined) address.hostname = this.#name;
    const context = changes.context ?? 'test';
    return stringify({
      apiVersion: 'v1',
      clusters: [{ name: 'c', cluster: { server: address.origin, ...cluster } }],
      contexts: [{ name: context, context: { cluster: 'c', namespace: 'shop', user: 'u' } }],
      'current-context': context,
      kind: 'Config',
      users: [{ name: 'u', user: changes.user ?? user ?? { token } }],
    });
  }

  /** What opening the side bar does. */
  openSideBar(): void {
    this.session.setActive(true);
    void this.session.connect();
  }

  /** The row of the Secret in the Secrets & ConfigMaps view. */
  get row(): ShownRow | undefined {
    return this.views.objectRows().find(({ label }) => label === objectName);
  }

  /** What hovering the object's name in a manifest says. */
  hover(manifest: vscode.TextDocument): Promise<string> {
    return this.views.hoverAt(manifest, objectName).then((text) => this.plain(text));
  }

  get podsSay(): string {
    return this.plain(this.views.podsSay.trim());
  }

  /** The Secret's row with its badge. */
  get rowSays(): string | undefined {
    const { row } = this;
    return row === undefined ? undefined : this.plain(`${row.badge} ${row.description}`);
  }

  /** A text without what differs from run to run. */
  plain(text: string): string {
    return text
      .replaceAll(this.folder, 'FOLDER')
      .replaceAll(process.env['PATH'] ?? '', 'PATH')
      .replaceAll(String(this.#proxy.port), 'PORT')
      .replaceAll(this.#options.rbac?.name ?? 'PORT', this.#options.rbac === undefined ? 'PORT' : 'USER')
      .replace(/\b[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4} GMT/g, 'DATE')
      .replace(/\b\d\d:\d\d:\d\d\b/g, 'TIME');
  }

  /** Something else than before, to be seen once the server can be asked again: a third key, and a second pod. */
  changeCluster(): void {
    this.api?.put(secret({ added: 'x' }));
    this.api?.put(pod('late'));
  }

  /** Waits, within seconds of the clock, looking after each event of the session. */
  until<T>(look: () => T | undefined, seconds: number, what: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const started = this.clock.now();
      const end = (settle: () => void): void => {
        limit.dispose();
        for (const subscription of subscriptions) subscription.dispose();
        settle();
      };
      const check = (): void => {
        try {
          const found = look();
          if (found === undefined) return;
          end(() => {
            resolve(found);
          });
        } catch (error) {
          end(() => {
            reject(error instanceof Error ? error : new Error(String(error)));
          });
        }
      };
      const limit = this.clock.after(seconds * 1000, () => {
        end(() => {
          const waited = Math.round((this.clock.now() - started) / 1000);
          reject(new Error(`gave up waiting for ${what} after ${waited} s of the clock\n${this.report()}`));
        });
      });
      const subscriptions = [this.session.onDidChange(check), this.session.onDidChangeState(check)];
      check();
    });
  }

  /** Everything that a person could see, for errors. */
  report(): string {
    const rows = [...this.views.podRows(), ...this.views.objectRows()].map(
      ({ badge, label, description }) => `  ${badge} ${label} ${description}`,
    );
    const { podsSay, objectsSay } = this.views;
    const last = this.log.slice(-12).map((line) => `  ${line}`);
    return ['Pods:', podsSay, 'Secrets & ConfigMaps:', objectsSay, 'Rows:', ...rows, 'Log:', ...last].join('\n');
  }

  dispose(): void {
    this.views.dispose();
    this.session.dispose();
  }

  /** Ends the stage after a test has failed. */
  abandon(): void {
    this.dispose();
    this.#clearAway();
  }

  /** Ends the stage, and fails if the session left something behind. */
  async close(): Promise<void> {
    this.dispose();
    // Timers that are left over would go off and be gone.
    this.clock.stop();
    const left = (): number => this.clock.waiting + this.#proxy.open;
    try {
      await waitFor(() => Promise.resolve(left() === 0 ? true : undefined), {
        what: 'the session to leave nothing behind',
        limitMs: 5_000,
        everyMs: 5,
        details: () => `${this.clock.waiting} timers and ${this.#proxy.open} sockets are left`,
      });
      for (const pid of this.#plugins()) assert.ok(!isRunning(pid), 'no plugin is left');
    } finally {
      this.#clearAway();
    }
  }

  #clearAway(): void {
    this.clock.stop();
    this.#proxy.stop();
    this.api?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #plugins(): number[] {
    return existsSync(this.pids) ? readFileSync(this.pids, 'utf8').trim().split('\n').map(Number) : [];
  }

  async #startApi(): Promise<string> {
    const { api } = this;
    assert.ok(api !== undefined);
    const url = await api.start(apiAddress);
    api.put(secret());
    api.put({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' } });
    api.put(pod('web', objectName));
    return url;
  }

  #settings(): Settings {
    return {
      kubeconfig: [this.kubeconfig],
      context: this.#options.context ?? '',
      autoConnect: false,
      ttlSeconds: undefined,
      strategy: 'cache',
      kubeletMinor: undefined,
      sync: 'visible',
      queriesPerSecond: 50,
      burst: 100,
      pluginFolders: [],
      pluginTimeoutMs: 60_000,
      requestTimeoutMs: 15_000,
    };
  }
}

function isRunning(pid: number): boolean {
  // A process that has ended and that nobody has waited for yet has no command line any more.
  const file = `/proc/${pid}/cmdline`;
  return existsSync(file) && readFileSync(file, 'utf8') !== '';
}

/** The bundle as it is shipped. */
function clusterBundle(): ClusterBundle {
  const extension = vscode.extensions.getExtension('kubefresh.kubefresh');
  assert.ok(extension !== undefined);
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require(path.join(extension.extensionPath, 'dist', 'cluster.js')) as ClusterBundle;
}

/** A manifest that names the object. */
export function openManifest(): Thenable<vscode.TextDocument> {
  const content = [
    'apiVersion: v1',
    'kind: Pod',
    'metadata: {name: hovered, namespace: shop}',
    'spec:',
    '  containers:',
    `    - {name: main, image: x, envFrom: [{secretRef: {name: ${objectName}}}]}`,
  ].join('\n');
  return vscode.workspace.openTextDocument({ language: 'yaml', content });
}

function secret(more: Readonly<Record<string, string>> = {}): KubeObject {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const data = Object.entries({ password: canary, user: 'shop', ...more }).map(([key, text]) => [key, base64(text)]);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: objectName, namespace: 'shop' },
    type: 'Opaque',
    data: Object.fromEntries(data) as Record<string, string>,
  };
}

function pod(name: string, secretName?: string): KubeObject {
  const envFrom = secretName === undefined ? [] : [{ secretRef: { name: secretName } }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop' },
    spec: { nodeName: 'node-1', containers: [{ name: 'main', image: 'x', envFrom }] },
    status: { phase: 'Running' },
  };
}
