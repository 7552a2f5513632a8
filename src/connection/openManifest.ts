import type { ObjectKey } from '../objects/objectKey';
import type { Reference } from '../references/references';

/** A reference in an open manifest, and where its name stands. */
export interface ManifestUse {
  readonly key: ObjectKey;
  readonly reference: Reference;
  /** Counted from 0. */
  readonly line: number;
  readonly character: number;
}

/** A manifest in a tab, as far as it refers to Secrets and ConfigMaps. */
export interface OpenManifest {
  /** The URI of its document. */
  readonly id: string;
  /** What its tab is called. */
  readonly name: string;
  readonly uses: readonly ManifestUse[];
}
