import type { Wishes } from '../connection/wishes';
import type { Demo, DemoBundle } from '../demo/contract';
import type { Clock } from '../objects/clock';
import type { Disposable } from '../objects/disposable';
import { answered, failed, messageOfError, type Answer } from '../objects/failure';
import { passingWishes } from './wishes';

/** The demo cluster of this window, while it runs. */
export class DemoSession implements Disposable {
  readonly #loadDemo: () => Promise<DemoBundle>;
  readonly #clock: Clock;
  #running: { readonly demo: Demo; readonly wasConnected: boolean; readonly wishes: Wishes } | undefined;

  constructor(loadDemo: () => Promise<DemoBundle>, clock: Clock) {
    this.#loadDemo = loadDemo;
    this.#clock = clock;
  }

  get demo(): Demo | undefined {
    return this.#running?.demo;
  }

  /** Whether a connection had been asked for before the demo was started. */
  get wasConnected(): boolean {
    return this.#running?.wasConnected === true;
  }

  /** What the user asked for by name in the demo, which ends with it. */
  get wishes(): Wishes | undefined {
    return this.#running?.wishes;
  }

  /** Prepares a demo, which counts from {@link use} on. No file is read and no program run for it. */
  async prepare(): Promise<Answer<Demo>> {
    try {
      const { startDemo } = await this.#loadDemo();
      return answered(await startDemo({ clock: this.#clock }));
    } catch (error) {
      return failed({ kind: 'server', message: `the demo cluster could not be started: ${messageOfError(error)}` });
    }
  }

  use(demo: Demo, wasConnected: boolean): void {
    this.#running = { demo, wasConnected, wishes: passingWishes() };
  }

  /** Ends the demo, if it runs. */
  dispose(): void {
    this.#running?.demo.dispose();
    this.#running = undefined;
  }
}
