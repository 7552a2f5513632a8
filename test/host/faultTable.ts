import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Asked, Certificate, Fault } from '../harness/faultProxy';
import { statusBody } from '../harness/smallApi';
import { objectName, proxyAddress } from './faultNames';
import { token, type Stage, type StageOptions, type User } from './faultStage';

/** The real API server, and what its clients bring along. */
export interface Given {
  readonly server: { readonly url: string; readonly authority: string; readonly caFile: string };
  /** Of a user who may do everything. */
  readonly token: string;
  readonly clientCertificates: Readonly<Record<'valid' | 'expired', CertificateFiles>>;
  /** For the proxy: signed by the authority in `caFile`, by another one, and by the first but no longer valid. */
  readonly certificates: Readonly<Record<'trusted' | 'foreign' | 'expired', Certificate>>;
  readonly caFile: string;
  /** A user who may read the pods of the sample and its Secret; another one at each call. */
  readonly nextUser: () => User;
  /** Names below `.test` that can be resolved. */
  readonly names: Map<string, string>;
}

export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/**
 * What a person sees while a fault lasts. `TIME` stands for a time of day, `DATE` for a date with one, `PORT` for the
 * proxy's, `FOLDER` for the stage's folder, `PATH` for the variable, `USER` for the user's name at the API server.
 */
export interface Shown {
  /** The title and the message of the Pods view. */
  readonly pods: string;
  /** Sentences of a hover on the Secret. */
  readonly hover: readonly string[];
  /** The Secret's row, with its badge; absent where pods cannot be listed, so that there is none. */
  readonly row?: string;
  /** Seconds until it is seen, where that is soon. */
  readonly noticed?: number;
  /** Seconds until all is well, once the fault has gone. */
  readonly recovers: number;
}

export interface FaultRow {
  readonly fault: string;
  readonly stage?: (given: Given) => StageOptions;
  /** What must be there before all can be well. */
  readonly prepare?: (stage: Stage, given: Given) => void;
  /** Puts the fault in place, and answers what takes it away. */
  readonly arrange: (stage: Stage, given: Given) => Heal | Promise<Heal>;
  /** The fault is there from the start. */
  readonly first?: Shown;
  /** It comes after all was well. */
  readonly later?: Shown;
  /** It may come and stay, and nothing is seen of it. So many seconds after a change of the cluster, that is seen. */
  readonly unnoticed?: number;
}

export type Heal = () => void | Promise<void>;

/** The longest times until all is well again, in seconds. */
const recovery = {
  /** The pod feed's longest back-off: 30 s and a quarter. */
  backOff: 38,
  /** The same, after a request that is under way and has 15 s. */
  timeout: 53,
  /** What only people mend is asked for every 30 to 60 s. */
  slow: 60,
  /** The next pass comes 60 to 90 s after the last. */
  pass: 90,
  /** A plugin that hangs has 60 s, and its failure another 60. */
  hangingPlugin: 120,
  /** VS Code tells of a file that has changed. */
  file: 10,
} as const;

const pods = 'pods in namespace "shop"';
const secret = `secrets "${objectName}" in namespace "shop"`;

const again = 'It is tried again with the next read.';
const answeredInItsPlace =
  'Something between here and the API server may have answered in its place: check the proxy and the server address in the kubeconfig. ' +
  again;

interface Saying {
  /** Sentences. `SUBJECT` stands for what was asked for. */
  readonly reason: string;
  /** In a word or two, on the row. */
  readonly label: string;
  /** Seconds until all is well again; twice the same with one number. */
  readonly recovers: number | readonly [first: number, later: number];
  /** What the row says of keys and users; that of the small server without it. */
  readonly users?: string;
}

/** What is said of all copies at once, while the server cannot be asked for the reason of a label. */
const outages: ReadonlyMap<string, string> = new Map([
  ...['unreachable', 'no answer'].map((label) => [label, 'No answer since TIME, copies are from before. '] as const),
  ...['not authenticated', 'not trusted', 'no credentials', 'kubeconfig is incomplete'].map(
    (label) => [label, `Since TIME the cluster cannot be asked (${label}), copies are from before. `] as const,
  ),
]);

