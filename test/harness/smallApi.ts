import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { objectPath, type KubeObject } from './kubeObjects';

/** So often a watch hears that nothing has happened. */
const bookmarkMs = 500;

/**
 * As much of a Kubernetes API server as the extension asks for, in this process: objects by name, and the pods of a
 * namespace listed and watched.
 */
export class SmallApi {
  /** Whether it takes the value of an `Authorization` header for credentials. */
  accepts: (authorization: string | undefined) => boolean = () => true;
  readonly #server = http.createServer((request, response) => {
    this.#answer(request, response);
  });
  readonly #objects = new Map<string, KubeObject>();
  /** Every change of a pod. */
  readonly #events: { readonly version: number; readonly type: string; readonly object: KubeObject }[] = [];
  readonly #watches = new Map<ServerResponse, string>();
  #version = 1000;
  #bookmarks: NodeJS.Timeout | undefined;

  async start(address: string): Promise<string> {
    this.#server.listen(0, address);
    await once(this.#server, 'listening');
    this.#bookmarks = setInterval(() => {
      const bookmark = { kind: 'Pod', apiVersion: 'v1', metadata: { resourceVersion: String(this.#version) } };
      for (const watch of this.#watches.keys()) tell(watch, 'BOOKMARK', bookmark);
    }, bookmarkMs);
    return `http://${address}:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    clearInterval(this.#bookmarks);
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** Creates or replaces an object, under the next version. */
  put(object: KubeObject): void {
    const path = objectPath(object);
    const type = this.#objects.has(path) ? 'MODIFIED' : 'ADDED';
    const uid = `uid-${object.metadata.name}`;
    const stored = { ...object, metadata: { uid, ...object.metadata, resourceVersion: String(++this.#version) } };
    this.#objects.set(path, stored);
    if (object.kind !== 'Pod') return;
    this.#events.push({ version: this.#version, type, object: stored });
    for (const [watch, folder] of this.#watches) if (path.startsWith(`${folder}/`)) tell(watch, type, stored);
  }

  remove(path: string): void {
    this.#objects.delete(path);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://api');
    if (!this.accepts(request.headers.authorization)) {
      refuse(response, 401, 'Unauthorized', 'Unauthorized');
    } else if (!pathname.endsWith('/pods')) {
      const object = this.#objects.get(pathname);
      const [resource = '', name = ''] = pathname.split('/').slice(-2);
      if (object === undefined) refuse(response, 404, 'NotFound', `${resource} "${name}" not found`);
      else send(response, 200, object);
    } else if (searchParams.get('watch') === 'true') {
      this.#watch(response, pathname, Number(searchParams.get('resourceVersion')));
    } else {
      const items = [...this.#objects].filter(([path]) => path.startsWith(`${pathname}/`)).map(([, object]) => object);
      const metadata = { resourceVersion: String(this.#version) };
      send(response, 200, { kind: 'PodList', apiVersion: 'v1', metadata, items });
    }
  }

  #watch(response: ServerResponse, folder: string, since: number): void {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    for (const { version, type, object } of this.#events) {
      if (version > since && objectPath(object).startsWith(`${folder}/`)) tell(response, type, object);
    }
    this.#watches.set(response, folder);
    response.on('close', () => this.#watches.delete(response));
  }
}

/** A `Status`, as the API server answers what it refuses. */
export function statusBody(code: number, reason: string, message: string): string {
  return JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message });
}

function refuse(response: ServerResponse, code: number, reason: string, message: string): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(statusBody(code, reason, message));
}

function send(response: ServerResponse, code: number, body: object): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function tell(watch: ServerResponse, type: string, object: object): void {
  watch.write(`${JSON.stringify({ type, object })}\n`);
}
