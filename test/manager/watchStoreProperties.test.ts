import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Inspection, Reading } from '../../src/manager/reading';
import { rulesOf } from '../../src/manager/rules';
import { WatchStore } from '../../src/manager/watchStore';
import type { Disposable } from '../../src/objects/disposable';
import { ScriptedWatchServer, type WatchedToken } from '../conformance/scriptedWatchServer';
import { FakeClock, settle } from '../connection/fakeClock';
import { watch, type Watched } from './support';

const keys = ['ns/a', 'ns/b'] as const;
const minute = 60_000;

type Act =
  | { readonly act: 'add' | 'delete'; readonly key: string; readonly pod: string }
  | { readonly act: 'get' | 'refresh'; readonly key: string; readonly cancellable: boolean }
  | { readonly act: 'hit' | 'hold' | 'remove' | 'bookmark' | 'end'; readonly key: string }
  | { readonly act: 'set'; readonly key: string; readonly immutable: boolean }
  | { readonly act: 'error'; readonly key: string; readonly code: string }
  | { readonly act: 'fail'; readonly what: 'list' | 'watch' | 'stream'; readonly code: string; readonly times: number }
  | { readonly act: 'letGo' | 'cancel'; readonly which: number }
  | { readonly act: 'pass'; readonly ms: number }
  | { readonly act: 'holdLists' | 'releaseLists' };

function one<K extends string>(...acts: readonly K[]): fc.Arbitrary<K> {
  return fc.constantFrom(...acts);
}

const key = fc.constantFrom(...keys);
const pod = fc.constantFrom('p', 'q');
const which = fc.nat(5);
/** Versions that differ in how objects are followed. */
const minors = [25, 28, 31, 35];
const minor = fc.constantFrom(...minors);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ act: one('add', 'delete'), key, pod }) },
  { weight: 6, arbitrary: fc.record({ act: one('get', 'get', 'refresh'), key, cancellable: fc.boolean() }) },
  { weight: 5, arbitrary: fc.record({ act: one('hit', 'hold', 'remove', 'bookmark', 'end'), key }) },
  {
    weight: 4,
    arbitrary: fc.record({ act: one('set'), key, immutable: fc.integer({ min: 0, max: 5 }).map((n) => n === 0) }),
  },
  { weight: 2, arbitrary: fc.record({ act: one('error'), key, code: one('410', '429', '500') }) },
  {
    weight: 3,
    arbitrary: fc.record({
      act: one('fail'),
      what: one('list', 'watch', 'stream'),
      code: one('410', '429', '500', '403', 'conn', '504'),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ act: one('letGo', 'cancel'), which }) },
  {
    weight: 5,
    arbitrary: fc.record({ act: one('pass'), ms: fc.constantFrom(1, 500, 999, 1_000, 5_000, minute, 6 * minute) }),
  },
  { weight: 3, arbitrary: fc.record({ act: one('holdLists', 'releaseLists') }) },
);
/** Most runs begin with a reference each, since nothing happens without one. */
const acts = fc
  .array(act, { maxLength: 40 })
  .map((rest) => [...keys.map((of) => ({ act: 'add', key: of, pod: 'p' }) as const), ...rest]);

/** The references of one object by the rule of each version, as the fact sheet of upstream says them. */
class CountModel {
  readonly #byPod: boolean;
  readonly #counts = new Map<string, number>();

  constructor(byPod: boolean) {
    this.#byPod = byPod;
  }

  add(podUid: string): void {
    const of = this.#byPod ? podUid : 'all';
    this.#counts.set(of, (this.#counts.get(of) ?? 0) + 1);
  }

