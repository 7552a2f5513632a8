import { answered, failed, type Answer, type Failure } from '../objects/failure';
import type { Pod } from '../objects/kubernetes';
import type { PodPart } from './contract';
import { isVersion } from './copies';
import { failureOfRefusal, invalid, statusIn } from './failures';
import { objectIn, textIn } from './json';
import { segmentProblem } from './paths';
import type { PageEnd, PodEvents, PodSource } from './podFeed';
import type { Question, Requests, WatchEnd } from './requests';
import { trimPod } from './trimPod';

/** Pods in a page: what client-go asks for. */
const pageSize = '500';
const mostPageBytes = 256 * 1024 * 1024;
const mostEventBytes = 16 * 1024 * 1024;
/** API servers send a bookmark about once a minute. */
const silenceMs = 90_000;

/** The pods of one part of the cluster, trimmed. */
export class ApiPods implements PodSource {
  readonly #requests: Requests;
  readonly #path: string;
  readonly #fieldSelector: string | undefined;
  readonly #subject: string;
  readonly #problem: Failure | undefined;

  constructor(requests: Requests, part: PodPart) {
    this.#requests = requests;
    this.#path =
      part.in === 'namespace' ? `/api/v1/namespaces/${encodeURIComponent(part.namespace)}/pods` : '/api/v1/pods';
    this.#fieldSelector = part.in === 'node' ? `spec.nodeName=${selectorValue(part.node)}` : undefined;
    this.#subject = subjectOf(part);
    // An empty node would select every pod that has none.
    const problem = part.in === 'all' ? undefined : segmentProblem(part.in === 'node' ? part.node : part.namespace);
    this.#problem =
      problem === undefined ? undefined : { kind: 'rejected', message: `${this.#subject}: a name ${problem}.` };
  }

  async list(
    next: string | undefined,
    take: (pods: readonly Pod[]) => void,
    signal: AbortSignal,
  ): Promise<Answer<PageEnd>> {
    if (this.#problem !== undefined) return failed(this.#problem);
    const question = { ...this.#question({ limit: pageSize, continue: next }, signal), mostBytes: mostPageBytes };
    const answer = await this.#requests.getItems(question, (items) => {
      const pods: Pod[] = [];
      for (const item of items) {
        const pod = trimPod(item);
        if (pod === undefined) return invalid(this.#subject, 'a pod has no name or no usable version');
        pods.push(pod);
      }
      take(pods);
      return undefined;
    });
    if (!answer.ok) return answer;
    const list = objectIn(answer.value);
    if (list?.['kind'] !== 'PodList') return failed(invalid(this.#subject, 'it is not of the kind PodList'));
    const metadata = objectIn(list['metadata']);
    const resourceVersion = metadata?.['resourceVersion'];
    if (!isVersion(resourceVersion)) return failed(invalid(this.#subject, 'the list has no usable version'));
    const token = textIn(metadata?.['continue']);
    return answered({ resourceVersion, ...(token === undefined ? {} : { next: token }) });
  }

  async watch(
    resourceVersion: string,
    timeoutSeconds: number,
    events: PodEvents,
    signal: AbortSignal,
  ): Promise<Answer<WatchEnd>> {
    const query = {
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion,
      timeoutSeconds: String(timeoutSeconds),
    };
    return this.#requests.watch(
      { ...this.#question(query, signal), mostBytes: mostEventBytes },
      {
        opened: () => {
          events.opened();
        },
        event: (value) => this.#take(value, events),
        silenceMs,
      },
    );
  }

  #take(value: unknown, events: PodEvents): Failure | undefined {
    const event = objectIn(value);
    const type = event?.['type'];
    const object = event?.['object'];
    if (type === 'ERROR') {
      const status = statusIn(object, 500);
      return status === undefined
        ? invalid(this.#subject, 'an error event has no status')
        : failureOfRefusal(status, this.#subject);
    }
    if (type === 'BOOKMARK') {
      const version = objectIn(objectIn(object)?.['metadata'])?.['resourceVersion'];
      if (isVersion(version)) events.bookmark(version);
      return undefined;
    }
    if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED') {
      return invalid(this.#subject, 'an event of the watch has an unknown type');
    }
    const pod = trimPod(object);
    if (pod === undefined) return invalid(this.#subject, 'a pod has no name or no usable version');
    if (type === 'DELETED') events.removed(pod);
    else events.changed(pod);
    return undefined;
  }

  #question(query: Question['query'], signal: AbortSignal): Omit<Question, 'mostBytes'> {
    return {
      path: this.#path,
      query: { ...query, fieldSelector: this.#fieldSelector },
      subject: this.#subject,
      signal,
    };
  }
}

function subjectOf(part: PodPart): string {
  switch (part.in) {
    case 'namespace':
      return `pods in namespace ${JSON.stringify(part.namespace)}`;
    case 'node':
      return `pods on node ${JSON.stringify(part.node)}`;
    case 'all':
      return 'pods in all namespaces';
  }
}

/** In a field selector a comma and an equals sign mean something. */
function selectorValue(text: string): string {
  return text.replace(/[\\,=]/g, '\\$&');
}