/** A reason that is told of the pods and of the Secret alike. */
function saying({
  reason,
  label,
  recovers,
  users = '2 keys · used by 1 pod',
}: Saying): Pick<FaultRow, 'first' | 'later'> {
  const [first, later] = typeof recovers === 'number' ? [recovers, recovers] : recovers;
  const about = (subject: string): string => reason.replace('SUBJECT', subject);
  const outage = outages.get(label);
  return {
    first: {
      pods: `test · shop · ${about(pods)}`,
      hover: ['It could not be read, so whether it exists is not known.', `Failed at TIME: ${about(secret)}`],
      recovers: first,
    },
    later: {
      pods: `test · shop\n${outage ?? ''}Pods may be out of date: ${about(pods)} Current context.`,
      hover: [
        'It existed when it was last read.',
        outage === undefined
          ? `The copy of TIME is kept since the refresh at TIME failed: ${about(secret)}`
          : `The copy of TIME is from before: ${label} since TIME. ${about(secret)}`,
      ],
      row: `! ${label}, copy of TIME · ${users}`,
      recovers: later,
    },
  };
}

/** A reason that is told of the Secret alone: the pods go on. */
function sayingOfSecret(reason: string, label: string): Pick<FaultRow, 'first' | 'later'> {
  const { first, later } = saying({ reason, label, recovers: recovery.pass });
  const well = 'test · shop\nCurrent context.';
  return {
    first: { ...first!, pods: well, row: `!! ${label}, asked TIME · used by 1 pod` },
    later: { ...later!, pods: well },
  };
}

/** Imposes faults, for all requests or some, on new connections. */
function imposing(...rules: readonly (Fault | readonly [(asked: Asked) => boolean, Fault])[]): FaultRow['arrange'] {
  return (stage) => {
    const imposed = rules.map((rule) =>
      'does' in rule ? stage.proxy.impose({ fault: rule }) : stage.proxy.impose({ on: rule[0], fault: rule[1] }),
    );
    stage.proxy.cut();
    return () => {
      for (const rule of imposed) rule.dispose();
    };
  };
}

/** Imposes a silence, also on the connections that there are. */
function silencing(at: 'request' | 'body'): FaultRow['arrange'] {
  return (stage) => {
    const rule = stage.proxy.impose({ fault: { does: 'silence', at } });
    stage.proxy.hush();
    return () => {
      rule.dispose();
    };
  };
}

const isWatch = (asked: Asked): boolean => asked.isWatch;
const isSecret = ({ path: asked }: Asked): boolean => asked.includes('/secrets/');

function status(code: number, reason: string, message: string, headers: Readonly<Record<string, string>> = {}): Fault {
  const body = statusBody(code, reason, message);
  return { does: 'answer', code, headers: { 'content-type': 'application/json', ...headers }, body };
}

function answering(body: string, type = 'application/json'): Fault {
  return { does: 'answer', code: 200, headers: { 'content-type': type }, body };
}

function page(code: number, headers: Readonly<Record<string, string>> = {}): Fault {
  return { does: 'answer', code, headers: { 'content-type': 'text/html', ...headers }, body: '<h1>Hello</h1>\n' };
}

function rewriting(change: (body: string) => string): Fault {
  return { does: 'rewrite', change };
}

const unreachable = (what: string, host = proxyAddress): Saying => ({
  reason: `Could not ask ${host}:PORT for SUBJECT: ${what} ${again}`,
  label: 'unreachable',
  recovers: recovery.backOff,
});

const broken = (what: string): Saying => ({
  reason: `The answer about SUBJECT is not what the Kubernetes API promises: ${what}. ${answeredInItsPlace}`,
  label: 'unreadable answer',
  recovers: [recovery.backOff, recovery.pass],
});

const brokenWatch = (what: string, watch: string): Pick<FaultRow, 'first' | 'later'> => {
  const { first, later } = saying(broken(what));
  return { first: first!, later: { ...later!, pods: saying(broken(watch)).later!.pods } };
};

