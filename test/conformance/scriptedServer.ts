import { failureOfStatus, type Answer, type Failure } from '../../src/objects/failure';
import type { Token } from './results';

type View = 'L' | 'C';

/** The API's name of a kind in texts of an API server. */
export type Plural = 'secrets' | 'configmaps';

interface HeldGet {
  readonly answer: () => void;
}

/** The API server of the traces: two views of each object, queued failures, and keys that can be held back. */
export class ScriptedServer {
  readonly #plural: Plural;
  readonly #views: Record<View, Map<string, Token>> = { L: new Map(), C: new Map() };
  readonly #failures = new Map<string, string[]>();
  readonly #blocked = new Map<string, { readonly mode: string; readonly held: HeldGet[] }>();
  #calls: string[] = [];

  constructor(plural: Plural) {
    this.#plural = plural;
  }

  /** The resource version options of the GETs since the last call of this method. */
  takeCalls(): string[] {
    const calls = this.#calls;
    this.#calls = [];
    return calls;
  }

  set(view: 'L' | 'C' | 'B', key: string, token: Token | undefined): void {
    for (const one of view === 'B' ? (['L', 'C'] as const) : [view]) {
      if (token === undefined) this.#views[one].delete(key);
      else this.#views[one].set(key, token);
    }
  }

  fail(key: string, code: string, times: number): void {
    const queue = this.#failures.get(key) ?? [];
    this.#failures.set(key, queue);
    for (let i = 0; i < times; i += 1) queue.push(code);
  }

  block(key: string, mode: string): void {
    this.#blocked.set(key, { mode, held: [] });
  }

  /** Opens the key and yields the GETs that it held, in order of arrival, for the caller to answer one by one. */
  unblock(key: string): readonly HeldGet[] {
    const held = this.#blocked.get(key)?.held ?? [];
    this.#blocked.delete(key);
    return held;
  }

  get(namespace: string, name: string, resourceVersion: '' | '0'): Promise<Answer<Token>> {
    this.#calls.push(resourceVersion);
    const key = `${namespace}/${name}`;
    const make = (): Answer<Token> => this.#answer(key, name, resourceVersion === '0' ? 'C' : 'L');
    const blocked = this.#blocked.get(key);
    if (blocked === undefined) return Promise.resolve(make());
    const early = blocked.mode === 'arrival' ? make() : undefined;
    return new Promise((resolve) => {
      blocked.held.push({
        answer: () => {
          resolve(early ?? make());
        },
      });
    });
  }

  #answer(key: string, name: string, view: View): Answer<Token> {
    const code = this.#failures.get(key)?.shift();
    if (code !== undefined) return { ok: false, failure: failureOfCode(code, this.#plural, name) };
    const token = this.#views[view].get(key);
    return token === undefined
      ? { ok: false, failure: failureOfCode('404', this.#plural, name) }
      : { ok: true, value: token };
  }
}

/** The failure that a code of the traces stands for. */
export function failureOfCode(code: string, plural: Plural, name: string): Failure {
  const object = `${plural} "${name}"`;
  switch (code) {
    case '404':
      return failureOfStatus({ code: 404, reason: 'NotFound', message: `${object} not found` });
    case '404u':
      return failureOfStatus({ code: 404, reason: '', message: 'the server could not find the requested resource' });
    case '404x':
      return failureOfStatus({ code: 404, reason: 'Unheard', message: 'unheard-of reason' });
    case '404w':
      return failureOfStatus({ code: 404, reason: 'NotFound', message: `wrapped: ${object} not found` });
    case 'nf403':
      return failureOfStatus({ code: 403, reason: 'NotFound', message: 'odd2' });
    case '404o':
      return failureOfStatus({ code: 404, reason: 'Forbidden', message: 'odd' });
    case '500':
      return failureOfStatus({ code: 500, reason: 'InternalError', message: 'Internal error occurred: boom' });
    case '403':
      return failureOfStatus({ code: 403, reason: 'Forbidden', message: `${object} is forbidden: denied` });
    case '429':
      return failureOfStatus({ code: 429, reason: 'TooManyRequests', message: 'slow down' });
    case '504':
      return failureOfStatus({ code: 504, reason: 'Timeout', message: 'Timeout: took too long' });
    case '503':
      return failureOfStatus({ code: 503, reason: 'ServiceUnavailable', message: 'down' });
    case '401':
      return failureOfStatus({ code: 401, reason: 'Unauthorized', message: 'who are you' });
    case '410':
      return failureOfStatus({ code: 410, reason: 'Gone', message: 'gone' });
    case 'conn':
      return { kind: 'unreachable', message: 'dial tcp 127.0.0.1:6443: connect: connection refused' };
    default:
      throw new Error(`unknown failure code ${code}`);
  }
}
