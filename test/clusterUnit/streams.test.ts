import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { inspect } from 'node:util';
import type { Cluster, ClusterHost } from '../../src/cluster/contract';
import type { ConfigMapCopy, SecretCopy } from '../../src/objects/objectCopy';
import type { Answer } from '../../src/objects/failure';
import type { WatchEnd, WatchEvents, WatchStart } from '../../src/objects/listWatch';
import { startConnectProxy } from '../harness/connectProxy';
import { waitFor } from '../harness/waiting';
import { answerJson, Relay, StreamServer, type Asked } from './streamServer';
import {
  connected,
  failureOf,
  kubeconfigOf,
  makeCertificates,
  ManualClock,
  secret,
  send,
  status,
  temporaryFolder,
  testHost,
  TestServer,
  valueOf,
  write,
  type Certificates,
  type TestHost,
} from './support';

/** What the events of a watch said, such as `changed db 7`. */
class Heard implements WatchEvents<SecretCopy | ConfigMapCopy> {
  readonly said: string[] = [];

  async until(what: string): Promise<void> {
    await waitFor(() => Promise.resolve(this.said.includes(what) ? true : undefined), {
      what,
      limitMs: 5_000,
      everyMs: 1,
      details: () => this.said.join(),
    });
  }

  opened(): void {
    this.said.push('opened');
  }

  changed({ metadata }: SecretCopy | ConfigMapCopy): void {
    this.said.push(`changed ${metadata.name} ${metadata.resourceVersion}`);
  }

  removed({ metadata }: SecretCopy | ConfigMapCopy): void {
    this.said.push(`removed ${metadata.name} ${metadata.resourceVersion}`);
  }

  bookmark(version: string, ends?: 'state'): void {
    this.said.push(`bookmark ${version}${ends === undefined ? '' : `, end of the ${ends}`}`);
  }
}

interface Watching {
  readonly heard: Heard;
  readonly end: Promise<Answer<WatchEnd>>;
  readonly stop: () => void;
}

function watchOf(cluster: Cluster, name = 'db', begin: WatchStart['begin'] = 'events', version = '7'): Watching {
  const heard = new Heard();
  const ending = new AbortController();
  return {
    heard,
    end: cluster.secrets.watch('shop', name, { begin, resourceVersion: version }, 300, heard, ending.signal),
    stop: () => {
      ending.abort();
    },
  };
}

function listOf(cluster: Cluster, name = 'db', signal = new AbortController().signal): Promise<Answer<unknown>> {
  return cluster.secrets.list('shop', name, '0', signal);
}

function secretList(...items: readonly object[]): object {
  return { kind: 'SecretList', apiVersion: 'v1', metadata: { resourceVersion: '9' }, items };
}

/** Items of a list have no kind. */
function item(name = 'db'): object {
  return { ...secret(name), kind: undefined, apiVersion: undefined };
}

/** Lists what there is, and keeps watches open. */
function serve(asked: Asked): void {
  if (asked.path.includes('watch=true')) asked.stream.respond({ ':status': 200, 'content-type': 'application/json' });
  else answerJson(asked, secretList(item()));
}

function tell({ stream }: Asked, ...events: readonly object[]): void {
  for (const event of events) stream.write(`${JSON.stringify(event)}\n`);
}

