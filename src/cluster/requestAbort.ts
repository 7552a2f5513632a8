import { failed, type Answer, type Failure } from '../objects/failure';
import { cancelled } from './requestFailures';

/** Aborts one request and keeps the reason. The first reason counts. */
export class RequestAbort {
  readonly #controller = new AbortController();
  readonly #subject: string;
  #failure: Failure | undefined;

  /** @param subject The object of the request, in messages. */
  constructor(subject: string) {
    this.#subject = subject;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get failure(): Failure | undefined {
    return this.#failure;
  }

  because(failure: Failure): void {
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    this.#controller.abort();
  }

  /** To be called when nobody wants the answer any more. */
  cancel(): void {
    this.because(cancelled(this.#subject));
  }

  /** Cancels the request when the signal is aborted, until the returned function is called. */
  cancelOn(signal: AbortSignal | undefined): () => void {
    const cancel = (): void => {
      this.cancel();
    };
    if (signal?.aborted === true) cancel();
    else signal?.addEventListener('abort', cancel, { once: true });
    return () => signal?.removeEventListener('abort', cancel);
  }

  /** Waits for work that cannot be stopped. Answers the failure as soon as the request is aborted. */
  async race<T>(answer: Promise<Answer<T>>): Promise<Answer<T>> {
    try {
      return await unlessAborted(answer, this.signal);
    } catch (error) {
      if (this.#failure !== undefined) return failed(this.#failure);
      throw error;
    }
  }
}

/** Waits for the promise. Rejects as soon as the signal is aborted. */
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
