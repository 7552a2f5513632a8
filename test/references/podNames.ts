import type { ObjectKind, Pod } from '../../src/objects/kubernetes';
import { objectAccess } from '../../src/references/objectAccess';
import { namesOf, referencesOf } from '../../src/references/references';

/** What a manager registers for a pod, by a walk of its own over the spec. */
export function podNames(pod: Pod, kind: ObjectKind): string[] {
  return namesOf(referencesOf<unknown>(pod.spec ?? {}, objectAccess), kind);
}
