const greatest = 2n ** 64n - 1n;
/** Digits that a double holds exactly. */
const exactDigits = 15;

/**
 * Whether `candidate` is an older version than `held`: both read as unsigned 64-bit numbers, strictly smaller.
 * Mirrors `isObjectOlder` (`pkg/kubelet/util/manager/cache_based_manager.go`, 1.25), which ignores parse errors.
 */
export function isOlderVersion(candidate: string, held: string): boolean {
  if (candidate === held) return false;
  if (isShortNumber(candidate) && isShortNumber(held)) return Number(candidate) < Number(held);
  return parseVersion(candidate) < parseVersion(held);
}

function isShortNumber(text: string): boolean {
  return text.length <= exactDigits && /^[0-9]+$/.test(text);
}

/** Go's `strconv.ParseUint(text, 10, 64)` without its error: 0 for junk, the greatest number once digits overflow. */
function parseVersion(text: string): bigint {
  let value = 0n;
  for (const character of text) {
    if (character < '0' || character > '9') return 0n;
    value = value * 10n + BigInt(character);
    if (value > greatest) return greatest;
  }
  return value;
}