describe('lists and watches of one object', () => {
  let certificates: Certificates;
  let tls: { key: Buffer; cert: Buffer };
  let ca: string;
  before(() => {
    certificates = makeCertificates();
    ca = certificates.authority.certFile;
    tls = { key: readFileSync(certificates.serving.keyFile), cert: readFileSync(certificates.serving.certFile) };
  });

  async function streamServer(mostStreams?: number): Promise<StreamServer> {
    const server = await new StreamServer(tls, mostStreams).listen();
    server.handler = serve;
    return server;
  }

  async function clusterAt(
    port: number,
    host: TestHost = testHost(),
    user: Record<string, unknown> = { token: 't' },
    changes: Record<string, unknown> = {},
  ): Promise<Cluster> {
    const entry = { server: `https://127.0.0.1:${port}`, 'certificate-authority': ca, ...changes };
    return connected(await kubeconfigOf(certificates.folder, entry, user), host);
  }

  /** A host whose time stands still. */
  function stillHost(changes: Partial<ClusterHost> = {}): TestHost & { readonly clock: ManualClock } {
    const clock = new ManualClock();
    return { ...testHost({ requestTimeoutMs: 15_000, ...changes }), clock };
  }

  test('select it by its name, and share one connection', async () => {
    const server = await streamServer();
    const host = testHost();
    const cluster = await clusterAt(server.port, host);
    const { objects, resourceVersion } = valueOf(
      await cluster.secrets.list('shop', 'db', '0', new AbortController().signal),
    );
    assert.deepEqual(
      [objects.map(({ kind, metadata }) => [kind, metadata.name]), resourceVersion],
      [[['Secret', 'db']], '9'],
    );
    assert.equal(Buffer.from(objects[0]!.data.get('password')!.reveal()).toString(), 'hunter2');
    assert.ok(!inspect(objects, { depth: 9 }).includes(Buffer.from('hunter2').toString('base64')));
    await cluster.secrets.list('shop', 'db', '', new AbortController().signal);
    const watch = watchOf(cluster);
    await server.until(() => server.asked.length === 3);
    const place = '/api/v1/namespaces/shop/secrets?';
    assert.deepEqual(
      server.asked.map(({ path }) => path),
      [
        `${place}resourceVersion=0&fieldSelector=metadata.name%3Ddb`,
        `${place}fieldSelector=metadata.name%3Ddb`,
        `${place}watch=true&allowWatchBookmarks=true&resourceVersion=7&timeoutSeconds=300&fieldSelector=metadata.name%3Ddb`,
      ],
    );
    const { headers } = server.asked[0]!;
    assert.deepEqual(
      [headers.authorization, headers['user-agent'], headers[':authority']],
      ['Bearer t', 'kubefresh', `127.0.0.1:${server.port}`],
    );
    server.asked[2]!.stream.end();
    assert.equal(valueOf(await watch.end), 'ended');
    assert.equal(server.opened, 1);
    assert.match(host.lines.at(-1)!, /^GET \/api\/v1\/namespaces\/shop\/secrets\?watch=true.* 200 \d+ ms$/);
  });

  test('tell every kind of event; of ConfigMaps as of Secrets', async () => {
    const server = await streamServer();
    const cluster = await clusterAt(server.port);
    const heard = new Heard();
    const end = cluster.configMaps.watch(
      'shop',
      'cm',
      { begin: 'events', resourceVersion: '7' },
      300,
      heard,
      new AbortController().signal,
    );
    await server.until(() => server.watches.length === 1);
    assert.match(server.asked[0]!.path, /^\/api\/v1\/namespaces\/shop\/configmaps\?/);
    const object = (resourceVersion: string): object => ({
      kind: 'ConfigMap',
      metadata: { name: 'cm', namespace: 'shop', resourceVersion },
    });
    tell(
      server.asked[0]!,
      { type: 'ADDED', object: object('8') },
      { type: 'MODIFIED', object: object('9') },
      { type: 'BOOKMARK', object: { kind: 'ConfigMap', metadata: { resourceVersion: '11' } } },
      { type: 'DELETED', object: object('12') },
    );
    server.asked[0]!.stream.end();
    assert.equal(valueOf(await end), 'ended');
    assert.deepEqual(heard.said, ['opened', 'changed cm 8', 'changed cm 9', 'bookmark 11', 'removed cm 12']);
  });

  test('that begin with the state ask for it, and hear where it ends', async () => {
    const server = await streamServer();
    const cluster = await clusterAt(server.port);
    const newest = watchOf(cluster, 'db', 'state', '');
    await server.until(() => server.watches.length === 1);
    const later = watchOf(cluster, 'db', 'state', '7');
    await server.until(() => server.watches.length === 2);
    const place = '/api/v1/namespaces/shop/secrets?watch=true&allowWatchBookmarks=true';
    const state = '&sendInitialEvents=true&resourceVersionMatch=NotOlderThan';
    assert.deepEqual(
      server.asked.map(({ path }) => path),
      ['', '&resourceVersion=7'].map(
        (version) => `${place}${state}${version}&timeoutSeconds=300&fieldSelector=metadata.name%3Ddb`,
      ),
    );
    const bookmark = (annotations?: object): object => ({
      type: 'BOOKMARK',
      object: { kind: 'Secret', metadata: { resourceVersion: '11', annotations } },
    });
    const ends = { 'k8s.io/initial-events-end': 'true' };
    tell(
      server.asked[0]!,
      { type: 'ADDED', object: secret() },
      bookmark(ends),
      bookmark(),
      bookmark({ other: 'true' }),
    );
    for (const { stream } of server.asked) stream.end();
    await newest.end;
    await later.end;
    const said = newest.heard.said.slice(2);
    assert.deepEqual(said, ['bookmark 11, end of the state', 'bookmark 11', 'bookmark 11']);
  });

  test('end with the failure of an error event, and of what is no event of it', async () => {
    const server = await streamServer();
    const cluster = await clusterAt(server.port);
    const events = [
      [{ type: 'ERROR', object: status(410, 'Expired', 'too old resource version') }, 'gone'],
      [{ type: 'ERROR', object: status(429, 'TooManyRequests') }, 'throttled'],
      [{ type: 'ERROR', object: {} }, 'invalid'],
      [{ type: 'NEWS', object: secret() }, 'invalid'],
      [{ type: 'ADDED', object: secret('other') }, 'invalid'],
      [{ type: 'ADDED', object: { ...secret(), kind: 'Pod' } }, 'invalid'],
    ] as const;
    for (const [event, kind] of events) {
      server.handler = (asked) => {
        serve(asked);
        tell(asked, event);
      };
      const failure = failureOf(await watchOf(cluster).end);
      assert.equal(failure.kind, kind);
      assert.ok(failure.message.includes('secrets "db" in namespace "shop"'), failure.message);
    }
    await server.until(() => server.closed.length === events.length);
    assert.equal(server.opened, 1, 'each ended its own stream');
  });

  test('are refused in the words of the server', async () => {
    const server = await streamServer();
    const cluster = await clusterAt(server.port);
    server.handler = (asked) => {
      answerJson(asked, status(403, 'Forbidden', 'secrets "db" is forbidden: no'), 403);
    };
    for (const answer of [await listOf(cluster), await watchOf(cluster).end]) {
      assert.deepEqual(
        [failureOf(answer).kind, failureOf(answer).message],
        ['forbidden', 'secrets "db" is forbidden: no'],
      );
    }
    server.handler = ({ stream }) => {
      stream.respond({ ':status': 429, 'retry-after': '7' }, { endStream: true });
    };
    const { kind, retryAfterMs } = failureOf(await listOf(cluster));
    assert.deepEqual([kind, retryAfterMs], ['throttled', 7_000]);
  });

  test('are not asked for by a name that no object can have', async () => {
    const server = await streamServer();
    const cluster = await clusterAt(server.port);
    for (const name of ['', '..', 'a/b']) {
      assert.equal(failureOf(await listOf(cluster, name)).kind, 'rejected');
      assert.equal(failureOf(await watchOf(cluster, name).end).kind, 'rejected');
    }
    server.handler = (asked) => {
      answerJson(asked, secretList());
    };
    valueOf(await listOf(cluster, 'a,b=c'));
    assert.match(decodeURIComponent(server.asked[0]!.path), /fieldSelector=metadata.name=a\\,b\\=c$/);
    assert.equal(server.asked.length, 1);
  });

  test('are refused as lists of another kind, or without a version', async () => {
    const server = await streamServer();
    const cluster = await clusterAt(server.port);
    for (const list of [
      { ...secretList(), kind: 'PodList' },
      { ...secretList(), metadata: {} },
      secretList({ ...item(), kind: 'Pod' }),
      secretList(item('other')),
    ]) {
      server.handler = (asked) => {
        answerJson(asked, list);
      };
      assert.equal(failureOf(await listOf(cluster)).kind, 'invalid');
    }
  });

  test('share as few sessions as the server allows, which are closed when they are not used', async (context) => {
    const warn = context.mock.method(process, 'emitWarning');
    for (const [most, sessions] of [
      [1000, 3],
      [100, 3],
      [40, 7],
    ] as const) {
      const server = await streamServer(most);
      const host = stillHost();
      const cluster = await clusterAt(server.port, host);
      const watches = Array.from({ length: 250 }, (_, index) => watchOf(cluster, `s${index}`));
      await server.until(() => server.watches.length === 250);
      assert.equal(server.opened, sessions);
      for (const { stream } of server.watches) stream.write('\n');
      for (const { stop } of watches.slice(1)) stop();
      for (const { end } of watches.slice(1)) assert.equal(failureOf(await end).kind, 'cancelled');
      await server.until(() => server.closed.length === 249);
      assert.deepEqual(new Set(server.closed), new Set([8]), 'cancelled, each by itself');
      assert.equal(server.sessions.size, sessions);
      host.clock.advance(10_000);
      await server.until(() => server.sessions.size === 1);
      assert.equal(watches[0]!.heard.said.join(), 'opened');
      // Room that has become free is used before another session is opened.
      const more = watchOf(cluster, 'more');
      await server.until(() => server.watches.length === 2);
      assert.equal(server.opened, sessions);
      more.stop();
    }
    assert.equal(warn.mock.callCount(), 0);
  });

  test('leave nothing behind when the cluster is disposed, also while they wait for a session', async () => {
    const server = await streamServer();
    const host = stillHost();
    const cluster = await clusterAt(server.port, host);
    const early = watchOf(cluster);
    const late = Array.from({ length: 150 }, () => watchOf(cluster));
    await server.until(() => server.watches.length === 151);
    cluster.dispose();
    for (const { end } of [early, ...late]) assert.equal(failureOf(await end).kind, 'cancelled');
    await server.until(() => server.open === 0);
    assert.deepEqual(host.clock.waiting, []);
    assert.equal(failureOf(await listOf(cluster)).kind, 'cancelled');

    const silent = net.createServer();
    const accepted = new Promise<net.Socket>((resolve) => void silent.once('connection', resolve));
    await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve));
    after(() => silent.close());
    const hanging = await clusterAt((silent.address() as AddressInfo).port, host);
    const answers = [listOf(hanging), listOf(hanging)];
    const socket = await accepted;
    const closed = new Promise((resolve) => socket.resume().once('close', resolve));
    hanging.dispose();
    for (const answer of answers) assert.equal(failureOf(await answer).kind, 'cancelled');
    await closed;
    assert.deepEqual(host.clock.waiting, []);
  });

  test('go over HTTP/1.1 where the server has nothing else, which is found out once', async () => {
    const server = await new TestServer(tls).listen();
    server.handler = ({ url }, response) => {
      if (url!.includes('watch=true')) response.writeHead(200).flushHeaders();
      else send(response, secretList(item()));
    };
    const relay = await new Relay(server.port).listen();
    const cluster = await clusterAt(relay.port);
    for (let index = 0; index < 5; index++) valueOf(await listOf(cluster));
    assert.equal(relay.connections, 2, 'one to find it out, one that is kept');
    const watches = [watchOf(cluster), watchOf(cluster)];
    await server.until(() => server.requests.length === 7);
    assert.equal(server.open, 2);
    for (const { stop, end } of watches) {
      stop();
      assert.equal(failureOf(await end).kind, 'cancelled');
    }
    await server.until(() => server.open === 0);
  });

  test('go to a server without TLS', async () => {
    const server = await new TestServer().listen();
    server.handler = (_request, response) => {
      send(response, secretList(item()));
    };
    const entry = { server: `http://127.0.0.1:${server.port}` };
    const cluster = connected(await kubeconfigOf(certificates.folder, entry, { token: 't' }), testHost());
    valueOf(await listOf(cluster));
    assert.equal(server.connections, 1);
  });

  test('go through an HTTP proxy as streams', async () => {
    const server = await streamServer();
    const proxy = await startConnectProxy('127.0.0.1');
    after(() => proxy.stop());
    const cluster = await clusterAt(server.port, testHost(), { token: 't' }, { 'proxy-url': proxy.url });
    await Promise.all(Array.from({ length: 20 }, () => listOf(cluster).then(valueOf)));
    assert.deepEqual([proxy.tunnels(), server.opened, server.asked.length], [1, 1, 20]);
  });

  test('carry the path of the server, its TLS name and the client certificate', async () => {
    const server = await new StreamServer({
      ...tls,
      ca: readFileSync(ca),
      requestCert: true,
      rejectUnauthorized: true,
    }).listen();
    server.handler = serve;
    const user = { 'client-certificate': certificates.alice.certFile, 'client-key': certificates.alice.keyFile };
    const changes = { server: `https://127.0.0.1:${server.port}/k8s/c-1/`, 'tls-server-name': 'cluster.test' };
    const cluster = await clusterAt(server.port, testHost(), user, changes);
    valueOf(await listOf(cluster));
    assert.match(server.asked[0]!.path, /^\/k8s\/c-1\/api\/v1\/namespaces\/shop\/secrets\?/);
    const untrusted = await clusterAt(server.port, testHost(), user, { 'tls-server-name': 'elsewhere.test' });
    assert.equal(failureOf(await listOf(untrusted)).kind, 'tls');
  });

  test('under way go on after the server said goodbye, and new ones take another session', async () => {
    const server = await streamServer();
    const cluster = await clusterAt(server.port);
    const old = watchOf(cluster);
    await server.until(() => server.watches.length === 1);
    const [session] = server.sessions;
    const [before] = server.watches;
    session!.close();
    // Its own end of the session closes when the client has heard of it.
    const late = watchOf(cluster, 'late');
    await server.until(() => server.watches.length === 2);
    tell(before!, { type: 'ADDED', object: secret() });
    before!.stream.end();
    assert.equal(valueOf(await old.end), 'ended');
    assert.deepEqual(old.heard.said, ['opened', 'changed db 7']);
    valueOf(await listOf(cluster));
    assert.equal(server.opened, 2);
    late.stop();
  });

  test('are asked again when the session ends before an answer', async () => {
    const server = await streamServer();
    const cluster = await clusterAt(server.port);
    valueOf(await listOf(cluster));
    let dropped = false;
    server.handler = (asked) => {
      if (dropped) serve(asked);
      else server.dropConnections();
      dropped = true;
    };
    valueOf(await listOf(cluster));
    assert.equal(server.opened, 2);
    server.handler = () => {
      server.dropConnections();
    };
    assert.equal(failureOf(await listOf(cluster)).kind, 'unreachable');
  });

  test('that break off in the middle are unreachable, but a watch whose connection is reset has ended', async () => {
    const server = await streamServer();
    const cluster = await clusterAt(server.port);
    const breaks: readonly [breakOff: (asked: Asked) => void, endOfWatch: string][] = [
      [({ stream }) => stream.destroy(new Error('reset')), 'unreachable'],
      [
        () => {
          server.dropConnections();
        },
        'ended',
      ],
    ];
    for (const [breakOff, endOfWatch] of breaks) {
      server.handler = (asked) => {
        asked.stream.respond({ ':status': 200 });
        asked.stream.write('{"kind":"SecretList","metadata":{"resourceVersion":"9"},"items":[', () => {
          breakOff(asked);
        });
      };
      const failure = failureOf(await listOf(cluster));
      assert.equal(failure.kind, 'unreachable');
      assert.match(failure.message, /broke off/);
      server.handler = (asked) => {
        serve(asked);
        asked.stream.write(`${JSON.stringify({ type: 'ADDED', object: secret() })}\n`, () => {
          breakOff(asked);
        });
      };
      const watch = watchOf(cluster);
      const end = await watch.end;
      assert.equal(end.ok ? end.value : end.failure.kind, endOfWatch);
      assert.deepEqual(watch.heard.said, ['opened', 'changed db 7']);
    }
  });

  /** Lets half a minute pass, and the server answer the ping that comes after it. */
  async function passHalfMinute(clock: ManualClock): Promise<void> {
    clock.advance(30_000);
    await pong(clock);
  }

  async function pong(clock: ManualClock): Promise<void> {
    await waitFor(() => Promise.resolve(clock.waiting.includes(15_000) ? undefined : true), {
      what: 'the answer to a ping',
      limitMs: 5_000,
      everyMs: 1,
    });
  }

  test('are silent after a minute and a half without a word', async () => {
    const server = await streamServer();
    const host = stillHost({ requestTimeoutMs: 20_000 });
    const cluster = await clusterAt(server.port, host);
    const watch = watchOf(cluster);
    await watch.heard.until('opened');
    await passHalfMinute(host.clock);
    await passHalfMinute(host.clock);
    tell(server.watches[0]!, { type: 'BOOKMARK', object: { metadata: { resourceVersion: '8' } } });
    await watch.heard.until('bookmark 8');
    await passHalfMinute(host.clock);
    await passHalfMinute(host.clock);
    assert.deepEqual(watch.heard.said, ['opened', 'bookmark 8']);
    await passHalfMinute(host.clock);
    assert.equal(valueOf(await watch.end), 'silent');
    await server.until(() => server.closed.length === 1);
    assert.equal(server.sessions.size, 1);
  });

  test('break off together soon after their link died, and go on over another', async () => {
    const server = await streamServer();
    const relay = await new Relay(server.port).listen();
    const host = stillHost();
    const cluster = await clusterAt(relay.port, host);
    const watches = Array.from({ length: 30 }, () => watchOf(cluster));
    for (const { heard } of watches) await heard.until('opened');
    await passHalfMinute(host.clock);
    relay.hush();
    host.clock.advance(45_000);
    for (const { end } of watches) assert.match(failureOf(await end).message, /ETIMEDOUT/);
    valueOf(await listOf(cluster));
    assert.equal(relay.connections, 2);
  });

  test('that are not answered in time put their session in doubt, but one that lives stays', async () => {
    const server = await streamServer();
    const relay = await new Relay(server.port).listen();
    const host = stillHost();
    const cluster = await clusterAt(relay.port, host);
    for (const [isDead, connections] of [
      [false, 1],
      [true, 2],
    ] as const) {
      valueOf(await listOf(cluster));
      server.handler = () => undefined;
      const seen = server.asked.length;
      const unanswered = listOf(cluster);
      await server.until(() => server.asked.length === seen + 1);
      if (isDead) relay.hush();
      host.clock.advance(15_000);
      const { kind, message } = failureOf(await unanswered);
      assert.deepEqual([kind, message.includes('within 15 s')], ['timeout', true]);
      server.handler = serve;
      if (!isDead) await pong(host.clock);
      valueOf(await listOf(cluster));
      assert.equal(relay.connections, connections);
    }
  });

  test('ask a server that is away once for all who wait, and only as long as an answer may take', async () => {
    let attempts = 0;
    const broken = net.createServer((socket) => {
      attempts += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => void broken.listen(0, '127.0.0.1', resolve));
    after(() => broken.close());
    const { port } = broken.address() as AddressInfo;
    const cluster = await clusterAt(port);
    const answers = await Promise.all(Array.from({ length: 300 }, () => listOf(cluster)));
    assert.deepEqual(new Set(answers.map((answer) => failureOf(answer).kind)), new Set(['unreachable']));
    assert.ok(attempts <= 3, `${attempts} connections for a hundred at a time`);

    const held: net.Socket[] = [];
    const silent = net.createServer((socket) => void held.push(socket));
    await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve));
    after(() => {
      silent.close();
      for (const socket of held) socket.destroy();
    });
    const host = stillHost();
    const waiting = await clusterAt((silent.address() as AddressInfo).port, host);
    const unanswered = listOf(waiting);
    await waitFor(() => Promise.resolve(held[0]), { what: 'a connection', limitMs: 5_000, everyMs: 1 });
    const closed = new Promise((resolve) => held[0]!.resume().once('close', resolve));
    host.clock.advance(15_000);
    assert.equal(failureOf(await unanswered).kind, 'timeout');
    await closed;
    assert.deepEqual(host.clock.waiting, []);
  });

  test('wait a hundred at a time', async () => {
    const server = await streamServer();
    const held: Asked[] = [];
    server.handler = (asked) => void held.push(asked);
    const cluster = await clusterAt(server.port);
    const answers = Array.from({ length: 250 }, () => listOf(cluster));
    await server.until(() => held.length === 100);
    for (let answered = 0; answered < 250; answered++) {
      await server.until(() => held.length > 0);
      assert.ok(server.asked.length - answered <= 100);
      answerJson(held.shift()!, secretList(item()));
    }
    for (const answer of await Promise.all(answers)) valueOf(answer);
    assert.equal(server.opened, 1);
  });

  test('that are refused renew the credentials once for all', async () => {
    const folder = temporaryFolder();
    const runs = path.join(folder, 'runs');
    const plugin = write(
      folder,
      'plugin',
      `#!/bin/sh
echo run >> ${runs}
n=$(wc -l < ${runs})
echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"token-'$n'"}}'
`,
      0o700,
    );
    const runCount = (): number => readFileSync(runs, 'utf8').trim().split('\n').length;
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: plugin, interactiveMode: 'Never' };
    const server = await streamServer();
    server.handler = (asked) => {
      if (asked.headers.authorization === 'Bearer token-1') answerJson(asked, status(401, 'Unauthorized'), 401);
      else serve(asked);
    };
    const cluster = await clusterAt(server.port, testHost(), { exec });
    const watches = Array.from({ length: 300 }, () => watchOf(cluster));
    await server.until(() => server.watches.length === 300);
    assert.equal(runCount(), 2);
    for (const { stop } of watches) stop();
  });

  test('that stay refused run a credential plugin ever more seldom', async () => {
    const folder = temporaryFolder();
    const runs = path.join(folder, 'runs');
    const answer = '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t"}}';
    const plugin = write(folder, 'plugin', `#!/bin/sh\necho run >> ${runs}\necho '${answer}'\n`, 0o700);
    const runCount = (): number => readFileSync(runs, 'utf8').trim().split('\n').length;
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: plugin, interactiveMode: 'Never' };
    const server = await streamServer();
    server.handler = (asked) => {
      answerJson(asked, status(401, 'Unauthorized'), 401);
    };
    const host = stillHost();
    const cluster = await clusterAt(server.port, host, { exec });
    const answers = await Promise.all(Array.from({ length: 300 }, () => listOf(cluster)));
    assert.deepEqual(new Set(answers.map((one) => failureOf(one).kind)), new Set(['unauthorized']));
    assert.equal(runCount(), 2);
    // Watches are refused at any time: here one each second, for five minutes.
    for (let second = 0; second < 300; second++) {
      host.clock.advance(1_000);
      assert.equal(failureOf(await listOf(cluster)).kind, 'unauthorized');
    }
    assert.ok(runCount() <= 11, `${runCount()} runs`);
  });
});
