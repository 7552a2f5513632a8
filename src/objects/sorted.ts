/** The first index in a sorted list for which `isBefore` is false, or the length if it is true for all items. */
export function placeIn<T>(sorted: readonly T[], isBefore: (item: T) => boolean): number {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    const item = sorted[middle];
    if (item !== undefined && isBefore(item)) from = middle + 1;
    else to = middle;
  }
  return from;
}
