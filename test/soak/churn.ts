import type { ApiServer } from '../harness/apiServer';
import {
  create,
  objectsOf,
  podOf,
  reportStatus,
  usedBy,
  workloadsOf,
  type CrowdSize,
  type Workload,
} from '../harness/crowd';
import { objectPath, type KubeObject } from '../harness/kubeObjects';

/**
 * What happens in a cluster from minute to minute: pods come, go and report their status, objects change, go and come
 * back. How many there are of each stays the same.
 */
export class SoakChurn {
  readonly #server: ApiServer;
  readonly #size: CrowdSize;
  readonly #workloads: readonly Workload[];
  /** The generation of the pod at each place of each workload. */
  readonly #generations: number[];
  #steps = 0;

  constructor(server: ApiServer, size: CrowdSize) {
    this.#server = server;
    this.#size = size;
    this.#workloads = workloadsOf(size);
    this.#generations = Array.from({ length: this.#workloads.length * size.podsPerWorkload }, () => 0);
  }

  get steps(): number {
    return this.#steps;
  }

  /** One thing after another, a few a second, until it is told to stop. */
  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await this.#step(this.#steps++);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async #step(step: number): Promise<void> {
    const workload = this.#workloads[(step * 7) % this.#workloads.length]!;
    switch (step % 5) {
      case 0:
      case 1:
        return this.#replacePod(step);
      case 2:
        return this.#changeObject(workload, step);
      case 3:
        return this.#reportStatus(step);
      default:
        return this.#makeAnew(workload, step);
    }
  }

  async #replacePod(step: number): Promise<void> {
    const place = (step * 13) % this.#generations.length;
    const old = this.#podAt(place);
    this.#generations[place]! += 1;
    const pod = this.#podAt(place);
    // Pods of some owners keep their name, so the old one goes first.
    await this.#server.remove(objectPath(old));
    await create(this.#server, pod);
    await reportStatus(this.#server, pod, pod['status']);
  }

  async #reportStatus(step: number): Promise<void> {
    const pod = this.#podAt((step * 17) % this.#generations.length);
    const status = pod['status'] as { readonly containerStatuses: readonly object[] };
    const containerStatuses = status.containerStatuses.map((container) => ({ ...container, restartCount: step }));
    await reportStatus(this.#server, pod, { containerStatuses });
  }

  async #changeObject(workload: Workload, step: number): Promise<void> {
    const [name] = usedBy(workload).ConfigMap;
    const path = `/api/v1/namespaces/${workload.namespace}/configmaps/${name ?? ''}`;
    await this.#server.patch(path, { data: { [`changed-${step % 3}`]: `in step ${step}` } });
  }

  async #makeAnew(workload: Workload, step: number): Promise<void> {
    const objects = objectsOf(workload);
    const object = objects[step % objects.length]!;
    await this.#server.remove(objectPath(object));
    await create(this.#server, object);
  }

  #podAt(place: number): KubeObject {
    const workload = this.#workloads[Math.floor(place / this.#size.podsPerWorkload)]!;
    const generation = this.#generations[place]!;
    return podOf(workload, place % this.#size.podsPerWorkload, generation, new Date());
  }
}
