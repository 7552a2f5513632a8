import type { ConfigMapCopy, SecretCopy } from '../objects/objectCopy';
import { DisposableList } from '../objects/disposable';
import { answered, failed, type Answer } from '../objects/failure';
import type { ListWatch } from '../objects/listWatch';
import type { Node, Pod } from '../objects/kubernetes';
import type { Cluster, ClusterHost, ContextInfo, GetOptions, PodFollowing, PodListener, PodPart } from './contract';
import { configMapCopy, maxObjectBytes, nodeCopy, readExpected, secretCopy, type ExpectedObject } from './decode';
import { cancelled, invalid } from './requestFailures';
import { listIn, objectIn, textIn } from './json';
import { configMapSource, secretSource } from './objectSource';
import { describe, objectPath } from './paths';
import { PodFeed } from './podFeed';
import { ApiPods } from './podSource';
import type { Requests } from './requests';
import { trimPod } from './trimPod';

/** Asks for names alone. A server before 1.15 sends whole objects. */
const namesOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

export class ConnectedCluster implements Cluster {
  readonly context: ContextInfo;
  readonly secrets: ListWatch<SecretCopy>;
  readonly configMaps: ListWatch<ConfigMapCopy>;
  readonly #requests: Requests;
  readonly #host: ClusterHost;
  readonly #owned = new DisposableList();
  readonly #feeds = new Set<PodFeed>();

  /**
   * @param requests For everything else.
   * @param streams For lists and watches of single objects, thousands at a time.
   */
  constructor(context: ContextInfo, requests: Requests, streams: Requests, host: ClusterHost) {
    this.context = context;
    this.#requests = requests;
    this.#host = host;
    this.secrets = secretSource(streams, (base64) => host.seal(base64));
    this.configMaps = configMapSource(streams);
    this.#owned.add(requests);
    this.#owned.add(streams);
  }

  async getSecret(namespace: string, name: string, options: GetOptions): Promise<Answer<SecretCopy>> {
    const expected = { kind: 'Secret', namespace, name, subject: describe('secrets', namespace, name) };
    const answer = await this.#get('secrets', expected, options);
    return answer.ok ? secretCopy(answer.value, expected, (base64) => this.#host.seal(base64)) : answer;
  }

  async getConfigMap(namespace: string, name: string, options: GetOptions): Promise<Answer<ConfigMapCopy>> {
    const expected = { kind: 'ConfigMap', namespace, name, subject: describe('configmaps', namespace, name) };
    const answer = await this.#get('configmaps', expected, options);
    return answer.ok ? configMapCopy(answer.value, expected) : answer;
  }

  async getPod(namespace: string, name: string, signal?: AbortSignal): Promise<Answer<Pod>> {
    const expected = { kind: 'Pod', namespace, name, subject: describe('pods', namespace, name) };
    const answer = await this.#get('pods', expected, withSignal(signal));
    if (!answer.ok) return answer;
    const object = readExpected(answer.value, expected);
    if (!object.ok) return object;
    const pod = trimPod(answer.value);
    return pod === undefined ? failed(invalid(expected.subject, 'it is no pod')) : answered(pod);
  }

  async getNode(name: string, signal?: AbortSignal): Promise<Answer<Node>> {
    const expected = { kind: 'Node', name, subject: describe('nodes', undefined, name) };
    const answer = await this.#get('nodes', expected, withSignal(signal));
    return answer.ok ? nodeCopy(answer.value, expected) : answer;
  }

  listNamespaces(signal?: AbortSignal): Promise<Answer<readonly string[]>> {
    return this.#names('namespaces', signal);
  }

  listNodes(signal?: AbortSignal): Promise<Answer<readonly string[]>> {
    return this.#names('nodes', signal);
  }

  followPods(part: PodPart, listener: PodListener): PodFollowing {
    const feed = new PodFeed(new ApiPods(this.#requests, part), listener, this.#host, () => this.#feeds.delete(feed));
    this.#feeds.add(feed);
    if (this.#owned.disposed) feed.dispose();
    else feed.start();
    return feed;
  }

  dispose(): void {
    for (const feed of this.#feeds) feed.dispose();
    this.#owned.dispose();
  }

  async #get(resource: string, expected: ExpectedObject, options: GetOptions): Promise<Answer<unknown>> {
    if (this.#owned.disposed || options.signal?.aborted === true) return failed(cancelled(expected.subject));
    const path = objectPath(resource, expected.namespace, expected.name);
    if (!path.ok) return path;
    return this.#requests.get({
      path: path.value,
      query: { resourceVersion: options.resourceVersion === '' ? undefined : options.resourceVersion },
      subject: expected.subject,
      signal: options.signal,
      maxBytes: maxObjectBytes,
    });
  }

  async #names(resource: 'namespaces' | 'nodes', signal: AbortSignal | undefined): Promise<Answer<readonly string[]>> {
    const names: string[] = [];
    let next: string | undefined;
    do {
      const answer = await this.#requests.get({
        path: `/api/v1/${resource}`,
        query: { limit: '500', continue: next },
        subject: resource,
        signal,
        accept: namesOnly,
        maxBytes: 4 * maxObjectBytes,
      });
      if (!answer.ok) return answer;
      const list = objectIn(answer.value);
      const items = list?.['items'];
      // The server sends null for an empty list of names.
      if (list === undefined || !(items === null || Array.isArray(items))) {
        return failed(invalid(resource, 'it is not a list'));
      }
      for (const item of listIn(items)) {
        const name = textIn(objectIn(objectIn(item)?.['metadata'])?.['name']);
        if (name === undefined) return failed(invalid(resource, 'one of them has no name'));
        names.push(name);
      }
      next = textIn(objectIn(list['metadata'])?.['continue']);
    } while (next !== undefined);
    return answered(names);
  }
}

function withSignal(signal: AbortSignal | undefined): GetOptions {
  return signal === undefined ? { resourceVersion: '' } : { resourceVersion: '', signal };
}
