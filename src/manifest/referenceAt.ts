import type { Manifest, ManifestReference, PodTemplate, Range } from './manifest';

/** The reference at an offset, and which part of it. */
export interface ReferenceAt {
  readonly template: PodTemplate;
  readonly reference: ManifestReference;
  readonly on: 'name' | 'key' | 'field';
  /** With `on: 'key'`. */
  readonly key?: string;
}

/** The reference at an offset. The narrowest range wins. A range includes its end, where a caret may be. */
export function referenceAt(manifest: Manifest, offset: number): ReferenceAt | undefined {
  let found: ReferenceAt | undefined;
  let narrowest = Infinity;
  const narrower = (range: Range): boolean => {
    const length = range.end - range.start;
    if (offset < range.start || offset > range.end || length >= narrowest) return false;
    narrowest = length;
    return true;
  };
  // Aliases may put a reference outside its own template, so all are looked at; that takes microseconds.
  for (const template of manifest.templates) {
    for (const reference of template.references) {
      if (narrower(reference.name)) found = { template, reference, on: 'name' };
      for (const [index, range] of reference.keys.entries()) {
        if (!narrower(range)) continue;
        const { keys } = reference.reference;
        const key = keys.choose === 'some' ? keys.keys[index]?.key : undefined;
        found = { template, reference, on: 'key', ...(key === undefined ? {} : { key }) };
      }
      if (narrower(reference.field)) found = { template, reference, on: 'field' };
    }
  }
  return found;
}