const noAnswer: Saying = {
  reason: `No answer about SUBJECT within 15 s. Check the connection to the cluster. ${again}`,
  label: 'no answer',
  recovers: recovery.timeout,
};

const refused = (answer: string, label: string, more = again): Saying => ({
  reason: `Asked for SUBJECT, the API server answered ${answer} ${more}`,
  label,
  recovers: [recovery.backOff, recovery.pass],
});

const network: readonly FaultRow[] = [
  {
    fault: 'a name that does not resolve',
    stage: ({ names }) => ({ names }),
    arrange: (stage) => {
      stage.nameIsKnown = false;
      stage.proxy.cut();
      return () => {
        stage.nameIsKnown = true;
      };
    },
    ...saying(
      unreachable(
        'the name cannot be resolved (ENOTFOUND). Check the address, the network and the VPN.',
        'api-PORT.test',
      ),
    ),
  },
  {
    fault: 'a connection that is refused',
    arrange: (stage) => {
      stage.proxy.refuse();
      return () => stage.proxy.accept();
    },
    ...saying(unreachable('the connection was refused. Check that the cluster and its tunnel are running.')),
  },
  {
    fault: 'a reset before the answer',
    arrange: imposing({ does: 'reset', at: 'request' }),
    ...saying(unreachable('the connection broke off. Check the network, the VPN or the proxy.')),
  },
  {
    fault: 'a reset during the body',
    arrange: imposing([isWatch, { does: 'reset', at: 'request' }], { does: 'reset', at: 'body' }),
    ...saying(unreachable('the connection broke off. Check the network, the VPN or the proxy.')),
  },
  { fault: 'no answer', arrange: silencing('request'), ...saying(noAnswer) },
  {
    fault: 'a server that hangs, at the next request',
    arrange: (stage, given) => {
      const heal = silencing('request')(stage, given);
      void stage.session.connection?.objects.refresh({ kind: 'Secret', namespace: 'shop', name: objectName });
      return heal;
    },
    later: {
      ...saying(noAnswer).later!,
      // The watch of pods is open all the while, and its silence is not long enough to be one.
      pods: 'test · shop\nNo answer since TIME, copies are from before. Current context.',
      noticed: 20,
      // The objects are well sooner. The watch of pods hangs on, and is found to be silent after 90 s.
      recovers: recovery.pass,
    },
  },
  { fault: 'half an answer, then silence', arrange: silencing('body'), ...saying(noAnswer) },
  {
    fault: 'a body that takes too long',
    arrange: imposing([isWatch, { does: 'silence', at: 'request' }], { does: 'drip', everyMs: 20 }),
    ...saying(noAnswer),
  },
  {
    fault: 'a connection that is slow, but in time',
    arrange: (stage) => {
      stage.proxy.impose({ fault: { does: 'delay', ms: 100 } });
      return () => undefined;
    },
    unnoticed: recovery.pass + 5,
  },
  {
    fault: 'connections that were closed while nobody used them',
    arrange: (stage) => {
      stage.proxy.cutIdle();
      return () => undefined;
    },
    unnoticed: recovery.pass,
  },
  {
    fault: 'a watch that falls silent',
    arrange: (stage) => {
      stage.proxy.hush();
      return () => undefined;
    },
    // Noticed after 90 s without so much as a bookmark.
    unnoticed: recovery.pass + recovery.timeout,
  },
  {
    fault: 'what is not HTTP',
    arrange: imposing({ does: 'garbage', bytes: 'SSH-2.0-OpenSSH_9.6\r\n' }),
    ...saying({
      reason: `Could not ask ${proxyAddress}:PORT for SUBJECT: the answer is not HTTP. ${answeredInItsPlace}`,
      label: 'unreadable answer',
      recovers: [recovery.backOff, recovery.pass],
    }),
  },
];

