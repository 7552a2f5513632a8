import type { Clock } from '../objects/clock';
import type { Disposable } from '../objects/disposable';
import { apiTime, valueAt, type ApiObject } from './apiObject';
import type { ObjectStore } from './objectStore';
import { resourceOfKind } from './resources';
import { ttlAnnotation } from './storyObjects';
import { appLabel, podOf, restartsOf, withState } from './storyPods';
import type { Act, PodState, Script, Story, WorkloadRow } from './storyRows';

/** Changes the objects of a store as the script says, until disposed. It has one timer at a time. */
export class StoryPlayer implements Disposable {
  readonly #store: ObjectStore;
  readonly #story: Story;
  readonly #script: Script;
  readonly #clock: Clock;
  #step = 0;
  #timer: Disposable | undefined;

  /** @param store Holds the objects of the story. */
  constructor(store: ObjectStore, story: Story, script: Script, clock: Clock) {
    this.#store = store;
    this.#story = story;
    this.#script = script;
    this.#clock = clock;
    this.#wait();
  }

  dispose(): void {
    this.#timer?.dispose();
  }

  /** Waits for the next step. Steps that a computer slept through are not made up for. */
  #wait(): void {
    const { stepMs, each, round } = this.#script;
    this.#timer = this.#clock.after(stepMs, () => {
      for (const act of [...each, ...(round[this.#step % round.length] ?? [])]) this.#play(act);
      this.#step += 1;
      this.#wait();
    });
  }

  #play(act: Act): void {
    switch (act.act) {
      case 'reprice':
        this.#reprice(act.namespace, act.configMap);
        return;
      case 'setTtl':
        this.#setTtl(act.node, act.seconds);
        return;
      case 'replace':
        this.#replace(this.#workload(act));
        return;
      case 'settle':
        this.#settle(this.#workload(act));
        return;
      case 'crash':
        for (const pod of this.#podsOf(this.#workload(act))) {
          this.#setState(pod, { is: 'crashing', restarts: restartsOf(pod) + 1 });
        }
        return;
      case 'recover':
        for (const pod of this.#podsOf(this.#workload(act))) {
          this.#setState(pod, { is: 'running', minutes: 0, restarts: restartsOf(pod) });
        }
    }
  }

  #reprice(namespace: string, name: string): void {
    const cents = 400 + ((this.#step * 7) % 90);
    const prices = { at: apiTime(this.#clock.wallTime()), assam: cents / 100, sencha: (cents + 215) / 100 };
    this.#store.update({ kind: 'ConfigMap', namespace, name }, (object) => ({
      ...object,
      data: { 'prices.json': `${JSON.stringify(prices, undefined, 2)}\n` },
    }));
  }

  #setTtl(name: string, seconds: number): void {
    this.#store.update({ kind: 'Node', name }, (node) => {
      const annotations = { ...node.metadata.annotations, [ttlAnnotation]: seconds.toString() };
      return { ...node, metadata: { ...node.metadata, annotations } };
    });
  }

  #replace(row: WorkloadRow): void {
    const pods = this.#podsOf(row);
    const [oldest] = [...pods].sort((one, other) => createdAt(one).localeCompare(createdAt(other)));
    if (oldest === undefined) return;
    const now = this.#clock.wallTime();
    this.#store.update(nameOf(oldest), (pod) => {
      const ending = { deletionTimestamp: apiTime(now), deletionGracePeriodSeconds: this.#script.stepMs / 1000 };
      return { ...pod, metadata: { ...pod.metadata, ...ending } };
    });
    const state: PodState = { is: 'waiting', reason: 'ContainerCreating' };
    const node = String(valueAt(oldest, 'spec.nodeName'));
    this.#store.create(podOf(row, { node, index: 0, generation: this.#step + 1, state }, now));
  }

  #settle(row: WorkloadRow): void {
    for (const pod of this.#podsOf(row)) {
      if (pod.metadata.deletionTimestamp !== undefined) this.#store.remove(nameOf(pod));
      else if (valueAt(pod, 'status.phase') === 'Pending') this.#setState(pod, { is: 'running', minutes: 0 });
    }
  }

  #setState(pod: ApiObject, state: PodState): void {
    this.#store.update(nameOf(pod), (object) => withState(object, state, this.#clock.wallTime()));
  }

  /** Throws for a workload that the story does not have. */
  #workload({ namespace, workload }: { readonly namespace: string; readonly workload: string }): WorkloadRow {
    const row = this.#story.workloads.find((one) => one.namespace === namespace && one.name === workload);
    if (row === undefined) throw new Error(`The story has no workload ${namespace}/${workload}.`);
    return row;
  }

  #podsOf({ namespace, name }: WorkloadRow): readonly ApiObject[] {
    const pods = this.#store.list(resourceOfKind('Pod'));
    return pods.filter(({ metadata }) => metadata.namespace === namespace && metadata.labels?.[appLabel] === name);
  }
}

function nameOf({ kind, metadata }: ApiObject): { kind: string; namespace: string; name: string } {
  return { kind, namespace: metadata.namespace ?? '', name: metadata.name };
}

function createdAt({ metadata }: ApiObject): string {
  return metadata.creationTimestamp ?? '';
}
