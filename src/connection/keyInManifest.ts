import type { ContextInfo } from '../cluster/contract';
import type { PodTemplate } from '../manifest/manifest';
import type { ObjectKey } from '../objects/objectKey';
import type { Reference } from '../references/references';

/** The object that a reference in a manifest means: in the namespace of the manifest, else of the context. */
export function keyInManifest(
  context: Pick<ContextInfo, 'namespace'>,
  { namespace }: Pick<PodTemplate, 'namespace'>,
  { kind, name }: Pick<Reference, 'kind' | 'name'>,
): ObjectKey {
  return { kind, namespace: namespace === undefined || namespace === '' ? context.namespace : namespace, name };
}
