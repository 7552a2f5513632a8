import type { Cluster, ClusterHost, ClusterLog, ContextInfo } from '../cluster/contract';
import { Connection } from '../connection/connection';
import type { Changes, ConnectionSource, Facts } from '../connection/facts';
import type { Scope } from '../connection/scope';
import type { Settings } from '../connection/settings';
import type { Demo, DemoBundle } from '../demo/contract';
import type { Clock } from '../objects/clock';
import { DisposableList, type Disposable } from '../objects/disposable';
import { Emitter, type Event } from '../objects/emitter';
import { answered, failed, type Answer, type Failure } from '../objects/failure';
import { Sealed } from '../objects/sealed';
import { ContextSource, type ContextSourceOptions, type Destination } from './contextSource';
import { DemoSession } from './demoSession';
import { isSameState, reasonOf, type ContextChooser, type ContextList, type SessionState } from './sessionState';
import { WishesByPlace, type WishMemory } from './wishes';

/** What the user chose and asked for in this window. Names only. */
export interface WindowMemory extends WishMemory {
  /** The context that was chosen, if one was. */
  context(): string | undefined;
  rememberContext(context: string | undefined): void;
  scopeOf(context: string): Scope | undefined;
  rememberScope(context: string, scope: Scope | undefined): void;
}

export interface SessionOptions extends Pick<ContextSourceOptions, 'env' | 'home' | 'loadCluster' | 'watchFiles'> {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: ClusterLog;
  readonly settings: () => Settings;
  readonly memory: WindowMemory;
  readonly isTrusted: () => boolean;
  readonly loadDemo: () => Promise<DemoBundle>;
}

/**
 * The connection of this window: made when somebody asks for it, and made anew when the kubeconfig changes. While the
 * demo runs it leads there instead, and the kubeconfig of the user is left alone.
 */
export class Session implements ConnectionSource<Connection>, Disposable {
  readonly #options: SessionOptions;
  readonly #owned = new DisposableList();
  readonly #stateChanged = this.#owned.add(new Emitter<SessionState>());
  readonly #changes = this.#owned.add(new Emitter<Changes>());
  readonly #source: ContextSource;
  readonly #demo: DemoSession;
  readonly #wishes: WishesByPlace;
  #state: SessionState = { state: 'idle' };
  #ofConnection = new DisposableList();
  #connecting: Promise<SessionState> | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #interruption = '';
  #active = false;

