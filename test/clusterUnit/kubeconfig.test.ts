import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import type { KubeconfigReading } from '../../src/cluster/contract';
import { LoadedKubeconfig, readKubeconfig, type ResolvedContext } from '../../src/cluster/kubeconfig';
import { failureOf, temporaryFolder, valueOf, write } from './support';

function loaded(reading: KubeconfigReading): LoadedKubeconfig {
  if (reading.state !== 'loaded') throw new Error(JSON.stringify(reading));
  assert.ok(reading.kubeconfig instanceof LoadedKubeconfig);
  return reading.kubeconfig;
}

async function readFiles(folder: string, ...files: string[]): Promise<KubeconfigReading> {
  return readKubeconfig({ paths: files, env: {}, home: folder }, path.join(folder, 'no-account'));
}

async function resolved(folder: string, text: string, context = 'ctx'): Promise<ResolvedContext> {
  return valueOf(loaded(await readFiles(folder, write(folder, 'one', text))).resolve(context));
}

const small = (name: string, server: string): string => `
clusters: [{name: ${name}, cluster: {server: ${server}}}]
users: [{name: ${name}, user: {token: token-of-${name}}}]
contexts: [{name: ${name}, context: {cluster: ${name}, user: ${name}}}]
current-context: ${name}
`;

test('of several files the first definition of a name wins, and the first current context', async () => {
  const folder = temporaryFolder();
  const first = write(folder, 'first', small('a', 'https://first'));
  const second = write(
    folder,
    'second',
    small('a', 'https://second').replace('current-context: a', 'current-context: b'),
  );
  const third = write(folder, 'third', small('b', 'https://third'));
  const missing = path.join(folder, 'missing');
  const env = { KUBECONFIG: [missing, first, second, '', third].join(path.delimiter) };
  const config = loaded(await readKubeconfig({ paths: [], env, home: folder }));
  assert.equal(config.currentContext, 'a');
  assert.deepEqual(
    config.contexts.map(({ name, server, user, namespace }) => [name, server, user, namespace]),
    [
      ['a', 'https://first', 'a', 'default'],
      ['b', 'https://third', 'b', 'default'],
    ],
  );
  assert.deepEqual(config.files, [missing, first, second, third]);
  assert.deepEqual(config.warnings, [`${missing} does not exist.`]);
});

test('without a setting KUBECONFIG counts, then ~/.kube/config; a setting may start with ~', async () => {
  const home = temporaryFolder();
  mkdirSync(path.join(home, '.kube'));
  write(path.join(home, '.kube'), 'config', small('home', 'https://home'));
  const other = write(home, 'other', small('other', 'https://other'));
  const current = async (paths: string[], env: Record<string, string>): Promise<string | undefined> =>
    loaded(await readKubeconfig({ paths, env, home })).currentContext;
  assert.equal(await current([], {}), 'home');
  assert.equal(await current([], { KUBECONFIG: other }), 'other');
  assert.equal(await current(['~/.kube/config'], { KUBECONFIG: other }), 'home');
});

test('nothing found names what was looked for, and never means localhost', async () => {
  const home = temporaryFolder();
  const reading = await readKubeconfig({ paths: [], env: {}, home }, path.join(home, 'account'));
  assert.deepEqual(reading, { state: 'none', searched: [path.join(home, '.kube', 'config')] });
});

test("a pod's own account is the last resort, but not where a setting names files", async () => {
  const home = temporaryFolder();
  const account = path.join(home, 'account');
  mkdirSync(account);
  write(account, 'token', 'abc\n');
  write(account, 'namespace', 'prod\n');
  const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
  const config = loaded(await readKubeconfig({ paths: [], env, home }, account));
  assert.deepEqual(
    { ...config.contexts[0], fingerprint: '' },
    {
      name: 'in-cluster',
      cluster: 'in-cluster',
      server: 'https://[fd00::1]:443',
      user: 'in-cluster',
      namespace: 'prod',
      fingerprint: '',
    },
  );
  const { cluster, user } = valueOf(config.resolve('in-cluster'));
  assert.equal(cluster.caFile, path.join(account, 'ca.crt'));
  assert.equal(user?.tokenFile, path.join(account, 'token'));
  assert.equal((await readKubeconfig({ paths: ['/nowhere'], env, home }, account)).state, 'none');
});

