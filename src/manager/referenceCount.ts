import type { CountingRule } from './rules';

/**
 * Counts the references to one item of the watch store. By the rule of 1.28, a pod that takes back a reference which it
 * never added gets a count of -1, and the item then stays. (`refMap` in
 * `pkg/kubelet/util/manager/watch_based_manager.go`, 1.28; `refCount`, 1.25, is the same with one pod.)
 */
export class ReferenceCount {
  readonly #rule: CountingRule;
  readonly #byPod = new Map<string, number>();

  constructor(rule: CountingRule) {
    this.#rule = rule;
  }

  add(podUid: string): void {
    const pod = this.#entry(podUid);
    this.#byPod.set(pod, (this.#byPod.get(pod) ?? 0) + 1);
  }

  delete(podUid: string): void {
    const pod = this.#entry(podUid);
    const count = (this.#byPod.get(pod) ?? 0) - 1;
    if (count === 0) this.#byPod.delete(pod);
    else this.#byPod.set(pod, count);
  }

  /** Whether no pod has a count. The kubelet then drops the item. */
  get none(): boolean {
    return this.#byPod.size === 0;
  }

  /** How many references were added and not taken back. */
  get total(): number {
    let total = 0;
    for (const count of this.#byPod.values()) total += Math.max(count, 0);
    return total;
  }

  #entry(podUid: string): string {
    return this.#rule === '1.28' ? podUid : '';
  }
}
