import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { runPlugin, type PluginCredential } from '../../src/cluster/execPlugin';
import type { PluginEntry } from '../../src/cluster/kubeconfigEntries';
import type { Answer } from '../../src/objects/failure';
import { failureOf, ManualClock, temporaryFolder, testHost, valueOf, write, type TestHost } from './support';

const v1 = 'client.authentication.k8s.io/v1';

function script(folder: string, name: string, body: string): string {
  return write(folder, name, `#!/bin/sh\n${body}\n`, 0o700);
}

function printing(status: unknown, apiVersion = v1): string {
  return `cat <<'END'\n${JSON.stringify({ kind: 'ExecCredential', apiVersion, status })}\nEND`;
}

function run(
  command: string,
  changes: Partial<PluginEntry> = {},
  host: TestHost = testHost(),
): Promise<Answer<PluginCredential>> {
  const plugin: PluginEntry = { apiVersion: v1, command, args: [], env: [], provideClusterInfo: false, ...changes };
  return runPlugin(plugin, undefined, host, new AbortController().signal);
}

test('a plugin answers a token, a certificate with its key, and when they end', async () => {
  const folder = temporaryFolder();
  const expirationTimestamp = '2030-01-02T03:04:05Z';
  const status = { token: ' abc \n', clientCertificateData: 'CERT', clientKeyData: 'KEY', expirationTimestamp };
  assert.deepEqual(valueOf(await run(script(folder, 'all', printing(status)))), {
    token: 'abc',
    certificate: 'CERT',
    key: 'KEY',
    expiresAt: Date.parse(expirationTimestamp),
  });
  const v1beta1 = 'client.authentication.k8s.io/v1beta1';
  const beta = await run(script(folder, 'beta', printing({ token: 't' }, v1beta1)), { apiVersion: v1beta1 });
  assert.deepEqual(valueOf(beta), { token: 't' });
});

test('a plugin gets its arguments and variables as they are, and what client-go tells it', async () => {
  const folder = temporaryFolder();
  const seen = path.join(folder, 'seen');
  const body = `printf '%s\\n' "$1" "$2" "$OWN" "$SHARED" "$KUBERNETES_EXEC_INFO" > '${seen}'\n${printing({ token: 't' })}`;
  const plugin: PluginEntry = {
    apiVersion: v1,
    command: script(folder, 'plugin', body),
    args: ['$(echo no shell)', 'a b'],
    env: [
      { name: 'OWN', value: 'own' },
      { name: 'SHARED', value: 'overridden' },
    ],
    provideClusterInfo: true,
  };
  const host = testHost({ env: { PATH: process.env['PATH'], SHARED: 'shared' } });
  valueOf(await runPlugin(plugin, { server: 'https://c', config: { a: 1 } }, host, new AbortController().signal));
  const [first, second, own, shared, info] = readFileSync(seen, 'utf8').split('\n');
  assert.deepEqual([first, second, own, shared], ['$(echo no shell)', 'a b', 'own', 'overridden']);
  assert.deepEqual(JSON.parse(info!), {
    kind: 'ExecCredential',
    apiVersion: v1,
    spec: { cluster: { server: 'https://c', config: { a: 1 } }, interactive: false },
  });
});

test('a missing plugin is named with the PATH that was searched and its install hint', async () => {
  const host = testHost({ env: { PATH: '/nowhere/a:/nowhere/b' }, pluginFolders: ['/nowhere/c'] });
  const failure = failureOf(await run('no-such-plugin', { installHint: 'Install it from example.com.\n' }, host));
  assert.equal(failure.kind, 'credentials');
  assert.equal(
    failure.message,
    'Credential plugin no-such-plugin was not found in PATH (/nowhere/a:/nowhere/b), nor in /nowhere/c. Install it, or add its folder to the setting kubefresh.credentialPlugins.folders. Install it from example.com.',
  );
  assert.match(failureOf(await run('/nowhere/plugin')).message, /^Credential plugin \/nowhere\/plugin does not exist/);
});

