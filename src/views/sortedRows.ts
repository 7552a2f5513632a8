import { placeIn } from '../objects/sorted';

/** Puts `app` before `app-1`: a space comes before all that names hold. */
export function sortText(...names: readonly string[]): string {
  return names.join(' ');
}

/** Rows in the order of a text that each has for itself. Sorted when they are first asked for, and kept in order then. */
export class SortedRows<N> {
  readonly #bySort = new Map<string, N>();
  #sorted: { readonly sorts: string[]; readonly rows: N[] } | undefined;

  get size(): number {
    return this.#bySort.size;
  }

  get rows(): readonly N[] {
    if (this.#sorted === undefined) {
      const sorts = [...this.#bySort.keys()].sort();
      this.#sorted = { sorts, rows: sorts.map((sort) => this.#bySort.get(sort) as N) };
    }
    return this.#sorted.rows;
  }

  /** Sets the row with this text. */
  set(sort: string, row: N): void {
    const isKnown = this.#bySort.has(sort);
    this.#bySort.set(sort, row);
    if (this.#sorted === undefined) return;
    const { sorts, rows } = this.#sorted;
    const place = placeIn(sorts, (other) => other < sort);
    sorts.splice(place, isKnown ? 1 : 0, sort);
    rows.splice(place, isKnown ? 1 : 0, row);
  }

  delete(sort: string): void {
    if (!this.#bySort.delete(sort) || this.#sorted === undefined) return;
    const place = placeIn(this.#sorted.sorts, (other) => other < sort);
    this.#sorted.sorts.splice(place, 1);
    this.#sorted.rows.splice(place, 1);
  }

  placeOf(sort: string): number {
    const rows = this.rows;
    return rows.length === 0 || !this.#bySort.has(sort)
      ? -1
      : placeIn(this.#sorted?.sorts ?? [], (other) => other < sort);
  }
}
