import { ManifestReader } from './manifest';
import * as write from './write';

/** What needs the YAML parser is a bundle of its own, loaded with the first manifest that is read or written. */
export function makeReader(): ManifestReader {
  return new ManifestReader();
}

export const writer = write;
