import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Outcome, Step } from './thousandsClient';

/** The argument by which the program knows that it is the process that is measured. */
export const clientRole = 'thousands-client';

/** The process that is measured, as the one that measures sees it. */
export class StepClient {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts this program once more, in its other role. */
  static async start(kubeconfig: string): Promise<StepClient> {
    const child = fork(process.argv[1]!, [clientRole, kubeconfig], {
      execArgv: [...process.execArgv, '--max-old-space-size=4096'],
    });
    await answer(child);
    return new StepClient(child);
  }

  async take<S extends Step>(step: S): Promise<Outcome<S>> {
    const outcome = answer(this.#child);
    this.#child.send(step);
    return (await outcome) as Outcome<S>;
  }

  stop(): void {
    this.#child.kill('SIGKILL');
  }
}

/** The next message of the child; an error if it ends without one. */
async function answer(child: ChildProcess): Promise<unknown> {
  const ending = new AbortController();
  try {
    const message = once(child, 'message', { signal: ending.signal }).then(([value]) => value as unknown);
    const exit = once(child, 'exit', { signal: ending.signal }).then(([code]) => {
      throw new Error(`the process that is measured ended with ${String(code)}`);
    });
    exit.catch(() => undefined);
    return await Promise.race([message, exit]);
  } finally {
    ending.abort();
  }
}
