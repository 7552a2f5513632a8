import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { TLSSocket } from 'node:tls';
import { connect, readKubeconfig } from '../../src/cluster/bundle';
import type { Cluster, ClusterHost, Kubeconfig } from '../../src/cluster/contract';
import type { Clock } from '../../src/objects/clock';
import { disposable, type Disposable } from '../../src/objects/disposable';
import type { Answer, Failure } from '../../src/objects/failure';
import { Sealed } from '../../src/objects/sealed';
import { issueCertificate, makeAuthority, type KeyPair } from '../harness/certificates';

const root = mkdtempSync(path.join(os.tmpdir(), 'kubefresh-cluster-'));
process.once('exit', () => {
  rmSync(root, { recursive: true, force: true });
});

/** A folder that is removed when the process ends. */
export function temporaryFolder(): string {
  return mkdtempSync(path.join(root, 'folder-'));
}

export function write(folder: string, name: string, text: string, mode = 0o600): string {
  const file = path.join(folder, name);
  writeFileSync(file, text, { mode });
  return file;
}

/** Waits for a promise that a failing test would never fulfil. */
export async function inTime<T>(promise: Promise<T>, what: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`gave up waiting for ${what()}`));
    }, 5_000);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** A clock that tests move by hand, and that tells when somebody waits on it. */
export class ManualClock implements Clock {
  #now = 1_000;
  readonly #timers = new Set<{ readonly at: number; readonly ms: number; readonly run: () => void }>();
  #watchers: (() => void)[] = [];

  now(): number {
    return this.#now;
  }

  wallTime(): number {
    return Date.UTC(2026, 0, 1) + this.#now;
  }

