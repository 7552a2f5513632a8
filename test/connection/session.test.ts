import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ClusterBundle, ClusterHost, Kubeconfig, KubeconfigReading } from '../../src/cluster/contract';
import type { Scope } from '../../src/connection/scope';
import { Session, type SessionState } from '../../src/connection/session';
import type { Settings } from '../../src/connection/settings';
import { disposable } from '../../src/objects/disposable';
import type { Failure } from '../../src/objects/failure';
import { FakeClock, settle } from './fakeClock';
import { defaultSettings, pod, ScriptedCluster, secret, secretKey, testContext } from './support';

function kubeconfig(
  current: string | undefined,
  ...contexts: readonly { name: string; fingerprint?: string }[]
): Kubeconfig {
  return {
    files: ['/home/a/.kube/config'],
    currentContext: current,
    contexts: contexts.map((context) => ({ ...testContext, ...context })),
    warnings: [],
  };
}

function loaded(current: string | undefined, ...contexts: Parameters<typeof kubeconfig>[1][]): KubeconfigReading {
  return { state: 'loaded', kubeconfig: kubeconfig(current, ...contexts) };
}

const invalid: Failure = { kind: 'configuration', message: 'line 3 is not YAML' };
const broken: KubeconfigReading = {
  state: 'broken',
  file: '/home/a/.kube/config',
  failure: invalid,
  searched: ['/home/a/.kube/config'],
};
const absent: KubeconfigReading = { state: 'none', searched: ['/home/a/.kube/config'] };

class SessionBench {
  readonly clock = new FakeClock();
  settings: Settings = defaultSettings;
  trusted = true;
  reading: KubeconfigReading = loaded('one', { name: 'one' }, { name: 'two' });
  /** While set, a kubeconfig is read only as far as {@link finishReading}. */
  readsSlowly = false;
  loadError: Error | undefined;
  connectFailure: Failure | undefined;
  readonly clusters: ScriptedCluster[] = [];
  readonly hosts: ClusterHost[] = [];
  readonly states: SessionState[] = [];
  readonly warnings: string[] = [];
  readonly scopes = new Map<string, Scope>();
  readonly watched: { readonly files: readonly string[]; readonly changed: () => void; ended: boolean }[] = [];
  loads = 0;
  readings = 0;
  #slow: (() => void)[] = [];
  readonly session = new Session({
    clock: this.clock,
    random: () => 0,
    log: { request: () => undefined, warn: (line) => this.warnings.push(line) },
    env: { HOME: '/home/a' },
    home: '/home/a',
    settings: () => this.settings,
    memory: {
      scopeOf: (context) => this.scopes.get(context),
      rememberScope: (context, scope) => {
        if (scope === undefined) this.scopes.delete(context);
        else this.scopes.set(context, scope);
      },
    },
    isTrusted: () => this.trusted,
    loadCluster: () => {
      this.loads += 1;
      return this.loadError === undefined ? Promise.resolve(this.#bundle()) : Promise.reject(this.loadError);
    },
    watchFiles: (files, changed) => {
      const watch = { files, changed, ended: false };
      this.watched.push(watch);
      return disposable(() => {
        watch.ended = true;
      });
    },
  });

  constructor() {
    this.session.onDidChangeState((state) => this.states.push(state));
  }

  finishReading(): Promise<void> {
    for (const finish of this.#slow.splice(0)) finish();
    return settle();
  }

  /** The file that is watched has changed. */
  changeFile(): Promise<void> {
    this.watched.at(-1)?.changed();
    return settle();
  }

  get said(): string[] {
    return this.states.splice(0).map(({ state }) => state);
  }

  get cluster(): ScriptedCluster {
    return this.clusters.at(-1)!;
  }

  #bundle(): ClusterBundle {
    return {
      readKubeconfig: () => {
        this.readings += 1;
        const { reading } = this;
        if (!this.readsSlowly) return Promise.resolve(reading);
        return new Promise((resolve) => {
          this.#slow.push(() => {
            resolve(reading);
          });
        });
      },
      connect: (config, name, host) => {
        if (this.connectFailure !== undefined) return { ok: false, failure: this.connectFailure };
        const cluster = new ScriptedCluster(config.contexts.find((context) => context.name === name));
        this.clusters.push(cluster);
        this.hosts.push(host);
        return { ok: true, value: cluster };
      },
    };
  }
}

