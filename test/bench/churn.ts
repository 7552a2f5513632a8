import type { ApiServer } from '../harness/apiServer';
import { create, podOf, reportStatus, thousands, usedBy, workloadsOf } from '../harness/crowd';
import { objectPath, type KubeObject } from '../harness/kubeObjects';
import { pseudoRandomOrder } from './workload';

/** A pod that was written: to this version, or away. `at` is when the server said so, in milliseconds since 1970. */
export interface Written {
  readonly pod: string;
  readonly version: string | undefined;
  readonly at: number;
}

/** So many of 100 events replace pods; the others report a status. A pod that is replaced makes three events. */
const replacingOf100 = 15;
const eventsOfReplacing = 3;
/** Writes under way at once: a server that is slower than the rate is not given more and more of them. */
const mostUnderWay = 64;

/**
 * What happens in a cluster of thousands: kubelets report the status of pods here and there, and rollouts replace the
 * pods of one workload after another.
 */
export class Churn {
  /** How often a pod that uses an object was made, by the object's path. */
  readonly registrations = new Map<string, number>();
  readonly #server: ApiServer;
  readonly #workloads = workloadsOf(thousands).filter(({ shape }) => shape === 'Deployment');
  readonly #written: Written[] = [];
  readonly #underWay = new Set<Promise<void>>();
  /** The last report of a pod's status, by the place of the pod. */
  readonly #updating = new Map<number, Promise<void>>();
  #pods: KubeObject[] = [];
  #replaced = 0;
  #updated = 0;
  #failure: unknown;

  constructor(server: ApiServer) {
    this.#server = server;
  }

  /** Causes so many events a second, or as many as the server takes. Throws at the first refusal. */
  async run(perSecond: number, seconds: number): Promise<readonly Written[]> {
    this.#pods = await listPods(this.#server);
    const order = pseudoRandomOrder(this.#pods.length, perSecond * seconds);
    const startedAt = performance.now();
    let caused = 0;
    let replacing = 0;
    while (caused < perSecond * seconds) {
      const due = ((performance.now() - startedAt) / 1000) * perSecond;
      while (caused < due && this.#underWay.size < mostUnderWay) {
        if (replacing < (caused * replacingOf100) / 100) {
          this.#start(this.#replace());
          replacing += eventsOfReplacing;
          caused += eventsOfReplacing;
        } else {
          const index = order[this.#updated++]!;
          const work = this.#update(index);
          this.#updating.set(index, work);
          this.#start(work);
          caused += 1;
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (this.#failure !== undefined) throw this.#failure as Error;
    }
    await Promise.all(this.#underWay);
    return this.#written;
  }

  #start(work: Promise<void>): void {
    const noted = work
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      .finally(() => this.#underWay.delete(noted));
    this.#underWay.add(noted);
  }

  /** A container has been started again. */
  async #update(index: number): Promise<void> {
    const pod = this.#pods[index]!;
    const status = pod['status'] as { readonly containerStatuses: readonly { readonly restartCount: number }[] };
    const containerStatuses = status.containerStatuses.map((container) => ({
      ...container,
      restartCount: container.restartCount + this.#updated,
    }));
    const answer = await reportStatus(this.#server, pod, { containerStatuses });
    this.#note(answer);
  }

  /** Pod after pod of one workload, then of the next. */
  async #replace(): Promise<void> {
    const place = this.#replaced++;
    const workload = this.#workloads[Math.floor(place / thousands.podsPerWorkload) % this.#workloads.length]!;
    const index = place % thousands.podsPerWorkload;
    const old = podOf(workload, index, 0, new Date());
    const oldPlace = this.#pods.findIndex(
      ({ metadata }) => metadata.name === old.metadata.name && metadata.namespace === old.metadata.namespace,
    );
    const pod = podOf(workload, index, 1, new Date());
    for (const [kind, names] of Object.entries(usedBy(workload))) {
      for (const name of names) {
        const path = objectPath({ apiVersion: 'v1', kind, metadata: { namespace: workload.namespace, name } });
        this.registrations.set(path, (this.registrations.get(path) ?? 0) + 1);
      }
    }
    this.#note(await create(this.#server, pod));
    const running = await reportStatus(this.#server, pod, pod['status']);
    this.#note(running);
    const removed = this.#pods[oldPlace];
    if (removed === undefined) throw new Error(`pod ${old.metadata.name} is not there to be replaced`);
    this.#pods[oldPlace] = running;
    // What reports its status at this moment has to be told of its end first.
    await this.#updating.get(oldPlace);
    await this.#server.remove(objectPath(old));
    this.#written.push({ pod: idOf(removed), version: undefined, at: now() });
  }

  #note(pod: KubeObject): void {
    this.#written.push({ pod: idOf(pod), version: pod.metadata.resourceVersion, at: now() });
  }
}

async function listPods(server: ApiServer): Promise<KubeObject[]> {
  const pods: KubeObject[] = [];
  let next = '';
  do {
    const { body } = await server.request('GET', `/api/v1/pods?limit=500&continue=${encodeURIComponent(next)}`);
    for (const pod of body.items ?? []) pods.push({ ...pod, apiVersion: 'v1', kind: 'Pod' });
    next = (body.metadata as { readonly continue?: string } | undefined)?.continue ?? '';
  } while (next !== '');
  return pods;
}

/** As the registry names pods. */
function idOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}/${metadata.uid ?? ''}`;
}

function now(): number {
  return performance.timeOrigin + performance.now();
}