  after(ms: number, run: () => void): Disposable {
    const timer = { at: this.#now + ms, ms, run };
    this.#timers.add(timer);
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const watcher of watchers) watcher();
    return disposable(() => void this.#timers.delete(timer));
  }

  /** The lengths of the timers that are set. */
  get waiting(): readonly number[] {
    return [...this.#timers].map((timer) => timer.ms);
  }

  /** Resolves when a timer of that length is set. */
  async set(ms: number): Promise<void> {
    while (!this.waiting.includes(ms)) {
      const change = new Promise<void>((resolve) => this.#watchers.push(resolve));
      await inTime(change, () => `a timer of ${ms} ms; there are ${this.waiting.join(', ')}`);
    }
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#now = Math.max(this.#now, due.at);
      due.run();
    }
    this.#now = end;
  }
}

export function realClock(): Clock {
  return {
    now: () => performance.now(),
    wallTime: () => Date.now(),
    after: (ms, run) => {
      const timer = setTimeout(run, ms);
      return disposable(() => {
        clearTimeout(timer);
      });
    },
  };
}

export interface TestHost extends ClusterHost {
  readonly lines: string[];
  readonly warnings: string[];
}

export function testHost(changes: Partial<ClusterHost> = {}): TestHost {
  const lines: string[] = [];
  const warnings: string[] = [];
  return {
    clock: realClock(),
    log: { request: (line) => void lines.push(line), warn: (line) => void warnings.push(line) },
    random: () => 0.5,
    seal: (base64) => new Sealed(base64),
    env: { PATH: process.env['PATH'] },
    pluginFolders: [],
    pluginTimeoutMs: 5_000,
    requestTimeoutMs: 5_000,
    ...changes,
    lines,
    warnings,
  };
}

export interface Certificates {
  readonly folder: string;
  readonly authority: KeyPair;
  readonly serving: KeyPair;
  readonly alice: KeyPair;
  readonly bob: KeyPair;
}

/** An authority, a serving certificate for loopback and `cluster.test`, and two clients. */
export function makeCertificates(): Certificates {
  const folder = temporaryFolder();
  const authority = makeAuthority(folder, 'ca');
  const hosts = ['127.0.0.1', '127.0.0.2', 'localhost', 'cluster.test'];
  const client = (commonName: string): KeyPair =>
    issueCertificate(folder, commonName, authority, { commonName, usage: 'clientAuth' });
  const serving = issueCertificate(folder, 'serving', authority, { commonName: 'server', hosts, usage: 'serverAuth' });
  return { folder, authority, serving, alice: client('alice'), bob: client('bob') };
}

export type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** An HTTP or HTTPS server on loopback that is closed when the test ends. */
export class TestServer {
  readonly #server: http.Server;
  readonly #sockets = new Set<Socket>();
  #waiters: (() => void)[] = [];
  /** How often a client connected (for HTTPS: finished the handshake). */
  connections = 0;
  readonly requests: http.IncomingMessage[] = [];
  handler: Handler = (_request, response) => void response.end('{}');

  constructor(tls?: https.ServerOptions) {
    const answer: Handler = (request, response) => {
      this.requests.push(request);
      this.#wake();
      this.handler(request, response);
    };
    this.#server = tls === undefined ? http.createServer(answer) : https.createServer(tls, answer);
    this.#server.on(tls === undefined ? 'connection' : 'secureConnection', () => {
      this.connections++;
    });
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        this.#wake();
      });
    });
    after(() => {
      this.close();
    });
  }

  async listen(address = '127.0.0.1', port = 0): Promise<this> {
    await new Promise<void>((resolve) => void this.#server.listen(port, address, resolve));
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get open(): number {
    return this.#sockets.size;
  }

  /** Resolves when `ready` says so, looking after each request and each closed socket. */
  async until(ready: () => boolean): Promise<void> {
    while (!ready()) {
      const change = new Promise<void>((resolve) => this.#waiters.push(resolve));
      await inTime(
        change,
        () => `${ready.toString()}; ${this.requests.length} requests, ${this.#sockets.size} sockets`,
      );
    }
  }

  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.#server.close();
    this.dropConnections();
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter();
  }
}

/** The name in the client certificate of a request. */
export function clientName(request: http.IncomingMessage): string | undefined {
  if (!(request.socket instanceof TLSSocket)) return undefined;
  const { subject } = request.socket.getPeerCertificate();
  return (subject as { readonly CN?: string } | undefined)?.CN;
}

/** Writes a kubeconfig with one context, `test`, and reads it. */
export async function kubeconfigOf(
  folder: string,
  cluster: Readonly<Record<string, unknown>>,
  user?: Readonly<Record<string, unknown>>,
): Promise<Kubeconfig> {
  const file = path.join(mkdtempSync(path.join(folder, 'kube-')), 'config');
  const config = {
    clusters: [{ name: 'c', cluster }],
    users: user === undefined ? [] : [{ name: 'u', user }],
    contexts: [{ name: 'test', context: { cluster: 'c', ...(user === undefined ? {} : { user: 'u' }) } }],
  };
  writeFileSync(file, JSON.stringify(config));
  const reading = await readKubeconfig({ paths: [file], env: {}, home: folder });
  if (reading.state !== 'loaded') throw new Error(`kubeconfig is ${reading.state}`);
  return reading.kubeconfig;
}

/** A cluster that is disposed when the test ends. */
export function connected(kubeconfig: Kubeconfig, host: ClusterHost, context = 'test'): Cluster {
  const cluster = valueOf(connect(kubeconfig, context, host));
  after(() => {
    cluster.dispose();
  });
  return cluster;
}

export function valueOf<T>(answer: Answer<T>): T {
  if (!answer.ok) throw new Error(`${answer.failure.kind}: ${answer.failure.message}`);
  return answer.value;
}

export function failureOf(answer: Answer<unknown>): Failure {
  if (answer.ok) throw new Error('succeeded');
  return answer.failure;
}

export function secret(name = 'db', namespace = 'shop'): object {
  return {
    kind: 'Secret',
    apiVersion: 'v1',
    metadata: { name, namespace, uid: 'u1', resourceVersion: '7' },
    type: 'Opaque',
    data: { password: Buffer.from('hunter2').toString('base64') },
  };
}

export function send(response: http.ServerResponse, value: object, code = 200): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

export function status(code: number, reason: string, message = reason): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message };
}
