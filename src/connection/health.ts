import type { Clock } from '../objects/clock';
import { isAboutTheServer, type Answer, type Failure } from '../objects/failure';
import type { HealthFacts } from './facts';
import type { ServerHealth } from './serverHealth';

/** Milliseconds of silence that are an outage. After less, a request that times out was slow by itself. */
const silenceMs = 5_000;

export interface HealthOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** The server answers again, or does not any more. */
  readonly changed: (health: ServerHealth) => void;
}

/**
 * Whether the server answers: one truth for pods, objects and the status bar. One request that is refused or times out
 * begins an outage, and any answer of the server ends it.
 */
export class Health implements HealthFacts {
  readonly #options: HealthOptions;
  #server: ServerHealth = { state: 'answering' };
  #heardAt = -Infinity;

  constructor(options: HealthOptions) {
    this.#options = options;
  }

  get server(): ServerHealth {
    return this.#server;
  }

  /** Follows a request to its end. */
  async follow<T>(request: Promise<Answer<T>>): Promise<Answer<T>> {
    const beganAt = this.#options.clock.now();
    const answer = await request;
    if (answer.ok) this.heard();
    else this.failed(answer.failure, beganAt);
    return answer;
  }

  /** The server sent something. */
  heard(): void {
    this.#heardAt = this.#options.clock.now();
    if (this.#server.state === 'outage') this.#change({ state: 'answering' });
  }

  /** @param beganAt When the request began that failed. */
  failed(failure: Failure, beganAt: number): void {
    if (isAnswer(failure)) {
      this.heard();
      return;
    }
    if (!isAboutTheServer(failure) || failure.kind === 'cancelled' || this.#server.state === 'outage') return;
    const now = this.#options.clock.now();
    const silentSince = Math.max(beganAt, this.#heardAt);
    if (failure.kind !== 'timeout') this.#change({ state: 'outage', since: now, failure });
    else if (now - silentSince >= silenceMs) this.#change({ state: 'outage', since: silentSince, failure });
  }

  #change(server: ServerHealth): void {
    this.#server = server;
    this.#options.changed(server);
  }
}

/** Whether the API server itself said no. A refusal of credentials says nothing about the objects, so it is none. */
function isAnswer({ status, kind }: Failure): boolean {
  return status !== undefined && kind !== 'unauthorized';
}
