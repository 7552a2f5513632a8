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
import type { Settings } from '../connection/settings';
import type { Disposable } from '../objects/disposable';
import { answered, failed, messageOfError, type Answer, type Failure } from '../objects/failure';
import type { ContextChooser, ContextList, Unconnectable } from './sessionState';

export interface ContextSourceOptions {
  readonly log: Pick<ClusterLog, 'warn'>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly settings: () => Settings;
  /** The context that the user chose for this window, if one was chosen. */
  readonly chosenForWindow: () => string | undefined;
  readonly loadCluster: () => Promise<ClusterBundle>;
  /** Calls `changed` when one of the files may have changed, came or went. */
  readonly watchFiles: (files: readonly string[], changed: () => void) => Disposable;
  /** The files of the kubeconfig may have changed. */
  readonly changed: () => void;
}

/** Where a window is to connect. */
export type Destination =
  | {
      readonly state: 'context';
      readonly context: ContextInfo;
      readonly chosenBy: ContextChooser;
      /** Prepares requests; sends none. */
      readonly connect: (host: ClusterHost) => Answer<Cluster>;
    }
  | {
      readonly state: 'nowhere';
      readonly why: Unconnectable;
      /**
       * Why a connection that there is goes on all the same: a kubeconfig that is being rewritten is unreadable for a
       * moment, or ends too early. Absent where the user asked for a context that there is not.
       */
      readonly passing?: Failure;
    };

type Reading =
  | (KubeconfigReading & { readonly connect: ClusterBundle['connect'] })
  | { readonly state: 'unloadable'; readonly failure: Failure };

/** Reads and watches the kubeconfig, and chooses the context: the window's, else the settings', else the current one. */
export class ContextSource implements Disposable {
  readonly #options: ContextSourceOptions;
  #watching: { readonly files: string; readonly watch: Disposable } | undefined;
  #warnings: readonly string[] = [];
  #disposed = false;

  constructor(options: ContextSourceOptions) {
    this.#options = options;
  }

  /** @param demoKubeconfig The text of the demo's kubeconfig, which alone counts while the demo runs. */
  async destination(demoKubeconfig?: string): Promise<Destination> {
    const isDemo = demoKubeconfig !== undefined;
    const reading = await this.#read(isDemo ? { inline: demoKubeconfig } : this.#files());
    switch (reading.state) {
      case 'unloadable':
        return nowhere({ state: 'failed', failure: reading.failure }, reading.failure);
      case 'none':
        this.#watch(reading.searched);
        return nowhere({ state: 'noKubeconfig', searched: reading.searched }, failureOfNone(reading.searched));
      case 'broken': {
        const { file, failure, searched } = reading;
        this.#watch(searched);
        return nowhere({ state: 'brokenKubeconfig', file, failure }, failure);
      }
      case 'loaded':
        this.#watch(reading.kubeconfig.files);
        this.#logWarnings(reading.kubeconfig.warnings);
        return this.#choose(reading.kubeconfig, reading.connect, isDemo);
    }
  }

  /** What the kubeconfig has to choose from. Asks no cluster and runs no program. */
  async contexts(): Promise<Answer<ContextList>> {
    const reading = await this.#read(this.#files());
    if (reading.state === 'none') return failed(failureOfNone(reading.searched));
    if (reading.state !== 'loaded') return failed(reading.failure);
    const { contexts, currentContext: current } = reading.kubeconfig;
    const { context } = this.#options.settings();
    const setting = context === '' ? undefined : context;
    return answered({ contexts, current, setting, window: this.#options.chosenForWindow() });
  }

  dispose(): void {
    this.#disposed = true;
    this.#unwatch();
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
      const message = `the Kubernetes client could not be loaded: ${messageOfError(error)}`;
      return { state: 'unloadable', failure: { kind: 'configuration', message } };
    }
  }

  #choose(kubeconfig: Kubeconfig, connect: ClusterBundle['connect'], isDemo: boolean): Destination {
    const { wanted, chosenBy } = this.#choice(kubeconfig, isDemo);
    const context = kubeconfig.contexts.find(({ name }) => name === wanted);
    if (context === undefined) {
      const contexts = kubeconfig.contexts.map(({ name }) => name);
      return nowhere({ state: 'noContext', wanted, contexts }, wanted === undefined ? noCurrentContext : undefined);
    }
    return { state: 'context', context, chosenBy, connect: (host) => connect(kubeconfig, context.name, host) };
  }

  #choice(
    { currentContext }: Kubeconfig,
    isDemo: boolean,
  ): { readonly wanted: string | undefined; readonly chosenBy: ContextChooser } {
    if (isDemo) return { wanted: currentContext, chosenBy: 'demo' };
    const ofWindow = this.#options.chosenForWindow();
    if (ofWindow !== undefined) return { wanted: ofWindow, chosenBy: 'window' };
    const { context } = this.#options.settings();
    return context === '' ? { wanted: currentContext, chosenBy: 'current' } : { wanted: context, chosenBy: 'setting' };
  }

  #logWarnings(warnings: readonly string[]): void {
    for (const warning of warnings) if (!this.#warnings.includes(warning)) this.#options.log.warn(warning);
    this.#warnings = warnings;
  }

  #watch(files: readonly string[]): void {
    const joined = files.join('\n');
    if (this.#watching?.files === joined || this.#disposed) return;
    this.#unwatch();
    if (files.length === 0) return;
    this.#watching = { files: joined, watch: this.#options.watchFiles(files, this.#options.changed) };
  }

  #unwatch(): void {
    this.#watching?.watch.dispose();
    this.#watching = undefined;
  }
}

const noCurrentContext: Failure = { kind: 'configuration', message: 'The kubeconfig has no current context.' };

function nowhere(why: Unconnectable, passing: Failure | undefined): Destination {
  return { state: 'nowhere', why, ...(passing === undefined ? {} : { passing }) };
}

function failureOfNone(searched: readonly string[]): Failure {
  return { kind: 'configuration', message: `no kubeconfig at ${searched.join(', ')}` };
}
