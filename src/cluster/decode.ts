import type { ConfigMapCopy, ConfigValue, SecretCopy } from '../objects/copies';
import { answered, failed, type Answer } from '../objects/failure';
import type { Node, ObjectMeta, OwnerReference } from '../objects/kubernetes';
import type { Sealed } from '../objects/sealed';
import { invalid } from './requestFailures';
import { flagIn, listIn, objectIn, present, textIn, type JsonObject } from './json';

/** An object is at most 1.5 MiB in etcd; its JSON with managed fields and escapes may be several times that. */
export const mostObjectBytes = 16 * 1024 * 1024;

/** What was asked for, to be compared with what came. */
export interface Asked {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly subject: string;
}

/** What is kept of a Secret: its values sealed, and of its annotations those that cannot hold a copy of them. */
export function secretCopy(value: unknown, asked: Asked, seal: (base64: string) => Sealed): Answer<SecretCopy> {
  const read = objectAsked(value, asked);
  if (!read.ok) return read;
  const { object, metadata } = read.value;
  const data = new Map<string, Sealed>();
  for (const [key, base64] of fields(object['data'])) {
    if (!isBase64(base64))
      return failed(invalid(asked.subject, `the value of key ${JSON.stringify(key)} is not base64`));
    data.set(key, seal(base64));
  }
  const type = textIn(object['type']) ?? 'Opaque';
  const described = { ...metadata, ...descriptionIn(object['metadata'], (text) => !mayRepeatValues(text)) };
  return answered({ kind: 'Secret', metadata: described, type, immutable: flagIn(object['immutable']) ?? false, data });
}

/** What is kept of a ConfigMap: of `binaryData` only the sizes. */
export function configMapCopy(value: unknown, asked: Asked): Answer<ConfigMapCopy> {
  const read = objectAsked(value, asked);
  if (!read.ok) return read;
  const { object, metadata } = read.value;
  const data = new Map<string, ConfigValue>();
  for (const [key, text] of fields(object['data'])) {
    if (typeof text !== 'string')
      return failed(invalid(asked.subject, `the value of key ${JSON.stringify(key)} is not text`));
    data.set(key, { text, size: Buffer.byteLength(text) });
  }
  for (const [key, base64] of fields(object['binaryData'])) {
    if (!isBase64(base64))
      return failed(invalid(asked.subject, `the value of key ${JSON.stringify(key)} is not base64`));
    data.set(key, { size: Buffer.byteLength(base64, 'base64') });
  }
  const described = { ...metadata, ...descriptionIn(object['metadata'], () => true) };
  return answered({ kind: 'ConfigMap', metadata: described, immutable: flagIn(object['immutable']) ?? false, data });
}

/** In this annotation `kubectl apply` keeps a copy of the whole object. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** Labels and annotations, but for what repeats the object. Managed fields stay behind with all else. */
function descriptionIn(
  metadata: unknown,
  isKept: (annotation: string) => boolean,
): Pick<ObjectMeta, 'labels' | 'annotations'> {
  const labels = textsIn(objectIn(metadata)?.['labels'], () => true);
  const annotations = textsIn(
    objectIn(metadata)?.['annotations'],
    (text, name) => name !== lastApplied && isKept(text),
  );
  return present<Pick<ObjectMeta, 'labels' | 'annotations'>>({ labels, annotations });
}

/** Other tools keep such copies as well: as JSON, as JSON that is compressed (`H4sI` in base64), or otherwise at length. */
function mayRepeatValues(annotation: string): boolean {
  return annotation.length > 256 || /^\s*[[{]|^H4sI/.test(annotation);
}

function textsIn(
  value: unknown,
  isKept: (text: string, name: string) => boolean,
): Readonly<Record<string, string>> | undefined {
  const kept = fields(value).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && isKept(entry[1], entry[0]),
  );
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** What is kept of a Node: how its kubelet is set up. */
export function nodeCopy(value: unknown, asked: Asked): Answer<Node> {
  const read = objectAsked(value, asked);
  if (!read.ok) return read;
  const annotations = textsIn(objectIn(read.value.object['metadata'])?.['annotations'], () => true);
  const kubeletVersion = textIn(objectIn(objectIn(read.value.object['status'])?.['nodeInfo'])?.['kubeletVersion']);
  return answered({
    metadata: {
      name: asked.name,
      ...(annotations === undefined ? {} : { annotations }),
    },
    ...(kubeletVersion === undefined ? {} : { status: { nodeInfo: { kubeletVersion } } }),
  });
}

/** The object, if it is the one that was asked for. */
export function objectAsked(
  value: unknown,
  asked: Asked,
): Answer<{ readonly object: JsonObject; readonly metadata: ObjectMeta }> {
  const object = objectIn(value);
  if (object?.['kind'] !== asked.kind) return failed(invalid(asked.subject, `it is not of the kind ${asked.kind}`));
  const metadata = metadataIn(object['metadata']);
  if (metadata === undefined) return failed(invalid(asked.subject, 'it has no name or no usable version'));
  if (metadata.name !== asked.name || metadata.namespace !== asked.namespace) {
    return failed(invalid(asked.subject, 'it is another object'));
  }
  return answered({ object, metadata });
}

/** The metadata that are kept of every object; undefined without a name or with a version that cannot be one. */
export function metadataIn(value: unknown): ObjectMeta | undefined {
  const metadata = objectIn(value);
  const name = textIn(metadata?.['name']);
  if (metadata === undefined || name === undefined) return undefined;
  const version = metadata['resourceVersion'];
  if (version !== undefined && !isVersion(version)) return undefined;
  const owners = listIn(metadata['ownerReferences']);
  return present<ObjectMeta>({
    name,
    namespace: textIn(metadata['namespace']),
    uid: textIn(metadata['uid']),
    resourceVersion: version,
    creationTimestamp: textIn(metadata['creationTimestamp']),
    deletionTimestamp: textIn(metadata['deletionTimestamp']),
    ownerReferences: owners.length === 0 ? undefined : owners.flatMap(ownerIn),
  });
}

const greatestVersion = '9223372036854775807';

/**
 * Versions are revisions of etcd, whose numbers have 63 bits. A greater one is none, and would make every version that
 * comes after it count as older.
 */
export function isVersion(value: unknown): value is string {
  if (typeof value !== 'string' || !/^\d{1,19}$/.test(value)) return false;
  return value.length < greatestVersion.length || value <= greatestVersion;
}

function ownerIn(value: unknown): OwnerReference[] {
  const owner = objectIn(value);
  if (owner === undefined) return [];
  return [
    present<OwnerReference>({
      apiVersion: textIn(owner['apiVersion']),
      kind: textIn(owner['kind']) ?? '',
      name: textIn(owner['name']) ?? '',
      uid: textIn(owner['uid']) ?? '',
      controller: flagIn(owner['controller']),
    }),
  ];
}

function fields(value: unknown): [string, unknown][] {
  return Object.entries(objectIn(value) ?? {});
}

function isBase64(value: unknown): value is string {
  return typeof value === 'string' && value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value);
}
