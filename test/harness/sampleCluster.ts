import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseAllDocuments } from 'yaml';
import type { ApiServer } from './apiServer';
import type { KubeObject, OwnerReference } from './kubeObjects';
import { type PodSpec, type PodState, rfc3339, samplePod } from './samplePods';
import { sampleSecrets } from './sampleSecrets';

/** The folder of manifests the sample is made of: a workspace to open. */
export function sampleFolder(): string {
  return path.join(process.cwd(), 'test', 'harness', 'sample');
}

/**
 * An imaginary shop: nodes, namespaces, Secrets, ConfigMaps, workloads with their pods in several states, every route by
 * which a pod can name a Secret or ConfigMap, and some that lead nowhere. In an order in which `ApiServer.apply` can
 * create them. Containers started at `now`, but those of `shop/cart` three hours before.
 */
export function sampleObjects(now: Date): readonly KubeObject[] {
  const manifests = readManifests().filter((object) => object.kind !== 'Pod');
  const namespaces = ['default', 'monitoring', 'payments', 'shop'];
  return [
    ...namespaces.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    ...namespaces.map(rootCertificate),
    // A node's TTL grows with the cluster; the annotation is what the kubelet on it reads.
    node('node-a', { ttl: '0', version: 'v1.37.2' }),
    node('node-b', { ttl: '15', version: 'v1.36.3' }),
    ...sampleSecrets(),
    ...manifests,
    ...controlled(now),
    ...pods(now),
  ];
}

/**
 * The role of a user `dev`, who may look at the pods of the namespace and `get` a few objects by name, but list none of
 * them.
 */
export function sampleRole(namespace: string): readonly KubeObject[] {
  const name = 'developer';
  const apiGroup = 'rbac.authorization.k8s.io';
  const rule = (resource: string, verbs: readonly string[], resourceNames?: readonly string[]): object => ({
    apiGroups: [''],
    resources: [resource],
    verbs,
    ...(resourceNames === undefined ? {} : { resourceNames }),
  });
  return [
    {
      apiVersion: `${apiGroup}/v1`,
      kind: 'Role',
      metadata: { name, namespace },
      rules: [
        rule('pods', ['get', 'list', 'watch']),
        rule('secrets', ['get'], ['db-credentials', 'api-token']),
        rule('configmaps', ['get'], ['app-settings']),
      ],
    },
    {
      apiVersion: `${apiGroup}/v1`,
      kind: 'RoleBinding',
      metadata: { name, namespace },
      roleRef: { apiGroup, kind: 'Role', name },
      subjects: [{ apiGroup, kind: 'User', name: 'dev' }],
    },
  ];
}

/**
 * Loads the sample and the role of `dev` in `shop`. Containers start in a later second than the one their Secrets and
 * ConfigMaps were made in, so that only those of `shop/cart` are older than what they read.
 */
export async function loadSample(server: ApiServer): Promise<void> {
  const isPod = (object: KubeObject): boolean => object.kind === 'Pod';
  await server.apply([...sampleObjects(new Date()).filter((object) => !isPod(object)), ...sampleRole('shop')]);
  const sinceSecond = Date.now() % 1000;
  await delay(1000 - sinceSecond);
  await server.apply(sampleObjects(new Date()).filter(isPod));
}

interface Template {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec: PodSpec;
}

function readManifests(): readonly KubeObject[] {
  const files = readdirSync(sampleFolder(), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .flatMap((file) => {
      // Kubernetes reads YAML 1.1, where 0400 is octal.
      const documents = parseAllDocuments(readFileSync(path.join(sampleFolder(), file), 'utf8'), { version: '1.1' });
      return documents.map((document) => document.toJS() as KubeObject);
    });
}

function manifest(kind: string, name: string): KubeObject {
  const found = readManifests().find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`test/harness/sample has no ${kind} ${name}`);
  return found;
}

