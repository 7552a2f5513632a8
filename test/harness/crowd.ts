import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { ApiAnswer } from './apiRequests';
import { startApiServer, type ApiServer, type ApiServerOptions } from './apiServer';
import { cacheFolder } from './cacheFolder';
import { collectionPath, objectPath, type KubeObject, type OwnerReference } from './kubeObjects';
import { withLock } from './lock';
import { samplePod } from './samplePods';
import { findServerBinaries } from './serverBinaries';

/** How large a cluster is made. Each workload has ten Secrets and ConfigMaps of its own, which all of its pods use. */
export interface CrowdSize {
  readonly namespaces: number;
  readonly workloadsPerNamespace: number;
  readonly podsPerWorkload: number;
}

/** 10,000 pods that use 5,000 objects. */
export const thousands: CrowdSize = { namespaces: 20, workloadsPerNamespace: 25, podsPerWorkload: 20 };

export const nodes = 100;
/** As the controller manager would annotate the nodes of a cluster between 500 and 2,000 nodes. */
export const ttlSeconds = 60;

/** A workload of the crowd: what its pods have in common. */
export interface Workload {
  readonly namespace: string;
  readonly name: string;
  readonly shape: 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'bare';
  /** Whether its pods name a Secret that does not exist. */
  readonly lacksOne: boolean;
}

export function namespaceName(index: number): string {
  return `team-${padded(index, 2)}`;
}

/** Every workload, in the order of its namespaces. In each namespace one is of bare pods, and one lacks a Secret. */
export function workloadsOf(size: CrowdSize): Workload[] {
  return Array.from({ length: size.namespaces * size.workloadsPerNamespace }, (_, i) => {
    const place = i % size.workloadsPerNamespace;
    return {
      namespace: namespaceName(Math.floor(i / size.workloadsPerNamespace)),
      name: `service-${padded(place, 3)}`,
      shape: place === 0 ? 'bare' : place % 8 === 1 ? 'StatefulSet' : place % 8 === 2 ? 'DaemonSet' : 'Deployment',
      lacksOne: place === 3,
    };
  });
}

/** The names of the objects that the pods of a workload use, by kind. Those that do not exist are among them. */
export function usedBy({ name, lacksOne }: Workload): { readonly Secret: string[]; readonly ConfigMap: string[] } {
  const secrets = secretParts.map((part) => `${name}-${part}`);
  return {
    Secret: lacksOne ? [...secrets, `${name}-license`] : secrets,
    ConfigMap: configMapParts.map((part) => `${name}-${part}`),
  };
}

/** The objects that exist of a workload. */
export function objectsOf({ namespace, name }: Workload): KubeObject[] {
  const labels = { 'app.kubernetes.io/name': name };
  const value = (part: string): string => Buffer.from(`${part} of ${name} in ${namespace}`).toString('base64');
  return [
    ...secretParts.map((part) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: `${name}-${part}`, namespace, labels },
      ...(part === 'pull'
        ? {
            type: 'kubernetes.io/dockerconfigjson',
            data: { '.dockerconfigjson': Buffer.from('{"auths":{}}').toString('base64') },
          }
        : {
            type: 'Opaque',
            data: { username: value('username'), password: value('password'), token: value('token') },
          }),
    })),
    ...configMapParts.map((part) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `${name}-${part}`, namespace, labels },
      data: {
        'log-level': 'info',
        region: 'example-1',
        'app.properties': 'cache.size=128\ncache.ttl=60\npool.size=16\n'.repeat(20),
      },
    })),
  ];
}

/**
 * A pod of a workload as its kubelet reports it, running.
 * @param generation Told apart by name and owner: a rollout replaces the pods of one generation by those of the next.
 */
export function podOf(workload: Workload, index: number, generation: number, startedAt: Date): KubeObject {
  const { namespace, name, shape } = workload;
  const hash = `${(parseInt(name.slice(-3), 10) + 5).toString(16).padStart(4, '0')}${padded(generation, 5)}`;
  const suffix =
    shape === 'StatefulSet' || shape === 'bare' ? `${index}` : letters(index * 7919 + generation * 104_729);
  const pod = samplePod({
    namespace,
    name: shape === 'Deployment' ? `${name}-${hash}-${suffix}` : `${name}-${suffix}`,
    node: nodeName(index * 37 + parseInt(name.slice(-3), 10) * 11),
    labels: {
      'app.kubernetes.io/name': name,
      'app.kubernetes.io/part-of': namespace,
      ...(shape === 'Deployment' ? { 'pod-template-hash': hash } : {}),
    },
    ...(shape === 'bare' ? {} : { owner: ownerOf(workload, hash) }),
    spec: specOf(workload),
    state: { state: 'running', startedAt },
  });
  // The sample's pods ask for nothing; of these the server tells the class by what their containers ask for.
  const { qosClass: _, ...status } = pod['status'] as Readonly<Record<string, unknown>>;
  return { ...pod, status };
}

