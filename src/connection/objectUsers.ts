import type { ObjectKey } from '../objects/objectKey';
import { demandOf, isNeeded } from '../references/demand';
import type { Reference } from '../references/references';

/** How many references name something and cannot do without it, and how many can. */
export interface Counts {
  readonly required: number;
  readonly optional: number;
}

/** What all references to one object, by pods themselves, ask of it together. */
export interface Needs extends Counts {
  /** How many references stand in volumes that no container mounts. Nothing waits for those. */
  readonly unmounted: number;
  /** The keys that are named. */
  readonly keys: ReadonlyMap<string, Counts>;
}

export const noNeeds: Needs = { required: 0, optional: 0, unmounted: 0, keys: new Map() };

/** Who refers to one object. Kept up to date reference by reference, since ten thousand pods may share an object. */
export class ObjectUsers implements Needs {
  readonly key: ObjectKey;
  /** Ids of the pods that refer to it by themselves, and of those for which only admission does. */
  readonly pods = new Set<string>();
  readonly injectedPods = new Set<string>();
  readonly keys = new Map<string, { required: number; optional: number }>();
  required = 0;
  optional = 0;
  unmounted = 0;

  constructor(key: ObjectKey) {
    this.key = key;
  }

  get none(): boolean {
    return this.pods.size === 0 && this.injectedPods.size === 0;
  }

  /** @param by 1 for a reference that came, -1 for one that went. */
  count(reference: Reference, by: 1 | -1): void {
    const demand = demandOf(reference);
    const side = isNeeded(demand) ? 'required' : 'optional';
    this[demand === 'unmounted' ? demand : side] += by;
    const { keys } = reference;
    if (keys.choose !== 'some') return;
    for (const { key } of keys.keys) {
      const counts = this.keys.get(key) ?? { required: 0, optional: 0 };
      counts[side] += by;
      if (counts.required + counts.optional === 0) this.keys.delete(key);
      else this.keys.set(key, counts);
    }
  }
}
