/**
 * What happens when a pod is registered again. Up to 1.28 every name counts as a new reference, which drops its copy.
 * From 1.29 on only the names that came or went are touched.
 */
export type RegistrationRule = '1.25' | '1.29';

/** How the watch store counts references: up to 1.27 in one count, from 1.28 on in one count for each pod. */
export type CountingRule = '1.25' | '1.28';

/**
 * How a watched object is followed. Up to 1.34 a list comes before the watch. From 1.35 on a watch begins with the state
 * (client-go's feature `WatchListClient`, which the kubelet leaves on), and a list comes only where that fails.
 */
export type FollowingRule = '1.25' | '1.35';

/** The rules in which versions of the kubelet differ. */
export interface KubeletRules {
  readonly registration: RegistrationRule;
  readonly counting: CountingRule;
  readonly following: FollowingRule;
  /** The time limit of a watch in seconds: at least this, and less than twice this. */
  readonly watchSeconds: number;
}

/** @param minor The minor version of the kubelet: 25 or later. */
export function rulesOf(minor: number): KubeletRules {
  return {
    registration: minor >= 29 ? '1.29' : '1.25',
    counting: minor >= 28 ? '1.28' : '1.25',
    following: minor >= 35 ? '1.35' : '1.25',
    watchSeconds: minor >= 31 ? 1800 : 300,
  };
}