function connected(state: SessionState): SessionState & { readonly state: 'connected' } {
  assert.equal(state.state, 'connected');
  return state;
}

describe('Session: connecting', () => {
  test('nothing is loaded, read or watched before somebody asks', async () => {
    const bench = new SessionBench();
    bench.session.setActive(true);
    bench.session.changeScope({ in: 'all' });
    await bench.session.settingsChanged();
    await bench.session.reload();
    assert.deepEqual([bench.loads, bench.readings, bench.watched, bench.clock.waits], [0, 0, [], []]);
    assert.deepEqual([bench.session.state, bench.session.connection], [{ state: 'idle' }, undefined]);
  });

  test('connects to the current context, and to follow its namespace', async () => {
    const bench = new SessionBench();
    const state = connected(await bench.session.connect());
    assert.deepEqual(bench.said, ['connecting', 'connected']);
    assert.equal(state.follows, 'current');
    assert.equal(state.connection, bench.session.connection);
    assert.deepEqual(state.connection.scope, { in: 'namespaces', namespaces: ['shop'] });
    assert.equal(await bench.session.connect(), state);
    assert.equal(bench.clusters.length, 1);
  });

  test('several who ask at once share one connection', async () => {
    const bench = new SessionBench();
    const [first, second] = await Promise.all([bench.session.connect(), bench.session.connect()]);
    assert.equal(first, second);
    assert.deepEqual([bench.readings, bench.clusters.length], [1, 1]);
  });

  test('a context that was chosen for the window comes before the current one', async () => {
    const bench = new SessionBench();
    bench.settings = { ...defaultSettings, context: 'two' };
    const state = connected(await bench.session.connect());
    assert.deepEqual([state.follows, state.connection.context.name], ['chosen', 'two']);
  });

  test('the scope that was remembered for the context is taken, and a changed one is remembered', async () => {
    const bench = new SessionBench();
    bench.scopes.set('one', { in: 'node', node: 'n1' });
    const { connection } = connected(await bench.session.connect());
    assert.deepEqual(connection.scope, { in: 'node', node: 'n1' });
    bench.session.changeScope({ in: 'all' });
    assert.deepEqual([bench.scopes.get('one'), connection.scope], [{ in: 'all' }, { in: 'all' }]);
    bench.session.changeScope(undefined);
    assert.equal(bench.scopes.get('one'), undefined, 'the namespace of the context is followed, not remembered');
    assert.deepEqual(connection.scope, { in: 'namespaces', namespaces: [connection.context.namespace] });
  });

  test('the cluster is given the settings, and seals what it is told to', async () => {
    const bench = new SessionBench();
    bench.settings = { ...defaultSettings, pluginFolders: ['/opt/bin'], pluginTimeoutMs: 5, requestTimeoutMs: 7 };
    await bench.session.connect();
    const [host] = bench.hosts;
    assert.deepEqual([host?.pluginFolders, host?.pluginTimeoutMs, host?.requestTimeoutMs], [['/opt/bin'], 5, 7]);
    assert.equal(String(host?.seal('aGk=')), '[redacted]');
  });

  test('changes of the connection are changes of the session', async () => {
    const bench = new SessionBench();
    let changes = 0;
    bench.session.onDidChange(() => (changes += 1));
    await bench.session.connect();
    bench.cluster.feed.list(pod('a', { secrets: ['db'] }));
    await bench.clock.advance(50);
    assert.equal(changes, 1);
  });

  test('somebody who looks already is told to the connection', async () => {
    const bench = new SessionBench();
    bench.session.setActive(true);
    await bench.session.connect();
    bench.cluster.put(secret('db'));
    bench.cluster.feed.list(pod('a', { secrets: ['db'] }));
    await bench.clock.advance(100);
    assert.deepEqual(bench.cluster.take(), ['Secret shop/db']);
    bench.session.setActive(false);
    await bench.clock.advance(1_000_000);
    assert.deepEqual([bench.cluster.take(), bench.clock.waits], [[], []]);
  });
});