  delete(podUid: string): void {
    const of = this.#byPod ? podUid : 'all';
    if (this.#counts.size === 0) return;
    this.#counts.set(of, (this.#counts.get(of) ?? 0) - 1);
    if (this.#counts.get(of) === 0) this.#counts.delete(of);
  }

  get kept(): boolean {
    return this.#counts.size > 0;
  }

  get total(): number {
    return [...this.#counts.values()].filter((count) => count > 0).reduce((sum, count) => sum + count, 0);
  }
}

interface Get {
  readonly key: string;
  readonly startedAt: number;
  readonly limited: boolean;
  readonly watched: Watched<Reading<WatchedToken>>;
}

class Run {
  readonly clock = new FakeClock(0);
  readonly server = new ScriptedWatchServer('secrets');
  readonly store: WatchStore<WatchedToken>;
  readonly changed = new Set<string>();
  readonly #counts: ReadonlyMap<string, CountModel>;
  readonly #holds: { readonly key: string; readonly hold: Disposable; held: boolean }[] = [];
  readonly #callers: AbortController[] = [];
  readonly #gets: Get[] = [];
  /** The newest version that was kept of each object, and what was served for ever. */
  readonly #newest = new Map<string, number>();
  readonly #frozen = new Map<string, string>();
  #tokens = 0;

  constructor(minor: number, random: () => number) {
    this.#counts = new Map(keys.map((of) => [of, new CountModel(minor >= 28)]));
    this.server.answersAsOfArrival = true;
    this.store = new WatchStore<WatchedToken>({
      source: this.server,
      resource: 'secret',
      rules: () => rulesOf(minor),
      clock: this.clock,
      now: () => this.clock.now(),
      random,
      changed: (namespace, name) => this.changed.add(`${namespace}/${name}`),
    });
  }

  async do(one: Act): Promise<void> {
    const { store, server, clock } = this;
    switch (one.act) {
      case 'add':
        // What was only held is followed anew.
        if (!this.#counts.get(one.key)!.kept) this.#frozen.delete(one.key);
        this.#counts.get(one.key)!.add(one.pod);
        store.addReference(...split(one.key), one.pod);
        break;
      case 'delete':
        this.#counts.get(one.key)!.delete(one.pod);
        store.deleteReference(...split(one.key), one.pod);
        break;
      case 'get':
      case 'refresh': {
        const caller = one.cancellable ? new AbortController() : undefined;
        if (caller !== undefined) this.#callers.push(caller);
        const reading = store[one.act](...split(one.key), caller?.signal);
        const limited = one.act === 'get';
        this.#gets.push({ key: one.key, startedAt: clock.now(), limited, watched: watch(reading) });
        break;
      }
      case 'hit':
        store.getIfFresh(...split(one.key));
        break;
      case 'hold':
        this.#holds.push({ key: one.key, hold: store.hold(...split(one.key)), held: true });
        break;
      case 'letGo': {
        const hold = this.#holds[one.which];
        hold?.hold.dispose();
        if (hold !== undefined) hold.held = false;
        break;
      }
      case 'cancel':
        this.#callers[one.which]?.abort();
        break;
      case 'set':
        server.set(one.key, `token ${(this.#tokens += 1)}`, one.immutable);
        break;
      case 'remove':
        server.remove(one.key);
        break;
      case 'bookmark':
        server.bookmark(one.key);
        break;
      case 'end':
        server.endWatches(one.key);
        break;
      case 'error':
        server.sendError(one.key, one.code);
        break;
      case 'fail':
        server.fail(one.what, one.code, one.times);
        break;
      case 'pass':
        await clock.advance(one.ms);
        break;
      case 'holdLists':
        server.holdLists();
        break;
      case 'releaseLists':
        server.releaseLists();
    }
    await settle();
  }

  check(): void {
    assert.ok(this.server.mostAtOnce <= 1, 'one request at a time for an object');
    for (const { startedAt, limited, watched } of this.#gets) {
      assert.ok(watched.settled.length <= 1, 'a get is answered once');
      if (limited && this.clock.now() >= startedAt + 1_000)
        assert.equal(watched.settled.length, 1, 'a get waits a second');
    }
    for (const of of keys) this.#checkKey(of);
  }

  #checkKey(of: string): void {
    const counts = this.#counts.get(of)!;
    const holds = this.#holds.filter((hold) => hold.held && hold.key === of).length;
    const inspection = this.store.inspect(...split(of));
    if (!counts.kept && holds === 0) {
      assert.equal(inspection, undefined, 'nothing is kept without a reference or a hold');
      assert.ok(!this.server.watches.includes(of));
      this.#frozen.delete(of);
      return;
    }
    assert.ok(inspection !== undefined);
    assert.deepEqual([inspection.references, inspection.holds], [counts.total, holds]);
    assert.ok(inspection.references >= 0);
    const { content, upkeep } = inspection;
    assert.ok(upkeep.by === 'watch');
    assert.ok(this.server.watches.filter((watched) => watched === of).length <= 1);
    const token = content.state === 'object' ? content.object.token : undefined;
    if (content.state === 'object') {
      const version = Number(content.object.metadata.resourceVersion);
      if (upkeep.state !== 'immutable') {
        assert.ok(version >= (this.#newest.get(of) ?? 0), 'what is kept never goes back');
        this.#newest.set(of, version);
      }
    }
    switch (upkeep.state) {
      case 'live':
        // While a refresh lists, the watch is closed, or its state is still to come.
        if (this.server.tells(of)) {
          assert.equal(token, this.server.object(of)?.token, 'a watch that is open has missed nothing');
        }
        break;
      case 'immutable':
        assert.ok(upkeep.synced && token !== undefined);
        assert.equal(token, this.#frozen.get(of) ?? token, 'it is served for ever');
        this.#frozen.set(of, token);
        break;
      case 'idle':
        assert.ok(!upkeep.synced && !this.server.watches.includes(of));
        break;
      case 'retrying':
        assert.ok(upkeep.nextTryAt === undefined || upkeep.nextTryAt >= this.clock.now());
        break;
      case 'syncing':
    }
  }

  /** Everything that was in the way goes; what is kept is read, and is what the server has. */
  async recover(): Promise<void> {
    this.server.heal();
    this.server.releaseLists();
    await this.clock.advance(minute + 1);
    for (const { watched } of this.#gets) assert.equal(watched.settled.length, 1, 'each get is answered');
    for (const { namespace, name } of this.store.keys()) {
      const reading = await this.store.get(namespace, name);
      const upkeep = this.store.inspect(namespace, name)?.upkeep;
      if (upkeep?.by === 'watch' && upkeep.state === 'immutable') continue;
      const served = reading.outcome === 'failed' ? reading.failure.kind : reading.object.token;
      assert.equal(served, this.server.object(`${namespace}/${name}`)?.token ?? 'notFound');
    }
  }

  look(of: string): unknown {
    const inspection = this.store.inspect(...split(of));
    if (inspection === undefined) return undefined;
    return { ...inspection, upkeep: unheard(inspection.upkeep) };
  }
}

/** Without the time of the last sign of life, which alone changes without a report. */
function unheard(upkeep: Inspection<WatchedToken>['upkeep']): unknown {
  return 'heardAt' in upkeep ? { ...upkeep, heardAt: undefined } : upkeep;
}

/** What these change is known to whoever calls them, so it is not reported. */
const byCaller: ReadonlySet<Act['act']> = new Set(['add', 'delete', 'hold', 'letGo']);

function split(of: string): [string, string] {
  const [namespace = '', name = ''] = of.split('/');
  return [namespace, name];
}

describe('WatchStore, whatever happens in whatever order', () => {
  for (const version of minors) {
    test(`counts, requests and what is kept are as the rules of 1.${version} say`, async () => {
      await fc.assert(
        fc.asyncProperty(
          acts,
          fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
          async (sequence, random) => {
            const run = new Run(version, () => random);
            for (const one of sequence) {
              await run.do(one);
              run.check();
            }
            await run.recover();
            run.check();
            run.store.dispose();
            await settle();
            assert.deepEqual([[...run.store.keys()], run.server.wanted, run.clock.waits], [[], 0, []]);
          },
        ),
        { numRuns: 150 },
      );
    });
  }

  test('a store that was disposed or shut down starts nothing', async () => {
    await fc.assert(
      fc.asyncProperty(minor, acts, acts, fc.boolean(), async (rules, before, after, disposed) => {
        const run = new Run(rules, () => 0.5);
        for (const one of before) await run.do(one);
        if (disposed) run.store.dispose();
        else run.store.shutDown();
        run.server.takeCalls();
        for (const one of after) await run.do(one);
        await run.clock.advance(10 * minute);
        assert.deepEqual([run.server.takeCalls(), run.server.watches], [[], []]);
      }),
      { numRuns: 60 },
    );
  });

  test('between two moments without a reported change, inspecting shows the same', async () => {
    await fc.assert(
      fc.asyncProperty(minor, acts, async (rules, sequence) => {
        const run = new Run(rules, () => 0.5);
        const shown = new Map<string, unknown>();
        for (const one of sequence) {
          run.changed.clear();
          await run.do(one);
          for (const of of keys) {
            const look = run.look(of);
            if (!byCaller.has(one.act) && !run.changed.has(of)) assert.deepEqual(look, shown.get(of));
            shown.set(of, look);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test('holds change nothing of what pods are served', async () => {
    // Without faults, since each list that a hold costs would use one up.
    const calm = fc
      .array(act, { maxLength: 50 })
      .map((sequence) => sequence.filter(({ act: what }) => !['fail', 'error', 'end'].includes(what)));
    await fc.assert(
      fc.asyncProperty(minor, calm, async (rules, sequence) => {
        const [held, plain] = [new Run(rules, () => 0.5), new Run(rules, () => 0.5)];
        for (const one of sequence) {
          const [with_, without] = [held, plain].map((run) => run.store) as [Run['store'], Run['store']];
          await held.do(one);
          if (one.act !== 'hold' && one.act !== 'letGo') await plain.do(one);
          for (const of of keys) {
            const expected = without.inspect(...split(of));
            if (expected === undefined) continue;
            const seen = with_.inspect(...split(of));
            assert.deepEqual(seen && [seen.references, seen.content, seen.upkeep], [
              expected.references,
              expected.content,
              expected.upkeep,
            ]);
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});
