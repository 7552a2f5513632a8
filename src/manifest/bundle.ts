import { ManifestReader } from './manifest';
import * as write from './write';

/** The code with the YAML parser is a bundle of its own, which is loaded when the first manifest is read or written. */
export function makeReader(): ManifestReader {
  return new ManifestReader();
}

export const writer = write;
