import assert from 'node:assert/strict';
import type http from 'node:http';
import { Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { PodFeedState, PodFollowing, PodListener, PodPart } from '../../src/cluster/contract';
import { PodFeed, type PodSource } from '../../src/cluster/podFeed';
import type { Pod } from '../../src/objects/kubernetes';
import {
  connected,
  inTime,
  kubeconfigOf,
  ManualClock,
  send,
  status,
  temporaryFolder,
  testHost,
  TestServer,
  type TestHost,
} from './support';

const silenceMs = 90_000;
const requestTimeoutMs = 15_000;

function pod(name: string, resourceVersion: string, uid = `uid-${name}`): object {
  return { metadata: { name, namespace: 'shop', uid, resourceVersion } };
}

/** Records what a feed reports, and resolves when it reported what a test waits for. */
class Recorder implements PodListener {
  readonly said: string[] = [];
  readonly states: PodFeedState[] = [];
  #waiting: (() => void)[] = [];

  changed(upserted: readonly Pod[], removed: readonly Pod[]): void {
    const names = (pods: readonly Pod[], sign: string): string[] =>
      pods.map(({ metadata }) => `${sign}${metadata.name}@${metadata.resourceVersion ?? ''}`);
    this.#add([...names(removed, '-'), ...names(upserted, '+')].join(' '));
  }

  state(state: PodFeedState): void {
    this.states.push(state);
    this.#add(state.state === 'listing' ? `listing ${state.received}` : state.state);
  }

  /** What was reported since the last call, once `last` was. */
  async until(last: string): Promise<string[]> {
    while (!this.said.includes(last)) {
      const change = new Promise<void>((resolve) => this.#waiting.push(resolve));
      await inTime(change, () => `${last}; heard ${this.said.join(', ')}`);
    }
    return this.said.splice(0, this.said.indexOf(last) + 1);
  }

  #add(line: string): void {
    this.said.push(line);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

type Answer = (response: http.ServerResponse) => void;

/** An API server that answers lists and watches of pods as scripted; without a script a watch stays open. */
class PodServer {
  readonly #server: TestServer;
  lists: Answer[] = [];
  watches: Answer[] = [];
  /** The watches that are open, and the requests that were seen. */
  readonly open: http.ServerResponse[] = [];
  readonly urls: URL[] = [];

  constructor(server: TestServer) {
    this.#server = server;
    server.handler = (request, response) => {
      const url = new URL(request.url!, 'http://server');
      this.urls.push(url);
      if (url.searchParams.get('watch') !== 'true') {
        const answer = this.lists.shift();
        if (answer === undefined) throw new Error('an unexpected list');
        answer(response);
        return;
      }
      const answer = this.watches.shift();
      if (answer !== undefined) {
        answer(response);
        return;
      }
      this.open.push(response);
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    };
  }

  get watched(): URL {
    return this.urls.filter((url) => url.searchParams.has('watch')).at(-1)!;
  }

  event(type: string, object: object): void {
    this.open.at(-1)!.write(`${JSON.stringify({ type, object })}\n`);
  }

  async until(ready: () => boolean): Promise<void> {
    await this.#server.until(ready);
  }

  get sockets(): number {
    return this.#server.open;
  }
}

function page(pods: object[], resourceVersion: string, next?: string): Answer {
  const metadata = next === undefined ? { resourceVersion } : { resourceVersion, continue: next };
  return (response) => {
    send(response, { kind: 'PodList', apiVersion: 'v1', metadata, items: pods });
  };
}

function refusal(code: number, reason: string, headers: Record<string, string> = {}): Answer {
  return (response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    send(response, status(code, reason), code);
  };
}

interface Scene {
  readonly server: PodServer;
  readonly clock: ManualClock;
  readonly listener: Recorder;
  readonly feed: PodFollowing;
  readonly host: TestHost;
}

async function follow(
  lists: Answer[],
  watches: Answer[] = [],
  part: PodPart = { in: 'namespace', namespace: 'shop' },
): Promise<Scene> {
  const testServer = await new TestServer().listen();
  const server = new PodServer(testServer);
  server.lists = lists;
  server.watches = watches;
  const clock = new ManualClock();
  const host = testHost({ clock, requestTimeoutMs });
  const kubeconfig = await kubeconfigOf(temporaryFolder(), { server: `http://127.0.0.1:${testServer.port}` });
  const listener = new Recorder();
  const feed = connected(kubeconfig, host).followPods(part, listener);
  return { server, clock, listener, feed, host };
}

test('pods are listed in pages, then watched from the version of the list', async () => {
  const { server, listener } = await follow([
    page([pod('a', '1'), pod('b', '2')], '10', 'more'),
    page([pod('c', '3')], '10'),
  ]);
  assert.deepEqual(await listener.until('live'), ['listing 0', '+a@1 +b@2', 'listing 2', '+c@3', 'listing 3', 'live']);
  const [first, second, watch] = server.urls;
  assert.equal(first!.pathname, '/api/v1/namespaces/shop/pods');
  assert.deepEqual(Object.fromEntries(first!.searchParams), { limit: '500' });
  assert.equal(second!.searchParams.get('continue'), 'more');
  assert.deepEqual(Object.fromEntries(watch!.searchParams), {
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: '10',
    timeoutSeconds: '450',
  });
  server.event('ADDED', pod('d', '11'));
  server.event('MODIFIED', pod('a', '12'));
  server.event('DELETED', pod('b', '13'));
  server.event('DELETED', pod('never-seen', '14'));
  server.event('ADDED', pod('a', '15', 'another-uid'));
  assert.deepEqual(await listener.until('-a@12 +a@15'), ['+d@11', '+a@12', '-b@13', '-a@12 +a@15']);
});

test('pods come a few at a time, while their page is still under way', async () => {
  const text = JSON.stringify({
    kind: 'PodList',
    metadata: { resourceVersion: '10' },
    items: [pod('a', '1'), pod('b', '2'), pod('c', '3')],
  });
  const cut = text.indexOf('"name":"c"');
  let finish = (): void => undefined;
  const { listener } = await follow([
    (response): void => {
      response.writeHead(200, { 'content-type': 'application/json' }).write(text.slice(0, cut));
      finish = () => void response.end(text.slice(cut));
    },
  ]);
  assert.deepEqual(await listener.until('listing 2'), ['listing 0', '+a@1 +b@2', 'listing 2']);
  finish();
  assert.deepEqual(await listener.until('live'), ['+c@3', 'listing 3', 'live']);
});

test('a page that breaks off is a failure; what came of it stays until a list says otherwise', async () => {
  const whole = gzipSync(JSON.stringify({ kind: 'PodList', metadata: { resourceVersion: '10' }, items: [] }));
  const part = `{"kind":"PodList","items":[${JSON.stringify(pod('a', '1'))},${JSON.stringify(pod('b', '2'))},{"meta`;
  const breaks: [answer: Answer, kind: string, came: string[]][] = [
    [(response): void => void response.end(part), 'invalid', ['+a@1 +b@2', 'listing 2']],
    [(response): void => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(part), 'invalid', []],
    [
      (response): void => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(whole.subarray(9)),
      'invalid',
      [],
    ],
    [
      (response): void => void response.end('{"kind":"PodList","metadata":{"resourceVersion":"1"},"items":[7]}'),
      'invalid',
      [],
    ],
    [
      (response): void => {
        response.writeHead(200, { 'content-length': '10000' }).write(part);
        setImmediate(() => response.destroy());
      },
      'unreachable',
      ['+a@1 +b@2', 'listing 2'],
    ],
  ];
  for (const [answer, kind, came] of breaks) {
    const { listener, clock } = await follow([answer, page([pod('b', '2')], '10')]);
    assert.deepEqual(await listener.until('interrupted'), ['listing 0', ...came, 'interrupted']);
    const state = listener.states.at(-1)!;
    assert.equal(state.state === 'interrupted' && state.failure.kind, kind);
    await clock.set(800);
    clock.advance(800);
    assert.deepEqual(await listener.until('live'), came.length > 0 ? ['-a@1', 'live'] : ['+b@2', 'live']);
  }
});

test('what pods have in common is kept once, and what an update leaves alone stays the same object', async () => {
  const env = [{ name: 'P', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }];
  const webPod = (name: string, version: string, phase: string, node: string): object => ({
    ...pod(name, version),
    spec: { nodeName: node, containers: [{ name: 'main', env: structuredClone(env) }] },
    status: { phase },
  });
  const { server, listener } = await follow([
    page([webPod('web-1', '1', 'Pending', 'node-1'), webPod('web-2', '2', 'Pending', 'node-2')], '10'),
  ]);
  const seen = new Map<string, Pod>();
  const changed = listener.changed.bind(listener);
  listener.changed = (upserted, removed) => {
    for (const one of upserted) seen.set(one.metadata.name, one);
    changed(upserted, removed);
  };
  await listener.until('live');
  const [first, second] = [seen.get('web-1')!, seen.get('web-2')!];
  assert.deepEqual([first.spec?.nodeName, second.spec?.nodeName], ['node-1', 'node-2']);
  assert.ok(first.spec?.containers !== undefined && second.spec?.containers === first.spec.containers);
  server.event('MODIFIED', webPod('web-1', '11', 'Running', 'node-1'));
  await listener.until('+web-1@11');
  assert.equal(seen.get('web-1')?.status?.phase, 'Running');
  assert.equal(seen.get('web-1')?.spec, first.spec);
  server.event('MODIFIED', webPod('web-1', '12', 'Running', 'node-3'));
  await listener.until('+web-1@12');
  assert.equal(seen.get('web-1')?.spec?.nodeName, 'node-3');
  assert.equal(first.spec.nodeName, 'node-1');
});

test('each answer counts as a sign of life, whether it brings a change or not', async () => {
  const listed: Pod = { metadata: { name: 'a', resourceVersion: '1' } };
  let heard = 0;
  const counts: number[] = [];
  const watches = ['10', '11'];
  const source: PodSource = {
    list: (_next, take) => {
      take([listed]);
      return Promise.resolve({ ok: true, value: { resourceVersion: '10' } });
    },
    watch: (_version, _timeout, events) => {
      counts.push(heard);
      if (watches.shift() === undefined) return new Promise(() => undefined);
      events.opened();
      counts.push(heard);
      events.bookmark('11');
      return Promise.resolve({ ok: true, value: 'ended' });
    },
  };
  const listener: PodListener = {
    changed: () => undefined,
    state: () => undefined,
    heard: () => {
      heard += 1;
    },
  };
  const feed = new PodFeed(source, listener, testHost({ clock: new ManualClock() }), () => undefined);
  feed.start();
  await new Promise((resolve) => setImmediate(resolve));
  feed.dispose();
  assert.deepEqual(counts, [1, 2, 3, 4, 5]);
});

test('a part is a namespace, a node or everything; an empty name is never sent', async () => {
  const node = await follow([page([], '1')], [], { in: 'node', node: 'node-1' });
  await node.listener.until('live');
  assert.deepEqual(
    node.server.urls.map((url) => [url.pathname, url.searchParams.get('fieldSelector')]),
    [
      ['/api/v1/pods', 'spec.nodeName=node-1'],
      ['/api/v1/pods', 'spec.nodeName=node-1'],
    ],
  );
  const all = await follow([page([], '1')], [], { in: 'all' });
  await all.listener.until('live');
  assert.equal(all.server.urls[0]!.searchParams.get('fieldSelector'), null);
  for (const part of [
    { in: 'node', node: '' },
    { in: 'namespace', namespace: '' },
  ] as const) {
    const { server, listener } = await follow([], [], part);
    await listener.until('interrupted');
    assert.equal(server.urls.length, 0);
  }
});

test('a watch that ends is opened again where it was, unnoticed; bookmarks count', async () => {
  const { server, clock, listener } = await follow([page([pod('a', '1')], '10')]);
  await listener.until('live');
  server.event('BOOKMARK', pod('', '20'));
  server.event('ADDED', pod('b', '21'));
  await listener.until('+b@21');
  server.open.at(-1)!.end();
  await server.until(() => server.open.length === 2);
  assert.equal(server.watched.searchParams.get('resourceVersion'), '21');
  server.event('BOOKMARK', { kind: 'Pod', metadata: { resourceVersion: '30' } });
  server.open.at(-1)!.end();
  await server.until(() => server.open.length === 3);
  assert.equal(server.watched.searchParams.get('resourceVersion'), '30');
  clock.advance(0);
  assert.deepEqual(listener.said, []);
});

/** Collects the sockets on which keep-alive is set, with the time after which it begins. */
function recordKeepAlive({ mock }: TestContext): Map<Socket, number> {
  const idleMs = new Map<Socket, number>();
  const setKeepAlive = mock.method(Socket.prototype, 'setKeepAlive', function (this: Socket, on: boolean, ms: number) {
    if (on) idleMs.set(this, ms);
    return this;
  });
  assert.equal(setKeepAlive.mock.callCount(), 0);
  return idleMs;
}

test('a watch whose network is gone fails at once, however long a new connection would take', async (t) => {
  const idleMs = recordKeepAlive(t);
  const { clock, listener } = await follow([page([], '10')]);
  await listener.until('live');
  const [socket, ms] = [...idleMs].at(-1)!;
  // The kernel then probes ten times, a second apart: 18 s in all.
  assert.equal(ms, 8_000);
  clock.advance(18_000);
  for (const code of ['ETIMEDOUT', 'EHOSTUNREACH']) {
    [...idleMs.keys()].at(-1)!.destroy(Object.assign(new Error(`read ${code}`), { code }));
    await listener.until('interrupted');
    const state = listener.states.at(-1)!;
    assert.ok(state.state === 'interrupted' && state.failure.message.includes(code), JSON.stringify(state));
    await clock.set(state.retryInMs);
    clock.advance(state.retryInMs);
    await listener.until('live');
    clock.advance(1_000);
  }
  assert.ok(socket.destroyed);
});

test('a watch that is reset is opened again where it was, unnoticed; one that is reset at once has failed', async () => {
  const { server, clock, listener } = await follow([page([], '10')]);
  await listener.until('live');
  server.event('ADDED', pod('a', '11'));
  await listener.until('+a@11');
  server.open.at(-1)!.destroy();
  await server.until(() => server.open.length === 2);
  assert.equal(server.watched.searchParams.get('resourceVersion'), '11');
  await clock.set(silenceMs);
  clock.advance(1_000);
  server.open.at(-1)!.socket!.resetAndDestroy();
  await server.until(() => server.open.length === 3);
  assert.deepEqual(listener.said, []);
  server.open.at(-1)!.destroy();
  await listener.until('interrupted');
});

test('an event that arrives in pieces is read once it is whole', async () => {
  const { server, listener } = await follow([page([], '10')]);
  await listener.until('live');
  const bytes = Buffer.from(`${JSON.stringify({ type: 'ADDED', object: pod('ä', '11') })}\n`);
  const cut = bytes.indexOf(Buffer.from('ä')) + 1;
  server.open[0]!.write(bytes.subarray(0, cut));
  await new Promise((resolve) => setImmediate(resolve));
  server.open[0]!.write(bytes.subarray(cut));
  assert.deepEqual(await listener.until('+ä@11'), ['+ä@11']);
});

test('a watch that is silent too long is opened again, unnoticed', async () => {
  const { server, clock, listener } = await follow([page([], '10')]);
  await listener.until('live');
  await clock.set(silenceMs);
  clock.advance(silenceMs - 1);
  assert.equal(server.open.length, 1);
  clock.advance(1);
  await server.until(() => server.open.length === 2 && server.sockets === 1);
  assert.deepEqual(listener.said, []);
  server.event('ADDED', pod('a', '11'));
  await listener.until('+a@11');
});

test('a version that is gone leads to a new list, and only differences are reported', async () => {
  for (const gone of ['event', 'status'] as const) {
    const { server, listener } = await follow(
      [
        page([pod('same', '1'), pod('changed', '2'), pod('deleted', '3'), pod('replaced', '4')], '10'),
        page([pod('same', '1'), pod('changed', '22')], '20', 'more'),
        page([pod('replaced', '24', 'new-uid'), pod('new', '25')], '20'),
      ],
      gone === 'status' ? [refusal(410, 'Expired')] : [],
    );
    if (gone === 'event') {
      await listener.until('live');
      server.event('ERROR', status(410, 'Expired'));
      await listener.until('-deleted@3').then((said) => {
        assert.deepEqual(said, ['+changed@22', '-replaced@4 +replaced@24 +new@25', '-deleted@3']);
      });
    } else {
      await listener.until('live');
    }
    await server.until(() => server.watched.searchParams.get('resourceVersion') === '20');
    assert.deepEqual(listener.said, []);
  }
});

test('a server that keeps no version is not listed without a pause', async () => {
  const lists = Array.from({ length: 3 }, () => page([], '10'));
  const { server, clock, listener } = await follow(
    lists,
    Array.from({ length: 3 }, () => refusal(410, 'Gone')),
  );
  await listener.until('interrupted');
  assert.deepEqual([server.lists.length, server.watches.length], [1, 1]);
  assert.ok(clock.waiting.includes(800));
});

test('a list whose pages expire is started again once', async () => {
  const { listener } = await follow([
    page([pod('a', '1')], '10', 'old'),
    refusal(410, 'Expired'),
    page([pod('a', '1'), pod('b', '2')], '20'),
  ]);
  assert.deepEqual(await listener.until('live'), ['listing 0', '+a@1', 'listing 1', '+b@2', 'listing 2', 'live']);
});

test('failures are told, and tried again after growing delays; the watch goes on where it was', async () => {
  const { server, clock, listener } = await follow([page([pod('a', '1')], '10')]);
  await listener.until('live');
  for (const [round, delay] of [800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000].entries()) {
    if (round === 0) server.open[0]!.destroy();
    await listener.until('interrupted');
    const state = listener.states.at(-1)!;
    assert.equal(state.state === 'interrupted' && state.retryInMs, delay);
    await clock.set(delay);
    server.watches = [refusal(500, 'InternalError')];
    clock.advance(delay - 1);
    assert.equal(server.urls.length, 2 + round);
    clock.advance(1);
  }
  await listener.until('interrupted');
  await clock.set(30_000);
  clock.advance(30_000);
  assert.deepEqual(await listener.until('live'), ['live']);
  assert.equal(server.watched.searchParams.get('resourceVersion'), '10');
  assert.ok(server.urls.slice(1).every((url) => url.searchParams.has('watch')));

  // Two quiet minutes start the delays anew, a shorter time does not.
  await clock.set(silenceMs);
  clock.advance(60_000);
  server.event('ADDED', pod('b', '11'));
  await listener.until('+b@11');
  clock.advance(60_000);
  server.watches = [refusal(500, 'InternalError')];
  server.open.at(-1)!.destroy();
  await listener.until('interrupted');
  assert.ok(clock.waiting.includes(800), String(clock.waiting));
});

test('a server that asks to wait is not asked before', async () => {
  const { server, clock, listener } = await follow([
    refusal(429, 'TooManyRequests', { 'retry-after': '7' }),
    page([], '10'),
  ]);
  assert.deepEqual(await listener.until('interrupted'), ['listing 0', 'interrupted']);
  await clock.set(7000);
  clock.advance(6999);
  assert.equal(server.urls.length, 1);
  clock.advance(1);
  assert.deepEqual(await listener.until('live'), ['live'], 'the failure stays said until a list has succeeded');
});

test('while nobody looks nothing is asked again, and an open watch goes on', async () => {
  const { server, clock, listener, feed } = await follow([page([], '10')]);
  await listener.until('live');
  feed.setWatched(false);
  server.event('ADDED', pod('a', '11'));
  await listener.until('+a@11');
  server.event('ERROR', status(500, 'InternalError'));
  await listener.until('interrupted');
  const asked = server.urls.length;
  await clock.set(800);
  clock.advance(60_000);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(server.urls.length, asked);
  feed.setWatched(true);
  await listener.until('live');
  assert.equal(server.urls.length, asked + 1);
});

test('a server that refuses while it starts is asked again soon, if it has answered before', async () => {
  const { server, clock, listener } = await follow([page([], '10')]);
  await listener.until('live');
  server.watches.push(refusal(403, 'Forbidden'));
  server.open.at(-1)!.destroy();
  await listener.until('interrupted');
  await clock.set(800);
  clock.advance(1_000);
  await listener.until('interrupted');
  const state = listener.states.at(-1)!;
  assert.ok(state.state === 'interrupted' && state.failure.kind === 'forbidden' && state.retryInMs < 5_000);
});

test('what is forbidden or refused is asked for again slowly', async () => {
  for (const answer of [refusal(403, 'Forbidden'), refusal(401, 'Unauthorized')]) {
    const { clock, listener } = await follow([answer, page([], '10')]);
    await listener.until('interrupted');
    const state = listener.states.at(-1)!;
    assert.ok(state.state === 'interrupted' && ['forbidden', 'unauthorized'].includes(state.failure.kind));
    await clock.set(45_000);
    clock.advance(45_000);
    await listener.until('live');
  }
});

test('a watch that may not be opened leaves the pods that were listed', async () => {
  const { listener } = await follow([page([pod('a', '1')], '10')], [refusal(403, 'Forbidden')]);
  assert.deepEqual(await listener.until('interrupted'), ['listing 0', '+a@1', 'listing 1', 'interrupted']);
});

test('a server whose version went back is listed again', async () => {
  const { server, clock, listener } = await follow(
    [page([pod('a', '1000')], '1000'), page([pod('a', '5')], '9')],
    [refusal(504, 'Timeout')],
  );
  await listener.until('interrupted');
  await clock.set(800);
  clock.advance(800);
  assert.deepEqual(await listener.until('live'), ['+a@5', 'live']);
  assert.equal(server.watched.searchParams.get('resourceVersion'), '9');
});

test('watches that end at once are not opened without a pause', async () => {
  const { clock, listener } = await follow([page([], '10')], [(response) => void response.end()]);
  assert.deepEqual(await listener.until('interrupted'), ['listing 0', 'live', 'interrupted']);
  assert.ok(clock.waiting.includes(800));
});

test('garbage in a list or a watch is told as invalid', async () => {
  const bad: [lists: Answer[], watches: Answer[]][] = [
    [[page([{ metadata: {} }], '10')], []],
    [[page([], 'x')], []],
    [[(response): void => void response.end('<html>')], []],
    [[page([], '10')], [(response): void => void response.end('{"type":\n')]],
    [[page([], '10')], [(response): void => void response.end('{"type":"ODD"}\n')]],
    [[page([], '10')], [(response): void => void response.end('{"type":"ERROR","object":{}}\n')]],
  ];
  for (const [lists, watches] of bad) {
    const { listener } = await follow(lists, watches);
    await listener.until('interrupted');
    const state = listener.states.at(-1)!;
    assert.equal(state.state === 'interrupted' && state.failure.kind, 'invalid');
  }
});

test('after disposing nothing is reported or awaited, and the socket is closed', async () => {
  const { server, clock, listener, feed } = await follow([page([], '10')]);
  await listener.until('live');
  await clock.set(silenceMs);
  feed.dispose();
  feed.dispose();
  await server.until(() => server.sockets === 0);
  assert.deepEqual([clock.waiting, listener.said], [[], []]);

  const waiting = await follow([refusal(500, 'InternalError')]);
  await waiting.listener.until('interrupted');
  await waiting.clock.set(800);
  waiting.feed.dispose();
  assert.deepEqual(waiting.clock.waiting, []);
});

test('a listener that throws does not end the feed', async () => {
  const { server, listener, host } = await follow([page([], '10')]);
  await listener.until('live');
  const changed = listener.changed.bind(listener);
  listener.changed = () => {
    throw new Error('broken');
  };
  server.event('ADDED', pod('a', '11'));
  server.event('BOOKMARK', { metadata: { resourceVersion: '12' } });
  server.open[0]!.end();
  await server.until(() => server.open.length === 2);
  listener.changed = changed;
  server.event('ADDED', pod('b', '13'));
  assert.deepEqual(await listener.until('+b@13'), ['+b@13']);
  assert.deepEqual(host.warnings, ['A listener of pods failed: broken']);
});

test('a feed that waits for its next try tries at once when told to, and else goes on', async () => {
  const { server, clock, listener, feed } = await follow([refusal(500, 'InternalError'), page([], '10')]);
  feed.retry();
  await listener.until('interrupted');
  await clock.set(800);
  feed.retry();
  feed.retry();
  await listener.until('live');
  feed.retry();
  server.event('ADDED', pod('a', '11'));
  await listener.until('+a@11');
  assert.deepEqual([server.urls.length, clock.waiting], [3, [silenceMs]]);
  feed.setWatched(false);
  server.event('ERROR', status(500, 'InternalError'));
  await listener.until('interrupted');
  await clock.set(1_600);
  feed.retry();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(server.urls.length, 3, 'while nobody looks nothing is asked');
});

test('a source that throws is told, and the feed goes on', async () => {
  const clock = new ManualClock();
  const listener = new Recorder();
  const pages = [
    (): never => {
      throw new Error('at once');
    },
    () => Promise.reject(new Error('later')),
    () => Promise.resolve({ ok: true, value: { resourceVersion: '10' } } as const),
  ];
  const source: PodSource = {
    list: () => pages.shift()!(),
    watch: (_version, _timeoutSeconds, events) => {
      events.opened();
      return new Promise(() => undefined);
    },
  };
  const feed = new PodFeed(source, listener, testHost({ clock }), () => undefined);
  feed.start();
  for (const [delayMs, what] of [
    [800, 'at once'],
    [1_600, 'later'],
  ] as const) {
    await listener.until('interrupted');
    const state = listener.states.at(-1)!;
    assert.ok(state.state === 'interrupted' && state.failure.kind === 'invalid');
    assert.equal(state.failure.message, `Following the pods failed: ${what}`);
    await clock.set(delayMs);
    clock.advance(delayMs);
  }
  await listener.until('live');
  feed.dispose();
});
