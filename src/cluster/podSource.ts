import { answered, failed, type Answer, type Failure } from '../objects/failure';
import type { Pod } from '../objects/kubernetes';
import type { WatchEnd, WatchEvents } from '../objects/listWatch';
import type { PodPart } from './contract';
import { invalid } from './requestFailures';
import { fieldSelector, segmentProblem } from './paths';
import type { PodSource } from './podFeed';
import type { Requests } from './requests';
import { Selection, type PageEnd } from './selection';
import { trimPod } from './trimPod';

/** Pods in a page, as many as client-go asks for. */
const pageSize = '500';
const maxPageBytes = 256 * 1024 * 1024;

/** The pods of one part of the cluster, trimmed. */
export class ApiPods implements PodSource {
  readonly #pods: Selection<Pod>;
  readonly #problem: Failure | undefined;

  constructor(requests: Requests, part: PodPart) {
    const subject = subjectOf(part);
    this.#pods = new Selection(requests, {
      path: part.in === 'namespace' ? `/api/v1/namespaces/${encodeURIComponent(part.namespace)}/pods` : '/api/v1/pods',
      fieldSelector: part.in === 'node' ? fieldSelector('spec.nodeName', part.node) : undefined,
      kind: 'Pod',
      subject,
      maxPageBytes,
      decode: (object) => {
        const pod = trimPod(object);
        return pod === undefined ? failed(invalid(subject, 'a pod has no name or no usable version')) : answered(pod);
      },
    });
    // An empty node name would select every pod that is on no node.
    const problem = part.in === 'all' ? undefined : segmentProblem(part.in === 'node' ? part.node : part.namespace);
    this.#problem = problem === undefined ? undefined : { kind: 'rejected', message: `${subject}: a name ${problem}.` };
  }

  async list(
    next: string | undefined,
    take: (pods: readonly Pod[]) => void,
    signal: AbortSignal,
  ): Promise<Answer<PageEnd>> {
    if (this.#problem !== undefined) return failed(this.#problem);
    return this.#pods.list({ limit: pageSize, continue: next }, take, signal);
  }

  watch(
    resourceVersion: string,
    timeoutSeconds: number,
    events: WatchEvents<Pod>,
    signal: AbortSignal,
  ): Promise<Answer<WatchEnd>> {
    return this.#pods.watch({ begin: 'events', resourceVersion }, timeoutSeconds, events, signal);
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