function templateOf(workload: KubeObject): Template {
  if (workload.kind === 'CronJob') return (workload['spec'] as CronJobSpec).jobTemplate.spec.template;
  return (workload['spec'] as { template: Template }).template;
}

interface CronJobSpec {
  readonly jobTemplate: { readonly spec: { readonly template: Template } };
}

/** The hash in the name of each Deployment's ReplicaSet. */
const replicaSets = {
  web: '7d9c5b8f4d',
  cart: '66bf4c9f7b',
  orders: '5c6d7f9b88',
  notifications: '84d5f6c7b9',
  search: '59bd8c7d6f',
  'fraud-scorer': '6f8b9d5c4d',
  reconcile: '7b6c8d9f55',
} as const;

type DeploymentName = keyof typeof replicaSets;

const jobName = 'worker-29848590';

/** What controllers, of which the test server has none, would make of the workloads. */
function controlled(now: Date): readonly KubeObject[] {
  const names = Object.keys(replicaSets) as DeploymentName[];
  return [...names.map(replicaSet), job(now)];
}

function replicaSet(name: DeploymentName): KubeObject {
  const deployment = manifest('Deployment', name);
  const { spec, metadata } = templateOf(deployment);
  const { replicas } = deployment['spec'] as { replicas: number };
  const labels = { ...metadata?.labels, 'pod-template-hash': replicaSets[name] };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { ...ownedBy(deployment), name: `${name}-${replicaSets[name]}`, labels },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  };
}

function job(now: Date): KubeObject {
  const cronJob = manifest('CronJob', 'worker');
  const { spec } = (cronJob['spec'] as CronJobSpec).jobTemplate;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { ...ownedBy(cronJob), name: jobName },
    spec,
    status: { startTime: rfc3339(now), active: 0, terminating: 0, ready: 0, uncountedTerminatedPods: {} },
  };
}

function ownedBy(owner: KubeObject): { namespace: string; ownerReferences: readonly OwnerReference[] } {
  const namespace = owner.metadata.namespace ?? 'default';
  return { namespace, ownerReferences: [{ ...reference(owner), controller: true, blockOwnerDeletion: true }] };
}

function reference(object: KubeObject): OwnerReference {
  return { apiVersion: object.apiVersion, kind: object.kind, name: object.metadata.name };
}

function pods(now: Date): readonly KubeObject[] {
  const running: PodState = { state: 'running', startedAt: now };
  const old: PodState = { state: 'running', startedAt: new Date(now.getTime() - 3 * 3600_000) };
  const succeeded: PodState = { state: 'succeeded', startedAt: now, finishedAt: now };
  const crashing: PodState = { state: 'crashing', lastStartedAt: now };
  const creating: PodState = { state: 'waiting', reason: 'ContainerCreating' };
  const cannotStart = (message: string): PodState => ({
    state: 'waiting',
    reason: 'CreateContainerConfigError',
    message,
  });
  const noSecret = cannotStart('secret "fraud-api-key" not found');
  const noKey = cannotStart("couldn't find key api-key in Secret shop/search-index");

  const ledger = manifest('StatefulSet', 'ledger');
  const exporter = manifest('DaemonSet', 'node-exporter');
  const worker = manifest('CronJob', 'worker');
  const workerJob: OwnerReference = { apiVersion: 'batch/v1', kind: 'Job', name: jobName };

  return [
    deploymentPod('web', 'x2k9p', 'node-a', running),
    deploymentPod('web', 'm7v4d', 'node-b', running),
    deploymentPod('cart', 'q8w5t', 'node-a', old),
    withDebugger(deploymentPod('cart', 'z6n2h', 'node-b', old), now),
    deploymentPod('orders', 'b4j7s', 'node-a', running),
    deploymentPod('orders', 'l9c6r', 'node-b', running),
    deploymentPod('notifications', 'g5x8k', 'node-a', crashing),
    deploymentPod('search', 'd2f7w', 'node-b', noKey),
    workloadPod(worker, `${jobName}-t5h9v`, 'node-b', succeeded, workerJob, {
      'batch.kubernetes.io/job-name': jobName,
    }),
    statefulPod(ledger, 0, 'node-a', running),
    statefulPod(ledger, 1, 'node-b', running),
    deploymentPod('fraud-scorer', 'p4s8n', 'node-b', noSecret),
    deploymentPod('reconcile', 'v7k2c', 'node-a', creating),
    workloadPod(exporter, 'node-exporter-h8r4m', 'node-a', running),
    workloadPod(exporter, 'node-exporter-s6d9b', 'node-b', running),
    barePod('toolbox', 'node-a', running),
    barePod('archive-import', 'node-b', creating),
  ];
}

