import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Disposable } from '../objects/disposable';
import { answerTo, type Api, type ApiAnswer } from './api';

const address = '127.0.0.1';
/** More connections than a client opens that watches each object over a socket of its own. */
const mostConnections = 256;
/** A watch with more unsent bytes is cut off, as by a real server. */
const mostUnsentBytes = 4 * 1024 * 1024;

/** Serves an API on loopback, over HTTP. */
export class ApiServer implements Disposable {
  readonly #api: Api;
  readonly #server: Server;
  readonly #watches = new Set<Disposable>();

  private constructor(api: Api) {
    this.#api = api;
    this.#server = createServer((request, response) => {
      this.#answer(request, response);
    });
    this.#server.maxConnections = mostConnections;
  }

  /** Starts a server on a free port of 127.0.0.1. Rejects if there is none. */
  static async listening(api: Api): Promise<ApiServer> {
    const server = new ApiServer(api);
    await once(server.#server.listen(0, address), 'listening');
    return server;
  }

  /** `http://127.0.0.1:PORT`, while it listens. */
  get url(): string {
    return `http://${address}:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Ends every watch and closes every socket. */
  dispose(): void {
    for (const watch of this.#watches) watch.dispose();
    this.#watches.clear();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer({ method = '', url: target = '', headers }: IncomingMessage, response: ServerResponse): void {
    const answer = answerTo(this.#api, { method, target, authorization: headers.authorization });
    response.setHeader('Cache-Control', 'no-cache, private');
    switch (answer.is) {
      case 'object':
        sendJson(response, 200, answer.object);
        return;
      case 'refusal':
        sendJson(response, answer.status.code, answer.status);
        return;
      case 'watch':
        this.#sendEvents(response, answer.start);
    }
  }

  #sendEvents(response: ServerResponse, start: (ApiAnswer & { is: 'watch' })['start']): void {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    // The client then knows that the watch is open before the first event.
    response.flushHeaders();
    const watch = start({
      event: (event) => {
        if (response.destroyed) return;
        response.write(`${JSON.stringify(event)}\n`);
        if (response.writableLength > mostUnsentBytes) response.destroy();
      },
      ended: () => {
        response.end();
      },
    });
    this.#watches.add(watch);
    response.once('close', () => {
      watch.dispose();
      this.#watches.delete(watch);
    });
  }
}

function sendJson(response: ServerResponse, code: number, body: object): void {
  response.writeHead(code, { 'Content-Type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}
