import type {
  Cluster,
  ClusterBundle,
  ClusterHost,
  ClusterLog,
  Kubeconfig,
  KubeconfigReading,
} from '../cluster/contract';
import type { Clock } from '../objects/clock';
import { DisposableList, type Disposable } from '../objects/disposable';
import { Emitter, type Event } from '../objects/emitter';
import type { Failure } from '../objects/failure';
import { Sealed } from '../objects/sealed';
import { Connection, type Changes } from './connection';
import type { Scope } from './scope';
import type { Settings } from './settings';

export type SessionState =
  /** Nothing was asked for, so nothing is connected. */
  | { readonly state: 'idle' }
  /** The workspace is not trusted: a kubeconfig may run programs. */
  | { readonly state: 'untrusted' }
  | { readonly state: 'connecting' }
  | { readonly state: 'noKubeconfig'; readonly searched: readonly string[] }
  | { readonly state: 'brokenKubeconfig'; readonly file: string; readonly failure: Failure }
  /** The kubeconfig names no current context, or one that it does not have. */
  | { readonly state: 'noContext'; readonly wanted: string | undefined; readonly contexts: readonly string[] }
  | { readonly state: 'failed'; readonly failure: Failure }
  | {
      readonly state: 'connected';
      readonly connection: Connection;
      /** Whether the context is the kubeconfig's current one or was chosen for this window. */
      readonly follows: 'current' | 'chosen';
      /** Present while the kubeconfig cannot be read and the connection goes on as it was. */
      readonly kubeconfigFailure?: string;
    };

/** What the user chose for this window, by context. Names only. */
export interface WindowMemory {
  scopeOf(context: string): Scope | undefined;
  rememberScope(context: string, scope: Scope): void;
}

export interface SessionOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: ClusterLog;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly settings: () => Settings;
  readonly memory: WindowMemory;
  readonly isTrusted: () => boolean;
  readonly loadCluster: () => Promise<ClusterBundle>;
  /** Calls `changed` when one of the files may have changed, came or went. */
  readonly watchFiles: (files: readonly string[], changed: () => void) => Disposable;
}

type Reading =
  | (KubeconfigReading & { readonly connect: ClusterBundle['connect'] })
  | { readonly state: 'unloadable'; readonly failure: Failure };

/** The connection of this window: made when somebody asks for it, and made anew when the kubeconfig changes. */
export class Session implements Disposable {
  readonly #options: SessionOptions;
  readonly #owned = new DisposableList();
  readonly #stateChanged = this.#owned.add(new Emitter<SessionState>());
  readonly #changes = this.#owned.add(new Emitter<Changes>());
  #state: SessionState = { state: 'idle' };
  #ofConnection = new DisposableList();
  #watching: { readonly files: string; readonly watch: Disposable } | undefined;
  #connecting: Promise<SessionState> | undefined;
  #reloading: Promise<void> = Promise.resolve();
  #active = false;

