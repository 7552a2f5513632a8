import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { connect, readKubeconfig } from '../../src/cluster/bundle';
import type { Cluster } from '../../src/cluster/contract';
import { issueCertificate, makeAuthority } from '../harness/certificates';
import { waitFor } from '../harness/waiting';
import {
  clientName,
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
} from './support';

describe('requests', () => {
  let certificates: Certificates;
  let folder: string;
  let tls: { key: Buffer; cert: Buffer; ca: Buffer; requestCert: true; rejectUnauthorized: false };
  let ca: string;
  before(() => {
    certificates = makeCertificates();
    folder = certificates.folder;
    ca = certificates.authority.certFile;
    tls = {
      key: readFileSync(certificates.serving.keyFile),
      cert: readFileSync(certificates.serving.certFile),
      ca: readFileSync(ca),
      requestCert: true,
      rejectUnauthorized: false,
    };
  });

  async function secure(address = '127.0.0.1'): Promise<TestServer> {
    const server = await new TestServer(tls).listen(address);
    server.handler = (_request, response) => {
      send(response, secret());
    };
    return server;
  }

  async function clusterFor(
    server: TestServer,
    user?: Record<string, unknown>,
    changes: Record<string, unknown> = {},
    host = testHost(),
  ): Promise<Cluster> {
    const entry = { server: `https://127.0.0.1:${server.port}`, 'certificate-authority': ca, ...changes };
    return connected(await kubeconfigOf(folder, entry, user), host);
  }

  const db = (cluster: Cluster, signal?: AbortSignal): ReturnType<Cluster['getSecret']> =>
    cluster.getSecret('shop', 'db', signal === undefined ? { resourceVersion: '' } : { resourceVersion: '', signal });

  test('twenty GETs in a row use one TLS connection, and each is logged', async () => {
    const server = await secure();
    const host = testHost();
    const cluster = await clusterFor(server, { token: 't' }, {}, host);
    for (let index = 0; index < 20; index++) valueOf(await db(cluster));
    assert.equal(server.connections, 1);
    assert.equal(host.lines.length, 20);
    assert.match(host.lines[0]!, /^GET \/api\/v1\/namespaces\/shop\/secrets\/db 200 \d+ ms$/);
  });

  test('requests do not pass through the functions that the editor replaces', async () => {
    const server = await secure();
    const cluster = await clusterFor(server, { token: 't' });
    const refuse = (): never => {
      throw new Error('replaced');
    };
    const { get, request } = https;
    const plain = { get: http.get, request: http.request };
    after(() => {
      Object.assign(https, { get, request });
      Object.assign(http, plain);
    });
    Object.assign(https, { get: refuse, request: refuse });
    Object.assign(http, { get: refuse, request: refuse });
    valueOf(await db(cluster));
  });

  test('resourceVersion is sent as 0 or not at all', async () => {
    const server = await secure();
    const cluster = await clusterFor(server);
    await cluster.getSecret('shop', 'db', { resourceVersion: '0' });
    await cluster.getSecret('shop', 'db', { resourceVersion: '' });
    assert.deepEqual(
      server.requests.map((request) => request.url),
      ['/api/v1/namespaces/shop/secrets/db?resourceVersion=0', '/api/v1/namespaces/shop/secrets/db'],
    );
  });

  test('a name that would turn a read into a list is refused before anything is sent', async () => {
    const server = await secure();
    const cluster = await clusterFor(server);
    for (const [namespace, name] of [
      ['shop', ''],
      ['', 'db'],
      ['shop', '..'],
      ['..', 'db'],
      ['shop', 'a/b'],
      ['a%2fb', 'db'],
    ] as const) {
      assert.equal(failureOf(await cluster.getSecret(namespace, name, { resourceVersion: '' })).kind, 'rejected');
      assert.equal(failureOf(await cluster.getConfigMap(namespace, name, { resourceVersion: '' })).kind, 'rejected');
    }
    assert.equal(server.requests.length, 0);
  });

  test('at most eight GETs are under way at a time; the others follow, and none is taken for a leak', async (context) => {
    const warn = context.mock.method(process, 'emitWarning');
    const server = await secure();
    const held: http.ServerResponse[] = [];
    server.handler = (_request, response) => void held.push(response);
    const cluster = await clusterFor(server);
    const answers = Array.from({ length: 20 }, () => db(cluster));
    await server.until(() => server.requests.length === 8);
    while (held.length > 0) {
      assert.ok(server.requests.length <= 20 && held.length <= 8);
      const count = server.requests.length;
      send(held.shift()!, secret());
      if (count < 20) await server.until(() => server.requests.length > count);
    }
    for (const answer of await Promise.all(answers)) valueOf(answer);
    assert.equal(server.connections, 8);
    assert.equal(warn.mock.callCount(), 0);
  });

  test('aborting closes the socket, while waiting for headers and for the body', async () => {
    for (const startBody of [false, true]) {
      const server = await secure();
      const ending = new AbortController();
      server.handler = (_request, response) => {
        if (startBody) response.write('{"kind":');
        setImmediate(() => {
          ending.abort();
        });
      };
      const cluster = await clusterFor(server);
      const answer = await db(cluster, ending.signal);
      assert.equal(failureOf(answer).kind, 'cancelled');
      assert.ok(failureOf(answer).message.includes('secrets "db" in namespace "shop"'));
      await server.until(() => server.open === 0);
    }
  });

  test('aborting while connecting closes the socket', async () => {
    const silent = net.createServer();
    const accepted = new Promise<net.Socket>((resolve) => void silent.once('connection', resolve));
    await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve));
    after(() => silent.close());
    const { port } = silent.address() as net.AddressInfo;
    const cluster = connected(await kubeconfigOf(folder, { server: `https://127.0.0.1:${port}` }), testHost());
    const ending = new AbortController();
    const answer = db(cluster, ending.signal);
    const socket = await accepted;
    const closed = once(socket.resume(), 'close');
    ending.abort();
    assert.equal(failureOf(await answer).kind, 'cancelled');
    await closed;
  });

  test('an aborted signal asks nothing', async () => {
    const server = await secure();
    assert.equal(failureOf(await db(await clusterFor(server), AbortSignal.abort())).kind, 'cancelled');
    assert.equal(server.requests.length, 0);
  });

  test('the time limit covers headers and body', async () => {
    for (const startBody of [false, true]) {
      const server = await secure();
      const clock = new ManualClock();
      server.handler = (_request, response) => {
        if (startBody) response.write('{');
        setImmediate(() => {
          clock.advance(15_000);
        });
      };
      const cluster = await clusterFor(server, {}, {}, testHost({ clock, requestTimeoutMs: 15_000 }));
      const { kind, message } = failureOf(await db(cluster));
      assert.deepEqual([kind, message.includes('secrets "db" in namespace "shop" within 15 s')], ['timeout', true]);
      await server.until(() => server.open === 0);
      assert.deepEqual(clock.waiting, []);
    }
  });

  test('disposing closes every socket and cancels what is awaited', async () => {
    const server = await secure();
    const cluster = await clusterFor(server);
    valueOf(await db(cluster));
    server.handler = () => undefined;
    const answers = [db(cluster), db(cluster)];
    await server.until(() => server.requests.length === 3);
    cluster.dispose();
    cluster.dispose();
    for (const answer of answers) assert.equal(failureOf(await answer).kind, 'cancelled');
    assert.equal(failureOf(await db(cluster)).kind, 'cancelled');
    await server.until(() => server.open === 0);
  });

  test('a pooled socket that the server closed meanwhile is replaced', async () => {
    const server = await secure();
    const cluster = await clusterFor(server);
    valueOf(await db(cluster));
    server.handler = (request, response) => {
      if (server.requests.length === 2) request.socket.destroy();
      else send(response, secret());
    };
    valueOf(await db(cluster));
    assert.deepEqual([server.requests.length, server.connections], [3, 2]);
    server.handler = (request) => void request.socket.destroy();
    assert.equal(failureOf(await db(cluster)).kind, 'unreachable');
  });

  test('client certificates are sent, from files and from data, also where the editor would drop the agent', async () => {
    const server = await secure('127.0.0.2');
    const { alice, bob } = certificates;
    const base64 = (file: string): string => readFileSync(file).toString('base64');
    const users = [
      { 'client-certificate': alice.certFile, 'client-key': alice.keyFile },
      {
        'client-certificate-data': base64(bob.certFile),
        'client-key-data': base64(bob.keyFile),
        'client-certificate': alice.certFile,
      },
    ];
    const names: unknown[] = [];
    server.handler = (request, response) => {
      names.push(clientName(request));
      send(response, secret());
    };
    for (const user of users)
      valueOf(await db(await clusterFor(server, user, { server: `https://127.0.0.2:${server.port}` })));
    assert.deepEqual(names, ['alice', 'bob']);
  });

  test('a certificate file that was replaced is used within a minute, on a connection of its own', async () => {
    const server = await secure();
    const { alice, bob } = certificates;
    const files = {
      'client-certificate': write(folder, 'rotating.crt', readFileSync(alice.certFile, 'utf8')),
      'client-key': write(folder, 'rotating.key', readFileSync(alice.keyFile, 'utf8')),
    };
    const clock = new ManualClock();
    const names: unknown[] = [];
    server.handler = (request, response) => {
      names.push(clientName(request));
      send(response, secret());
    };
    const cluster = await clusterFor(server, files, {}, testHost({ clock }));
    valueOf(await db(cluster));
    writeFileSync(files['client-certificate'], readFileSync(bob.certFile));
    writeFileSync(files['client-key'], readFileSync(bob.keyFile));
    valueOf(await db(cluster));
    clock.advance(60_000);
    valueOf(await db(cluster));
    assert.deepEqual(names, ['alice', 'alice', 'bob']);
    await server.until(() => server.open === 1);
  });

  test('credentials and impersonation become headers', async () => {
    const server = await secure();
    const sent = async (user: Record<string, unknown>): Promise<http.IncomingHttpHeaders> => {
      valueOf(await db(await clusterFor(server, user)));
      return server.requests.at(-1)!.headers;
    };
    const tokenFile = write(folder, 'token', 'from-file\n');
    const basic = `Basic ${Buffer.from('me:pä:ss').toString('base64')}`;
    assert.equal((await sent({ token: ' t1\n' })).authorization, 'Bearer t1');
    assert.equal((await sent({ token: 't1', tokenFile })).authorization, 'Bearer from-file');
    assert.equal((await sent({ token: 't1', tokenFile: '/nowhere' })).authorization, 'Bearer t1');
    assert.equal((await sent({ username: 'me', password: 'pä:ss' })).authorization, basic);
    assert.equal(
      (await sent({ 'auth-provider': { name: 'oidc', config: { 'id-token': 'id' } } })).authorization,
      'Bearer id',
    );
    assert.equal((await sent({})).authorization, undefined);
    await sent({
      token: 't',
      as: 'jane',
      'as-groups': ['a', 'b'],
      'as-uid': 'u-1',
      'as-user-extra': { 'Scopes/x': ['1', '2'] },
    });
    const { headersDistinct } = server.requests.at(-1)!;
    assert.deepEqual(headersDistinct['impersonate-user'], ['jane']);
    assert.deepEqual(headersDistinct['impersonate-group'], ['a', 'b']);
    assert.deepEqual(headersDistinct['impersonate-uid'], ['u-1']);
    assert.deepEqual(headersDistinct['impersonate-extra-scopes%2fx'], ['1', '2']);
  });

  test('credentials that cannot be had fail as such, and say what to do', async () => {
    const server = await secure();
    const failing = async (user: Record<string, unknown>): Promise<string> => {
      const failure = failureOf(await db(await clusterFor(server, user)));
      return `${failure.kind}: ${failure.message}`;
    };
    assert.match(
      await failing({ tokenFile: '/nowhere/token' }),
      /^credentials: .*\/nowhere\/token cannot be read \(ENOENT\)/,
    );
    assert.match(
      await failing({ 'client-certificate': '/nowhere/crt' }),
      /^credentials: The client certificate \/nowhere\/crt/,
    );
    assert.match(
      await failing({ 'client-certificate-data': 'bm9uZQ==', 'client-key-data': 'bm9uZQ==' }),
      /^credentials: .*user "u"/,
    );
    assert.match(await failing({ 'auth-provider': { name: 'gcp', config: {} } }), /^credentials: .*"gcp".*exec plugin/);
    assert.match(await failing({ 'as-groups': ['a'] }), /^configuration: .*no user/);
    assert.match(await failing({ token: 'hunter2\u0001' }), /^credentials: (?!.*hunter2)/);
    assert.equal(server.requests.length, 0);
  });

  describe('a plugin', () => {
    const counting = (name: string): { user: Record<string, unknown>; count: () => number } => {
      const runs = write(folder, `${name}.runs`, '');
      const body = `#!/bin/sh\necho run >> '${runs}'\nn=$(wc -l < '${runs}')\nsleep 0.05\nprintf '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"t%d"%s}}' "$n" "$EXTRA"\n`;
      const command = `./${path.basename(write(folder, name, body, 0o700))}`;
      return {
        user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: path.join(folder, command) } },
        count: () => readFileSync(runs, 'utf8').split('\n').length - 1,
      };
    };
    const accepting = (server: TestServer, token: () => string): void => {
      server.handler = (request, response) => {
        if (request.headers.authorization === `Bearer ${token()}`) send(response, secret());
        else send(response, status(401, 'Unauthorized'), 401);
      };
    };

    test('runs once for parallel requests, and once more for parallel refusals', async () => {
      const server = await secure();
      const plugin = counting('parallel');
      let good = 't1';
      accepting(server, () => good);
      const cluster = await clusterFor(server, plugin.user);
      for (const answer of await Promise.all([db(cluster), db(cluster), db(cluster)])) valueOf(answer);
      assert.equal(plugin.count(), 1);
      good = 't2';
      for (const answer of await Promise.all([db(cluster), db(cluster), db(cluster)])) valueOf(answer);
      assert.equal(plugin.count(), 2);
      valueOf(await db(cluster));
      assert.equal(plugin.count(), 2);
    });

    test('is asked once more after a 401, not again and again', async () => {
      const server = await secure();
      const plugin = counting('refused');
      accepting(server, () => 'never');
      const cluster = await clusterFor(server, plugin.user);
      assert.equal(failureOf(await db(cluster)).kind, 'unauthorized');
      assert.deepEqual([plugin.count(), server.requests.length], [2, 2]);
    });

    test('is left alone for half a minute after it failed, as it may open a browser each time', async () => {
      const server = await secure();
      const clock = new ManualClock();
      const runs = write(folder, 'failing.runs', '');
      const command = write(folder, 'failing', `#!/bin/sh\necho run >> '${runs}'\nexit 1\n`, 0o700);
      const count = (): number => readFileSync(runs, 'utf8').split('\n').length - 1;
      const user = { exec: { apiVersion: 'client.authentication.k8s.io/v1', command } };
      const cluster = await clusterFor(server, user, {}, testHost({ clock }));
      for (let i = 0; i < 3; i += 1) assert.equal(failureOf(await db(cluster)).kind, 'credentials');
      assert.equal(count(), 1);
      clock.advance(30_000);
      assert.equal(failureOf(await db(cluster)).kind, 'credentials');
      assert.equal(count(), 2);
    });

    test('runs again when what it said has expired', async () => {
      const server = await secure();
      const plugin = counting('expiring');
      const clock = new ManualClock();
      const expires = new Date(clock.wallTime() + 30_000).toISOString();
      const env = { PATH: process.env['PATH'], EXTRA: `,"expirationTimestamp":"${expires}"` };
      const cluster = await clusterFor(server, plugin.user, {}, testHost({ clock, env }));
      valueOf(await db(cluster));
      clock.advance(29_999);
      valueOf(await db(cluster));
      assert.equal(plugin.count(), 1);
      clock.advance(1);
      valueOf(await db(cluster));
      assert.equal(plugin.count(), 2);
    });

    test('is told about the cluster if it wants to know', async () => {
      const server = await secure();
      const seen = path.join(folder, 'seen');
      const body = `#!/bin/sh\nprintf '%s' "$KUBERNETES_EXEC_INFO" > '${seen}'\necho '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"t"}}'\n`;
      const command = write(folder, 'curious', body, 0o700);
      const told = async (exec: Record<string, unknown>): Promise<unknown> => {
        const user = { exec: { apiVersion: 'client.authentication.k8s.io/v1', command, ...exec } };
        const extensions = [{ name: 'client.authentication.k8s.io/exec', extension: { audience: 'a' } }];
        valueOf(await db(await clusterFor(server, user, { extensions, 'tls-server-name': 'cluster.test' })));
        return (JSON.parse(readFileSync(seen, 'utf8')) as { readonly spec: unknown }).spec;
      };
      assert.deepEqual(await told({}), { interactive: false });
      assert.deepEqual(await told({ provideClusterInfo: true }), {
        interactive: false,
        cluster: {
          server: `https://127.0.0.1:${server.port}`,
          'tls-server-name': 'cluster.test',
          'certificate-authority-data': readFileSync(ca).toString('base64'),
          config: { audience: 'a' },
        },
      });
    });

    test('may give a certificate, and a renewed one gets a connection of its own', async () => {
      const server = await secure();
      const { alice, bob } = certificates;
      const body = (pair: typeof alice): string =>
        JSON.stringify({
          kind: 'ExecCredential',
          apiVersion: 'client.authentication.k8s.io/v1',
          status: {
            clientCertificateData: readFileSync(pair.certFile, 'utf8'),
            clientKeyData: readFileSync(pair.keyFile, 'utf8'),
          },
        });
      const says = write(folder, 'says', body(alice));
      const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'cat', args: [says] };
      const cluster = await clusterFor(server, { exec });
      valueOf(await db(cluster));
      writeFileSync(says, body(bob));
      const names: unknown[] = [];
      server.handler = (request, response) => {
        names.push(clientName(request));
        if (names.at(-1) === 'bob') send(response, secret());
        else send(response, status(401, 'Unauthorized'), 401);
      };
      valueOf(await db(cluster));
      assert.deepEqual(names, ['alice', 'bob']);
      await server.until(() => server.open === 1);
    });
  });

  test('a token file is read again after a 401, and an unchanged one is not sent twice', async () => {
    const server = await secure();
    const tokenFile = write(folder, 'changing', 'old');
    const cluster = await clusterFor(server, { tokenFile });
    valueOf(await db(cluster));
    server.handler = (request, response) => {
      if (request.headers.authorization === 'Bearer new') send(response, secret());
      else send(response, status(401, 'Unauthorized'), 401);
    };
    assert.equal(failureOf(await db(cluster)).kind, 'unauthorized');
    assert.equal(server.requests.length, 2);
    writeFileSync(tokenFile, 'new\n');
    const fresh = await clusterFor(server, { tokenFile });
    valueOf(await db(fresh));
    writeFileSync(tokenFile, 'newer\n');
    server.handler = (request, response) => {
      if (request.headers.authorization === 'Bearer newer') send(response, secret());
      else send(response, status(401, 'Unauthorized'), 401);
    };
    valueOf(await db(fresh));
  });

  test('what the two sides do not trust is told apart', async () => {
    const server = await secure();
    const other = makeAuthority(folder, 'other-ca').certFile;
    const table: [changes: Record<string, unknown>, message: RegExp][] = [
      [{ 'certificate-authority': other }, /not signed by an authority that the kubeconfig trusts/],
      [{ 'certificate-authority': undefined }, /not signed by an authority/],
      [{ 'tls-server-name': 'other.test' }, /for another name/],
      [{ 'certificate-authority': certificates.serving.keyFile }, /is no certificate|not signed/],
    ];
    for (const [changes, message] of table) {
      const failure = failureOf(await db(await clusterFor(server, { token: 't' }, changes)));
      assert.equal(failure.kind, 'tls', failure.message);
      assert.match(failure.message, message);
    }
    assert.equal(server.requests.length, 0);
    valueOf(await db(await clusterFor(server, undefined, { 'tls-server-name': 'cluster.test' })));
    valueOf(
      await db(
        await clusterFor(server, undefined, { 'certificate-authority': other, 'insecure-skip-tls-verify': true }),
      ),
    );
  });

  test('a server certificate that has expired, and a client certificate that has, are told', async () => {
    const { authority } = certificates;
    const hosts = ['127.0.0.1'];
    const serving = issueCertificate(folder, 'late', authority, {
      commonName: 'late',
      hosts,
      usage: 'serverAuth',
      days: -1,
    });
    const late = await new TestServer({
      key: readFileSync(serving.keyFile),
      cert: readFileSync(serving.certFile),
    }).listen();
    const failure = failureOf(await db(await clusterFor(late)));
    assert.deepEqual([failure.kind, failure.message.includes('certificate has expired')], ['tls', true]);

    const client = issueCertificate(folder, 'gone', authority, { commonName: 'gone', usage: 'clientAuth', days: -1 });
    const server = await secure();
    server.handler = (_request, response) => {
      send(response, status(401, 'Unauthorized'), 401);
    };
    const user = { 'client-certificate': client.certFile, 'client-key': client.keyFile };
    const refused = failureOf(await db(await clusterFor(server, user)));
    assert.equal(refused.kind, 'tls');
    assert.match(refused.message, /client certificate of user "u" expired on/);
  });

  test('answers that are not what the API promises are invalid', async () => {
    const server = await secure();
    const cluster = await clusterFor(server);
    const table: [type: string, body: string, message: RegExp][] = [
      ['text/html', '<html>hunter2</html>', /text\/html instead of JSON/],
      ['application/json', '{"kind":"Secret","data":{"a":"hunter2', /not complete JSON/],
      ['application/json', '{"kind":"ConfigMap"}', /not of the kind Secret/],
      ['application/json', `"${'x'.repeat(17 * 1024 * 1024)}"`, /longer than 16 MiB/],
    ];
    for (const [type, body, message] of table) {
      server.handler = (_request, response) => void response.writeHead(200, { 'content-type': type }).end(body);
      const failure = failureOf(await db(cluster));
      assert.equal(failure.kind, 'invalid');
      assert.match(failure.message, message);
      assert.doesNotMatch(failure.message, /hunter2/);
    }
    server.handler = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{');
      response.socket?.end();
    };
    assert.equal(failureOf(await db(cluster)).kind, 'unreachable');
    server.handler = (_request, response) =>
      void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(JSON.stringify(secret())));
    valueOf(await db(cluster));
    for (const broken of [gzipSync('{}').subarray(0, 15), Buffer.from('{}')]) {
      server.handler = (_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(broken);
      assert.match(failureOf(await db(cluster)).message, /its compression is broken/);
    }
    const bomb = gzipSync(`"${'x'.repeat(17 * 1024 * 1024)}"`);
    server.handler = (_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    assert.match(failureOf(await db(cluster)).message, /longer than 16 MiB/);
    server.handler = (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': '100' }).write(bomb.subarray(0, 20));
      response.socket?.end();
    };
    assert.equal(failureOf(await db(cluster)).kind, 'unreachable');
  });

  test('a failure is logged by its kind, an answer by its code', async () => {
    const server = await secure();
    const host = testHost();
    const cluster = await clusterFor(server, {}, {}, host);
    server.handler = (_request, response) => {
      send(response, status(404, 'NotFound', 'secrets "db" not found'), 404);
    };
    assert.equal(failureOf(await db(cluster)).message, 'secrets "db" not found');
    server.close();
    assert.equal(failureOf(await db(cluster)).kind, 'unreachable');
    assert.match(host.lines[0]!, / 404 \d+ ms$/);
    assert.match(host.lines[1]!, / unreachable \d+ ms$/);
  });

  test('http servers and servers below a path are asked as well', async () => {
    const server = await new TestServer().listen();
    server.handler = (_request, response) => {
      send(response, secret());
    };
    const cluster = await clusterFor(
      server,
      { token: 't' },
      { server: `http://127.0.0.1:${server.port}/k8s/clusters/c-1/`, 'certificate-authority': undefined },
    );
    valueOf(await db(cluster));
    valueOf(await db(cluster));
    assert.equal(server.requests[0]?.url, '/k8s/clusters/c-1/api/v1/namespaces/shop/secrets/db');
    assert.equal(server.connections, 1);
  });

  test('namespaces and nodes are listed by name in pages', async () => {
    const server = await secure();
    server.handler = (request, response) => {
      const second = request.url!.includes('continue=token');
      const items = [{ metadata: { name: second ? 'b' : 'a' } }];
      send(response, { kind: 'PartialObjectMetadataList', metadata: second ? {} : { continue: 'token' }, items });
    };
    const host = testHost();
    const cluster = await clusterFor(server, {}, {}, host);
    assert.deepEqual(valueOf(await cluster.listNamespaces()), ['a', 'b']);
    assert.deepEqual(valueOf(await cluster.listNodes()), ['a', 'b']);
    assert.equal(server.requests[1]?.url, '/api/v1/namespaces?limit=500&continue=token');
    assert.match(host.lines[1]!, /continue=… 200/);
    server.handler = (_request, response) => {
      send(response, { kind: 'NamespaceList', metadata: {} });
    };
    assert.equal(failureOf(await cluster.listNamespaces()).kind, 'invalid');
  });

  describe('a proxy', () => {
    /** Answers CONNECT, but for the first ones, and sends every name to this machine. */
    async function connectProxy(silent = 0): Promise<{ port: number; targets: string[]; open: Set<net.Socket> }> {
      const targets: string[] = [];
      const proxy = http.createServer();
      const open = new Set<net.Socket>();
      proxy.on('connect', (request, socket: net.Socket) => {
        targets.push(`${request.url ?? ''} ${request.headers['proxy-authorization'] ?? ''}`.trim());
        if (targets.length <= silent) {
          socket.on('end', () => socket.destroy()).resume();
          return;
        }
        const target = net.connect(Number(request.url?.split(':').at(-1)), '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
          socket.pipe(target).pipe(socket);
        });
        open.add(target.on('error', () => undefined));
      });
      proxy.on('connection', (socket: net.Socket) => {
        open.add(socket.on('error', () => undefined));
        socket.on('close', () => open.delete(socket));
      });
      await new Promise<void>((resolve) => void proxy.listen(0, '127.0.0.1', resolve));
      after(() => {
        proxy.close();
        for (const socket of open) socket.destroy();
      });
      return { port: (proxy.address() as net.AddressInfo).port, targets, open };
    }

    /** SOCKS5 without authentication, for names only; sends every name to this machine. */
    async function socksProxy(): Promise<{ port: number; targets: string[] }> {
      const targets: string[] = [];
      const open = new Set<net.Socket>();
      const proxy = net.createServer((socket) => {
        open.add(socket.on('error', () => undefined));
        socket.once('data', () => {
          socket.write(Buffer.from([5, 0]));
          socket.once('data', (ask: Buffer) => {
            const name = ask.subarray(5, 5 + ask[4]!).toString();
            const port = ask.readUInt16BE(5 + ask[4]!);
            targets.push(`${name}:${port}`);
            const target = net.connect(port, '127.0.0.1', () => {
              socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
              socket.pipe(target).pipe(socket);
            });
            open.add(target.on('error', () => undefined));
          });
        });
      });
      await new Promise<void>((resolve) => void proxy.listen(0, '127.0.0.1', resolve));
      after(() => {
        proxy.close();
        for (const socket of open) socket.destroy();
      });
      return { port: (proxy.address() as net.AddressInfo).port, targets };
    }

    test('of the kubeconfig or the environment is used, keeps sockets, and carries the client certificate', async () => {
      const server = await secure();
      const [http1, socks] = [await connectProxy(), await socksProxy()];
      const { alice } = certificates;
      const user = { 'client-certificate': alice.certFile, 'client-key': alice.keyFile };
      const named = { server: `https://cluster.test:${server.port}` };
      const target = `cluster.test:${server.port}`;
      const names: unknown[] = [];
      server.handler = (request, response) => {
        names.push(clientName(request));
        send(response, secret());
      };
      const env = { HTTPS_PROXY: `http://127.0.0.1:${http1.port}` };
      const clusters = [
        await clusterFor(server, user, { ...named, 'proxy-url': `http://me:pass@127.0.0.1:${http1.port}` }),
        await clusterFor(server, user, { ...named, 'proxy-url': `socks5://127.0.0.1:${socks.port}` }),
        await clusterFor(server, user, named, testHost({ env })),
      ];
      for (const [index, cluster] of clusters.entries()) {
        for (let round = 0; round < 3; round++) valueOf(await db(cluster));
        assert.equal(server.connections, index + 1);
        for (const answer of await Promise.all(Array.from({ length: 20 }, () => db(cluster)))) valueOf(answer);
        assert.ok(server.open <= 8, `${server.open} sockets`);
        cluster.dispose();
        await server.until(() => server.open === 0);
        server.connections = index + 1;
      }
      assert.deepEqual([...new Set(names)], ['alice']);
      assert.ok(socks.targets.every((seen) => seen === target));
      assert.deepEqual(new Set(http1.targets), new Set([`${target} Basic bWU6cGFzcw==`, target]));
    });

    test('that does not answer is left when nobody waits any more', async () => {
      const server = await secure();
      const proxy = await connectProxy(1);
      const clock = new ManualClock();
      const changes = { 'proxy-url': `http://127.0.0.1:${proxy.port}` };
      const cluster = await clusterFor(server, {}, changes, testHost({ clock, requestTimeoutMs: 15_000 }));
      const unanswered = db(cluster);
      await clock.set(15_000);
      const asked = (): Promise<true | undefined> => Promise.resolve(proxy.targets.length === 1 || undefined);
      await waitFor(asked, { what: 'CONNECT', limitMs: 5_000, everyMs: 5 });
      clock.advance(15_000);
      assert.equal(failureOf(await unanswered).kind, 'timeout');
      const closed = (): Promise<true | undefined> => Promise.resolve(proxy.open.size === 0 || undefined);
      await waitFor(closed, { what: 'the socket to be closed', limitMs: 5_000, everyMs: 5 });
      valueOf(await db(cluster));
    });

    test('is asked for an IPv6 address in brackets', async () => {
      const server = await secure();
      const proxy = await connectProxy();
      const address = `[::1]:${server.port}`;
      const changes = {
        server: `https://${address}`,
        'tls-server-name': 'cluster.test',
        'proxy-url': `http://127.0.0.1:${proxy.port}`,
      };
      valueOf(await db(await clusterFor(server, {}, changes)));
      assert.deepEqual(proxy.targets, [address]);
    });

    test('carries requests to a server without TLS as well', async () => {
      const server = await new TestServer().listen();
      server.handler = (_request, response) => {
        send(response, secret());
      };
      const proxy = await connectProxy();
      const changes = {
        server: `http://cluster.test:${server.port}`,
        'certificate-authority': undefined,
        'proxy-url': `http://127.0.0.1:${proxy.port}`,
      };
      const cluster = await clusterFor(server, {}, changes);
      for (let round = 0; round < 3; round++) valueOf(await db(cluster));
      assert.deepEqual([server.connections, proxy.targets], [1, [`cluster.test:${server.port}`]]);
    });

    test('that refuses, or is not there, is named', async () => {
      const refusing = http.createServer().on('connect', (_request, socket) => socket.end('HTTP/1.1 407 No\r\n\r\n'));
      await new Promise<void>((resolve) => void refusing.listen(0, '127.0.0.1', resolve));
      after(() => refusing.close());
      const { port } = refusing.address() as net.AddressInfo;
      const server = await secure();
      const through = async (proxy: string): Promise<string> => {
        const failure = failureOf(await db(await clusterFor(server, {}, { 'proxy-url': proxy })));
        return `${failure.kind} ${failure.message}`;
      };
      assert.match(
        await through(`http://me:hunter2@127.0.0.1:${port}`),
        /^unreachable (?!.*hunter2).*the proxy 127\.0\.0\.1:\d+ refused with HTTP 407/,
      );
      assert.match(await through('http://127.0.0.1:1'), /^unreachable .*through the proxy 127\.0\.0\.1:1 was refused/);
      assert.match(
        await through('socks5://127.0.0.1:1'),
        /^unreachable .*through the proxy 127\.0\.0\.1:1 was refused/,
      );
    });
  });

  test('a context that is incomplete does not connect', async () => {
    const kubeconfig = await kubeconfigOf(temporaryFolder(), { server: 'https://c', 'proxy-url': 'ftp://p' });
    assert.equal(failureOf(connect(kubeconfig, 'nope', testHost())).kind, 'configuration');
    assert.match(failureOf(connect(kubeconfig, 'test', testHost())).message, /proxy-url/);
    const reading = await readKubeconfig({ paths: ['/nowhere'], env: {}, home: '/' });
    assert.equal(reading.state, 'none');
  });
});