const refusals: readonly FaultRow[] = [
  {
    fault: '401',
    arrange: imposing(status(401, 'Unauthorized', 'Unauthorized')),
    ...saying({
      ...refused('401 Unauthorized.', 'not authenticated', `Log in again. ${again}`),
      recovers: [recovery.slow, recovery.pass],
    }),
  },
  {
    fault: '401 until the plugin is asked again',
    stage: pluginUser,
    prepare: (stage) => {
      installPlugin(stage, printing(token));
    },
    arrange: (stage) => {
      stage.api!.accepts = (authorization) => authorization === `Bearer ${renewed}`;
      installPlugin(stage, printing(renewed));
      return () => undefined;
    },
    unnoticed: recovery.pass,
  },
  {
    fault: '404 for the Secret',
    arrange: (stage) => {
      stage.api!.remove(`/api/v1/namespaces/shop/secrets/${objectName}`);
      return () => undefined;
    },
    ...missing(),
  },
  {
    fault: '404 of a proxy',
    arrange: imposing([isSecret, page(404)]),
    ...sayingOfSecret(
      `Asked for SUBJECT: HTTP 404 with text/html instead of a Kubernetes status. ${answeredInItsPlace}`,
      'unreadable answer',
    ),
  },
  {
    fault: '409',
    arrange: imposing([isSecret, status(409, 'Conflict', 'the object has been modified')]),
    ...sayingOfSecret(
      `Asked for SUBJECT, the API server answered 409 Conflict: the object has been modified. ${again}`,
      'refused',
    ),
  },
  {
    fault: '410',
    arrange: imposing(status(410, 'Expired', 'too old resource version: 1 (2)')),
    ...saying(refused('410 Expired: too old resource version: 1 (2).', 'version is gone')),
  },
  {
    fault: '410 for each watch, whatever its version',
    arrange: imposing([isWatch, status(410, 'Expired', 'too old resource version: 1 (2)')]),
    // The first time it only means to list again.
    later: {
      pods: `test · shop\nPods may be out of date: Asked for ${pods}, the API server answered 410 Expired: too old resource version: 1 (2). ${again} Current context.`,
      hover: ['It exists.'],
      row: '✓ read TIME · 2 keys · used by 1 pod',
      recovers: recovery.pass,
    },
  },
  {
    fault: '429 with Retry-After',
    arrange: imposing(status(429, 'TooManyRequests', 'please try again later', { 'retry-after': '20' })),
    ...saying({
      ...refused('429 TooManyRequests: please try again later.', 'server is busy', 'Kubefresh waits and tries again.'),
      recovers: recovery.backOff,
    }),
  },
  {
    fault: '429 with a Retry-After of a day',
    arrange: imposing(status(429, 'TooManyRequests', 'please try again later', { 'retry-after': '86400' })),
    first: {
      ...saying({
        ...refused(
          '429 TooManyRequests: please try again later.',
          'server is busy',
          'Kubefresh waits and tries again.',
        ),
        recovers: 300,
      }).first!,
    },
  },
  {
    fault: '500',
    arrange: imposing(status(500, 'InternalError', 'etcdserver: leader changed')),
    ...saying(refused('500 InternalError: etcdserver: leader changed.', 'server error')),
  },
  {
    fault: '503',
    arrange: imposing(status(503, 'ServiceUnavailable', 'apiserver is shutting down')),
    ...saying(refused('503 ServiceUnavailable: apiserver is shutting down.', 'server error')),
  },
  {
    fault: '502 of a proxy',
    arrange: imposing(page(502)),
    ...saying({
      reason: `Asked for SUBJECT: HTTP 502 with text/html instead of a Kubernetes status. A proxy or load balancer in between may have answered. ${again}`,
      label: 'server error',
      recovers: [recovery.backOff, recovery.pass],
    }),
  },
];