test('a plugin is found in PATH first, then in the folders of the host', async () => {
  const [first, second] = [temporaryFolder(), temporaryFolder()];
  script(second, 'plugin', printing({ token: 'second' }));
  const host = testHost({ env: { PATH: `${first}:/usr/bin:/bin` }, pluginFolders: [second] });
  assert.equal(valueOf(await run('plugin', {}, host)).token, 'second');
  script(first, 'plugin', printing({ token: 'first' }));
  assert.equal(valueOf(await run('plugin', {}, host)).token, 'first');
});

test('a hanging plugin is ended at the time limit, with what it started', async () => {
  const folder = temporaryFolder();
  const started = path.join(folder, 'pid');
  const clock = new ManualClock();
  const host = testHost({ clock, pluginTimeoutMs: 60_000 });
  // The inner sleep holds the output open; unless it is ended too, the plugin would never seem to finish.
  const answer = run(
    script(folder, 'hang', `sleep 60 &\necho $! > '${started}.new'\nmv '${started}.new' '${started}'\nwait`),
    {},
    host,
  );
  await clock.set(60_000);
  const pid = await appears(started);
  clock.advance(60_000);
  assert.match(failureOf(await answer).message, /did not finish within 60 s/);
  await ends(Number(pid));
});

async function appears(file: string): Promise<string> {
  for (;;) {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

async function ends(pid: number): Promise<void> {
  for (;;) {
    try {
      // A zombie that nobody collects has ended as well.
      if (/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) return;
    } catch {
      return;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('a failing plugin is quoted: one line, shortened, without credentials', async () => {
  const folder = temporaryFolder();
  const body = `echo "sign in again, token=hunter2 $(printf 'x%.0s' $(seq 300))" >&2\necho second line >&2\nexit 3`;
  const { kind, message } = failureOf(await run(script(folder, 'fail', body)));
  assert.equal(kind, 'credentials');
  assert.match(message, /fail failed with code 3: sign in again, token=\[redacted\]/);
  assert.doesNotMatch(message, /hunter2|second line/);
  assert.ok(message.length < 400);
});

test('garbage is told apart, and never repeated', async () => {
  const folder = temporaryFolder();
  const table: [body: string, message: RegExp][] = [
    ['true', /printed nothing/],
    ['echo hunter2', /not JSON/],
    ['echo \'{"kind":"hunter2"}\'', /not of the kind ExecCredential/],
    [printing({ token: 'hunter2' }, 'client.authentication.k8s.io/v1beta1'), /another API version/],
    [printing(undefined), /no status/],
    [printing({}), /neither a token nor a certificate/],
    [printing({ clientCertificateData: 'hunter2' }), /needs a key/],
    [printing({ token: 'hunter2', expirationTimestamp: 'soon' }), /not a time/],
    ['head -c 2000000 /dev/zero', /more than a credential/],
  ];
  for (const [body, message] of table) {
    const failure = failureOf(await run(script(folder, 'garbage', body)));
    assert.equal(failure.kind, 'credentials');
    assert.match(failure.message, message);
    assert.doesNotMatch(failure.message, /hunter2/);
  }
});

test('an API version or a mode that cannot work is refused before anything is run', async () => {
  assert.match(
    failureOf(await run('/bin/true', { apiVersion: 'client.authentication.k8s.io/v1alpha1' })).message,
    /v1alpha1/,
  );
  assert.match(failureOf(await run('/bin/true', { interactiveMode: 'Always' })).message, /needs a terminal/);
});

test('a plugin that is no longer needed is ended', async () => {
  const folder = temporaryFolder();
  const ending = new AbortController();
  const clock = new ManualClock();
  const plugin: PluginEntry = {
    apiVersion: v1,
    command: script(folder, 'hang', 'sleep 60'),
    args: [],
    env: [],
    provideClusterInfo: false,
  };
  const answer = runPlugin(plugin, undefined, testHost({ clock }), ending.signal);
  await clock.set(5_000);
  ending.abort();
  assert.equal(failureOf(await answer).kind, 'cancelled');
  assert.deepEqual(clock.waiting, []);
});
