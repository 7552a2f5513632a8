import type { KubeObject } from '../harness/kubeObjects';

/** Which object is meant. */
export interface ObjectName {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/**
 * An API server that has to keep the contract, and what a test needs besides: the cluster's own actors, who change
 * objects behind the back of whoever reads.
 *
 * The user may do everything with pods, ConfigMaps, nodes and namespaces. Of Secrets it may `get` the ones named `open`
 * and `missing`, and `list` and `watch` each of them by its name. Only the first exists. It may not do so with the one
 * named `sealed`, nor list all; the three are in the namespace `access`.
 */
export interface ApiUnderTest {
  readonly url: string;
  /** The authority of its certificate, if it has one. */
  readonly authority?: string;
  readonly user: string;
  readonly token: string;
  /** A file with one context for the user. */
  readonly kubeconfig: string;
  /** Creates the object, or replaces what is there. */
  put(object: KubeObject): Promise<void>;
  remove(object: ObjectName): Promise<void>;
  /** Makes it forget every version but the newest. Watches may break off. */
  compact(): Promise<void>;
  /** Lets so much time pass on its clock, where that does not pass by itself. */
  pass(ms: number): void;
  stop(): Promise<void>;
}

export const accessNamespace = 'access';

export function namespace(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

export function configMap(
  where: string,
  name: string,
  value = '',
  labels?: Readonly<Record<string, string>>,
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: where, ...(labels === undefined ? {} : { labels }) },
    data: { value },
  };
}

export function secret(where: string, name: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: where },
    type: 'Opaque',
    data: { password: Buffer.from('hunter2').toString('base64') },
  };
}

export function pod(where: string, name: string, nodeName: string): KubeObject {
  const env = [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'open', key: 'password' } } }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: where },
    spec: { nodeName, containers: [{ name: 'main', image: 'example.com/main:1', env }] },
  };
}

export function node(name: string, ttl: string): KubeObject {
  const annotations = { 'node.alpha.kubernetes.io/ttl': ttl };
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, annotations } };
}
