import type {
  Cluster,
  ClusterBundle,
  ClusterHost,
  ClusterLog,
  ContextInfo,
  Kubeconfig,
  KubeconfigReading,
  KubeconfigSource,
} from '../cluster/contract';
import type { Demo, DemoBundle } from '../demo/contract';
import type { Clock } from '../objects/clock';
import { DisposableList, type Disposable } from '../objects/disposable';
import { Emitter, type Event } from '../objects/emitter';
import { answered, failed, type Answer, type Failure } from '../objects/failure';
import { Sealed } from '../objects/sealed';
import { Connection, type Changes } from './connection';
import type { Scope } from './scope';
import type { Settings } from './settings';

/** Whose choice the context is: the kubeconfig's, which calls it current, the setting's, this window's or the demo's. */
export type Follows = 'current' | 'setting' | 'window' | 'demo';

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
      readonly follows: Follows;
      /** Present while the kubeconfig cannot be read and the connection goes on as it was. */
      readonly kubeconfigFailure?: string;
    };

/** What there is to switch to, and who says what: the window before the setting, the setting before the kubeconfig. */
export interface ContextList {
  readonly contexts: readonly ContextInfo[];
  /** The kubeconfig's current context. */
  readonly current: string | undefined;
  /** The context that the settings name. */
  readonly setting: string | undefined;
  /** The context that was chosen for this window. */
  readonly window: string | undefined;
}

/** What the user chose for this window. Names only. */
export interface WindowMemory {
  /** The context that was chosen, if one was. */
  context(): string | undefined;
  rememberContext(context: string | undefined): void;
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
  readonly loadDemo: () => Promise<DemoBundle>;
  /** Calls `changed` when one of the files may have changed, came or went. */
  readonly watchFiles: (files: readonly string[], changed: () => void) => Disposable;
}

type Reading =
  | (KubeconfigReading & { readonly connect: ClusterBundle['connect'] })
  | { readonly state: 'unloadable'; readonly failure: Failure };

type Unread = Exclude<Reading, { readonly state: 'loaded' }>;

/** The session for those who show what its connection knows. */
export type ShownSession = Pick<Session, 'connection' | 'onDidChange' | 'onDidChangeState'>;

/**
 * The connection of this window: made when somebody asks for it, and made anew when the kubeconfig changes. While the
 * demo runs it leads there instead, and the kubeconfig of the user is left alone.
 */
export class Session implements Disposable {
  readonly #options: SessionOptions;
  readonly #owned = new DisposableList();
  readonly #stateChanged = this.#owned.add(new Emitter<SessionState>());
  readonly #changes = this.#owned.add(new Emitter<Changes>());
  #state: SessionState = { state: 'idle' };
  #ofConnection = new DisposableList();
  #watching: { readonly files: string; readonly watch: Disposable } | undefined;
  #demo: { readonly demo: Demo; readonly wasAsked: boolean } | undefined;
  #connecting: Promise<SessionState> | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #warnings: readonly string[] = [];
  #interruption = '';
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

  /** The demo, while it runs. */
  get demo(): Demo | undefined {
    return this.#demo?.demo;
  }

  /** Connects unless connected. To be called for an act of the user only, since a credential plugin may run. */
  connect(): Promise<SessionState> {
    if (this.#state.state === 'connected') return Promise.resolve(this.#state);
    this.#connecting ??= this.#inTurn(() =>
      this.#state.state === 'connected' ? Promise.resolve(this.#state) : this.#connect(),
    ).finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  /** Connects anew, asking for credentials again. For an act of the user, as `connect` is. */
  reconnect(): Promise<SessionState> {
    return this.#inTurn(async () =>
      this.#state.state === 'connected'
        ? this.#connectWith(await this.#readKubeconfig(), { anew: true })
        : this.#connect(),
    );
  }

  /** What the kubeconfig has to choose from. Asks no cluster and runs no program. */
  async contexts(): Promise<Answer<ContextList>> {
    if (!this.#options.isTrusted()) {
      return failed({ kind: 'configuration', message: 'the workspace is not trusted, so no kubeconfig is read' });
    }
    const reading = await this.#read(this.#files());
    if (reading.state !== 'loaded') return failed(failureOfReading(reading));
    const { contexts, currentContext: current } = reading.kubeconfig;
    const { context } = this.#options.settings();
    const setting = context === '' ? undefined : context;
    return answered({ contexts, current, setting, window: this.#options.memory.context() });
  }

  /**
   * Connects to a context that the user chose for this window, which is remembered; this ends the demo.
   * @param context `undefined`: what the settings say, else the kubeconfig's current context, also when it changes.
   */
  switchContext(context: string | undefined): Promise<SessionState> {
    this.#options.memory.rememberContext(context);
    return this.#inTurn(async () => {
      if (this.#demo === undefined && this.#state.state === 'connected') {
        return this.#connectWith(await this.#readKubeconfig());
      }
      this.#endDemo();
      return this.#connect();
    });
  }

