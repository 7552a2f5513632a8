import { apiTime, type ApiMetadata, type ApiObject } from './apiObject';
import { podOf } from './storyPods';
import type { ConfigMapRow, NodeRow, SecretRow, Story } from './storyRows';

/** The annotation by which the kubelet of a node knows how long a copy is fresh. */
export const ttlAnnotation = 'node.alpha.kubernetes.io/ttl';

const monthMs = 30 * 24 * 3_600_000;

/**
 * The objects of a story, in an order in which they can be created.
 * @param now When it begins, in milliseconds since 1970. All but the pods are a month old by then.
 */
export function storyObjects(story: Story, now: number): readonly ApiObject[] {
  const creationTimestamp = apiTime(now - monthMs);
  const old = [
    ...story.namespaces.map(namespace),
    ...story.namespaces.map(rootCertificate),
    ...story.nodes.map(node),
    ...story.secrets.map(secret),
    ...story.configMaps.map(configMap),
  ].map((object) => ({ ...object, metadata: { ...object.metadata, creationTimestamp } }));
  const pods = story.workloads.flatMap((row) =>
    row.nodes.map((on, index) => podOf(row, { node: on, index, generation: 0, state: row.state }, now)),
  );
  return [...old, ...pods];
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function object(kind: string, metadata: ApiMetadata, rest: object): ApiObject {
  return { apiVersion: 'v1', kind, metadata, ...rest };
}

function namespace(name: string): ApiObject {
  const labels = { 'kubernetes.io/metadata.name': name };
  return object('Namespace', { name, labels }, { status: { phase: 'Active' } });
}

/** What Kubernetes puts into each namespace, and by admission into each pod. */
function rootCertificate(where: string): ApiObject {
  const text = `-----BEGIN CERTIFICATE-----\n${base64('demo-only-certificate')}\n-----END CERTIFICATE-----\n`;
  return object('ConfigMap', { name: 'kube-root-ca.crt', namespace: where }, { data: { 'ca.crt': text } });
}

function node({ name, ttlSeconds }: NodeRow): ApiObject {
  const metadata = {
    name,
    labels: { 'kubernetes.io/hostname': name },
    annotations: { [ttlAnnotation]: ttlSeconds.toString() },
  };
  const conditions = [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }];
  return object('Node', metadata, { status: { conditions, nodeInfo: { kubeletVersion: 'v1.37.0' } } });
}

/** Values are never real, and say so. */
function secret({ namespace: where, name, type = 'Opaque', keys, value }: SecretRow): ApiObject {
  const data = Object.fromEntries(keys.map((key) => [key, base64(value ?? `demo-only-${name}-${key}`)]));
  return object('Secret', { name, namespace: where }, { type, data });
}

function configMap({ namespace: where, name, ...rest }: ConfigMapRow): ApiObject {
  return object('ConfigMap', { name, namespace: where }, rest);
}