const nonsense: readonly FaultRow[] = [
  {
    fault: 'truncated JSON',
    arrange: imposing(
      [isWatch, answering('{"type":"ADDED","obj\n')],
      rewriting((body) => body.slice(0, -2)),
    ),
    ...brokenWatch('it is not complete JSON', 'a line of the watch is not JSON'),
    // The pods before the end of the text have been taken by then.
    first: {
      ...brokenWatch('it is not complete JSON', 'a line of the watch is not JSON').first!,
      pods: saying(broken('it is not complete JSON')).later!.pods,
      row: '!! unreadable answer, asked TIME · used by 1 pod',
      // Its Secret has been asked for as well, and is again with the next pass.
      recovers: recovery.pass,
    },
  },
  {
    fault: 'a page of HTML',
    arrange: imposing(page(200)),
    ...saying(broken('it is text/html instead of JSON')),
  },
  {
    fault: 'a redirection',
    arrange: imposing(page(302, { location: 'http://login.test/' })),
    ...saying({
      reason: `Asked for SUBJECT: HTTP 302 with text/html instead of a Kubernetes status. It points elsewhere, perhaps to a log-in. ${answeredInItsPlace}`,
      label: 'unreadable answer',
      recovers: [recovery.backOff, recovery.pass],
    }),
  },
  {
    fault: 'another kind of pods',
    arrange: imposing(
      [isWatch, answering('{"type":"TABLE","object":{}}\n')],
      [({ path: asked }) => asked.endsWith('/pods'), answering('{"kind":"Table"}')],
    ),
    first: { ...saying(broken('it is not of the kind PodList')).first!, hover: ['It exists.'] },
    later: {
      ...saying(broken('an event of the watch has an unknown type')).later!,
      hover: ['It exists.'],
      row: '✓ read TIME · 2 keys · used by 1 pod',
      recovers: recovery.pass,
    },
  },
  {
    fault: 'another kind of Secret',
    arrange: imposing([isSecret, answering('{"kind":"Table"}')]),
    ...sayingOfSecret(broken('it is not of the kind Secret').reason, 'unreadable answer'),
  },
  {
    fault: 'no metadata',
    arrange: imposing([isSecret, rewriting((body) => body.replace('"metadata"', '"meta"'))]),
    ...sayingOfSecret(broken('it has no name or no usable version').reason, 'unreadable answer'),
  },
  {
    fault: 'a pod without metadata',
    arrange: imposing(
      [isWatch, answering('{"type":"ADDED","object":{"kind":"Pod"}}\n')],
      [
        ({ path: asked }) => asked.endsWith('/pods'),
        rewriting((body) => body.replace('"metadata":{"uid"', '"meta":{"uid"')),
      ],
    ),
    first: { ...saying(broken('a pod has no name or no usable version')).first!, hover: ['It exists.'] },
    later: {
      ...saying(broken('a pod has no name or no usable version')).later!,
      hover: ['It exists.'],
      row: '✓ read TIME · 2 keys · used by 1 pod',
      recovers: recovery.pass,
    },
  },
  ...['latest', '99999999999999999999'].map((version): FaultRow => ({
    fault: `the version ${version}`,
    arrange: imposing(
      [isWatch, answering(`{"type":"MODIFIED","object":{"metadata":{"name":"web","resourceVersion":"${version}"}}}\n`)],
      rewriting((body) => body.replace(/"resourceVersion":"\d+"/g, `"resourceVersion":"${version}"`)),
    ),
    first: {
      ...saying(broken('a pod has no name or no usable version')).first!,
      hover: saying(broken('it has no name or no usable version')).first!.hover,
    },
    later: {
      ...saying(broken('it has no name or no usable version')).later!,
      pods: saying(broken('a pod has no name or no usable version')).later!.pods,
    },
  })),
];

const plugin = 'kubefresh-test-plugin';
const renewed = `${token}-renewed`;

function pluginUser(): StageOptions {
  return { user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: plugin } } };
}

function installPlugin(stage: Stage, body: string): void {
  const file = path.join(stage.folder, plugin);
  // A file of its own, since one that is being run cannot be written.
  rmSync(file, { force: true });
  writeFileSync(file, `#!/bin/sh\necho $$ >> '${stage.pids}'\n${body}\n`, { mode: 0o700 });
}

