/**
 * What registering a pod again does: up to 1.28 every name counts as a new reference, which drops its cached data;
 * from 1.29 on only names that came or went are touched.
 */
export type RegistrationRule = '1.25' | '1.29';

/** What the watch store counts: up to 1.27 references, from 1.28 on references of each pod. */
export type CountingRule = '1.25' | '1.28';

/**
 * How a watched object is followed. Up to 1.34 a list comes before the watch. From 1.35 on a watch begins with the state
 * (client-go's feature `WatchListClient`, which the kubelet leaves on), and a list comes only where that fails.
 */
export type FollowingRule = '1.25' | '1.35';

/** Where versions of the kubelet differ in their managers. */
export interface KubeletRules {
  readonly registration: RegistrationRule;
  readonly counting: CountingRule;
  readonly following: FollowingRule;
  /** A watch is asked to end after this many seconds at least, and before twice as many. */
  readonly watchSeconds: number;
}

/** @param minor Of a version 1.25 or later: 25. */
export function rulesOf(minor: number): KubeletRules {
  return {
    registration: minor >= 29 ? '1.29' : '1.25',
    counting: minor >= 28 ? '1.28' : '1.25',
    following: minor >= 35 ? '1.35' : '1.25',
    watchSeconds: minor >= 31 ? 1800 : 300,
  };
}
