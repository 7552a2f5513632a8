/** The first place in a sorted list whose item is not before the one that is looked for; the length if all are. */
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
