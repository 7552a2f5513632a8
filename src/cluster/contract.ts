import type { Clock } from '../objects/clock';
import type { ConfigMapCopy, SecretCopy } from '../objects/objectCopy';
import type { Disposable } from '../objects/disposable';
import type { Answer, Failure } from '../objects/failure';
import type { Node, Pod } from '../objects/kubernetes';
import type { ListWatch } from '../objects/listWatch';
import type { Sealed } from '../objects/sealed';

/** What the cluster bundle offers. The rest of the extension knows these types and loads the code on first use. */
export interface ClusterBundle {
  readonly readKubeconfig: (source: KubeconfigSource) => Promise<KubeconfigReading>;
  /** Prepares requests to the cluster of a context; sends none. Fails if the context is incomplete. */
  readonly connect: (kubeconfig: Kubeconfig, context: string, host: ClusterHost) => Answer<Cluster>;
}

export type KubeconfigSource = KubeconfigFiles | InlineKubeconfig;

/** Files, looked for as kubectl looks for them. */
export interface KubeconfigFiles {
  /** The user's setting: one or several paths. Empty: `KUBECONFIG`, then `~/.kube/config`, then the pod's own account. */
  readonly paths: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/** The text of a kubeconfig that is held in memory. One that names a file or a program is `broken`. */
export interface InlineKubeconfig {
  readonly inline: string;
}

export type KubeconfigReading =
  | { readonly state: 'loaded'; readonly kubeconfig: Kubeconfig }
  /** No file that was looked for exists, and this is not a pod. */
  | { readonly state: 'none'; readonly searched: readonly string[] }
  | {
      readonly state: 'broken';
      readonly file: string;
      readonly failure: Failure;
      readonly searched: readonly string[];
    };

export interface Kubeconfig {
  /**
   * Every file that was looked for, in order of precedence, whether it exists or not: what to watch for changes. Empty
   * for a kubeconfig in memory.
   */
  readonly files: readonly string[];
  readonly currentContext: string | undefined;
  readonly contexts: readonly ContextInfo[];
  /** Entries and files that were passed over, and why. */
  readonly warnings: readonly string[];
}

export interface ContextInfo {
  readonly name: string;
  readonly cluster: string;
  readonly server: string;
  readonly user: string;
  /** `default` where the context names none, as for kubectl. */
  readonly namespace: string;
  /** Differs when anything that a connection is made of differs. A digest, so that no credential can be read in it. */
  readonly fingerprint: string;
}

/** What the extension gives the cluster bundle. The two share no code and no state. */
export interface ClusterHost {
  readonly clock: Clock;
  readonly log: ClusterLog;
  /** A number from 0 to below 1, which spreads requests over time. */
  random(): number;
  seal(base64: string): Sealed;
  /** The environment of credential plugins, and where the proxy variables are read. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folders searched for credential plugins after PATH. */
  readonly pluginFolders: readonly string[];
  /** The longest that a credential plugin may run, in milliseconds. */
  readonly pluginTimeoutMs: number;
  /** The longest wait for an answer, in milliseconds. For a watch: until the server accepts it. */
  readonly requestTimeoutMs: number;
}

export interface ClusterLog {
  /** One finished request: `GET /api/v1/namespaces/shop/secrets/db?resourceVersion=0 200 12 ms`. Never a body. */
  request(line: string): void;
  warn(line: string): void;
}

export interface GetOptions {
  /** `0`: any version that the API server has in its cache. Empty: the newest version, by a quorum read. */
  readonly resourceVersion: '' | '0';
  /** Aborting closes the socket if the answer is still awaited. */
  readonly signal?: AbortSignal;
}

/** A connected context. Disposing it closes every socket, and requests under way fail as `cancelled`. */
export interface Cluster extends Disposable {
  readonly context: ContextInfo;
  /**
   * Lists and watches of one object each. Thousands of them share a few HTTP/2 sessions, and do not wait for the other
   * requests. To a server without HTTP/2 each watch takes a socket.
   */
  readonly secrets: ListWatch<SecretCopy>;
  readonly configMaps: ListWatch<ConfigMapCopy>;
  getSecret(namespace: string, name: string, options: GetOptions): Promise<Answer<SecretCopy>>;
  getConfigMap(namespace: string, name: string, options: GetOptions): Promise<Answer<ConfigMapCopy>>;
  getPod(namespace: string, name: string, signal?: AbortSignal): Promise<Answer<Pod>>;
  getNode(name: string, signal?: AbortSignal): Promise<Answer<Node>>;
  /** The names of all namespaces. Many users may not list them. */
  listNamespaces(signal?: AbortSignal): Promise<Answer<readonly string[]>>;
  listNodes(signal?: AbortSignal): Promise<Answer<readonly string[]>>;
  /** Lists the pods in pages, then watches them, and goes on through every failure until disposed. */
  followPods(part: PodPart, listener: PodListener): PodFollowing;
}

/** A list of pods that is followed. */
export interface PodFollowing extends Disposable {
  /**
   * Says whether somebody looks at the pods; at first somebody does. While nobody looks, an open watch goes on, but no
   * further request is sent, since a request may run a credential plugin.
   */
  setWatched(watched: boolean): void;
  /** Ends the wait for the next try, since another request was answered. Without such a wait it does nothing. */
  retry(): void;
}

/** The pods that one list request can ask for. A scope of several namespaces is followed as several parts. */
export type PodPart =
  | { readonly in: 'namespace'; readonly namespace: string }
  | { readonly in: 'node'; readonly node: string }
  | { readonly in: 'all' };

export interface PodListener {
  /**
   * Tells which pods are new or changed, and which are gone. Called for a few pods at a time while a list arrives, then
   * once for each event.
   */
  changed(upserted: readonly Pod[], removed: readonly Pod[]): void;
  state(state: PodFeedState): void;
  /** The server answered or gave a sign of life. It may have told of no change. */
  heard?(): void;
}

export type PodFeedState =
  /** The first list is under way; `received` pods so far. */
  | { readonly state: 'listing'; readonly received: number }
  /** The reported pods are those that the server has, and changes arrive as they happen. */
  | { readonly state: 'live' }
  /** The reported pods may be out of date. The next request is sent after `retryInMs`, in milliseconds. */
  | { readonly state: 'interrupted'; readonly failure: Failure; readonly retryInMs: number };
