import type { Strategy } from './objectManagers';

/** What the user has set, as far as connections need it. Asked for at each use, so that a change acts at once. */
export interface Settings {
  /** Paths of kubeconfig files; empty: as kubectl finds them. */
  readonly kubeconfig: readonly string[];
  /** The context of this window; empty: the kubeconfig's current one. */
  readonly context: string;
  /** Whether a hover may connect. */
  readonly autoConnect: boolean;
  /** Seconds that objects count as fresh; `undefined`: as the node says. */
  readonly ttlSeconds: number | undefined;
  readonly strategy: Strategy;
  /** The minor version of the kubelet whose rules the managers keep to: 29 for 1.29. `undefined`: that of the node. */
  readonly kubeletMinor: number | undefined;
  readonly sync: 'visible' | 'always' | 'off';
  /** Requests a second of the sync loop, and how many it may save up. */
  readonly queriesPerSecond: number;
  readonly burst: number;
  /** Folders searched for credential plugins after PATH. */
  readonly pluginFolders: readonly string[];
  readonly pluginTimeoutMs: number;
  readonly requestTimeoutMs: number;
}
