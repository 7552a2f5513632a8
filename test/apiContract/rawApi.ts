import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { ApiBody } from '../harness/apiRequests';
import type { KubeObject } from '../harness/kubeObjects';
import { waitFor } from '../harness/waiting';
import type { ApiUnderTest } from './apiUnderTest';

export interface RawAnswer {
  readonly code: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Empty where the answer is not JSON. */
  readonly body: ApiBody;
}

export interface RawOptions {
  readonly method?: string;
  /** Instead of the user's; undefined sends none. */
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RawEvent {
  readonly type: string;
  readonly object: KubeObject & ApiBody;
}

/** Requests as they are, without any client of ours. */
export class RawApi {
  readonly #api: ApiUnderTest;
  readonly #agent: HttpAgent;

  constructor(api: ApiUnderTest) {
    this.#api = api;
    this.#agent = api.authority === undefined ? new HttpAgent() : new HttpsAgent({ ca: api.authority });
  }

  async send(path: string, options: RawOptions = {}): Promise<RawAnswer> {
    const response = await this.#open(path, options);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    return { code: response.statusCode ?? 0, headers: response.headers, text, body: bodyOf(text) };
  }

  /** The names of a list's items, in order. Throws what was answered instead of a list. */
  async names(path: string): Promise<readonly string[]> {
    const { text, body } = await this.send(path);
    if (body.items === undefined) throw new Error(text);
    return body.items.map(({ metadata }) => metadata.name);
  }

  /** Opens a watch. It is open when this resolves. */
  async watch(path: string): Promise<RawWatch> {
    return new RawWatch(await this.#open(path, {}));
  }

  #open(path: string, options: RawOptions): Promise<IncomingMessage> {
    const url = new URL(this.#api.url);
    const token = 'token' in options ? options.token : this.#api.token;
    const headers = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      accept: 'application/json',
      'user-agent': 'kubefresh-contract',
      ...options.headers,
    };
    return new Promise((resolve, reject) => {
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
      // As it is written: a URL would mend the path.
      const { hostname, port } = url;
      const request = send({ hostname, port, path, method: options.method ?? 'GET', headers, agent: this.#agent });
      request.once('response', resolve).once('error', reject).end();
    });
  }
}

/** A watch that is read as it comes. */
export class RawWatch {
  readonly code: number;
  readonly contentType: string | undefined;
  readonly events: RawEvent[] = [];
  /** Bookmarks that say only how far the server has come. It sends them when it likes, so they are no part of `events`. */
  readonly progress: RawEvent[] = [];
  readonly #response: IncomingMessage;
  #ended = false;

  constructor(response: IncomingMessage) {
    this.code = response.statusCode ?? 0;
    this.contentType = response.headers['content-type'];
    this.#response = response;
    let rest = '';
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const event = JSON.parse(line) as RawEvent;
        (isProgress(event) ? this.progress : this.events).push(event);
      }
    });
    response.once('close', () => {
      this.#ended = true;
    });
    response.once('error', () => undefined);
  }

  /** The events so far, each as `TYPE name value`. */
  get lines(): readonly string[] {
    return this.events.map(({ type, object }) =>
      [type, object.metadata.name, valueIn(object)].filter(Boolean).join(' '),
    );
  }

  /** Waits for so many events, and answers them all. */
  async until(count: number): Promise<readonly RawEvent[]> {
    await this.#wait(`${count} events`, () => this.events.length >= count);
    return this.events;
  }

  /** Waits for the server to end it, and answers every event. */
  async end(): Promise<readonly RawEvent[]> {
    await this.#wait('the end', () => this.#ended);
    return this.events;
  }

  close(): void {
    this.#response.destroy();
  }

  async #wait(what: string, holds: () => boolean): Promise<void> {
    await waitFor(() => Promise.resolve(holds() ? true : undefined), {
      what: `${what} of a watch`,
      limitMs: 20_000,
      everyMs: 5,
      details: () => this.lines.join('\n'),
    });
  }
}

function isProgress({ type, object }: RawEvent): boolean {
  return type === 'BOOKMARK' && object.metadata.annotations === undefined;
}

function valueIn(object: KubeObject): string {
  return (object['data'] as { readonly value?: string } | undefined)?.value ?? '';
}

function bodyOf(text: string): ApiBody {
  try {
    return JSON.parse(text) as ApiBody;
  } catch {
    return {};
  }
}