  readonly onDidChangeState: Event<SessionState> = this.#stateChanged.event;
  /** The changes of whatever connection there is. */
  readonly onDidChange: Event<Changes> = this.#changes.event;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  get state(): SessionState {
    return this.#state;
  }

  get connection(): Connection | undefined {
    return this.#state.state === 'connected' ? this.#state.connection : undefined;
  }

  /** Connects unless connected. To be called for an act of the user only, since a credential plugin may run. */
  connect(): Promise<SessionState> {
    if (this.#state.state === 'connected' || this.#owned.disposed) return Promise.resolve(this.#state);
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  /** Whether a view or a manifest is visible. */
  setActive(active: boolean): void {
    this.#active = active;
    this.connection?.setActive(active);
  }

  changeScope(scope: Scope): void {
    const { connection } = this;
    if (connection === undefined) return;
    this.#options.memory.rememberScope(connection.context.name, scope);
    connection.changeScope(scope);
    // The description names the scope.
    this.#enter(this.#state);
  }

  /** To be called when settings changed. Those that say where to connect take effect by connecting anew. */
  async settingsChanged(): Promise<void> {
    this.connection?.settingsChanged();
    await this.reload();
  }

  /** Reads the kubeconfig again, and connects anew if what the connection was made of has changed. */
  async reload(): Promise<void> {
    if (this.#state.state === 'idle' || this.#owned.disposed) return;
    // One reading at a time, so that an older one never has the last word.
    const before = this.#reloading.catch(() => undefined);
    this.#reloading = before.then(async () => {
      await this.#connecting;
      if (this.#options.isTrusted()) this.#connectWith(await this.#readKubeconfig());
    });
    await this.#reloading;
  }

  dispose(): void {
    this.#ofConnection.dispose();
    this.#watching?.watch.dispose();
    this.#owned.dispose();
  }

  async #connect(): Promise<SessionState> {
    if (!this.#options.isTrusted()) return this.#enter({ state: 'untrusted' });
    this.#enter({ state: 'connecting' });
    return this.#connectWith(await this.#readKubeconfig());
  }

  async #readKubeconfig(): Promise<Reading> {
    const { loadCluster, settings, env, home } = this.#options;
    try {
      const bundle = await loadCluster();
      const reading = await bundle.readKubeconfig({ paths: settings().kubeconfig, env, home });
      return { ...reading, connect: bundle.connect };
    } catch (error) {
      const message = `the Kubernetes client could not be loaded: ${error instanceof Error ? error.message : 'unknown error'}`;
      return { state: 'unloadable', failure: { kind: 'configuration', message } };
    }
  }

  #connectWith(reading: Reading): SessionState {
    // Disposed while the kubeconfig was read: nothing may start any more.
    if (this.#owned.disposed) return this.#state;
    switch (reading.state) {
      case 'unloadable':
        return (
          this.#keepConnection(reading.failure.message) ?? this.#enter({ state: 'failed', failure: reading.failure })
        );
      case 'none':
        this.#watch(reading.searched);
        return (
          this.#keepConnection(`no kubeconfig at ${reading.searched.join(', ')}`) ??
          this.#enter({ state: 'noKubeconfig', searched: reading.searched })
        );
      case 'broken':
        this.#watch(reading.searched);
        return (
          this.#keepConnection(reading.failure.message) ??
          this.#enter({ state: 'brokenKubeconfig', file: reading.file, failure: reading.failure })
        );
      case 'loaded':
        this.#watch(reading.kubeconfig.files);
        for (const warning of reading.kubeconfig.warnings) this.#options.log.warn(warning);
        return this.#connectTo(reading.kubeconfig, reading.connect);
    }
  }

  #connectTo(kubeconfig: Kubeconfig, connect: ClusterBundle['connect']): SessionState {
    const chosen = this.#options.settings().context;
    const wanted = chosen === '' ? kubeconfig.currentContext : chosen;
    const follows = chosen === '' ? 'current' : 'chosen';
    const context = kubeconfig.contexts.find(({ name }) => name === wanted);
    if (context === undefined) {
      this.#disconnect();
      return this.#enter({ state: 'noContext', wanted, contexts: kubeconfig.contexts.map(({ name }) => name) });
    }
    const { connection } = this;
    if (connection?.context.name === context.name && connection.context.fingerprint === context.fingerprint) {
      return this.#enter({ state: 'connected', connection, follows });
    }
    this.#disconnect();
    const answer = connect(kubeconfig, context.name, this.#clusterHost());
    return answer.ok ? this.#use(answer.value, follows) : this.#enter({ state: 'failed', failure: answer.failure });
  }

  #use(cluster: Cluster, follows: 'current' | 'chosen'): SessionState {
    const { clock, random, settings, memory } = this.#options;
    const scope = memory.scopeOf(cluster.context.name) ?? {
      in: 'namespaces',
      namespaces: [cluster.context.namespace],
    };
    const connection = this.#ofConnection.add(new Connection({ cluster, clock, random, settings, scope }));
    this.#ofConnection.add(
      connection.onDidChange((changes) => {
        this.#changes.fire(changes);
      }),
    );
    connection.setActive(this.#active);
    return this.#enter({ state: 'connected', connection, follows });
  }

  /** A kubeconfig that is being rewritten, or is gone for a while, is no reason to drop what is cached. */
  #keepConnection(kubeconfigFailure: string): SessionState | undefined {
    return this.#state.state === 'connected' ? this.#enter({ ...this.#state, kubeconfigFailure }) : undefined;
  }

  #disconnect(): void {
    this.#ofConnection.dispose();
    this.#ofConnection = new DisposableList();
  }

  #watch(files: readonly string[]): void {
    const joined = files.join('\n');
    if (this.#watching?.files === joined || this.#owned.disposed) return;
    this.#watching?.watch.dispose();
    this.#watching = {
      files: joined,
      watch: this.#options.watchFiles(files, () => {
        void this.reload();
      }),
    };
  }

  #clusterHost(): ClusterHost {
    const { clock, log, random, env, settings } = this.#options;
    return {
      clock,
      log,
      random,
      env,
      // Asked for at each use, so that a changed setting acts on the connection that there is.
      get pluginFolders() {
        return settings().pluginFolders;
      },
      get pluginTimeoutMs() {
        return settings().pluginTimeoutMs;
      },
      get requestTimeoutMs() {
        return settings().requestTimeoutMs;
      },
      seal: (base64) => new Sealed(base64),
    };
  }

  #enter(state: SessionState): SessionState {
    this.#state = state;
    if (!this.#owned.disposed) this.#stateChanged.fire(state);
    return state;
  }
}