function deploymentPod(name: DeploymentName, suffix: string, node: string, state: PodState): KubeObject {
  const hash = replicaSets[name];
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${name}-${hash}` };
  const labels = { 'pod-template-hash': hash };
  return workloadPod(manifest('Deployment', name), `${name}-${hash}-${suffix}`, node, state, owner, labels);
}

function statefulPod(owner: KubeObject, index: number, node: string, state: PodState): KubeObject {
  const name = `${owner.metadata.name}-${index}`;
  const labels = { 'statefulset.kubernetes.io/pod-name': name, 'apps.kubernetes.io/pod-index': index.toString() };
  return workloadPod(owner, name, node, state, reference(owner), labels);
}

function workloadPod(
  workload: KubeObject,
  name: string,
  node: string,
  state: PodState,
  owner = reference(workload),
  labels: Readonly<Record<string, string>> = {},
): KubeObject {
  const { metadata, spec } = templateOf(workload);
  const namespace = workload.metadata.namespace ?? 'default';
  return samplePod({ namespace, name, node, owner, spec, state, labels: { ...metadata?.labels, ...labels } });
}

function barePod(name: string, node: string, state: PodState): KubeObject {
  const { metadata, spec } = manifest('Pod', name) as KubeObject & { spec: PodSpec };
  return samplePod({ namespace: 'default', name, node, spec, state, labels: metadata.labels ?? {} });
}

/** As `kubectl debug` would: a container that is added while the pod runs. */
function withDebugger(pod: KubeObject, startedAt: Date): KubeObject {
  const token = { name: 'API_TOKEN', valueFrom: { secretKeyRef: { name: 'api-token', key: 'token' } } };
  const name = 'debugger-k4m2x';
  const image = 'docker.io/library/busybox:1.37';
  const status = {
    ...{ name, image, imageID: '', ready: false, restartCount: 0 },
    state: { running: { startedAt: rfc3339(startedAt) } },
  };
  return {
    ...pod,
    spec: { ...(pod['spec'] as object), ephemeralContainers: [{ name, image, stdin: true, tty: true, env: [token] }] },
    status: { ...(pod['status'] as object), ephemeralContainerStatuses: [status] },
  };
}

function node(name: string, { ttl, version }: { readonly ttl: string; readonly version: string }): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { 'kubernetes.io/hostname': name },
      annotations: { 'node.alpha.kubernetes.io/ttl': ttl },
    },
    status: {
      conditions: [
        { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
      ],
      nodeInfo: {
        ...{
          machineID: '',
          systemUUID: '',
          bootID: '',
          kernelVersion: '6.1.0',
          osImage: 'Debian GNU/Linux 12 (bookworm)',
        },
        ...{ containerRuntimeVersion: 'containerd://2.1.4', kubeletVersion: version, kubeProxyVersion: '' },
        ...{ operatingSystem: 'linux', architecture: 'amd64' },
      },
    },
  };
}

function rootCertificate(namespace: string): KubeObject {
  const body = Buffer.from('sample root certificate of nothing at all').toString('base64');
  const certificate = `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kube-root-ca.crt', namespace },
    data: { 'ca.crt': certificate },
  };
}
