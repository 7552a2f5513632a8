import assert from 'node:assert/strict';
import type { Inspection, Reading } from '../../src/manager/reading';
import { rulesOf } from '../../src/manager/rules';
import { WatchStore, type WatchStoreOptions } from '../../src/manager/watchStore';
import { ScriptedWatchServer, type WatchedToken } from '../conformance/scriptedWatchServer';
import { FakeClock, settle } from '../connection/fakeClock';

/** A watch store with everything it depends on in the hands of the test. */
export class WatchBench {
  readonly clock = new FakeClock(0);
  readonly server = new ScriptedWatchServer('secrets');
  /** What the store takes for a random number. */
  random = 0;
  /** Keys that the store reported as changed. */
  readonly changes: string[] = [];
  readonly store: WatchStore<WatchedToken>;

  constructor(options: Partial<WatchStoreOptions<WatchedToken>> = {}) {
    this.store = new WatchStore<WatchedToken>({
      source: this.server,
      resource: 'secret',
      rules: () => rulesOf(25),
      clock: this.clock,
      now: () => this.clock.now(),
      random: () => this.random,
      changed: (namespace, name) => this.changes.push(`${namespace}/${name}`),
      ...options,
    });
  }

  /** A reference to `ns/db`, and its first list and watch. */
  async follow(): Promise<void> {
    this.store.addReference('ns', 'db');
    await settle();
  }

  /** A get of `ns/db` that is answered without any time passing. */
  async read(): Promise<string> {
    const readings: Reading<WatchedToken>[] = [];
    void this.store.get('ns', 'db').then((reading) => readings.push(reading));
    await settle();
    const [reading] = readings;
    return reading === undefined ? 'waits' : told(reading);
  }

  inspect(): Inspection<WatchedToken> {
    const inspection = this.store.inspect('ns', 'db');
    assert.ok(inspection !== undefined, 'ns/db is kept');
    return inspection;
  }

  /** How `ns/db` is kept up to date. */
  get state(): string {
    const { upkeep } = this.inspect();
    assert.ok(upkeep.by === 'watch');
    return `${upkeep.state}${upkeep.synced ? '' : ', not synced'}`;
  }

  /** The requests since the last call: `list VERSION` or `watch VERSION`. All are for `ns/db`. */
  calls(): string[] {
    return this.server.takeCalls().map(([what, namespace, selector, version]) => {
      assert.deepEqual([namespace, selector], ['ns', 'metadata.name=db']);
      return `${what} ${version}`.trimEnd();
    });
  }
}

/** A reading in a few words. */
export function told(reading: Reading<WatchedToken>): string {
  if (reading.outcome !== 'failed') return `${reading.outcome} ${reading.object.token}`;
  const because = reading.because === undefined ? '' : ` because ${reading.because.kind}`;
  return `failed ${reading.failure.kind}${because}`;
}