test('an empty file is a kubeconfig without contexts', async () => {
  const folder = temporaryFolder();
  for (const text of ['', '# nothing\n', '---\n', 'apiVersion: v1\nkind: Config\nclusters: null\n']) {
    assert.deepEqual(loaded(await readFiles(folder, write(folder, 'empty', text))).contexts, []);
  }
});

test('a file that is no YAML is broken, tells where, and does not quote it', async () => {
  const folder = temporaryFolder();
  const good = write(folder, 'good', small('a', 'https://a'));
  const table: [text: string, message: RegExp][] = [
    ['users:\n- name: a\n  user: {token: hunter2\n', /line \d+, column \d+/],
    ['users: [*hunter2]', /aliases cannot be resolved/],
    ['- hunter2', /holds no map/],
    ['hunter2', /holds no map/],
  ];
  for (const [text, message] of table) {
    const file = write(folder, 'bad', text);
    const reading = await readFiles(folder, good, file);
    assert.equal(reading.state, 'broken');
    assert.equal(reading.file, file);
    assert.match(reading.failure.message, message);
    assert.doesNotMatch(reading.failure.message, /hunter2/);
  }
  const reading = await readFiles(folder, folder);
  assert.equal(reading.state === 'broken' && reading.failure.message, `${folder} cannot be read (EISDIR).`);
});

test('broken entries are passed over with a warning, the others stay', async () => {
  const folder = temporaryFolder();
  const file = write(
    folder,
    'file',
    `
clusters:
- {name: ok, cluster: {server: 'https://ok/'}}
- {cluster: {server: 'https://nameless'}}
- {name: serverless, cluster: {}}
- {name: odd, cluster: {server: 'ftp://odd'}}
- {name: ok, cluster: {server: 'https://twice'}}
- just text
users:
- {name: plugin, user: {exec: {args: [x]}}}
contexts:
- {name: good, context: {cluster: ok}}
- {name: lost, context: {cluster: serverless, user: nobody}}
- {name: clusterless, context: {user: u}}
`,
  );
  const config = loaded(await readFiles(folder, file));
  assert.deepEqual(config.warnings, [
    `${file}: clusters[1] has no name.`,
    `${file}: cluster "serverless" has no server.`,
    `${file}: cluster "odd" has a server that is not an http or https address.`,
    `${file}: cluster "ok" is defined twice.`,
    `${file}: clusters[5] has no name.`,
    `${file}: user "plugin" has an exec plugin without a command.`,
    `${file}: context "clusterless" names no cluster.`,
    'Context "lost" names cluster "serverless", which no file defines.',
    'Context "lost" names user "nobody", which no file defines.',
  ]);
  assert.deepEqual(
    config.contexts.map((context) => context.server),
    ['https://ok', ''],
  );
  assert.match(failureOf(config.resolve('lost')).message, /cluster "serverless", which no file defines/);
  assert.match(failureOf(config.resolve('nope')).message, /no context "nope"/);
  assert.equal(valueOf(config.resolve('good')).user, undefined);
});

test('relative paths are relative to their file', async () => {
  const folder = temporaryFolder();
  const { cluster, user } = await resolved(
    folder,
    `
clusters: [{name: c, cluster: {server: 'https://c', certificate-authority: ca.crt}}]
users:
- name: u
  user:
    client-certificate: pki/u.crt
    client-key: /abs/u.key
    tokenFile: token
    exec: {apiVersion: v, command: ./bin/plugin, args: [1, a], env: [{name: N, value: V}, {value: lost}]}
contexts: [{name: ctx, context: {cluster: c, user: u, namespace: shop}}]
`,
  );
  assert.equal(cluster.caFile, path.join(folder, 'ca.crt'));
  assert.equal(user?.certFile, path.join(folder, 'pki/u.crt'));
  assert.equal(user.keyFile, '/abs/u.key');
  assert.equal(user.tokenFile, path.join(folder, 'token'));
  assert.equal(user.plugin?.command, path.join(folder, 'bin/plugin'));
  assert.deepEqual(user.plugin.args, ['1', 'a']);
  assert.deepEqual(user.plugin.env, [{ name: 'N', value: 'V' }]);
});