/**
 * Starts a server with the crowd in it. To make the crowd takes minutes, so it is kept in the cache folder, and made
 * anew when it is described otherwise.
 */
export async function startCrowdServer(options: ApiServerOptions, size: CrowdSize): Promise<ApiServer> {
  const say = options.say ?? (() => undefined);
  const { kubeApiserver } = await findServerBinaries(say);
  const described = JSON.stringify([
    size,
    podsOf(size, new Date(0)),
    workloadsOf(size).flatMap(objectsOf),
    kubeApiserver,
  ]);
  const data = cacheFolder(`crowd-${createHash('sha256').update(described).digest('hex').slice(0, 16)}`);
  await withLock(`${data}.lock`, say, async () => {
    if (existsSync(data)) return;
    const server = await startApiServer(options);
    try {
      await loadCrowd(server, size, say);
      await rm(`${data}.part`, { recursive: true, force: true });
      await server.keepData(`${data}.part`);
      await rename(`${data}.part`, data);
    } finally {
      await server.stop();
    }
  });
  return startApiServer({ ...options, data });
}

/** Creates the nodes, the namespaces, the objects and the pods, many at a time. Throws at the first refusal. */
export async function loadCrowd(server: ApiServer, size: CrowdSize, say: (line: string) => void): Promise<void> {
  const names = Array.from({ length: size.namespaces }, (_, i) => namespaceName(i));
  await createAll(server, [
    ...Array.from({ length: nodes }, (_, i) => nodeObject(nodeName(i))),
    ...names.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
  ]);
  const workloads = workloadsOf(size);
  const objects = [...names.map(rootCertificate), ...workloads.flatMap(objectsOf)];
  let started = Date.now();
  await createAll(server, objects);
  say(`${objects.length} Secrets and ConfigMaps were made in ${seconds(started)} s`);
  const pods = podsOf(size, new Date());
  started = Date.now();
  await createAll(server, pods);
  say(`${pods.length} pods were made in ${seconds(started)} s`);
}

function podsOf(size: CrowdSize, startedAt: Date): KubeObject[] {
  return workloadsOf(size).flatMap((workload) =>
    Array.from({ length: size.podsPerWorkload }, (_, i) => podOf(workload, i, 0, startedAt)),
  );
}

/** Creates an object; its status is not taken over. Answers what the server stored. */
export async function create(server: ApiServer, object: KubeObject): Promise<KubeObject> {
  const { status: _, ...rest } = object;
  const { apiVersion, kind, metadata } = object;
  const answer = await server.request('POST', collectionPath(apiVersion, kind, metadata.namespace), rest);
  return stored(answer, 201, object);
}

/** What a kubelet does when a container of the pod changes. Answers the pod as it is stored then. */
export async function reportStatus(server: ApiServer, pod: KubeObject, status: unknown): Promise<KubeObject> {
  const path = `${objectPath(pod)}/status?fieldManager=kubelet`;
  const contentType = 'application/merge-patch+json';
  return stored(await server.request('PATCH', path, { status }, { contentType }), 200, pod);
}

const secretParts = ['db', 'api', 'env', 'tls', 'keys', 'pull', 'migrate'] as const;
const configMapParts = ['settings', 'env', 'files'] as const;

/** Requests under way at once: enough to keep the server busy. */
const parallel = 24;

async function createAll(server: ApiServer, objects: readonly KubeObject[]): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    for (let object = objects[next++]; object !== undefined; object = objects[next++]) {
      await create(server, object);
      if (object['status'] !== undefined) await reportStatus(server, object, object['status']);
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
}

function stored({ status, body }: ApiAnswer, expected: number, object: KubeObject): KubeObject {
  if (status === expected) return body as unknown as KubeObject;
  throw new Error(`${objectPath(object)}: ${status} ${body.message ?? ''}`);
}

