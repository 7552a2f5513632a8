import { Session } from '../../src/session/session';
import { disposable } from '../../src/objects/disposable';
import { editorSettings } from '../../src/window/editorSettings';
import { FakeClock } from '../connection/fakeClock';
import { forgetful, ScriptedCluster, testContext } from '../connection/support';

/** A session of its own, beside that of the extension: its time and its clusters are in the hands of the test. */
export class ScriptedSession {
  readonly clock = new FakeClock(0);
  context = { ...testContext };
  cluster = new ScriptedCluster();
  readonly #settings = editorSettings({ get: () => undefined, update: () => Promise.resolve() });
  readonly session: Session;

  constructor() {
    // Times of day that are shown would else have the date with them.
    this.clock.dayOffset = Date.now();
    this.session = new Session({
      clock: this.clock,
      random: () => 0,
      log: { request: () => undefined, warn: () => undefined },
      env: {},
      home: '/nowhere',
      settings: () => this.#settings.current,
      memory: forgetful,
      isTrusted: () => true,
      loadCluster: () =>
        Promise.resolve({
          readKubeconfig: () =>
            Promise.resolve({
              state: 'loaded',
              kubeconfig: { files: [], currentContext: this.context.name, contexts: [this.context], warnings: [] },
            }),
          connect: () => {
            this.cluster = new ScriptedCluster(this.context);
            return { ok: true, value: this.cluster };
          },
        }),
      loadDemo: () => Promise.reject(new Error('there is no demo here')),
      watchFiles: () => disposable(() => undefined),
    });
  }

  /** Connects to what the context means now. */
  async connect(): Promise<void> {
    await this.session.connect();
    await this.session.reload();
  }

  dispose(): void {
    this.session.dispose();
    this.#settings.dispose();
  }
}
