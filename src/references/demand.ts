import type { Reference } from './references';

/**
 * What the pod of a reference does without the object or key. `required`: a container waits for it. `pull`: the kubelet
 * goes on, and cannot pull private images. `optional`: the pod starts without it. `unmounted`: no container mounts the
 * volume, so the kubelet does not set it up, and nothing waits for it.
 */
export type Demand = 'required' | 'pull' | 'optional' | 'unmounted';

export function demandOf({ optional, origin, route }: Pick<Reference, 'optional' | 'origin' | 'route'>): Demand {
  if (origin.in === 'volume' && origin.mounts.length === 0) return 'unmounted';
  if (optional) return 'optional';
  return route === 'imagePull' ? 'pull' : 'required';
}

/** Whether something is wrong without the object or key. */
export function isNeeded(demand: Demand | 'unasked'): boolean {
  return demand === 'required' || demand === 'pull';
}
