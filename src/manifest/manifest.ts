import { readDocument, type DocumentTemplate, type ManifestReference, type ReadDocument } from './document';
import { cutPieces, type Piece, type Range } from './pieces';

export type { ManifestReference, Range };

/** A pod template in a file. */
export interface PodTemplate {
  /** Empty if it is templated. */
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty if there is none. */
  readonly name: string;
  /** As in the text. */
  readonly namespace: string | undefined;
  /** The number of its document in the file, from 0. */
  readonly document: number;
  /** Its index in each list around it, from the outermost list. Absent outside a list. */
  readonly itemPath?: readonly number[];
  readonly range: Range;
  readonly references: readonly ManifestReference[];
  /** Why Kubernetes could not decode the document. */
  readonly problem?: string;
}

/** The pod templates of a file. */
export interface Manifest {
  readonly templates: readonly PodTemplate[];
}

/** A document that was read, and its templates with the offsets of its last place in the file. */
interface CachedDocument {
  readonly read: ReadDocument;
  placed: { readonly place: Place; readonly templates: readonly PodTemplate[] } | undefined;
}

interface Place {
  readonly start: number;
  readonly document: number;
  readonly problem: string | undefined;
}

/** How many characters of documents are remembered. Open manifests are unlikely to have more. */
const cacheSize = 4_000_000;

/**
 * Reads manifests, and remembers each document by its text. After an edit, only the edited document is parsed. The others
 * only get new offsets.
 */
export class ManifestReader {
  readonly #cache = new Map<string, CachedDocument>();
  #cached = 0;

  /** Never throws. In a text that is half typed, it finds the templates that are certain. */
  read(text: string): Manifest {
    const templates: PodTemplate[] = [];
    for (const [document, piece] of cutPieces(text).entries()) {
      const cached = this.#document(piece, text.slice(piece.start, piece.end));
      const place = { start: piece.start, document, problem: cached.read.problem ?? piece.problem };
      for (const template of placedTemplates(cached, place)) templates.push(template);
    }
    return { templates };
  }

  #document(piece: Piece, text: string): CachedDocument {
    const key = piece.form + text;
    let cached = this.#cache.get(key);
    if (cached === undefined) {
      cached = { read: readDocument(text, piece.form), placed: undefined };
      this.#cached += key.length;
    } else {
      // Moves it to the end of the map. The first entries are those that were not seen for longest.
      this.#cache.delete(key);
    }
    this.#cache.set(key, cached);
    for (const oldest of this.#cache.keys()) {
      if (this.#cached <= cacheSize || oldest === key) break;
      this.#cache.delete(oldest);
      this.#cached -= oldest.length;
    }
    return cached;
  }
}

function placedTemplates(cached: CachedDocument, place: Place): readonly PodTemplate[] {
  if (cached.placed === undefined || !samePlace(cached.placed.place, place)) {
    cached.placed = { place, templates: cached.read.templates.map((template) => placed(template, place)) };
  }
  return cached.placed.templates;
}

function samePlace(a: Place, b: Place): boolean {
  return a.start === b.start && a.document === b.document && a.problem === b.problem;
}

function placed(template: DocumentTemplate, place: Place): PodTemplate {
  const { start, document, problem } = place;
  return {
    ...template,
    document,
    range: moved(template.range, start),
    references: template.references.map((reference) => ({
      ...reference,
      name: moved(reference.name, start),
      keys: reference.keys.map((key) => moved(key, start)),
      field: moved(reference.field, start),
    })),
    ...(problem === undefined ? {} : { problem }),
  };
}

function moved({ start, end }: Range, by: number): Range {
  return { start: start + by, end: end + by };
}
