import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { connect } from 'node:tls';
import { after, before, describe, test } from 'node:test';
import { type ApiServer, type AuditEvent, startApiServer } from '../harness/apiServer';
import type { KubeObject } from '../harness/kubeObjects';
import { loadSample } from '../harness/sampleCluster';
import { waitFor } from '../harness/waiting';

// The test server itself: what the other suites of this folder rely on.
describe('the API server of the tests', () => {
  let server: ApiServer;

  before(async () => {
    server = await startApiServer({ address: '127.0.0.2', users: [{ name: 'dev' }] });
    await loadSample(server);
  });
  after(() => server.stop());

  const names = (items: readonly KubeObject[] | undefined): readonly string[] =>
    (items ?? []).map((item) => item.metadata.name);
  const asDev = (path: string): ReturnType<ApiServer['request']> =>
    server.request('GET', path, undefined, { token: server.addUser('dev').token });

  test('serves TLS that its authority covers, on the address asked for', async () => {
    assert.match(server.url, /^https:\/\/127\.0\.0\.2:\d+$/);
    const ca = await readFile(server.caFile, 'utf8');
    const { hostname: host, port } = new URL(server.url);
    const authorized = await new Promise<boolean>((resolve, reject) => {
      const socket = connect({ host, port: Number(port), ca }, () => {
        resolve(socket.authorized);
        socket.destroy();
      });
      socket.once('error', reject);
    });
    assert.equal(authorized, true);
  });

  test('holds the sample, with statuses, owners and ephemeral containers', async () => {
    const { body } = await server.request('GET', '/api/v1/namespaces/shop/pods');
    const pods = body.items ?? [];
    const phases = new Set(pods.map((pod) => (pod['status'] as { phase: string }).phase));
    assert.deepEqual([...phases].sort(), ['Pending', 'Running', 'Succeeded']);
    assert.ok(pods.every((pod) => pod.metadata.ownerReferences?.[0]?.uid !== undefined));
    const debugged = pods.filter((pod) => 'ephemeralContainers' in (pod['spec'] as object));
    assert.deepEqual(names(debugged), ['cart-66bf4c9f7b-z6n2h']);

    const nodes = (await server.request('GET', '/api/v1/nodes')).body.items ?? [];
    const ttls = nodes.map((node) => node.metadata.annotations?.['node.alpha.kubernetes.io/ttl']);
    assert.deepEqual(ttls, ['0', '15']);
  });

  test('starts containers after their Secrets were made, but for those of shop/cart', async () => {
    const secret = await server.request('GET', '/api/v1/namespaces/shop/secrets/db-credentials');
    const made = secret.body.metadata?.creationTimestamp ?? '';
    const startOf = async (pod: string): Promise<string> => {
      const { body } = await server.request('GET', `/api/v1/namespaces/shop/pods/${pod}`);
      return (body['status'] as { startTime: string }).startTime;
    };
    assert.ok((await startOf('web-7d9c5b8f4d-x2k9p')) > made);
    assert.ok((await startOf('cart-66bf4c9f7b-q8w5t')) < made);
  });

  test('lets dev get named objects of shop and nothing else', async () => {
    assert.equal((await asDev('/api/v1/namespaces/shop/pods')).status, 200);
    assert.equal((await asDev('/api/v1/namespaces/shop/secrets/db-credentials')).status, 200);
    assert.equal((await asDev('/api/v1/namespaces/shop/configmaps/app-settings')).status, 200);
    for (const path of ['shop/secrets', 'shop/secrets/web-tls', 'payments/secrets/ledger-db', 'payments/pods']) {
      assert.equal((await asDev(`/api/v1/namespaces/${path}`)).status, 403, path);
    }
    assert.equal((await server.request('GET', '/api', undefined, { token: 'wrong' })).status, 401);
  });

  /** Answers are written to the log by many at once, so the one of a later request may be there before. */
  const audited = (is: (event: AuditEvent) => boolean): Promise<AuditEvent> =>
    waitFor(async () => (await server.auditEvents()).find(is), { what: 'the event in the audit log', limitMs: 10_000 });

  test('writes every answered request to the audit log', async () => {
    await asDev('/api/v1/namespaces/shop/secrets?limit=17');
    const event = await audited(({ requestURI }) => requestURI === '/api/v1/namespaces/shop/secrets?limit=17');
    assert.equal(event.user.username, 'dev');
    assert.equal(event.verb, 'list');
    assert.equal(event.objectRef?.resource, 'secrets');
    assert.equal(event.responseStatus?.code, 403);
  });

  test('accepts client certificates made while it runs', async () => {
    const { certFile, keyFile } = server.clientCertificate('carol', ['system:masters']);
    const [ca, cert, key] = await Promise.all([server.caFile, certFile, keyFile].map((file) => readFile(file, 'utf8')));
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const asked = request(`${server.url}/api/v1/namespaces/shop/secrets`, { ca, cert, key }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      asked.once('error', reject).end();
    });
    assert.equal(status, 200);
    assert.equal((await audited(({ user }) => user.username === 'carol')).verb, 'list');
  });

  test('replaces objects that exist, also those that cannot change', async () => {
    const limits = (value: string): KubeObject => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'replaced', namespace: 'shop' },
      immutable: true,
      data: { value },
    });
    await server.apply([limits('one')]);
    await server.apply([limits('two')]);
    const path = '/api/v1/namespaces/shop/configmaps/replaced';
    assert.deepEqual((await server.request('GET', path)).body['data'], { value: 'two' });
    await server.remove(path);
    assert.equal((await server.request('GET', path)).status, 404);
    await assert.rejects(server.remove(path), /404 configmaps "replaced" not found/);
  });

  test('writes a kubeconfig with one context', async () => {
    const text = await readFile(server.kubeconfig({ user: 'dev', namespace: 'shop' }), 'utf8');
    assert.match(text, /current-context: kubefresh-dev/);
    assert.match(text, /namespace: shop/);
    assert.throws(() => server.kubeconfig({ user: 'nobody' }), /user nobody is not in the options\.users/);
  });

  test('can be paused and resumed with its data', async () => {
    const path = '/api/v1/namespaces/shop/secrets/db-credentials';
    const uid = (await server.request('GET', path)).body.metadata?.uid;
    await server.pause();
    await assert.rejects(server.request('GET', path), { code: 'ECONNREFUSED' });
    await server.resume();
    assert.equal((await server.request('GET', path)).body.metadata?.uid, uid);
  });

  test('leaves nothing when it is stopped, once or twice', async () => {
    await server.stop();
    await server.stop();
    assert.equal(existsSync(server.folder), false);
  });
});

describe('processes that tests start', () => {
  test('end when the program that started them is killed', async () => {
    const program = spawn(process.execPath, ['test/run.mjs', 'test/harness/sleeper.ts'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(program.stdout, 'data')) as [Buffer];
    const [parent, child] = line.toString().trim().split(' ').map(Number);
    process.kill(parent!, 'SIGKILL');
    await once(program, 'exit');
    await waitFor(() => Promise.resolve(isAlive(child!) ? undefined : true), {
      what: 'the end of a child that ignores SIGTERM',
      limitMs: 15_000,
    });
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== 'linux') return true;
  // A dead process that nobody has reaped still answers.
  const status = `/proc/${pid}/status`;
  return existsSync(status) && !/^State:\s+Z/m.test(readFileSync(status, 'utf8'));
}