describe('Session: states without a connection', () => {
  test('untrusted: nothing is loaded, until trust is given and somebody asks again', async () => {
    const bench = new SessionBench();
    bench.trusted = false;
    assert.deepEqual(await bench.session.connect(), { state: 'untrusted' });
    await bench.session.settingsChanged();
    assert.deepEqual([bench.loads, bench.said], [0, ['untrusted']]);
    bench.trusted = true;
    connected(await bench.session.connect());
  });

  test('noKubeconfig: says where it looked, and connects when one appears', async () => {
    const bench = new SessionBench();
    bench.reading = absent;
    assert.deepEqual(await bench.session.connect(), { state: 'noKubeconfig', searched: ['/home/a/.kube/config'] });
    assert.deepEqual(
      bench.watched.map(({ files }) => files),
      [['/home/a/.kube/config']],
    );
    bench.reading = loaded('one', { name: 'one' });
    await bench.changeFile();
    connected(bench.session.state);
    assert.equal(bench.watched.length, 1, 'the same files are watched on');
  });

  test('brokenKubeconfig: says which file and why, and connects when it is mended', async () => {
    const bench = new SessionBench();
    bench.reading = broken;
    assert.deepEqual(await bench.session.connect(), {
      state: 'brokenKubeconfig',
      file: '/home/a/.kube/config',
      failure: invalid,
    });
    bench.reading = loaded('one', { name: 'one' });
    await bench.changeFile();
    connected(bench.session.state);
  });

  test('noContext: says which was wanted and which there are', async () => {
    const bench = new SessionBench();
    bench.reading = loaded(undefined, { name: 'one' }, { name: 'two' });
    assert.deepEqual(await bench.session.connect(), {
      state: 'noContext',
      wanted: undefined,
      contexts: ['one', 'two'],
    });
    bench.settings = { ...defaultSettings, context: 'three' };
    await bench.session.settingsChanged();
    assert.deepEqual(bench.session.state, { state: 'noContext', wanted: 'three', contexts: ['one', 'two'] });
    bench.settings = { ...defaultSettings, context: 'two' };
    await bench.session.settingsChanged();
    assert.equal(connected(bench.session.state).connection.context.name, 'two');
  });

  test('failed: says why, and tries again when asked', async () => {
    const bench = new SessionBench();
    bench.connectFailure = { kind: 'configuration', message: 'no server' };
    assert.deepEqual(await bench.session.connect(), { state: 'failed', failure: bench.connectFailure });
    bench.connectFailure = undefined;
    connected(await bench.session.connect());
  });

  test('failed: also where the client cannot be loaded', async () => {
    const bench = new SessionBench();
    bench.loadError = new Error('file is missing');
    assert.deepEqual(await bench.session.connect(), {
      state: 'failed',
      failure: {
        kind: 'configuration',
        message: 'the Kubernetes client could not be loaded: file is missing',
      },
    });
  });

  test('warnings about the kubeconfig go to the log', async () => {
    const bench = new SessionBench();
    bench.reading = { state: 'loaded', kubeconfig: { ...kubeconfig('one', { name: 'one' }), warnings: ['odd entry'] } };
    await bench.session.connect();
    assert.deepEqual(bench.warnings, ['odd entry']);
  });
});

