import { failed, type Answer, type Failure } from '../objects/failure';
import { cancelled } from './requestFailures';

/** Why a request ends before its answer is complete. The first reason counts. */
export class Ending {
  readonly #controller = new AbortController();
  readonly #subject: string;
  #failure: Failure | undefined;

  /** @param subject What is asked for. */
  constructor(subject: string) {
    this.#subject = subject;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get failure(): Failure | undefined {
    return this.#failure;
  }

  end(failure: Failure): void {
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    this.#controller.abort();
  }

  /** Nobody wants the answer any more. */
  cancel(): void {
    this.end(cancelled(this.#subject));
  }

  /** Is cancelled when the signal is aborted, until the answered function is called. */
  cancelOn(signal: AbortSignal | undefined): () => void {
    const cancel = (): void => {
      this.cancel();
    };
    if (signal?.aborted === true) cancel();
    else signal?.addEventListener('abort', cancel, { once: true });
    return () => signal?.removeEventListener('abort', cancel);
  }

  /** The answer of somebody who cannot be stopped, or the reason to no longer wait for it. */
  async race<T>(answer: Promise<Answer<T>>): Promise<Answer<T>> {
    const ended = unlessAborted(answer, this.signal);
    return ended.catch((error: unknown) => {
      if (this.#failure !== undefined) return failed(this.#failure);
      throw error;
    });
  }
}

/** What the promise comes to; rejects as soon as the signal is aborted. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let giveUp: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    giveUp = (): void => {
      reject(new Error('aborted'));
    };
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
  try {
    return await Promise.race([aborted, promise]);
  } finally {
    if (giveUp !== undefined) signal.removeEventListener('abort', giveUp);
  }
}