test('a plugin without a slash is not a file beside the kubeconfig', async () => {
  const { user } = await resolved(
    temporaryFolder(),
    `{clusters: [{name: c, cluster: {server: 'https://c'}}], users: [{name: u, user: {exec: {command: kubelogin}}}],
      contexts: [{name: ctx, context: {cluster: c, user: u}}]}`,
  );
  assert.equal(user?.plugin?.command, 'kubelogin');
});

test('whoever prints a kubeconfig sees no credentials; its fingerprint changes with them', async () => {
  const folder = temporaryFolder();
  const config = loaded(await readFiles(folder, write(folder, 'a', small('a', 'https://a'))));
  assert.doesNotMatch(inspect(config, { depth: 9, showHidden: true }) + JSON.stringify(config), /token-of-a/);
  const again = loaded(await readFiles(folder, write(folder, 'b', small('a', 'https://a'))));
  const changed = loaded(
    await readFiles(folder, write(folder, 'c', small('a', 'https://a').replace('token-of', 'new'))),
  );
  assert.equal(config.contexts[0]?.fingerprint, again.contexts[0]?.fingerprint);
  assert.notEqual(config.contexts[0]?.fingerprint, changed.contexts[0]?.fingerprint);
});

test('the address of a server is told without the user and the password in it', async () => {
  const server = 'https://joe:hunter2@gateway:8443/k8s';
  const { info, cluster } = await resolved(temporaryFolder(), small('ctx', server));
  assert.deepEqual([info.server, cluster.server], ['https://gateway:8443/k8s', server]);
});

test('a kubeconfig in memory is read as a file is, and there is nothing to watch', async () => {
  const folder = temporaryFolder();
  const config = loaded(await readKubeconfig({ inline: small('a', 'https://a') }));
  const file = loaded(await readFiles(folder, write(folder, 'file', small('a', 'https://a'))));
  assert.deepEqual([config.files, config.currentContext, config.warnings], [[], 'a', []]);
  assert.deepEqual(config.contexts, file.contexts, 'fingerprints among it');
  assert.equal(valueOf(config.resolve('a')).user?.token, 'token-of-a');
  const changed = loaded(await readKubeconfig({ inline: small('a', 'https://elsewhere') }));
  assert.notEqual(config.contexts[0]?.fingerprint, changed.contexts[0]?.fingerprint);
});

test('a kubeconfig in memory that is no YAML is broken, and is not quoted', async () => {
  const reading = await readKubeconfig({ inline: 'users: [*hunter2]' });
  assert.equal(reading.state, 'broken');
  assert.deepEqual(reading.searched, []);
  assert.match(reading.failure.message, /^The kubeconfig in memory is not valid YAML/);
  assert.doesNotMatch(reading.failure.message, /hunter2/);
});

test('a kubeconfig in memory may name no file and no program', async () => {
  const outside = (cluster: string, user: string): string => `
clusters: [{name: c, cluster: {server: 'https://c'${cluster}}}]
users: [{name: u, user: {${user}}}]
contexts: [{name: c, context: {cluster: c, user: u}}]
`;
  const table: [cluster: string, user: string][] = [
    [', certificate-authority: ca.crt', 'token: t'],
    ['', 'client-certificate: /u.crt'],
    ['', 'client-key: u.key'],
    ['', 'tokenFile: token'],
    ['', 'exec: {command: plugin}'],
  ];
  for (const [cluster, user] of table) {
    const reading = await readKubeconfig({ inline: outside(cluster, user) });
    assert.equal(reading.state === 'broken' && reading.failure.kind, 'configuration', `${cluster} ${user}`);
  }
  assert.equal((await readKubeconfig({ inline: outside('', 'token: t') })).state, 'loaded');
});