  /**
   * Starts the demo and connects to it. No file is read and no program run for it, so it may run where the workspace is
   * not trusted. Fails if it cannot be started; then nothing else has changed.
   */
  startDemo(): Promise<Answer<Demo>> {
    return this.#inTurn(async () => {
      if (this.#demo !== undefined) return answered(this.#demo.demo);
      const started = await this.#loadDemo();
      if (!started.ok) return started;
      const demo = started.value;
      if (this.#owned.disposed) {
        demo.dispose();
        return failed({ kind: 'cancelled', message: 'the window is being closed' });
      }
      this.#disconnect();
      this.#demo = { demo, wasAsked: this.#state.state !== 'idle' };
      await this.#connect();
      return answered(demo);
    });
  }

  /** Ends the demo. Connects as before it, unless nothing had been asked for then. */
  stopDemo(): Promise<SessionState> {
    return this.#inTurn(async () => {
      if (this.#demo === undefined) return this.#state;
      const { wasAsked } = this.#demo;
      this.#endDemo();
      return wasAsked ? this.#connect() : this.#enter({ state: 'idle' });
    });
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
    if (this.#demo === undefined) this.#options.memory.rememberScope(connection.context.name, scope);
    connection.changeScope(scope ?? scopeOfContext(connection.context));
  }

  /** To be called when settings changed. Those that say where to connect take effect by connecting anew. */
  async settingsChanged(): Promise<void> {
    this.connection?.settingsChanged();
    await this.reload();
  }

  /** Reads the kubeconfig again, and connects anew if what the connection was made of has changed. */
  async reload(): Promise<void> {
    await this.#inTurn(async () => {
      const nothingToRead = this.#state.state === 'idle' || this.#demo !== undefined || !this.#options.isTrusted();
      if (nothingToRead || this.#owned.disposed) return;
      this.#connectWith(await this.#readKubeconfig());
    });
  }

  dispose(): void {
    this.#endDemo();
    this.#unwatch();
    this.#owned.dispose();
  }

  /** One after the other, so that an older reading never has the last word. */
  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(run);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #connect(): Promise<SessionState> {
    if (this.#owned.disposed) return this.#state;
    if (this.#demo === undefined && !this.#options.isTrusted()) return this.#enter({ state: 'untrusted' });
    this.#enter({ state: 'connecting' });
    return this.#connectWith(await this.#readKubeconfig());
  }

  #readKubeconfig(): Promise<Reading> {
    return this.#read(this.#demo === undefined ? this.#files() : { inline: this.#demo.demo.kubeconfig });
  }

  #files(): KubeconfigSource {
    const { settings, env, home } = this.#options;
    return { paths: settings().kubeconfig, env, home };
  }

  async #read(source: KubeconfigSource): Promise<Reading> {
    try {
      const bundle = await this.#options.loadCluster();
      return { ...(await bundle.readKubeconfig(source)), connect: bundle.connect };
    } catch (error) {
      const message = `the Kubernetes client could not be loaded: ${messageOf(error)}`;
      return { state: 'unloadable', failure: { kind: 'configuration', message } };
    }
  }

  async #loadDemo(): Promise<Answer<Demo>> {
    const { loadDemo, clock } = this.#options;
    try {
      const { startDemo } = await loadDemo();
      return answered(await startDemo({ clock }));
    } catch (error) {
      return failed({ kind: 'server', message: `the demo cluster could not be started: ${messageOf(error)}` });
    }
  }

  /** @param options.anew Whether a connection that leads there already is made anew. */
  #connectWith(reading: Reading, options: { readonly anew: boolean } = { anew: false }): SessionState {
    // Disposed while the kubeconfig was read: nothing may start any more.
    if (this.#owned.disposed) return this.#state;
    switch (reading.state) {
      case 'unloadable':
        return (
          this.#keepConnection(failureOfReading(reading)) ?? this.#enter({ state: 'failed', failure: reading.failure })
        );
      case 'none':
        this.#watch(reading.searched);
        return (
          this.#keepConnection(failureOfReading(reading)) ??
          this.#enter({ state: 'noKubeconfig', searched: reading.searched })
        );
      case 'broken':
        this.#watch(reading.searched);
        return (
          this.#keepConnection(failureOfReading(reading)) ??
          this.#enter({ state: 'brokenKubeconfig', file: reading.file, failure: reading.failure })
        );
      case 'loaded':
        this.#watch(reading.kubeconfig.files);
        this.#logWarnings(reading.kubeconfig.warnings);
        return this.#connectTo(reading.kubeconfig, reading.connect, options);
    }
  }

  #connectTo(
    kubeconfig: Kubeconfig,
    connect: ClusterBundle['connect'],
    { anew }: { readonly anew: boolean },
  ): SessionState {
    const { wanted, follows } = this.#choice(kubeconfig);
    const context = kubeconfig.contexts.find(({ name }) => name === wanted);
    if (context === undefined) {
      // A file that is being written is empty for a moment, or ends before it names a context.
      const kept = wanted === undefined ? this.#keepConnection(noCurrentContext) : undefined;
      if (kept !== undefined) return kept;
      this.#disconnect();
      return this.#enter({ state: 'noContext', wanted, contexts: kubeconfig.contexts.map(({ name }) => name) });
    }
    const { connection } = this;
    const isSameContext = connection?.context.name === context.name;
    const leadsThere = isSameContext && connection.context.fingerprint === context.fingerprint;
    if (leadsThere && !anew) return this.#enter({ state: 'connected', connection, follows });
    const answer = connect(kubeconfig, context.name, this.#clusterHost());
    // It may also end before the cluster or the user of the context.
    const kept = answer.ok || !isSameContext ? undefined : this.#keepConnection(answer.failure);
    if (kept !== undefined) return kept;
    const asked = isSameContext ? connection.asked : undefined;
    this.#disconnect();
    return answer.ok
      ? this.#use(answer.value, follows, asked)
      : this.#enter({ state: 'failed', failure: answer.failure });
  }

  /** Which context counts: the window's, else the setting's, else the current one. In the demo only its own. */
  #choice({ currentContext }: Kubeconfig): { readonly wanted: string | undefined; readonly follows: Follows } {
    if (this.#demo !== undefined) return { wanted: currentContext, follows: 'demo' };
    const ofWindow = this.#options.memory.context();
    if (ofWindow !== undefined) return { wanted: ofWindow, follows: 'window' };
    const { context } = this.#options.settings();
    return context === '' ? { wanted: currentContext, follows: 'current' } : { wanted: context, follows: 'setting' };
  }

  /** @param asked What the user asked for by name, while the context meant something else. */
  #use(cluster: Cluster, follows: Follows, asked: Connection['asked'] | undefined): SessionState {
    const { clock, random, settings, memory } = this.#options;
    const { context } = cluster;
    // The demo has no past, and its context may be called as one of the user's is.
    const remembered = follows === 'demo' ? undefined : memory.scopeOf(context.name);
    const scope = remembered ?? scopeOfContext(context);
    const connection = this.#ofConnection.add(new Connection({ cluster, clock, random, settings, scope }));
    this.#ofConnection.add(
      connection.onDidChange((changes) => {
        if (changes.status) this.#logInterruption(connection);
        this.#changes.fire(changes);
      }),
    );
    connection.setActive(this.#active);
    for (const key of asked?.pins ?? []) connection.pin(key);
    for (const { namespace, name } of asked?.pods ?? []) void connection.registerByName(namespace ?? '', name);
    return this.#enter({ state: 'connected', connection, follows });
  }

  /** A kubeconfig that is being rewritten, or is gone for a while, is no reason to drop what is cached. */
  #keepConnection({ message }: Failure): SessionState | undefined {
    return this.#state.state === 'connected' ? this.#enter({ ...this.#state, kubeconfigFailure: message }) : undefined;
  }

  #logWarnings(warnings: readonly string[]): void {
    for (const warning of warnings) if (!this.#warnings.includes(warning)) this.#options.log.warn(warning);
    this.#warnings = warnings;
  }

  /** Views have little room for why pods cannot be listed. */
  #logInterruption({ feed }: Connection): void {
    const reason = feed.state === 'interrupted' ? feed.failure.message : '';
    if (reason !== '' && reason !== this.#interruption) this.#options.log.warn(`Pods: ${reason}`);
    this.#interruption = reason;
  }

  #disconnect(): void {
    this.#ofConnection.dispose();
    this.#ofConnection = new DisposableList();
  }

  /** The connection first, so that it ends rather than fails. */
  #endDemo(): void {
    this.#disconnect();
    this.#demo?.demo.dispose();
    this.#demo = undefined;
  }

  #watch(files: readonly string[]): void {
    const joined = files.join('\n');
    if (this.#watching?.files === joined || this.#owned.disposed) return;
    this.#unwatch();
    if (files.length === 0) return;
    this.#watching = {
      files: joined,
      watch: this.#options.watchFiles(files, () => {
        void this.reload();
      }),
    };
  }

  #unwatch(): void {
    this.#watching?.watch.dispose();
    this.#watching = undefined;
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

const noCurrentContext: Failure = { kind: 'configuration', message: 'The kubeconfig has no current context.' };

function scopeOfContext({ namespace }: ContextInfo): Scope {
  return { in: 'namespaces', namespaces: [namespace] };
}

function failureOfReading(reading: Unread): Failure {
  return reading.state === 'none'
    ? { kind: 'configuration', message: `no kubeconfig at ${reading.searched.join(', ')}` }
    : reading.failure;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error';
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