function printing(bearer: string): string {
  const apiVersion = 'client.authentication.k8s.io/v1';
  return `echo '${JSON.stringify({ kind: 'ExecCredential', apiVersion, status: { token: bearer } })}'`;
}

/** The token is no longer taken, and the plugin, as `body` has it, gives no other. */
function brokenPlugin(
  fault: string,
  body: string | undefined,
  complaint: string,
  recovers: Saying['recovers'] = [recovery.slow, recovery.pass],
): FaultRow {
  return {
    fault,
    stage: pluginUser,
    prepare: (stage) => {
      installPlugin(stage, printing(token));
    },
    arrange: (stage) => {
      stage.api!.accepts = (authorization) => authorization === `Bearer ${renewed}`;
      if (body === undefined) rmSync(path.join(stage.folder, plugin), { force: true });
      else installPlugin(stage, body);
      stage.proxy.cut();
      return () => {
        installPlugin(stage, printing(renewed));
      };
    },
    ...saying({
      reason: `Credential plugin ${plugin} ${complaint} It is tried again with the next read, and when the kubeconfig changes.`,
      label: 'no credentials',
      recovers,
    }),
  };
}

const lookYourself = 'Run it in a terminal to see why; perhaps it wants a log-in.';

const credentials: readonly FaultRow[] = [
  brokenPlugin(
    'a plugin that is missing',
    undefined,
    'was not found in PATH (FOLDER:PATH). Install it, or add its folder to the setting kubefresh.credentialPlugins.folders.',
  ),
  brokenPlugin('a plugin that hangs', 'sleep 600', `did not finish within 60 s and was ended. ${lookYourself}`, [
    recovery.hangingPlugin,
    recovery.hangingPlugin + recovery.pass,
  ]),
  brokenPlugin(
    'a plugin that fails',
    `echo 'error: the session of token=${token} has ended' >&2; exit 3`,
    `failed with code 3: error: the session of token=[redacted] has ended. ${lookYourself}`,
  ),
  brokenPlugin(
    'a plugin that prints garbage',
    `echo 'Welcome! Your token is ${token}'`,
    `did not print a credential: its output is not JSON. ${lookYourself}`,
  ),
  {
    fault: 'a token file with a token that is not taken',
    stage: (given) => realStage(given, { tokenFile: 'token' }),
    prepare: (stage, given) => {
      writeFileSync(path.join(stage.folder, 'token'), given.token);
    },
    arrange: (stage, given) => {
      writeFileSync(path.join(stage.folder, 'token'), 'not-taken');
      stage.proxy.cut();
      return () => {
        writeFileSync(path.join(stage.folder, 'token'), given.token);
      };
    },
    ...sayingOfSample(
      `Asked for SUBJECT, the API server answered 401 Unauthorized. Log in again. ${again}`,
      'not authenticated',
    ),
  },
  {
    fault: 'a client certificate that has expired',
    // Past the proxy, which would have to pass the certificate on.
    stage: (given) => ({
      upstream: given.server,
      server: given.server.url,
      cluster: { 'certificate-authority': given.server.caFile },
      user: { 'client-certificate': 'client.crt', 'client-key': 'client.key' },
    }),
    prepare: (stage, given) => {
      putCertificate(stage, given.clientCertificates.valid);
    },
    arrange: (stage, given) => {
      putCertificate(stage, given.clientCertificates.expired);
      return () => {
        putCertificate(stage, given.clientCertificates.valid);
      };
    },
    ...sayingOfSample(`The client certificate of user "u" expired on DATE. Renew it. ${again}`, 'not trusted'),
  },
  ...(['foreign', 'expired'] as const).map((which): FaultRow => ({
    fault: `a server certificate that is ${which}`,
    stage: (given) => realStage(given, { token: given.token }),
    arrange: (stage, given) => {
      stage.proxy.present(given.certificates[which]);
      return () => {
        stage.proxy.present(given.certificates.trusted);
      };
    },
    ...sayingOfSample(
      `Could not ask ${proxyAddress}:PORT for SUBJECT: ${
        which === 'expired'
          ? 'its certificate has expired. Renew it, or check the clock of this machine.'
          : 'its certificate is not signed by an authority that the kubeconfig trusts (UNABLE_TO_VERIFY_LEAF_SIGNATURE). Check certificate-authority.'
      } ${again}`,
      'not trusted',
    ),
  })),
  {
    fault: '403',
    stage: (given) => {
      const user = given.nextUser();
      return { ...realStage(given, { token: user.token }), rbac: user };
    },
    arrange: async (stage) => {
      await stage.rbac!.allow(false);
      stage.proxy.cut();
      return () => stage.rbac!.allow(true);
    },
    first: {
      pods: 'test · shop · pods is forbidden: User "USER" cannot list resource "pods" in API group "" in the namespace "shop". Ask for the verbs “list” and “watch” on pods.',
      hover: [
        'It could not be read, so whether it exists is not known.',
        `Forbidden at TIME: secrets "${objectName}" is forbidden: User "USER" cannot get resource "secrets" in API group "" in the namespace "shop". Ask for the verb “get” on this name; Kubefresh needs no more.`,
      ],
      recovers: recovery.slow,
    },
    later: {
      pods: 'test · shop\nPods may be out of date: pods is forbidden: User "USER" cannot watch resource "pods" in API group "" in the namespace "shop". Ask for the verbs “list” and “watch” on pods. Current context.',
      hover: [
        'It existed when it was last read.',
        `The copy of TIME is kept since the refresh at TIME failed: secrets "${objectName}" is forbidden: User "USER" cannot get resource "secrets" in API group "" in the namespace "shop".`,
      ],
      row: '! forbidden, copy of TIME · 3 keys · used by 4 pods',
      recovers: recovery.pass,
    },
  },
];

