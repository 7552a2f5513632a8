import type { ObjectKind, Pod } from '../objects/kubernetes';
import { objectAccess } from './objectAccess';
import { nameIn, visitReferences } from './walk';

/**
 * The distinct names of the objects of one kind that a pod refers to, in the order in which they first occur: what a
 * manager registers. All of them are in the pod's own namespace. (`pkg/api/v1/pod/util.go`, 1.25)
 */
export function referencedNames(pod: Pod, kind: ObjectKind): string[] {
  const names: string[] = [];
  if (pod.spec === undefined) return names;
  visitReferences<unknown>(pod.spec, objectAccess, (field, holder) => {
    if (field.kind !== kind) return;
    const name = nameIn(field, holder, objectAccess);
    if (name !== undefined && !names.includes(name)) names.push(name);
  });
  return names;
}