/** Every route that a pod can refer by, with what surrounds references in the pods of a real cluster. */
function specOf({ name, lacksOne }: Workload): Parameters<typeof samplePod>[0]['spec'] {
  const secretKey = (variable: string, part: string, key: string): object => ({
    name: variable,
    valueFrom: { secretKeyRef: { name: `${name}-${part}`, key } },
  });
  const plain = Array.from({ length: 8 }, (_, i) => ({
    name: `FEATURE_${i}_ENABLED`,
    value: i % 2 === 0 ? 'true' : 'false',
  }));
  const fieldRef = { apiVersion: 'v1', fieldPath: 'metadata.name' };
  const resources = { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '1', memory: '512Mi' } };
  return {
    imagePullSecrets: [{ name: `${name}-pull` }],
    initContainers: [
      {
        name: 'migrate',
        image: `registry.example.com/${name}-migrate:1.4.2`,
        envFrom: [{ secretRef: { name: `${name}-migrate` } }],
        resources,
      },
    ],
    containers: [
      {
        name: 'app',
        image: `registry.example.com/${name}:1.4.2`,
        ports: [{ name: 'http', containerPort: 8080 }],
        env: [
          ...plain,
          { name: 'POD_NAME', valueFrom: { fieldRef } },
          secretKey('DB_USERNAME', 'db', 'username'),
          secretKey('DB_PASSWORD', 'db', 'password'),
          secretKey('API_TOKEN', 'api', 'token'),
          ...(lacksOne ? [secretKey('LICENSE', 'license', 'license')] : []),
          { name: 'LOG_LEVEL', valueFrom: { configMapKeyRef: { name: `${name}-settings`, key: 'log-level' } } },
          {
            name: 'REGION',
            valueFrom: { configMapKeyRef: { name: `${name}-settings`, key: 'region', optional: true } },
          },
        ],
        envFrom: [
          { configMapRef: { name: `${name}-env` } },
          { prefix: 'SECRET_', secretRef: { name: `${name}-env`, optional: true } },
        ],
        volumeMounts: [
          { name: 'files', mountPath: '/etc/app' },
          { name: 'files', mountPath: '/etc/app.properties', subPath: 'app.properties' },
          { name: 'tls', mountPath: '/etc/tls', readOnly: true },
          { name: 'all', mountPath: '/etc/all', readOnly: true },
          { name: 'scratch', mountPath: '/tmp' },
        ],
        resources,
        livenessProbe: { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 10 },
        readinessProbe: { httpGet: { path: '/readyz', port: 8080 }, periodSeconds: 5 },
      },
      {
        name: 'proxy',
        image: 'registry.example.com/proxy:2.0.1',
        args: ['--listen=0.0.0.0:15001', '--admin=127.0.0.1:15000', '--drain-time=45s'],
        volumeMounts: [{ name: 'tls', mountPath: '/etc/tls', readOnly: true }],
        resources,
      },
    ],
    volumes: [
      { name: 'files', configMap: { name: `${name}-files`, defaultMode: 420 } },
      { name: 'tls', secret: { secretName: `${name}-tls`, defaultMode: 256 } },
      {
        name: 'all',
        projected: {
          defaultMode: 420,
          sources: [
            { secret: { name: `${name}-keys`, items: [{ key: 'token', path: 'token' }] } },
            { configMap: { name: `${name}-settings` } },
          ],
        },
      },
      { name: 'scratch', emptyDir: {} },
    ],
    tolerations: [
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
      { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
    ],
  };
}

/** No controller runs, so the owner exists by its name and uid only. */
function ownerOf({ name, shape }: Workload, hash: string): OwnerReference {
  const kind = shape === 'Deployment' ? 'ReplicaSet' : shape;
  const ownerName = shape === 'Deployment' ? `${name}-${hash}` : name;
  return { apiVersion: 'apps/v1', kind, name: ownerName, uid: `owner-${ownerName}` };
}

function nodeName(index: number): string {
  return `node-${padded(index % nodes, 3)}`;
}

function nodeObject(name: string): KubeObject {
  const annotations = { 'node.alpha.kubernetes.io/ttl': String(ttlSeconds) };
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, annotations } };
}

function rootCertificate(namespace: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kube-root-ca.crt', namespace },
    data: { 'ca.crt': 'the root certificate of nothing at all\n' },
  };
}

function padded(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

/** Five letters, as a ReplicaSet ends the names of its pods. */
function letters(seed: number): string {
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
  return Array.from({ length: 5 }, (_, place) => alphabet[Math.floor(seed / 27 ** place) % 27]).join('');
}

function seconds(since: number): string {
  return ((Date.now() - since) / 1000).toFixed(0);
}