/** Before the real API server, by a proxy that the kubeconfig trusts. */
function realStage(given: Given, user: Readonly<Record<string, unknown>>): StageOptions {
  return {
    upstream: given.server,
    certificate: given.certificates.trusted,
    cluster: { 'certificate-authority': given.caFile },
    user,
  };
}

/** A reason that is told of the pods of the sample and of its Secret. */
function sayingOfSample(reason: string, label: string): Pick<FaultRow, 'first' | 'later'> {
  return saying({ reason, label, recovers: [recovery.slow, recovery.pass], users: '3 keys · used by 4 pods' });
}

function putCertificate(stage: Stage, { certFile, keyFile }: CertificateFiles): void {
  copyFileSync(certFile, path.join(stage.folder, 'client.crt'));
  copyFileSync(keyFile, path.join(stage.folder, 'client.key'));
}

/** What does not exist is no copy to be kept. */
function missing(): Pick<FaultRow, 'first' | 'later'> {
  const shown: Shown = {
    pods: 'test · shop\nCurrent context.',
    hover: [
      'It does not exist, and is required: a container that needs it does not start.',
      `Not found at TIME: secrets "${objectName}" not found. Check the name and the namespace, or create the object.`,
    ],
    row: '✗ not found, asked TIME · used by 1 pod',
    recovers: recovery.pass,
  };
  return { first: shown, later: shown };
}

/** Files are watched in the computer's time. */
const watching = { speed: 1, watchesFiles: true };

/** Something happens to the kubeconfig, and the connection goes on; from the start there is none. */
function brokenKubeconfig(fault: string, breakIt: (stage: Stage) => void, first: string, later: string): FaultRow {
  return {
    fault,
    stage: (given) => ({ ...realStage(given, { token: given.token }), ...watching }),
    arrange: (stage) => {
      breakIt(stage);
      return () => {
        stage.writeKubeconfig();
      };
    },
    first: {
      pods: first,
      hover: ['Kubefresh is not connected to a cluster.'],
      noticed: recovery.file,
      recovers: recovery.file,
    },
    later: {
      pods: `test · shop\nThe kubeconfig cannot be read any more, and the connection goes on: ${later} Current context.`,
      hover: ['It exists.'],
      row: '↻ read TIME · 3 keys · used by 4 pods',
      noticed: recovery.file,
      recovers: recovery.file,
    },
  };
}

