import type { PodFeedState, PodListener } from '../../src/cluster/contract';
import type { Pod } from '../../src/objects/kubernetes';
import { waitFor } from '../harness/waiting';

/** What is known of pods after all that was reported, and in which state the feed is. */
export class Followed implements PodListener {
  readonly pods = new Map<string, Pod>();
  readonly states: PodFeedState[] = [];
  mostAtOnce = 0;
  reported = 0;

  changed(upserted: readonly Pod[], removed: readonly Pod[]): void {
    for (const { metadata } of removed) this.pods.delete(metadata.name);
    for (const one of upserted) this.pods.set(one.metadata.name, one);
    this.mostAtOnce = Math.max(this.mostAtOnce, upserted.length);
    this.reported += upserted.length;
  }

  state(state: PodFeedState): void {
    this.states.push(state);
  }

  async until(what: string, ready: () => boolean): Promise<void> {
    await waitFor(() => Promise.resolve(ready() ? true : undefined), {
      what,
      limitMs: 60_000,
      everyMs: 20,
      details: () => JSON.stringify(this.states.slice(-3)),
    });
  }

  isLive(): boolean {
    return this.states.at(-1)?.state === 'live';
  }
}
