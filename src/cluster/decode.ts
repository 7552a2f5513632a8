import type { ConfigMapCopy, ConfigValue, SecretCopy } from '../objects/objectCopy';
import { answered, failed, type Answer } from '../objects/failure';
import type { Node, ObjectMeta, OwnerReference } from '../objects/kubernetes';
import type { Sealed } from '../objects/sealed';
import { invalid } from './requestFailures';
import { flagIn, listIn, objectIn, withoutUndefined, textIn, type JsonObject } from './json';

/** etcd takes objects of 1.5 MiB at most. As JSON, with managed fields and escapes, one may be several times as long. */
export const maxObjectBytes = 16 * 1024 * 1024;

/** The object that was asked for, to be compared with the one that came. */
export interface ExpectedObject {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  /** The object in messages: `secrets "db" in namespace "shop"`. */
  readonly subject: string;
}

/** Keeps of a Secret its sealed values, its labels, and the annotations that cannot repeat a value. */
export function secretCopy(
  value: unknown,
  expected: ExpectedObject,
  seal: (base64: string) => Sealed,
): Answer<SecretCopy> {
  const read = readExpected(value, expected);
  if (!read.ok) return read;
  const { object, metadata } = read.value;
  const data = new Map<string, Sealed>();
  for (const [key, base64] of fields(object['data'])) {
    if (!isBase64(base64))
      return failed(invalid(expected.subject, `the value of key ${JSON.stringify(key)} is not base64`));
    data.set(key, seal(base64));
  }
  const type = textIn(object['type']) ?? 'Opaque';
  const described = { ...metadata, ...descriptionIn(object['metadata'], (text) => !mayRepeatValues(text)) };
  return answered({ kind: 'Secret', metadata: described, type, immutable: flagIn(object['immutable']) ?? false, data });
}

/** Keeps of a ConfigMap its texts, the sizes of its binary values, its labels and its annotations. */
export function configMapCopy(value: unknown, expected: ExpectedObject): Answer<ConfigMapCopy> {
  const read = readExpected(value, expected);
  if (!read.ok) return read;
  const { object, metadata } = read.value;
  const data = new Map<string, ConfigValue>();
  for (const [key, text] of fields(object['data'])) {
    if (typeof text !== 'string')
      return failed(invalid(expected.subject, `the value of key ${JSON.stringify(key)} is not text`));
    data.set(key, { text, size: Buffer.byteLength(text) });
  }
  for (const [key, base64] of fields(object['binaryData'])) {
    if (!isBase64(base64))
      return failed(invalid(expected.subject, `the value of key ${JSON.stringify(key)} is not base64`));
    data.set(key, { size: Buffer.byteLength(base64, 'base64') });
  }
  const described = { ...metadata, ...descriptionIn(object['metadata'], () => true) };
  return answered({ kind: 'ConfigMap', metadata: described, immutable: flagIn(object['immutable']) ?? false, data });
}

/** `kubectl apply` keeps a copy of the whole object in this annotation. */
const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

/** The labels, and the annotations that are worth keeping and do not repeat the object. */
function descriptionIn(
  metadata: unknown,
  isKept: (annotation: string) => boolean,
): Pick<ObjectMeta, 'labels' | 'annotations'> {
  const labels = textsIn(objectIn(metadata)?.['labels'], () => true);
  const annotations = textsIn(
    objectIn(metadata)?.['annotations'],
    (text, name) => name !== lastAppliedAnnotation && isKept(text),
  );
  return withoutUndefined<Pick<ObjectMeta, 'labels' | 'annotations'>>({ labels, annotations });
}

/** Other tools copy whole objects as well: as JSON, as compressed JSON (`H4sI` in base64), or as some other long text. */
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

/** Keeps of a Node its annotations and its kubelet's version. */
export function nodeCopy(value: unknown, expected: ExpectedObject): Answer<Node> {
  const read = readExpected(value, expected);
  if (!read.ok) return read;
  const annotations = textsIn(objectIn(read.value.object['metadata'])?.['annotations'], () => true);
  const kubeletVersion = textIn(objectIn(objectIn(read.value.object['status'])?.['nodeInfo'])?.['kubeletVersion']);
  return answered({
    metadata: {
      name: expected.name,
      ...(annotations === undefined ? {} : { annotations }),
    },
    ...(kubeletVersion === undefined ? {} : { status: { nodeInfo: { kubeletVersion } } }),
  });
}

/** The object and its metadata. Fails if it is another object than the expected one. */
export function readExpected(
  value: unknown,
  expected: ExpectedObject,
): Answer<{ readonly object: JsonObject; readonly metadata: ObjectMeta }> {
  const object = objectIn(value);
  if (object?.['kind'] !== expected.kind)
    return failed(invalid(expected.subject, `it is not of the kind ${expected.kind}`));
  const metadata = metadataIn(object['metadata']);
  if (metadata === undefined) return failed(invalid(expected.subject, 'it has no name or no usable version'));
  if (metadata.name !== expected.name || metadata.namespace !== expected.namespace) {
    return failed(invalid(expected.subject, 'it is another object'));
  }
  return answered({ object, metadata });
}

/** The metadata that are kept of every object. Undefined if there is no name or an impossible version. */
export function metadataIn(value: unknown): ObjectMeta | undefined {
  const metadata = objectIn(value);
  const name = textIn(metadata?.['name']);
  if (metadata === undefined || name === undefined) return undefined;
  const version = metadata['resourceVersion'];
  if (version !== undefined && !isVersion(version)) return undefined;
  const owners = listIn(metadata['ownerReferences']);
  return withoutUndefined<ObjectMeta>({
    name,
    namespace: textIn(metadata['namespace']),
    uid: textIn(metadata['uid']),
    resourceVersion: version,
    creationTimestamp: textIn(metadata['creationTimestamp']),
    deletionTimestamp: textIn(metadata['deletionTimestamp']),
    ownerReferences: owners.length === 0 ? undefined : owners.flatMap(ownerIn),
  });
}

const maxVersion = '9223372036854775807';

/**
 * Whether the value can be a resource version: a revision of etcd, which is a number of 63 bits. A greater number would
 * make every later version look older.
 */
export function isVersion(value: unknown): value is string {
  if (typeof value !== 'string' || !/^\d{1,19}$/.test(value)) return false;
  return value.length < maxVersion.length || value <= maxVersion;
}

function ownerIn(value: unknown): OwnerReference[] {
  const owner = objectIn(value);
  if (owner === undefined) return [];
  return [
    withoutUndefined<OwnerReference>({
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
