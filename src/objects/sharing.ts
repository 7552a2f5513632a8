/**
 * Takes equal parts of `like` into `value`, so that memory has equal parts once and unchanged parts stay the same object.
 * @param value Plain data that no other code has yet. It is changed in place.
 * @returns `like` itself if all is equal, else `value`.
 */
export function shareWith<T>(value: T, like: T | undefined): T {
  return shared(value, like) as T;
}

function shared(value: unknown, like: unknown): unknown {
  if (value === like) return like;
  if (typeof value !== 'object' || typeof like !== 'object' || value === null || like === null) return value;
  if (Array.isArray(value)) return Array.isArray(like) ? sharedItems(value, like) : value;
  if (Array.isArray(like)) return value;
  return sharedFields(value as Record<string, unknown>, like as Readonly<Record<string, unknown>>);
}

function sharedItems(value: unknown[], like: readonly unknown[]): unknown {
  let equal = value.length === like.length;
  for (const [i, item] of value.entries()) {
    const part = shared(item, like[i]);
    value[i] = part;
    if (part !== like[i]) equal = false;
  }
  return equal ? like : value;
}

function sharedFields(value: Record<string, unknown>, like: Readonly<Record<string, unknown>>): unknown {
  let equal = true;
  let fields = 0;
  for (const name in value) {
    fields += 1;
    const other = like[name];
    const part = shared(value[name], other);
    value[name] = part;
    if (part !== other) equal = false;
  }
  if (!equal) return value;
  for (const _ in like) fields -= 1;
  return fields === 0 ? like : value;
}