describe('Session: a kubeconfig that changes', () => {
  test('the same fingerprint keeps the connection and what it has cached', async () => {
    const bench = new SessionBench();
    const { connection } = connected(await bench.session.connect());
    bench.cluster.put(secret('db'));
    connection.hold(secretKey('db'));
    await connection.read(secretKey('db'));
    bench.reading = loaded('one', { name: 'one' }, { name: 'three', fingerprint: 'f3' });
    await bench.changeFile();
    assert.equal(connected(bench.session.state).connection, connection);
    assert.equal((await connection.read(secretKey('db'))).outcome, 'hit');
    assert.deepEqual([bench.clusters.length, bench.cluster.disposals], [1, 0]);
  });

  test('another fingerprint connects anew, with nothing of the old connection left', async () => {
    const bench = new SessionBench();
    const { connection } = connected(await bench.session.connect());
    const [before] = bench.clusters;
    let changes = 0;
    bench.session.onDidChange(() => (changes += 1));
    bench.reading = loaded('one', { name: 'one', fingerprint: 'f2' });
    await bench.changeFile();
    assert.notEqual(connected(bench.session.state).connection, connection);
    assert.deepEqual([bench.clusters.length, before?.disposals, before?.feed.ended], [2, 1, true]);
    before?.feed.list(pod('late', { secrets: ['db'] }));
    await bench.clock.advance(1_000);
    assert.equal(changes, 0);
  });

  test('what the user asked for by name outlives a context that comes to mean something else', async () => {
    const bench = new SessionBench();
    const { connection } = connected(await bench.session.connect());
    connection.pin(secretKey('db'));
    bench.reading = loaded('one', { name: 'one', fingerprint: 'f2' });
    await bench.changeFile();
    assert.equal(connected(bench.session.state).connection.isPinned(secretKey('db')), true);
  });

  test('a kubeconfig that is read again without a change is no news', async () => {
    const bench = new SessionBench();
    await bench.session.connect();
    bench.states.splice(0);
    await bench.changeFile();
    assert.deepEqual([bench.readings, bench.said], [2, []]);
  });

  test('follows the current context, unless one was chosen', async () => {
    const bench = new SessionBench();
    await bench.session.connect();
    bench.reading = loaded('two', { name: 'one' }, { name: 'two' });
    await bench.changeFile();
    assert.equal(connected(bench.session.state).connection.context.name, 'two');

    bench.settings = { ...defaultSettings, context: 'one' };
    await bench.session.settingsChanged();
    const { connection, follows } = connected(bench.session.state);
    assert.deepEqual([connection.context.name, follows], ['one', 'chosen']);
    bench.reading = loaded('other', { name: 'one' }, { name: 'other' });
    await bench.changeFile();
    assert.equal(connected(bench.session.state).connection, connection);
  });

  for (const [what, reading, says] of [
    ['is broken', broken, 'line 3 is not YAML'],
    ['is gone', absent, 'no kubeconfig at /home/a/.kube/config'],
    ['is empty', loaded(undefined), 'The kubeconfig has no current context.'],
  ] as const) {
    test(`one that ${what} for a while keeps the connection, and the session says so`, async () => {
      const bench = new SessionBench();
      const { connection } = connected(await bench.session.connect());
      bench.reading = reading;
      await bench.changeFile();
      const state = connected(bench.session.state);
      assert.deepEqual([state.connection === connection, state.kubeconfigFailure], [true, says]);
      bench.reading = loaded('one', { name: 'one' });
      await bench.changeFile();
      const mended = connected(bench.session.state);
      assert.deepEqual([mended.connection === connection, mended.kubeconfigFailure], [true, undefined]);
      assert.equal(bench.cluster.disposals, 0);
    });
  }

  test('one whose context lacks its user for a while keeps the connection; another such context does not', async () => {
    const bench = new SessionBench();
    const { connection } = connected(await bench.session.connect());
    bench.connectFailure = { kind: 'configuration', message: 'no file defines user "u"' };
    bench.reading = loaded('one', { name: 'one', fingerprint: 'cut off' });
    await bench.changeFile();
    const state = connected(bench.session.state);
    assert.deepEqual([state.connection === connection, state.kubeconfigFailure], [true, 'no file defines user "u"']);
    assert.equal(bench.cluster.disposals, 0);
    bench.reading = loaded('two', { name: 'one' }, { name: 'two' });
    await bench.changeFile();
    assert.deepEqual([bench.session.state.state, bench.cluster.disposals], ['failed', 1]);
  });

  test('a kubeconfig that cannot be read by the client keeps the connection as well', async () => {
    const bench = new SessionBench();
    const { connection } = connected(await bench.session.connect());
    bench.loadError = new Error('too many open files');
    await bench.changeFile();
    const state = connected(bench.session.state);
    assert.equal(state.connection, connection);
    assert.match(state.kubeconfigFailure ?? '', /too many open files/);
  });

  test('a context that was removed ends the connection', async () => {
    const bench = new SessionBench();
    await bench.session.connect();
    bench.reading = loaded('one', { name: 'two' });
    await bench.changeFile();
    assert.deepEqual(bench.session.state, { state: 'noContext', wanted: 'one', contexts: ['two'] });
    assert.equal(bench.cluster.disposals, 1);
  });

  test('other files are watched instead when the setting names others', async () => {
    const bench = new SessionBench();
    await bench.session.connect();
    const config = kubeconfig('one', { name: 'one' });
    bench.reading = { state: 'loaded', kubeconfig: { ...config, files: ['/elsewhere'] } };
    await bench.session.settingsChanged();
    assert.deepEqual(
      bench.watched.map(({ files, ended }) => [files.join(), ended]),
      [
        ['/home/a/.kube/config', true],
        ['/elsewhere', false],
      ],
    );
  });

  test('of several readings the one that began last has the last word', async () => {
    const bench = new SessionBench();
    await bench.session.connect();
    bench.readsSlowly = true;
    bench.reading = loaded('one', { name: 'one', fingerprint: 'older' });
    await bench.changeFile();
    bench.reading = loaded('one', { name: 'one', fingerprint: 'newer' });
    await bench.changeFile();
    await bench.finishReading();
    await bench.finishReading();
    assert.equal(connected(bench.session.state).connection.context.fingerprint, 'newer');
  });

  test('settings that say nothing about where to connect act on the connection there is', async () => {
    const bench = new SessionBench();
    const { connection } = connected(await bench.session.connect());
    bench.settings = { ...defaultSettings, ttlSeconds: 5 };
    await bench.session.settingsChanged();
    assert.equal(connected(bench.session.state).connection, connection);
    assert.deepEqual(connection.ttl, { ms: 5_000, origin: { from: 'setting' } });
  });
});

describe('Session: the end', () => {
  test('disposing ends the connection, the watch and the events', async () => {
    const bench = new SessionBench();
    await bench.session.connect();
    bench.states.splice(0);
    bench.session.dispose();
    bench.session.dispose();
    assert.deepEqual([bench.cluster.disposals > 0, bench.watched[0]?.ended], [true, true]);
    const { readings } = bench;
    await bench.session.reload();
    await bench.changeFile();
    assert.deepEqual([bench.readings, bench.said, bench.clock.waits], [readings, [], []]);
  });

  test('a session that is disposed while it connects does not connect', async () => {
    const bench = new SessionBench();
    bench.readsSlowly = true;
    const connecting = bench.session.connect();
    await settle();
    bench.session.dispose();
    await bench.finishReading();
    assert.notEqual((await connecting).state, 'connected');
    assert.deepEqual([bench.clusters, bench.watched], [[], []]);
  });

  test('a session that was disposed loads nothing any more', async () => {
    const bench = new SessionBench();
    bench.session.dispose();
    await bench.session.connect();
    assert.deepEqual([bench.loads, bench.clusters], [0, []]);
  });
});
