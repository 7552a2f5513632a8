import { ClientRequest } from 'node:http';
import { Agent } from 'node:https';
import type { KubeObject, OwnerReference } from './kubeObjects';
import { collectionPath, objectPath } from './kubeObjects';

/** The fields tests look at in an answer: an object, a list, or a Status. */
export interface ApiBody {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly metadata?: Partial<KubeObject['metadata']>;
  readonly items?: readonly KubeObject[];
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly [field: string]: unknown;
}

export interface ApiAnswer {
  readonly status: number;
  /** Empty when the answer was not JSON. */
  readonly body: ApiBody;
  readonly text: string;
}

export interface RequestOptions {
  /** The bearer token; the administrator's without it. */
  readonly token?: string;
  /** `application/json` without it. */
  readonly contentType?: string;
}

/** Sends requests to one server over kept-alive connections. */
export class ApiRequests {
  private readonly url: string;
  private readonly adminToken: string;
  private readonly agent: Agent;

  constructor(url: string, authority: string, adminToken: string) {
    this.url = url;
    this.adminToken = adminToken;
    this.agent = new Agent({ ca: authority, keepAlive: true });
  }

  /** One request. Any HTTP status is an answer; rejects when there is none. */
  send(method: string, path: string, body?: unknown, options: RequestOptions = {}): Promise<ApiAnswer> {
    return new Promise((resolve, reject) => {
      const headers: Record<string, string> = {
        authorization: `Bearer ${options.token ?? this.adminToken}`,
        accept: 'application/json',
        'user-agent': 'kubefresh-harness',
      };
      const payload = body === undefined ? undefined : JSON.stringify(body);
      if (payload !== undefined) {
        headers['content-type'] = options.contentType ?? 'application/json';
        // Node adds no length to a DELETE, and the server would read its body as the next request.
        headers['content-length'] = Buffer.byteLength(payload).toString();
      }
      const { protocol, hostname, port, pathname, search } = new URL(path, this.url);
      const target = { protocol, hostname, port, path: pathname + search };
      // Not `https.request`: inside the extension host that is another function, which takes the agent away.
      const outgoing = new ClientRequest({ ...target, method, headers, agent: this.agent }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.once('error', reject);
        incoming.once('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: incoming.statusCode ?? 0, body: parse(text), text });
        });
      });
      outgoing.once('error', reject);
      outgoing.end(payload);
    });
  }

  /** As `send`, for a request that must succeed: throws what the server said otherwise. */
  async must(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<ApiBody> {
    const answer = await this.send(method, path, body, options);
    if (answer.status >= 200 && answer.status < 300) return answer.body;
    throw new Error(`${method} ${path}: ${answer.status} ${answer.body.message ?? answer.text}`);
  }

  /** Creates the objects in order, or replaces those that exist; see `ApiServer.apply`. */
  async apply(objects: readonly KubeObject[]): Promise<void> {
    for (const object of objects) await this.applyOne(object);
  }

  /** Deletes an object at once: no kubelet would end its grace period, and no garbage collector its dependents. */
  async remove(path: string): Promise<void> {
    await this.must('DELETE', path, { gracePeriodSeconds: 0, propagationPolicy: 'Background' });
  }

  /** Drops the connections, such as those to a server that is gone. */
  close(): void {
    this.agent.destroy();
  }

  private async applyOne(given: KubeObject): Promise<void> {
    const { status, object, ephemeralContainers } = withoutSubresources(await this.withOwnerUids(given));
    const stored = await this.createOrReplace(object);
    const path = objectPath(object);
    if (ephemeralContainers !== undefined) {
      const patch = { spec: { ephemeralContainers } };
      const options = { contentType: 'application/strategic-merge-patch+json' };
      await this.must('PATCH', `${path}/ephemeralcontainers`, patch, options);
    }
    if (status !== undefined) {
      const { resourceVersion: _, ...metadata } = stored.metadata ?? {};
      await this.must('PUT', `${path}/status?fieldManager=kubelet`, { ...stored, metadata, status });
    }
  }

  private async createOrReplace(object: KubeObject): Promise<ApiBody> {
    const manager = 'fieldManager=kubectl-client-side-apply';
    const collection = `${collectionPath(object.apiVersion, object.kind, object.metadata.namespace)}?${manager}`;
    const path = objectPath(object);
    const created = await this.send('POST', collection, object);
    if (created.status !== 409) return successOf(created, path);
    const replaced = await this.send('PUT', `${path}?${manager}`, object);
    if (replaced.status !== 422) return successOf(replaced, path);
    // Some fields of some kinds can never change, such as most of a pod's: those objects are made anew.
    await this.remove(path);
    return this.must('POST', collection, object);
  }

  private async withOwnerUids(object: KubeObject): Promise<KubeObject> {
    const references = object.metadata.ownerReferences;
    if (references === undefined) return object;
    const ownerReferences: OwnerReference[] = [];
    for (const reference of references) {
      const uid = reference.uid ?? (await this.uidOf(reference, object.metadata.namespace));
      ownerReferences.push({ ...reference, uid });
    }
    return { ...object, metadata: { ...object.metadata, ownerReferences } };
  }

  private async uidOf(reference: OwnerReference, namespace: string | undefined): Promise<string> {
    const { apiVersion, kind, name } = reference;
    const owner = await this.must('GET', `${collectionPath(apiVersion, kind, namespace)}/${name}`);
    return owner.metadata!.uid!;
  }
}

function parse(text: string): ApiBody {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as ApiBody) : {};
  } catch {
    return {};
  }
}

function successOf(answer: ApiAnswer, path: string): ApiBody {
  if (answer.status < 300) return answer.body;
  throw new Error(`${path}: ${answer.status} ${answer.body.message ?? answer.text}`);
}

/** Takes apart what the server accepts only through subresources. */
function withoutSubresources(object: KubeObject): {
  object: KubeObject;
  status: unknown;
  ephemeralContainers: unknown;
} {
  const { status, ...rest } = object;
  const spec = object['spec'];
  if (object.kind !== 'Pod' || typeof spec !== 'object' || spec === null || !('ephemeralContainers' in spec)) {
    return { object: rest, status, ephemeralContainers: undefined };
  }
  const { ephemeralContainers, ...podSpec } = spec;
  return { object: { ...rest, spec: podSpec }, status, ephemeralContainers };
}
