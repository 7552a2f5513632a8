import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect, readKubeconfig } from '../../src/cluster/bundle';
import type { Cluster } from '../../src/cluster/contract';
import { rulesOf } from '../../src/manager/rules';
import { WatchStore } from '../../src/manager/watchStore';
import type { ObjectCopy } from '../../src/objects/objectCopy';
import type { Disposable } from '../../src/objects/disposable';
import type { ListWatch } from '../../src/objects/listWatch';
import { realClock, testHost, valueOf, type TestHost } from '../clusterUnit/support';
import { type ApiServer, startApiServer } from '../harness/apiServer';
import { objectPath, type KubeObject } from '../harness/kubeObjects';
import { waitFor } from '../harness/waiting';

const place = 'watched';
const configMapNames = Array.from({ length: 200 }, (_, index) => `cm-${index}`);
const secretNames = Array.from({ length: 100 }, (_, index) => `secret-${index}`);
const rbac = 'rbac.authorization.k8s.io';

function configMap(name: string, value: string): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: place }, data: { value } };
}

function secret(name: string, value: string): KubeObject {
  const data = { value: Buffer.from(value).toString('base64') };
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: place }, type: 'Opaque', data };
}

function pathOf(kind: string, name: string): string {
  return objectPath({ apiVersion: 'v1', kind, metadata: { name, namespace: place } });
}

function valueIn(copy: ObjectCopy): string {
  if (copy.kind === 'Secret') return Buffer.from(copy.data.get('value')?.reveal() ?? []).toString();
  const value = copy.data.get('value');
  return value !== undefined && 'text' in value ? value.text : '';
}

/** A watch store on a real cluster, and what its readers came to see. */
class Watched<T extends ObjectCopy> implements Disposable {
  readonly store: WatchStore<T>;
  /** When a value was first seen, by name and value. */
  readonly seenAt = new Map<string, number>();
  /** What readers saw that was older than what they had seen before. */
  readonly olderSeen: string[] = [];
  readonly #newest = new Map<string, bigint>();

  constructor(source: ListWatch<T>, resource: 'secret' | 'configmap', minor: number) {
    this.store = new WatchStore<T>({
      source,
      resource,
      rules: () => rulesOf(minor),
      clock: realClock(),
      now: () => performance.now(),
      random: Math.random,
      changed: (_namespace, name) => {
        this.#look(name);
      },
    });
  }

  follow(names: readonly string[]): void {
    for (const name of names) this.store.addReference(place, name, 'pod');
  }

  /** The value as a reader gets it; undefined if there is none. */
  value(name: string): string | undefined {
    const content = this.store.inspect(place, name)?.content;
    return content?.state === 'object' ? valueIn(content.object) : undefined;
  }

  state(name: string): string {
    const upkeep = this.store.inspect(place, name)?.upkeep;
    return upkeep?.by === 'watch' ? upkeep.state : '';
  }

  /** What the last failure of an object was that is tried again. */
  failure(name: string): string | undefined {
    const upkeep = this.store.inspect(place, name)?.upkeep;
    return upkeep?.by === 'watch' && upkeep.state === 'retrying' ? upkeep.failure.kind : undefined;
  }

  async untilLive(names: readonly string[]): Promise<void> {
    await until(
      `${names.length} to be live`,
      () => names.every((name) => this.state(name) === 'live'),
      () => [...new Set(names.map((name) => `${this.state(name)} ${this.failure(name) ?? ''}`))].join(', '),
    );
  }

  dispose(): void {
    this.store.dispose();
  }

  #look(name: string): void {
    const content = this.store.inspect(place, name)?.content;
    if (content?.state !== 'object') return;
    const version = BigInt(content.object.metadata.resourceVersion!);
    const newest = this.#newest.get(name) ?? 0n;
    if (version < newest) this.olderSeen.push(`${name} ${version} after ${newest}`);
    if (version > newest) this.#newest.set(name, version);
    const key = `${name} ${valueIn(content.object)}`;
    if (!this.seenAt.has(key)) this.seenAt.set(key, performance.now());
  }
}

async function until(what: string, ready: () => boolean, details?: () => string): Promise<void> {
  await waitFor(() => Promise.resolve(ready() ? true : undefined), {
    what,
    limitMs: 60_000,
    everyMs: 10,
    ...(details === undefined ? {} : { details }),
  });
}