/** The kubeconfig up to the end of what the pattern matches, as while it is being written. */
function cutAfter(pattern: RegExp): (stage: Stage) => void {
  return (stage) => {
    const text = stage.kubeconfigText();
    const found = pattern.exec(text);
    if (found === null) throw new Error(`the kubeconfig has no ${String(pattern)}`);
    writeFileSync(stage.kubeconfig, text.slice(0, found.index + found[0].length));
  };
}

const kubeconfigs: readonly FaultRow[] = [
  brokenKubeconfig(
    'a kubeconfig that is removed',
    (stage) => {
      rmSync(stage.kubeconfig);
    },
    'Looked for FOLDER/config.',
    'no kubeconfig at FOLDER/config',
  ),
  brokenKubeconfig(
    'a kubeconfig that is emptied',
    (stage) => {
      writeFileSync(stage.kubeconfig, '');
    },
    'The kubeconfig has no current context.',
    'The kubeconfig has no current context.',
  ),
  brokenKubeconfig(
    'a kubeconfig that is cut off before its users',
    cutAfter(/^kind: Config\n/m),
    'Context "test" names user "u", which no file defines. Kubefresh reads the kubeconfig again when it changes.',
    'Context "test" names user "u", which no file defines.',
  ),
  brokenKubeconfig(
    'a kubeconfig that is no YAML',
    (stage) => {
      writeFileSync(stage.kubeconfig, `{"clusters": [ "${token}`);
    },
    'FOLDER/config is not valid YAML (line 1, column 41: MISSING_CHAR). Kubefresh reads the kubeconfig again when it changes.',
    'FOLDER/config is not valid YAML (line 1, column 41: MISSING_CHAR).',
  ),
  {
    fault: 'a kubeconfig whose token is no longer taken, until another is in its place',
    stage: () => watching,
    arrange: (stage) => {
      stage.api!.accepts = (authorization) => authorization === `Bearer ${renewed}`;
      stage.proxy.cut();
      return () => {
        stage.writeKubeconfig({ user: { token: renewed } });
      };
    },
    ...replacedToken(),
  },
  {
    fault: 'a context that is renamed, and with it the current one',
    stage: () => watching,
    arrange: (stage) => {
      stage.writeKubeconfig({ context: 'renamed' });
      return () => {
        stage.writeKubeconfig();
      };
    },
    later: {
      pods: 'renamed · shop\nCurrent context.',
      hover: ['It exists.'],
      row: '✓ read TIME · 2 keys · used by 1 pod',
      noticed: recovery.file,
      recovers: recovery.file,
    },
  },
  {
    fault: 'a context that is renamed, although it is chosen for the window',
    stage: () => ({ ...watching, context: 'test' }),
    arrange: (stage) => {
      stage.writeKubeconfig({ context: 'renamed' });
      return () => {
        stage.writeKubeconfig();
      };
    },
    ...chosenContext(),
  },
];

/** The copy is too fresh to be read again, so what failed after all was well was the request for the pods. */
function replacedToken(): Pick<FaultRow, 'first' | 'later'> {
  const { first, later } = saying(refused('401 Unauthorized.', 'not authenticated', `Log in again. ${again}`));
  const times = { noticed: recovery.file, recovers: recovery.file };
  const hover = later!.hover.map((sentence) => sentence.replace(secret, pods));
  return { first: { ...first!, ...times }, later: { ...later!, ...times, hover } };
}

/** What the window shall show is not there, so nothing is. */
function chosenContext(): Pick<FaultRow, 'first' | 'later'> {
  const shown: Shown = {
    pods: 'The kubeconfig has no context test. It has: renamed',
    hover: ['Kubefresh is not connected to a cluster.'],
    noticed: recovery.file,
    recovers: recovery.file,
  };
  return { first: shown, later: shown };
}

export const faults: readonly FaultRow[] = [...network, ...refusals, ...nonsense, ...credentials, ...kubeconfigs];
