import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** What each step of a role takes and answers. */
export type Steps = Readonly<Record<string, { readonly takes: unknown; readonly answers: unknown }>>;

interface StepMessage {
  readonly step: string;
  readonly argument: unknown;
}

interface AnswerMessage {
  readonly answer: unknown;
}

/**
 * This program once more, in a process of its own, so that what is measured there is nothing else. It does what it is
 * told, one step after another.
 */
export class RoleProcess<S extends Steps> {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts the program with these arguments, and waits until it serves steps. */
  static async start<S extends Steps>(role: readonly string[]): Promise<RoleProcess<S>> {
    const child = fork(process.argv[1]!, role, { serialization: 'advanced' });
    await nextMessage(child);
    return new RoleProcess<S>(child);
  }

  async take<K extends keyof S & string>(step: K, argument: S[K]['takes']): Promise<S[K]['answers']> {
    const message = nextMessage(this.#child);
    this.#child.send({ step, argument } satisfies StepMessage);
    return message;
  }

  stop(): void {
    this.#child.kill('SIGKILL');
  }
}

/** To be called in the process of the role. It ends when a step fails, or with the process that started it. */
export function serveSteps(take: (step: string, argument: unknown) => Promise<unknown>): void {
  process.on('message', ({ step, argument }: StepMessage) => {
    void take(step, argument).then((answer) => process.send?.({ answer } satisfies AnswerMessage));
  });
  process.on('disconnect', () => {
    process.exit(1);
  });
  process.send?.({ answer: undefined } satisfies AnswerMessage);
}

async function nextMessage(child: ChildProcess): Promise<unknown> {
  const ending = new AbortController();
  const { signal } = ending;
  const message = once(child, 'message', { signal }).then(([value]) => (value as AnswerMessage).answer);
  const exit = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`the process that is measured ended with code ${String(code)}`);
  });
  try {
    return await Promise.race([message, exit]);
  } finally {
    ending.abort();
    await Promise.allSettled([message, exit]);
  }
}