describe('watches of single objects on a real API server', () => {
  let server: ApiServer;
  let owned: Disposable[] = [];

  const role = (name: string, verbs: readonly string[], resourceNames: readonly string[]): readonly KubeObject[] => {
    const metadata = { name, namespace: place };
    const rules = [{ apiGroups: [''], resources: ['secrets', 'configmaps'], resourceNames, verbs }];
    const subjects = [{ kind: 'User', name, apiGroup: rbac }];
    const roleRef = { apiGroup: rbac, kind: 'Role', name };
    return [
      { apiVersion: `${rbac}/v1`, kind: 'Role', metadata, rules },
      { apiVersion: `${rbac}/v1`, kind: 'RoleBinding', metadata, roleRef, subjects },
    ];
  };

  before(async () => {
    server = await startApiServer({ address: '127.0.0.2', users: [{ name: 'watcher' }, { name: 'getter' }] });
    await server.apply([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: place } },
      ...role('watcher', ['get', 'list', 'watch'], ['cm-0', 'secret-0', 'absent']),
      ...role('getter', ['get'], ['cm-0', 'secret-0']),
      ...configMapNames.map((name) => configMap(name, 'first')),
      ...secretNames.map((name) => secret(name, 'first')),
    ]);
  });
  after(() => server.stop());

  async function clusterOf(file: string, host: TestHost = testHost()): Promise<Cluster> {
    const reading = await readKubeconfig({ paths: [file], env: {}, home: '/' });
    assert.equal(reading.state, 'loaded');
    const cluster = valueOf(connect(reading.kubeconfig, reading.kubeconfig.currentContext!, host));
    owned.push(cluster);
    return cluster;
  }

  /** @param minor Of the kubelet whose rules count; by those of 1.25 an object is listed, then watched. */
  async function watchedBy(
    file: string,
    host?: TestHost,
    minor = 25,
  ): Promise<{ readonly secrets: Watched<ObjectCopy>; readonly configMaps: Watched<ObjectCopy> }> {
    const cluster = await clusterOf(file, host);
    const secrets = new Watched<ObjectCopy>(cluster.secrets, 'secret', minor);
    const configMaps = new Watched<ObjectCopy>(cluster.configMaps, 'configmap', minor);
    owned.push(secrets, configMaps);
    return { secrets, configMaps };
  }

  /** Runs and ends what was begun, so that a later test is not disturbed. */
  const check = (name: string, run: () => Promise<void>): void => {
    test(name, async () => {
      try {
        await run();
      } finally {
        for (const item of owned.reverse()) item.dispose();
        owned = [];
      }
    });
  };

  /** Connections of this process to the server. */
  function sockets(): number {
    return process.getActiveResourcesInfo().filter((resource) => /^(TCP|TLS)(Socket|)Wrap$/.test(resource)).length;
  }

  check('three hundred are live over a few connections, and tell each write within a second', async () => {
    const before = sockets();
    const { secrets, configMaps } = await watchedBy(server.kubeconfig());
    configMaps.follow(configMapNames);
    secrets.follow(secretNames);
    await configMaps.untilLive(configMapNames);
    await secrets.untilLive(secretNames);
    const opened = sockets() - before;
    assert.ok(opened >= 3 && opened <= 5, `${opened} sockets`);

    const writtenAt = new Map<string, number>();
    for (let round = 0; round < 300; round++) {
      const name = round % 3 === 2 ? secretNames[round % 100]! : configMapNames[(round * 7) % 200]!;
      const isSecret = name.startsWith('secret');
      const value = `write-${round}`;
      const data = { value: isSecret ? Buffer.from(value).toString('base64') : value };
      writtenAt.set(`${name} ${value}`, performance.now());
      await server.patch(pathOf(isSecret ? 'Secret' : 'ConfigMap', name), { data });
    }
    const seenAt = (key: string): number | undefined => secrets.seenAt.get(key) ?? configMaps.seenAt.get(key);
    await until('every write', () => [...writtenAt.keys()].every((key) => seenAt(key) !== undefined));
    const delays = [...writtenAt].map(([key, at]) => seenAt(key)! - at).sort((a, b) => a - b);
    const p99 = delays[Math.floor(delays.length * 0.99)]!;
    assert.ok(p99 <= 1_000, `${p99} ms`);
    assert.deepEqual([secrets.olderSeen, configMaps.olderSeen], [[], []]);

    await server.remove(pathOf('ConfigMap', 'cm-1'));
    await until('the removal', () => configMaps.value('cm-1') === undefined);
    await server.apply([configMap('cm-1', 'again')]);
    await until('its return', () => configMaps.value('cm-1') === 'again');
  });

  check('a server that was away, and one that has forgotten, are caught up with; nothing is lost', async () => {
    const { secrets, configMaps } = await watchedBy(server.kubeconfig());
    configMaps.follow(configMapNames);
    secrets.follow(secretNames);
    await configMaps.untilLive(configMapNames);
    await secrets.untilLive(secretNames);
    for (const [round, goAway] of [
      [
        'away',
        async () => {
          await server.pause();
          await server.resume();
        },
      ],
      ['compacted', () => server.compact()],
    ] as const) {
      const settled = async (value: string): Promise<void> => {
        await until(
          value,
          () => configMapNames.every((name) => configMaps.value(name) === value) && secrets.value('secret-7') === value,
          () => `${configMapNames.filter((name) => configMaps.value(name) !== value).length} are behind`,
        );
      };
      const write = (value: string): Promise<void> =>
        server.apply([...configMapNames.map((name) => configMap(name, value)), secret('secret-7', value)]);
      await write(`${round} before`);
      await settled(`${round} before`);
      await goAway();
      await write(`${round} after`);
      await settled(`${round} after`);
    }
    assert.deepEqual([secrets.olderSeen, configMaps.olderSeen], [[], []]);
  });

  /** What was asked for objects, without versions: each kind of request, and how often. */
  async function asked(of: ApiServer, since: number): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { verb, requestURI, stage, responseStatus } of (await of.auditEvents()).slice(since)) {
      if (!requestURI.includes('fieldSelector') || (verb === 'watch' && stage === 'ResponseComplete')) continue;
      const what = requestURI.includes('sendInitialEvents=true') ? 'stream' : verb;
      const how = `${what} ${responseStatus?.code ?? ''}`;
      counts[how] = (counts[how] ?? 0) + 1;
    }
    return counts;
  }

  check(
    'by the rules of 1.37 one request brings the state and what follows, also after a server was away',
    async () => {
      const since = (await server.auditEvents()).length;
      const { secrets, configMaps } = await watchedBy(server.kubeconfig(), undefined, 37);
      const names = [...configMapNames.slice(0, 20), 'absent'];
      configMaps.follow(names);
      secrets.follow(secretNames.slice(0, 20));
      await configMaps.untilLive(names);
      await secrets.untilLive(secretNames.slice(0, 20));
      assert.deepEqual(await asked(server, since), { 'stream 200': 41 });
      assert.equal(configMaps.store.inspect(place, 'absent')?.content.state, 'notFound');
      const write = async (value: string): Promise<void> => {
        await server.apply([configMap('cm-3', value), configMap('absent', value), secret('secret-7', value)]);
        await until(
          value,
          () =>
            configMaps.value('cm-3') === value &&
            configMaps.value('absent') === value &&
            secrets.value('secret-7') === value,
        );
      };
      await write('streamed');
      await server.remove(pathOf('ConfigMap', 'absent'));
      await until('the removal', () => configMaps.value('absent') === undefined);
      await server.compact();
      await write('after compaction');
      await server.remove(pathOf('ConfigMap', 'absent'));
      const after = await asked(server, since);
      assert.deepEqual(
        Object.keys(after).filter((what) => what.startsWith('list')),
        [],
        'no list was needed',
      );
      assert.deepEqual([secrets.olderSeen, configMaps.olderSeen], [[], []]);
    },
  );

  check('by the rules of 1.37 a server that refuses such watches is asked for lists and watches', async () => {
    const refusing = await startApiServer({ address: '127.0.0.3', featureGates: ['WatchList=false'] });
    owned.push({ dispose: () => void refusing.stop() });
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: place } };
    await refusing.apply([namespace, configMap('cm-0', 'first')]);
    const { configMaps } = await watchedBy(refusing.kubeconfig(), undefined, 37);
    configMaps.follow(['cm-0', 'absent']);
    await configMaps.untilLive(['cm-0', 'absent']);
    assert.equal(configMaps.value('cm-0'), 'first');
    await refusing.patch(pathOf('ConfigMap', 'cm-0'), { data: { value: 'second' } });
    await until('the event', () => configMaps.value('cm-0') === 'second');
    assert.deepEqual(await asked(refusing, 0), { 'stream 422': 2, 'list 200': 2, 'watch 200': 2 });
  });

  check(
    'a watch from a version that the server has forgotten is told as gone, and the object is listed anew',
    async () => {
      const host = testHost();
      const cluster = await clusterOf(server.kubeconfig(), host);
      const signal = new AbortController().signal;
      const { resourceVersion } = valueOf(await cluster.configMaps.list(place, 'cm-0', '0', signal));
      await server.apply([configMap('cm-0', 'newer'), configMap('cm-2', 'newer')]);
      await server.compact();
      const silent = {
        opened: () => undefined,
        changed: () => undefined,
        removed: () => undefined,
        bookmark: () => undefined,
      };
      const end = await cluster.configMaps.watch(
        place,
        'cm-0',
        { begin: 'events', resourceVersion },
        300,
        silent,
        signal,
      );
      assert.deepEqual([end.ok, end.ok || end.failure.kind], [false, 'gone']);
    },
  );

  check('a role with the names is enough; one that may only get is forbidden each', async () => {
    const byName = await watchedBy(server.kubeconfig({ user: 'watcher' }));
    byName.secrets.follow(['secret-0', 'absent', 'secret-1']);
    byName.configMaps.follow(['cm-0']);
    await byName.secrets.untilLive(['secret-0', 'absent']);
    await byName.configMaps.untilLive(['cm-0']);
    await until('the refusal', () => byName.secrets.failure('secret-1') === 'forbidden');
    assert.equal(byName.secrets.store.inspect(place, 'absent')?.content.state, 'notFound');
    await server.patch(pathOf('Secret', 'secret-0'), { data: { value: Buffer.from('by name').toString('base64') } });
    await until('the event', () => byName.secrets.value('secret-0') === 'by name');

    const onlyGet = await watchedBy(server.kubeconfig({ user: 'getter' }));
    onlyGet.secrets.follow(['secret-0']);
    onlyGet.configMaps.follow(['cm-0']);
    await until('the refusals', () => onlyGet.secrets.failure('secret-0') === 'forbidden');
    await until('the refusals', () => onlyGet.configMaps.failure('cm-0') === 'forbidden');
    const reading = await onlyGet.secrets.store.get(place, 'secret-0');
    assert.ok(reading.outcome === 'failed' && reading.because?.kind === 'forbidden');
  });

  check('a credential plugin whose token was replaced is asked once for all', async () => {
    const runs = path.join(server.folder, 'runs');
    const token = path.join(server.folder, 'token');
    writeFileSync(token, 'of yesterday');
    writeFileSync(runs, '');
    const plugin = path.join(server.folder, 'plugin');
    const answer = '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s"}}';
    writeFileSync(plugin, `#!/bin/sh\necho run >> ${runs}\nprintf '${answer}' "$(cat ${token})"\n`, { mode: 0o700 });
    const file = path.join(server.folder, 'exec.yaml');
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: plugin, interactiveMode: 'Never' };
    writeFileSync(
      file,
      JSON.stringify({
        clusters: [{ name: 'c', cluster: { server: server.url, 'certificate-authority': server.caFile } }],
        users: [{ name: 'u', user: { exec } }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'x',
      }),
    );
    const { configMaps } = await watchedBy(file);
    configMaps.follow(configMapNames);
    await until('the refusals', () => configMapNames.every((name) => configMaps.failure(name) === 'unauthorized'));
    const runCount = (): number => readFileSync(runs, 'utf8').trim().split('\n').length;
    assert.equal(runCount(), 2);
    writeFileSync(token, server.adminToken);
    await configMaps.untilLive(configMapNames);
    assert.ok(runCount() <= 4, `${runCount()} runs`);
  });
});