  readonly onDidChangeState: Event<SessionState> = this.#stateChanged.event;
  /** The changes of whatever connection there is. */
  readonly onDidChange: Event<Changes> = this.#changes.event;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#demo = new DemoSession(options.loadDemo, options.clock);
    this.#wishes = new WishesByPlace(options.memory);
    this.#source = this.#owned.add(
      new ContextSource({
        ...options,
        chosenForWindow: () => options.memory.context(),
        changed: () => {
          void this.reload();
        },
      }),
    );
  }

  get state(): SessionState {
    return this.#state;
  }

  get connection(): Connection | undefined {
    return this.#state.state === 'connected' ? this.#state.connection : undefined;
  }

  /** The demo, while it runs. */
  get demo(): Demo | undefined {
    return this.#demo.demo;
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
      this.#state.state === 'connected' ? this.#goTo(await this.#destination(), { anew: true }) : this.#connect(),
    );
  }

  /** What the kubeconfig has to choose from. Asks no cluster and runs no program. */
  async contexts(): Promise<Answer<ContextList>> {
    if (this.#options.isTrusted()) return this.#source.contexts();
    return failed({ kind: 'configuration', message: 'the workspace is not trusted, so no kubeconfig is read' });
  }

  /**
   * Connects to a context that the user chose for this window, which is remembered; this ends the demo.
   * @param context `undefined`: what the settings say, else the kubeconfig's current context, also when it changes.
   */
  switchContext(context: string | undefined): Promise<SessionState> {
    this.#options.memory.rememberContext(context);
    return this.#inTurn(async () => {
      if (this.demo === undefined && this.#state.state === 'connected') return this.#goTo(await this.#destination());
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
      if (this.demo !== undefined) return answered(this.demo);
      const prepared = await this.#demo.prepare();
      if (!prepared.ok) return prepared;
      const demo = prepared.value;
      if (this.#owned.disposed) {
        demo.dispose();
        return failed({ kind: 'cancelled', message: 'the window is being closed' });
      }
      this.#disconnect();
      this.#demo.use(demo, this.#state.state !== 'idle');
      await this.#connect();
      return answered(demo);
    });
  }

  /** Ends the demo. Connects as before it, unless nothing had been asked for then. */
  stopDemo(): Promise<SessionState> {
    return this.#inTurn(async () => {
      if (this.demo === undefined) return this.#state;
      const { wasConnected } = this.#demo;
      this.#endDemo();
      return wasConnected ? this.#connect() : this.#enter({ state: 'idle' });
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
    if (this.demo === undefined) this.#options.memory.rememberScope(connection.context.name, scope);
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
      const nothingToRead = this.#state.state === 'idle' || this.demo !== undefined || !this.#options.isTrusted();
      if (nothingToRead || this.#owned.disposed) return;
      this.#goTo(await this.#destination());
    });
  }

  dispose(): void {
    this.#endDemo();
    this.#owned.dispose();
  }

  /** One after the other, so that an older reading never has the last word. */
  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(run);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  #destination(): Promise<Destination> {
    return this.#source.destination(this.demo?.kubeconfig);
  }

  async #connect(): Promise<SessionState> {
    if (this.#owned.disposed) return this.#state;
    if (this.demo === undefined && !this.#options.isTrusted()) return this.#enter({ state: 'untrusted' });
    this.#enter({ state: 'connecting' });
    return this.#goTo(await this.#destination());
  }

  /** @param options.anew Whether a connection that leads there already is made anew. */
  #goTo(destination: Destination, { anew }: { readonly anew: boolean } = { anew: false }): SessionState {
    // Disposed while the kubeconfig was read: nothing may start any more.
    if (this.#owned.disposed) return this.#state;
    if (destination.state === 'nowhere') {
      const kept = destination.passing === undefined ? undefined : this.#keepConnection(destination.passing);
      if (kept !== undefined) return kept;
      this.#disconnect();
      return this.#enter(destination.why);
    }
    const { context, chosenBy } = destination;
    const { connection } = this;
    const isSameContext = connection?.context.name === context.name;
    const leadsThere = isSameContext && connection.context.fingerprint === context.fingerprint;
    if (leadsThere && !anew) return this.#enter({ state: 'connected', connection, chosenBy });
    const answer = destination.connect(this.#clusterHost());
    // A file that is being written may also end before the cluster or the user of the context.
    const kept = answer.ok || !isSameContext ? undefined : this.#keepConnection(answer.failure);
    if (kept !== undefined) return kept;
    this.#disconnect();
    return answer.ok ? this.#use(answer.value, chosenBy) : this.#enter({ state: 'failed', failure: answer.failure });
  }

  #use(cluster: Cluster, chosenBy: ContextChooser): SessionState {
    const { clock, random, settings, memory } = this.#options;
    const { context } = cluster;
    // The demo has no past, and its context may be called as one of the user's is.
    const remembered = chosenBy === 'demo' ? undefined : memory.scopeOf(context.name);
    const scope = remembered ?? scopeOfContext(context);
    const wishes = this.#demo.wishes ?? this.#wishes.of(context);
    const connection = this.#ofConnection.add(new Connection({ cluster, clock, random, settings, scope, wishes }));
    this.#ofConnection.add(
      connection.onDidChange((changes) => {
        if (changes.status) this.#logInterruption(connection);
        this.#changes.fire(changes);
      }),
    );
    connection.setActive(this.#active);
    return this.#enter({ state: 'connected', connection, chosenBy });
  }

  /** A kubeconfig that is being rewritten, or is gone for a while, is no reason to drop what is cached. */
  #keepConnection({ message }: Failure): SessionState | undefined {
    return this.#state.state === 'connected' ? this.#enter({ ...this.#state, kubeconfigFailure: message }) : undefined;
  }

  /** Views have little room for why pods cannot be listed. */
  #logInterruption({ pods: { feed } }: Facts): void {
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
    this.#demo.dispose();
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
    if (isSameState(state, this.#state)) return this.#state;
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
