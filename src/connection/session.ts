import type {
  Cluster,
  ClusterBundle,
  ClusterHost,
  ClusterLog,
  ContextInfo,
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
  rememberScope(context: string, scope: Scope | undefined): void;
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

/** The session for those who show what its connection knows. */
export type ShownSession = Pick<Session, 'connection' | 'onDidChange' | 'onDidChangeState'>;

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
  #warnings: readonly string[] = [];
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

  /** @param scope `undefined`: the namespace of the context, also when it changes. */
  changeScope(scope: Scope | undefined): void {
    const { connection } = this;
    if (connection === undefined) return;
    this.#options.memory.rememberScope(connection.context.name, scope);
    connection.changeScope(scope ?? scopeOfContext(connection.context));
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
        this.#logWarnings(reading.kubeconfig.warnings);
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
    const asked = connection?.context.name === context.name ? connection.asked : undefined;
    this.#disconnect();
    const answer = connect(kubeconfig, context.name, this.#clusterHost());
    return answer.ok
      ? this.#use(answer.value, follows, asked)
      : this.#enter({ state: 'failed', failure: answer.failure });
  }

  /** @param asked What the user asked for by name, while the context meant something else. */
  #use(cluster: Cluster, follows: 'current' | 'chosen', asked: Connection['asked'] | undefined): SessionState {
    const { clock, random, settings, memory } = this.#options;
    const scope = memory.scopeOf(cluster.context.name) ?? scopeOfContext(cluster.context);
    const connection = this.#ofConnection.add(new Connection({ cluster, clock, random, settings, scope }));
    this.#ofConnection.add(
      connection.onDidChange((changes) => {
        this.#changes.fire(changes);
      }),
    );
    connection.setActive(this.#active);
    for (const key of asked?.pins ?? []) connection.pin(key);
    for (const { namespace, name } of asked?.pods ?? []) void connection.registerByName(namespace ?? '', name);
    return this.#enter({ state: 'connected', connection, follows });
  }

  /** A kubeconfig that is being rewritten, or is gone for a while, is no reason to drop what is cached. */
  #keepConnection(kubeconfigFailure: string): SessionState | undefined {
    return this.#state.state === 'connected' ? this.#enter({ ...this.#state, kubeconfigFailure }) : undefined;
  }

  #logWarnings(warnings: readonly string[]): void {
    for (const warning of warnings) if (!this.#warnings.includes(warning)) this.#options.log.warn(warning);
    this.#warnings = warnings;
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
    // The kubeconfig is read again whenever the window gets the focus, mostly in vain.
    if (isSame(state, this.#state)) return this.#state;
    this.#state = state;
    const reason = reasonOf(state);
    if (reason !== undefined) this.#options.log.warn(reason);
    if (!this.#owned.disposed) this.#stateChanged.fire(state);
    return state;
  }
}

function scopeOfContext({ namespace }: ContextInfo): Scope {
  return { in: 'namespaces', namespaces: [namespace] };
}

function isSame(a: SessionState, b: SessionState): boolean {
  if (a.state === 'connected' && b.state === 'connected') {
    return a.connection === b.connection && a.follows === b.follows && a.kubeconfigFailure === b.kubeconfigFailure;
  }
  return a.state === b.state && a.state !== 'connected' && JSON.stringify(a) === JSON.stringify(b);
}

/** Why there is no connection, or why it cannot be made anew. */
function reasonOf(state: SessionState): string | undefined {
  switch (state.state) {
    case 'brokenKubeconfig':
    case 'failed':
      return state.failure.message;
    case 'connected':
      return state.kubeconfigFailure;
    default:
      return undefined;
  }
}
