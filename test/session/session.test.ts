import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ClusterBundle, ClusterHost, Kubeconfig, KubeconfigReading } from '../../src/cluster/contract';
import type { Connection } from '../../src/connection/connection';
import type { Scope } from '../../src/connection/scope';
import { Session } from '../../src/session/session';
import type { SessionState } from '../../src/session/sessionState';
import type { Settings } from '../../src/connection/settings';
import type { Demo } from '../../src/demo/contract';
import { disposable } from '../../src/objects/disposable';
import type { Failure } from '../../src/objects/failure';
import type { Pod } from '../../src/objects/kubernetes';
import type { WishedNames } from '../../src/session/wishes';
import { FakeClock, settle } from '../connection/fakeClock';
import {
  defaultSettings,
  forbidden,
  pod,
  ScriptedCluster,
  secret,
  secretKey,
  testContext,
  unreachable,
} from '../connection/support';

function kubeconfig(
  current: string | undefined,
  ...contexts: readonly { name: string; server?: string; fingerprint?: string }[]
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

/** The demo's context has the name of one of the user's, as it may. */
function demoReading(text: string): KubeconfigReading {
  const demo = { ...kubeconfig('one', { name: 'one', fingerprint: text }), files: [] };
  return { state: 'loaded', kubeconfig: demo };
}

class SessionBench {
  readonly clock = new FakeClock();
  settings: Settings = defaultSettings;
  trusted = true;
  reading: KubeconfigReading = loaded('one', { name: 'one' }, { name: 'two' });
  /** While set, a kubeconfig is read only as far as {@link finishReading}. */
  readsSlowly = false;
  loadError: Error | undefined;
  connectFailure: Failure | undefined;
  /** What each further cluster answers if it is asked for a pod by name. */
  readonly pods: Pod[] = [];
  podFailure: Failure | undefined;
  readonly clusters: ScriptedCluster[] = [];
  readonly hosts: ClusterHost[] = [];
  readonly states: SessionState[] = [];
  readonly warnings: string[] = [];
  readonly scopes = new Map<string, Scope>();
  readonly wishes: Map<string, WishedNames>;
  /** The context that was chosen for the window. */
  chosen: string | undefined;
  demoError: Error | undefined;
  readonly demos: (Demo & { ended: boolean })[] = [];
  /** What was read: `files`, or the text of a kubeconfig in memory. */
  readonly sources: string[] = [];
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
      context: () => this.chosen,
      rememberContext: (context) => {
        this.chosen = context;
      },
      scopeOf: (context) => this.scopes.get(context),
      rememberScope: (context, scope) => {
        if (scope === undefined) this.scopes.delete(context);
        else this.scopes.set(context, scope);
      },
      wishesAt: (place) => this.wishes.get(place) ?? { pins: [], pods: [] },
      rememberWishes: (place, names) => this.wishes.set(place, names),
    },
    isTrusted: () => this.trusted,
    loadCluster: () => {
      this.loads += 1;
      return this.loadError === undefined ? Promise.resolve(this.#bundle()) : Promise.reject(this.loadError);
    },
    loadDemo: () => Promise.resolve({ startDemo: () => this.#startDemo() }),
    watchFiles: (files, changed) => {
      const watch = { files, changed, ended: false };
      this.watched.push(watch);
      return disposable(() => {
        watch.ended = true;
      });
    },
  });

  /** @param wishes What the workspace remembers. */
  constructor(wishes = new Map<string, WishedNames>()) {
    this.wishes = wishes;
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

  #startDemo(): Promise<Demo> {
    if (this.demoError !== undefined) return Promise.reject(this.demoError);
    const text = `kubeconfig of demo ${this.demos.length + 1}`;
    const demo = {
      kubeconfig: text,
      manifests: [{ name: 'orders.yaml', text: 'kind: Deployment' }],
      server: 'http://127.0.0.1:1',
      ended: false,
      dispose: () => {
        demo.ended = true;
      },
    };
    this.demos.push(demo);
    return Promise.resolve(demo);
  }

  #bundle(): ClusterBundle {
    return {
      readKubeconfig: (source) => {
        this.readings += 1;
        const inline = 'inline' in source;
        this.sources.push(inline ? source.inline : 'files');
        const reading = inline ? demoReading(source.inline) : this.reading;
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
        cluster.podFailure = this.podFailure;
        for (const one of this.pods) cluster.pods.set(`shop/${one.metadata.name}`, one);
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
    assert.equal(state.chosenBy, 'current');
    assert.equal(state.connection, bench.session.connection);
    assert.deepEqual(state.connection.pods.scope, { in: 'namespaces', namespaces: ['shop'] });
    assert.equal(await bench.session.connect(), state);
    assert.equal(bench.clusters.length, 1);
  });

  test('several who ask at once share one connection', async () => {
    const bench = new SessionBench();
    const [first, second] = await Promise.all([bench.session.connect(), bench.session.connect()]);
    assert.equal(first, second);
    assert.deepEqual([bench.readings, bench.clusters.length], [1, 1]);
  });

  test('a context that is set comes before the current one', async () => {
    const bench = new SessionBench();
    bench.settings = { ...defaultSettings, context: 'two' };
    const state = connected(await bench.session.connect());
    assert.deepEqual([state.chosenBy, state.connection.context.name], ['setting', 'two']);
  });

  test('the scope that was remembered for the context is taken, and a changed one is remembered', async () => {
    const bench = new SessionBench();
    bench.scopes.set('one', { in: 'node', node: 'n1' });
    const { connection } = connected(await bench.session.connect());
    assert.deepEqual(connection.pods.scope, { in: 'node', node: 'n1' });
    bench.session.changeScope({ in: 'all' });
    assert.deepEqual([bench.scopes.get('one'), connection.pods.scope], [{ in: 'all' }, { in: 'all' }]);
    bench.session.changeScope(undefined);
    assert.equal(bench.scopes.get('one'), undefined, 'the namespace of the context is followed, not remembered');
    assert.deepEqual(connection.pods.scope, { in: 'namespaces', namespaces: [connection.context.namespace] });
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

  test('why pods cannot be listed goes to the log, once', async () => {
    const bench = new SessionBench();
    await bench.session.connect();
    for (const message of ['refused', 'refused', 'no route']) {
      bench.cluster.feed.state({ state: 'interrupted', failure: { kind: 'unreachable', message }, retryInMs: 1 });
      await bench.clock.advance(50);
    }
    assert.deepEqual(bench.warnings, ['Pods: refused', 'Pods: no route']);
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
    connection.objects.hold(secretKey('db'));
    await connection.objects.read(secretKey('db'));
    bench.reading = loaded('one', { name: 'one' }, { name: 'three', fingerprint: 'f3' });
    await bench.changeFile();
    assert.equal(connected(bench.session.state).connection, connection);
    assert.equal((await connection.objects.read(secretKey('db'))).outcome, 'hit');
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
    connection.holds.pin(secretKey('db'));
    bench.reading = loaded('one', { name: 'one', fingerprint: 'f2' });
    await bench.changeFile();
    assert.equal(connected(bench.session.state).connection.holds.isPinned(secretKey('db')), true);
  });

  test('a kubeconfig that is read again without a change is no news', async () => {
    const bench = new SessionBench();
    await bench.session.connect();
    bench.states.splice(0);
    await bench.changeFile();
    assert.deepEqual([bench.readings, bench.said], [2, []]);
  });

  test('follows the current context, unless one is set', async () => {
    const bench = new SessionBench();
    await bench.session.connect();
    bench.reading = loaded('two', { name: 'one' }, { name: 'two' });
    await bench.changeFile();
    assert.equal(connected(bench.session.state).connection.context.name, 'two');

    bench.settings = { ...defaultSettings, context: 'one' };
    await bench.session.settingsChanged();
    const { connection, chosenBy } = connected(bench.session.state);
    assert.deepEqual([connection.context.name, chosenBy], ['one', 'setting']);
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
    assert.deepEqual(connection.nodes.ttl, { ms: 5_000, origin: { from: 'setting' } });
  });
});

describe('Session: switching the context', () => {
  test('the window’s choice comes before the setting, and the setting before the current context', async () => {
    const bench = new SessionBench();
    bench.reading = loaded('one', { name: 'one' }, { name: 'two' }, { name: 'three' });
    bench.settings = { ...defaultSettings, context: 'two' };
    const name = (state: SessionState): string[] => [
      connected(state).connection.context.name,
      connected(state).chosenBy,
    ];
    assert.deepEqual(name(await bench.session.connect()), ['two', 'setting']);
    assert.deepEqual(name(await bench.session.switchContext('three')), ['three', 'window']);
    bench.settings = { ...defaultSettings, context: 'one' };
    await bench.session.settingsChanged();
    assert.deepEqual(name(bench.session.state), ['three', 'window']);
    assert.deepEqual(name(await bench.session.switchContext(undefined)), ['one', 'setting']);
    bench.settings = defaultSettings;
    await bench.session.settingsChanged();
    assert.deepEqual(name(bench.session.state), ['one', 'current']);
  });

  test('is remembered, and is the act that connects', async () => {
    const bench = new SessionBench();
    const { connection } = connected(await bench.session.switchContext('two'));
    assert.deepEqual([connection.context.name, bench.chosen], ['two', 'two']);
    await bench.session.switchContext(undefined);
    assert.equal(bench.chosen, undefined);
    const again = new SessionBench();
    again.chosen = 'two';
    assert.equal(connected(await again.session.connect()).connection.context.name, 'two');
  });

  test('ends the one connection and makes the other, without a state between that has none', async () => {
    const bench = new SessionBench();
    await bench.session.connect();
    bench.states.splice(0);
    await bench.session.switchContext('two');
    assert.deepEqual([bench.said, bench.clusters.map(({ disposals }) => disposals)], [['connected'], [1, 0]]);
  });

  test('to the context that is connected keeps the connection, which from then on does not follow', async () => {
    const bench = new SessionBench();
    const { connection } = connected(await bench.session.connect());
    const state = connected(await bench.session.switchContext('one'));
    assert.deepEqual([state.connection === connection, state.chosenBy], [true, 'window']);
    bench.reading = loaded('two', { name: 'one' }, { name: 'two' });
    await bench.changeFile();
    assert.equal(connected(bench.session.state).connection, connection);
  });

  test('pins and the scope belong to their context', async () => {
    const bench = new SessionBench();
    const one = connected(await bench.session.connect()).connection;
    one.holds.pin(secretKey('db'));
    bench.session.changeScope({ in: 'all' });
    const two = connected(await bench.session.switchContext('two')).connection;
    assert.deepEqual([two.holds.isPinned(secretKey('db')), two.pods.scope.in], [false, 'namespaces']);
    assert.equal(connected(await bench.session.switchContext('one')).connection.pods.scope.in, 'all');
  });

  test('a choice that the kubeconfig has no longer is said to be missing, and nothing else is connected to', async () => {
    const bench = new SessionBench();
    bench.chosen = 'gone';
    assert.deepEqual(await bench.session.connect(), { state: 'noContext', wanted: 'gone', contexts: ['one', 'two'] });
    connected(await bench.session.switchContext('two'));
  });

  test('in a workspace that is not trusted connects to nothing', async () => {
    const bench = new SessionBench();
    bench.trusted = false;
    assert.equal((await bench.session.switchContext('two')).state, 'untrusted');
    assert.equal((await bench.session.contexts()).ok, false);
    assert.equal(bench.loads, 0);
  });

  test('what there is to choose from is read without connecting', async () => {
    const bench = new SessionBench();
    bench.settings = { ...defaultSettings, context: 'two' };
    const answer = await bench.session.contexts();
    assert.ok(answer.ok);
    const { contexts, ...said } = answer.value;
    assert.deepEqual(
      contexts.map(({ name }) => name),
      ['one', 'two'],
    );
    assert.deepEqual(said, { current: 'one', setting: 'two', window: undefined });
    assert.deepEqual([bench.clusters, bench.watched, bench.said], [[], [], []]);
  });

  test('without a kubeconfig there is nothing to choose from, and the reason is told', async () => {
    const bench = new SessionBench();
    bench.reading = absent;
    const none = await bench.session.contexts();
    assert.equal(!none.ok && none.failure.message, 'no kubeconfig at /home/a/.kube/config');
    bench.reading = broken;
    assert.deepEqual(await bench.session.contexts(), { ok: false, failure: invalid });
  });
});

describe('Session: connecting anew', () => {
  test('gives up the connection, though it leads to the same place, but not what was asked for by name', async () => {
    const bench = new SessionBench();
    const { connection } = connected(await bench.session.connect());
    connection.holds.pin(secretKey('db'));
    const anew = connected(await bench.session.reconnect()).connection;
    assert.notEqual(anew, connection);
    assert.deepEqual(
      [bench.clusters.map(({ disposals }) => disposals), anew.holds.isPinned(secretKey('db'))],
      [[1, 0], true],
    );
  });

  test('connects where nothing is connected', async () => {
    const bench = new SessionBench();
    connected(await bench.session.reconnect());
    assert.equal(bench.clusters.length, 1);
  });
});

describe('Session: wishes', () => {
  const key = secretKey('db');

  /** Connected by somebody who looks, and who may not list pods. */
  async function look(bench: SessionBench): Promise<Connection> {
    bench.session.setActive(true);
    const { connection } = connected(await bench.session.connect());
    bench.cluster.feed.state({ state: 'interrupted', failure: forbidden, retryInMs: 30_000 });
    return connection;
  }

  async function wish(bench: SessionBench): Promise<void> {
    bench.pods.push(pod('web'));
    const connection = await look(bench);
    bench.cluster.pods.set('shop/web', pod('web'));
    await connection.pods.registerByName('shop', 'web');
    connection.holds.pin(key);
  }

  /** What is there of the wishes once the server has been asked. */
  async function granted(bench: SessionBench): Promise<unknown> {
    const connection = await look(bench);
    await bench.clock.advance(100);
    return [connection.holds.pins, [...connection.pods.all].map(({ id, byName }) => [id, byName])];
  }

  const all = [[key], [['shop/web/uid-web', true]]];
  const none = [[], []];

  test('are granted again after a switch to another context and back', async () => {
    const bench = new SessionBench();
    await wish(bench);
    await bench.session.switchContext('two');
    assert.deepEqual(await granted(bench), none);
    await bench.session.switchContext('one');
    assert.deepEqual(await granted(bench), all);
  });

  test('are granted again after a reload of the window', async () => {
    const bench = new SessionBench();
    await wish(bench);
    bench.session.dispose();
    const reloaded = new SessionBench(bench.wishes);
    reloaded.pods.push(...bench.pods);
    assert.deepEqual(await granted(reloaded), all);
  });

  test('are granted again to other credentials', async () => {
    const bench = new SessionBench();
    await wish(bench);
    bench.reading = loaded('one', { name: 'one', fingerprint: 'f2' });
    await bench.changeFile();
    assert.deepEqual(await granted(bench), all);
  });

  test('are granted once the server answers, if credentials changed while it did not', async () => {
    const bench = new SessionBench();
    await wish(bench);
    bench.podFailure = unreachable;
    bench.reading = loaded('one', { name: 'one', fingerprint: 'f2' });
    await bench.changeFile();
    bench.cluster.failures.set('*', unreachable);
    assert.deepEqual(await granted(bench), [[key], []]);
    await bench.clock.advance(30_000);
    bench.cluster.podFailure = undefined;
    await bench.clock.advance(61_000);
    assert.deepEqual(await granted(bench), all);
  });

  test('are others where the context leads to another server', async () => {
    const bench = new SessionBench();
    await wish(bench);
    bench.reading = loaded('one', { name: 'one', server: 'https://127.0.0.1:7443', fingerprint: 'f2' });
    await bench.changeFile();
    assert.deepEqual(await granted(bench), none);
  });

  test('of the demo outlive its connections, and end with it', async () => {
    const bench = new SessionBench();
    await bench.session.startDemo();
    await wish(bench);
    await bench.session.reconnect();
    assert.deepEqual(await granted(bench), all);
    await bench.session.stopDemo();
    await bench.session.startDemo();
    assert.deepEqual(await granted(bench), none);
    assert.equal(bench.wishes.size, 0);
  });

  test('of the user are as they were after the demo', async () => {
    const bench = new SessionBench();
    await wish(bench);
    await bench.session.startDemo();
    await bench.session.stopDemo();
    assert.deepEqual(await granted(bench), all);
  });
});

describe('Session: the demo', () => {
  test('runs where nothing had been asked for, reads no file, and leaves nothing behind', async () => {
    const bench = new SessionBench();
    const answer = await bench.session.startDemo();
    const state = connected(bench.session.state);
    assert.deepEqual([state.chosenBy, bench.session.demo], ['demo', answer.ok && answer.value]);
    assert.deepEqual([bench.sources, bench.watched], [['kubeconfig of demo 1'], []]);
    assert.deepEqual(await bench.session.stopDemo(), { state: 'idle' });
    assert.deepEqual([bench.cluster.disposals, bench.demos.map(({ ended }) => ended)], [1, [true]]);
    assert.deepEqual([bench.sources, bench.session.demo], [['kubeconfig of demo 1'], undefined]);
  });

  test('runs in a workspace that is not trusted, which is as it was afterwards', async () => {
    const bench = new SessionBench();
    bench.trusted = false;
    await bench.session.connect();
    await bench.session.startDemo();
    assert.equal(connected(bench.session.state).chosenBy, 'demo');
    await bench.session.settingsChanged();
    await bench.session.connect();
    assert.equal((await bench.session.stopDemo()).state, 'untrusted');
    assert.deepEqual(bench.sources, ['kubeconfig of demo 1']);
  });

  test('in place of a context ends its connection, and the end of the demo makes it anew', async () => {
    const bench = new SessionBench();
    const own = connected(await bench.session.connect()).connection;
    own.holds.pin(secretKey('db'));
    await bench.session.startDemo();
    const demo = connected(bench.session.state).connection;
    assert.deepEqual([bench.clusters[0]?.disposals, bench.watched[0]?.ended], [1, true]);
    assert.equal(demo.holds.isPinned(secretKey('db')), false, 'its context has the same name and is another');
    const state = connected(await bench.session.stopDemo());
    assert.deepEqual([state.chosenBy, state.connection.context.fingerprint], ['current', testContext.fingerprint]);
    assert.equal(bench.watched.at(-1)?.ended, false);
    assert.deepEqual(
      bench.clusters.map(({ disposals }) => disposals),
      [1, 1, 0],
    );
  });

  test('after it, a kubeconfig that was missing is waited for again', async () => {
    const bench = new SessionBench();
    bench.reading = absent;
    await bench.session.connect();
    await bench.session.startDemo();
    assert.equal((await bench.session.stopDemo()).state, 'noKubeconfig');
    bench.reading = loaded('one', { name: 'one' });
    await bench.changeFile();
    connected(bench.session.state);
  });

  test('the connection ends before its server does', async () => {
    const bench = new SessionBench();
    await bench.session.startDemo();
    const [demo] = bench.demos;
    const { cluster } = bench;
    let connectedAtTheEnd: boolean | undefined;
    const end = demo!.dispose.bind(demo);
    demo!.dispose = () => {
      connectedAtTheEnd = cluster.disposals === 0;
      end();
    };
    bench.session.dispose();
    assert.deepEqual([connectedAtTheEnd, demo!.ended], [false, true]);
  });

  test('started twice is started once, and stopped twice is stopped once', async () => {
    const bench = new SessionBench();
    const [first, second] = await Promise.all([bench.session.startDemo(), bench.session.startDemo()]);
    assert.deepEqual([first, bench.demos.length], [second, 1]);
    await Promise.all([bench.session.stopDemo(), bench.session.stopDemo()]);
    assert.deepEqual(bench.said, ['connecting', 'connected', 'idle']);
  });

  test('one that cannot be started changes nothing', async () => {
    const bench = new SessionBench();
    const { connection } = connected(await bench.session.connect());
    bench.states.splice(0);
    bench.demoError = new Error('listen EADDRINUSE');
    const answer = await bench.session.startDemo();
    assert.deepEqual(answer, {
      ok: false,
      failure: { kind: 'server', message: 'the demo cluster could not be started: listen EADDRINUSE' },
    });
    assert.deepEqual([bench.said, bench.session.connection === connection, bench.session.demo], [[], true, undefined]);
    assert.deepEqual([bench.cluster.disposals, bench.watched[0]?.ended], [0, false]);
  });

  test('choosing a context ends it', async () => {
    const bench = new SessionBench();
    await bench.session.startDemo();
    const { chosenBy, connection } = connected(await bench.session.switchContext('two'));
    assert.deepEqual([chosenBy, connection.context.name, bench.demos[0]?.ended], ['window', 'two', true]);
    assert.equal(bench.session.demo, undefined);
  });

  test('a kubeconfig that changes meanwhile is not looked at, nor is the choice of the window', async () => {
    const bench = new SessionBench();
    bench.chosen = 'two';
    await bench.session.connect();
    const { changed } = bench.watched[0]!;
    await bench.session.startDemo();
    const { connection } = connected(bench.session.state);
    bench.sources.splice(0);
    changed();
    await bench.session.reload();
    assert.deepEqual([bench.session.connection === connection, bench.sources], [true, []]);
    const answer = await bench.session.contexts();
    assert.deepEqual(answer.ok && answer.value.contexts.map(({ name }) => name), ['one', 'two']);
  });

  test('its scope is not remembered, and that of a context of the same name is not taken', async () => {
    const bench = new SessionBench();
    bench.scopes.set('one', { in: 'node', node: 'n1' });
    await bench.session.startDemo();
    assert.equal(connected(bench.session.state).connection.pods.scope.in, 'namespaces');
    bench.session.changeScope({ in: 'all' });
    assert.equal(connected(bench.session.state).connection.pods.scope.in, 'all');
    assert.deepEqual(bench.scopes.get('one'), { in: 'node', node: 'n1' });
  });

  test('a window that is closed while it starts ends it', async () => {
    const bench = new SessionBench();
    const starting = bench.session.startDemo();
    bench.session.dispose();
    assert.equal((await starting).ok, false);
    assert.deepEqual([bench.demos.map(({ ended }) => ended), bench.clusters], [[true], []]);
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
