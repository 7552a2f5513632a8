import type { Facts } from '../connection/facts';
import type { OpenManifest } from '../connection/openManifest';
import { keyText, type ObjectKey } from '../objects/objectKey';
import type { Filter } from './filter';
import { manifestNode, manifestsNode, pinsNode, type PodNode } from './podTree';
import { sortText } from './sortedRows';

/** What stands above the pods: open manifests and pins that are shown, in order. They are few. */
export interface HeldRows {
  readonly manifests: readonly OpenManifest[];
  readonly pins: readonly ObjectKey[];
}

export function heldRowsIn(facts: Facts, filter: Filter): HeldRows {
  const manifests = [...facts.holds.manifests].filter((manifest) => filter.showsManifest(facts, manifest));
  const pins = facts.holds.pins.filter((key) => filter.showsObject(facts, key));
  return {
    manifests: sortedBy(manifests, ({ name, id }) => sortText(name, id)),
    pins: sortedBy(pins, ({ kind, namespace, name }) => sortText(kind, namespace, name)),
  };
}

export function rootsOfHeld({ manifests, pins }: HeldRows): PodNode[] {
  return [...(manifests.length === 0 ? [] : [manifestsNode]), ...(pins.length === 0 ? [] : [pinsNode])];
}

/**
 * @param changed Objects that changed in between, by the text of their keys.
 * @returns the ids of the rows that are others than before; `''` stands for the roots.
 */
export function changedHeldRows(before: HeldRows, after: HeldRows, changed: ReadonlyMap<string, ObjectKey>): string[] {
  if (!isSame(rootsOfHeld(before), rootsOfHeld(after), ({ id }) => id)) return [''];
  const rows: string[] = [];
  if (!isSame(before.manifests, after.manifests, ({ id }) => id)) rows.push(manifestsNode.id);
  if (!isSame(before.pins, after.pins, keyText)) rows.push(pinsNode.id);
  for (const manifest of after.manifests) {
    // An edited manifest is among them, since it holds its objects anew.
    if (manifest.uses.some(({ key }) => changed.has(keyText(key)))) rows.push(manifestNode(manifest).id);
  }
  return rows;
}

function sortedBy<T>(items: readonly T[], sortOf: (item: T) => string): T[] {
  return [...items].sort((a, b) => (sortOf(a) < sortOf(b) ? -1 : 1));
}

function isSame<T>(a: readonly T[], b: readonly T[], idOf: (item: T) => string): boolean {
  return a.map(idOf).join('\n') === b.map(idOf).join('\n');
}
