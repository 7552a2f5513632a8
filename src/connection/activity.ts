import type { Clock } from '../objects/clock';
import type { Disposable } from '../objects/disposable';
import type { ChangeBatches } from './changeBatches';
import type { ObjectManagers } from './objectManagers';
import type { ScopePods } from './scopePods';
import type { Settings } from './settings';
import type { SyncLoop } from './syncLoop';

/** Milliseconds that watches go on while nobody looks: five times the kubelet's sync period, as for what nobody reads. */
const restMs = 5 * 60_000;

export interface ActivityOptions {
  readonly clock: Clock;
  readonly settings: () => Settings;
  readonly managers: Pick<ObjectManagers, 'strategy' | 'rest'>;
  readonly pods: Pick<ScopePods, 'feed' | 'setWatched'>;
  readonly sync: Pick<SyncLoop, 'setActive'>;
  readonly changes: Pick<ChangeBatches, 'setActive'>;
}

/** Has the parts of a connection work while somebody looks, and rest while nobody does. */
export class Activity implements Disposable {
  readonly #options: ActivityOptions;
  #active = false;
  #rest: Disposable | undefined;

  constructor(options: ActivityOptions) {
    this.#options = options;
  }

  /** @returns whether this is another answer than before. */
  setActive(active: boolean): boolean {
    if (active === this.#active) return false;
    this.#active = active;
    this.apply();
    this.#scheduleRest();
    return true;
  }

  settingsChanged(): void {
    this.apply();
    this.#scheduleRest();
  }

  /** To be called when the state of a list of pods has changed. */
  apply(): void {
    const { settings, pods, sync, changes } = this.#options;
    const when = settings().sync;
    const syncs = when === 'always' || (when === 'visible' && this.#active);
    pods.setWatched(this.#active || when === 'always');
    // Paused during a list, as a further pod would throw away what was read for those before it.
    sync.setActive(syncs && pods.feed.state !== 'listing');
    changes.setActive(this.#active || when === 'always');
  }

  dispose(): void {
    this.#rest?.dispose();
  }

  /** Watches end a while after the last onlooker left. */
  #scheduleRest(): void {
    const { clock, settings, managers } = this.#options;
    this.#rest?.dispose();
    const isWanted = this.#active || settings().sync === 'always' || managers.strategy !== 'watch';
    this.#rest = isWanted
      ? undefined
      : clock.after(restMs, () => {
          managers.rest();
        });
  }
}
