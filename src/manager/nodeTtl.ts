import type { Node } from '../objects/kubernetes';

/** Where the TTL controller writes how long nodes may cache objects, in whole seconds. */
export const ttlAnnotation = 'node.alpha.kubernetes.io/ttl';

/** The TTL in milliseconds where no node has an annotation. (`pkg/kubelet/util/manager/manager.go`, 1.25) */
export const defaultTtlMs = 60_000;

/**
 * The milliseconds of an annotation's text, or `undefined` if the text does not parse. The text is an optional sign and
 * ASCII digits, within signed 64 bits. Seconds become nanoseconds in arithmetic that wraps at 64 bits, as in Go, so absurdly
 * long times come out negative or short. (`GetObjectTTLFromNodeFunc`, `cache_based_manager.go`, 1.25)
 */
export function parseTtl(text: string): number | undefined {
  if (!/^[+-]?[0-9]+$/.test(text)) return undefined;
  const seconds = BigInt(text.startsWith('+') ? text.slice(1) : text);
  if (BigInt.asIntN(64, seconds) !== seconds) return undefined;
  return Number(BigInt.asIntN(64, seconds * 1_000_000_000n)) / 1_000_000;
}

/** The TTL of a node in milliseconds. It is read at each call, so that a changed annotation acts at once. */
export function ttlOfNode(node: () => Node | undefined): () => number {
  let text: string | undefined;
  let ttlMs = defaultTtlMs;
  return () => {
    const annotation = node()?.metadata.annotations?.[ttlAnnotation];
    if (annotation === undefined) return defaultTtlMs;
    // Freshness is checked often and the text seldom changes, so each text is parsed once.
    if (annotation !== text) {
      text = annotation;
      ttlMs = parseTtl(annotation) ?? defaultTtlMs;
    }
    return ttlMs;
  };
}
