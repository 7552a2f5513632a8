import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Manager, PodIdentity } from '../../src/manager/manager';
import type { Reading } from '../../src/manager/reading';
import type { Disposable } from '../../src/objects/disposable';
import type { WatchedToken } from '../conformance/scriptedWatchServer';
import { settle, type FakeClock } from '../connection/fakeClock';
import { watch, type Watched } from './support';

/** The API server behind a manager. Its versions grow from 100 with each change. */
export interface ContractServer {
  set(key: string, token: string): void;
  remove(key: string): void;
  /** The next requests fail. */
  failNext(times: number): void;
  /** What was to fail does not. */
  heal(): void;
  /** Requests are received from now on, but not answered before {@link release}. */
  hold(): void;
  /** Answers what was held, the last one first, with what there was when it came. */
  release(): void;
  /** How many requests there were since the last call. */
  takeSent(): number;
  /** How many requests are neither answered nor given up. */
  readonly wanted: number;
  /** The most requests for one object that were under way at once. */
  readonly mostAtOnce: number;
}

/** A manager with everything it depends on in the hands of the test. */
export interface Subject {
  readonly manager: Manager<WatchedToken>;
  readonly server: ContractServer;
  readonly clock: FakeClock;
  /** Keys that the store reported as changed. */
  readonly changes: string[];
}

export interface Strategy {
  readonly name: string;
  /** Whether only names that a pod refers to, or that are held, are read. */
  readonly readsReferencedOnly: boolean;
  /** Whether parallel gets of one name share a request. */
  readonly shares: boolean;
  readonly make: () => Subject;
}

/** After this long each strategy serves what the server has, if it answers. */
const catchesUpMs = 61_000;
/** No get takes longer, if the server answers. */
const longestGetMs = 1_000;

function podNamed(name: string, namespace = 'ns', uid = `uid-of-${name}`): PodIdentity {
  return { metadata: { name, namespace, uid } };
}

/** What every manager keeps to, whatever its strategy. */
export function managerContract({ name, readsReferencedOnly, shares, make }: Strategy): void {
  describe(`Manager contract: ${name}`, () => {
    test('a registered pod has its objects served as they are, and changes in due time', async () => {
      const subject = make();
      subject.server.set('ns/a', 'a1');
      subject.manager.registerPod(podNamed('p'), ['a', 'b']);
      assert.deepEqual([await read(subject, 'a'), await read(subject, 'b')], ['a1', 'notFound']);
      subject.server.set('ns/a', 'a2');
      subject.server.set('ns/b', 'b1');
      await subject.clock.advance(catchesUpMs);
      assert.deepEqual([await read(subject, 'a'), await read(subject, 'b')], ['a2', 'b1']);
      subject.server.remove('ns/a');
      await subject.clock.advance(catchesUpMs);
      assert.equal(await read(subject, 'a'), 'notFound');
    });

    test('registering and unregistering do not wait for an answer, and may be repeated', async () => {
      const { manager, server } = make();
      server.hold();
      for (let i = 0; i < 3; i += 1) manager.registerPod(podNamed('p'), ['a', 'b']);
      assert.deepEqual(counts(manager), { 'ns/a': 1, 'ns/b': 1 });
      for (let i = 0; i < 3; i += 1) manager.unregisterPod(podNamed('p'));
      assert.deepEqual(counts(manager), {});
      await settle();
      assert.equal(server.wanted, 0);
    });

    test(`a name that nobody refers to is ${readsReferencedOnly ? 'not read' : 'read like any other'}`, async () => {
      const subject = make();
      subject.server.set('ns/a', 'a1');
      assert.equal(await read(subject, 'a'), readsReferencedOnly ? 'notRegistered' : 'a1');
      subject.manager.registerPod(podNamed('p', 'elsewhere'), ['a']);
      subject.manager.registerPod(podNamed('q'), ['a']);
      subject.manager.unregisterPod(podNamed('q'));
      await settle();
      subject.server.takeSent();
      assert.equal(await read(subject, 'a'), readsReferencedOnly ? 'notRegistered' : 'a1');
      assert.equal(subject.server.takeSent(), readsReferencedOnly ? 0 : 1);
      assert.equal(await read(subject, 'a', 'elsewhere'), 'notFound');
    });

    test('an object is kept for as long as a pod refers to it', async () => {
      const subject = make();
      const { manager, server } = subject;
      server.set('ns/shared', 's1');
      manager.registerPod(podNamed('p'), ['shared', 'own']);
      manager.registerPod(podNamed('p', 'ns', 'another uid'), ['shared']);
      assert.equal(await read(subject, 'shared'), 's1');
      manager.registerPod(podNamed('p'), ['other']);
      assert.deepEqual(counts(manager), { 'ns/shared': 1, 'ns/other': 1 });
      assert.equal(await read(subject, 'shared'), 's1');
      manager.unregisterPod(podNamed('p', 'ns', 'another uid'));
      manager.unregisterPod(podNamed('p'));
      await settle();
      assert.deepEqual([[...manager.store.keys()], server.wanted], [[], 0]);
      server.takeSent();
      await subject.clock.advance(60 * 60_000);
      assert.equal(server.takeSent(), 0);
    });

    test('a hold keeps a name readable without being counted, and without a change to what pods see', async () => {
      const subject = make();
      const { manager, server } = subject;
      server.set('ns/a', 'a1');
      const { store } = manager;
      const hold = store.hold('ns', 'a');
      assert.equal(await read(subject, 'a'), 'a1');
      assert.deepEqual([store.inspect('ns', 'a')?.references, store.inspect('ns', 'a')?.holds], [0, 1]);
      store.deleteReference('ns', 'a');
      manager.registerPod(podNamed('p'), ['a']);
      hold.dispose();
      hold.dispose();
      assert.deepEqual([store.inspect('ns', 'a')?.references, store.inspect('ns', 'a')?.holds], [1, 0]);
      assert.equal(await read(subject, 'a'), 'a1');
      manager.unregisterPod(podNamed('p'));
      const last = store.hold('ns', 'a');
      last.dispose();
      assert.deepEqual([...store.keys()], []);
    });

    test('looking asks nothing and changes nothing', async () => {
      const subject = make();
      const { manager, server, changes } = subject;
      server.set('ns/a', 'a1');
      manager.registerPod(podNamed('p'), ['a', 'b']);
      await read(subject, 'a');
      await read(subject, 'b');
      server.takeSent();
      changes.splice(0);
      const { store } = manager;
      const look = (): unknown => [[...store.keys()], store.inspect('ns', 'a'), store.inspect('ns', 'b')];
      const seen = look();
      assert.deepEqual(look(), seen);
      assert.deepEqual([store.inspect('ns', 'c'), store.inspect('other', 'a')], [undefined, undefined]);
      store.getIfFresh('ns', 'a');
      store.getIfFresh('ns', 'c');
      await settle();
      assert.deepEqual([look(), server.takeSent(), changes], [seen, 0, []]);
    });

    test('what inspecting shows is what was served', async () => {
      const subject = make();
      const { manager, server } = subject;
      server.set('ns/a', 'a1');
      manager.registerPod(podNamed('p'), ['a', 'b']);
      await read(subject, 'a');
      await read(subject, 'b');
      const [a, b] = ['a', 'b'].map((one) => manager.store.inspect('ns', one)?.content);
      assert.equal(a?.state === 'object' && a.object.token, 'a1');
      assert.equal(b?.state === 'notFound' && b.failure.kind, 'notFound');
    });

    test('a refresh brings the newest state at once', async () => {
      const subject = make();
      const { manager, server } = subject;
      server.set('ns/a', 'a1');
      manager.registerPod(podNamed('p'), ['a']);
      await read(subject, 'a');
      server.set('ns/a', 'a2');
      server.takeSent();
      const reading = await manager.store.refresh('ns', 'a');
      assert.deepEqual([told(reading), reading.outcome, server.takeSent() > 0], ['a2', 'fetched', true]);
      assert.equal(await read(subject, 'a'), 'a2');
    });

    test('a failure is answered, and the object once the server answers again', async () => {
      const subject = make();
      const { manager, server, clock } = subject;
      server.set('ns/a', 'a1');
      server.failNext(99);
      manager.registerPod(podNamed('p'), ['a']);
      const got = watch(manager.getObject('ns', 'a'));
      await clock.advance(longestGetMs);
      const [reading] = got.settled;
      assert.ok(reading?.outcome === 'failed');
      assert.equal((reading.because ?? reading.failure).kind, 'server', 'the reason can be told');
      server.heal();
      await clock.advance(catchesUpMs);
      assert.equal(await read(subject, 'a'), 'a1');
    });

    test('one who gives up is answered at once; one who had given up starts nothing', async () => {
      const subject = make();
      const { manager, server } = subject;
      server.set('ns/a', 'a1');
      server.hold();
      manager.registerPod(podNamed('p'), ['a']);
      const caller = new AbortController();
      const first = watch(manager.getObject('ns', 'a', caller.signal));
      const second = watch(manager.getObject('ns', 'a'));
      await settle();
      caller.abort();
      server.takeSent();
      const third = watch(manager.getObject('ns', 'a', caller.signal));
      await settle();
      assert.deepEqual([first, second, third].map(outcomes), [['cancelled'], [], ['cancelled']]);
      assert.equal(server.takeSent(), 0);
      server.release();
      await settle();
      assert.deepEqual(outcomes(second), ['a1']);
    });

    test('a disposed manager ends what is under way, keeps nothing and starts nothing', async () => {
      const { manager, server, clock } = make();
      server.hold();
      manager.registerPod(podNamed('p'), ['a']);
      const hold = manager.store.hold('ns', 'b');
      const gets = [
        manager.getObject('ns', 'a'),
        manager.getObject('ns', 'b', new AbortController().signal),
        manager.store.refresh('ns', 'a'),
      ].map(watch);
      await settle();
      manager.dispose();
      manager.dispose();
      await settle();
      assert.deepEqual(gets.map(outcomes), [['cancelled'], ['cancelled'], ['cancelled']]);
      server.takeSent();
      server.release();
      hold.dispose();
      manager.registerPod(podNamed('q'), ['a', 'c']);
      manager.unregisterPod(podNamed('p'));
      manager.store.hold('ns', 'd');
      const late = [manager.getObject('ns', 'a'), manager.store.refresh('ns', 'd'), manager.getObject('ns', 'e')].map(
        watch,
      );
      await clock.advance(60 * 60_000);
      assert.deepEqual(late.map(outcomes), [['cancelled'], ['cancelled'], ['cancelled']]);
      assert.deepEqual([server.takeSent(), clock.waits, [...manager.store.keys()]], [0, [], []]);
    });

    test('whatever happens in whatever order, nothing goes back, nothing is lost and nothing is left', async () => {
      await fc.assert(
        fc.asyncProperty(acts, async (sequence) => {
          await new Run(make(), shares).all(sequence);
        }),
        { numRuns: 60 },
      );
    });
  });
}

type Act =
  | { readonly act: 'register'; readonly pod: string; readonly secrets: readonly string[] }
  | { readonly act: 'unregister'; readonly pod: string }
  | { readonly act: 'get' | 'refresh'; readonly secret: string; readonly cancellable: boolean }
  | { readonly act: 'hold' | 'set' | 'remove'; readonly secret: string }
  | { readonly act: 'letGo' | 'cancel'; readonly which: number }
  | { readonly act: 'pass'; readonly ms: number }
  | { readonly act: 'failNext'; readonly times: number }
  | { readonly act: 'holdAnswers' | 'release' };

const secrets = ['a', 'b'] as const;
const secret = fc.constantFrom(...secrets);
const pod = fc.constantFrom('p', 'q', 'r');
const which = fc.nat(5);
const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ act: fc.constant('register' as const), pod, secrets: fc.uniqueArray(secret) }),
    },
    { weight: 2, arbitrary: fc.record({ act: fc.constant('unregister' as const), pod }) },
    {
      weight: 6,
      arbitrary: fc.record({
        act: fc.constantFrom('get' as const, 'get' as const, 'refresh' as const),
        secret,
        cancellable: fc.boolean(),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({ act: fc.constantFrom('hold' as const, 'set' as const, 'remove' as const), secret }),
    },
    { weight: 2, arbitrary: fc.record({ act: fc.constantFrom('letGo' as const, 'cancel' as const), which }) },
    { weight: 4, arbitrary: fc.record({ act: fc.constant('pass' as const), ms: fc.constantFrom(1, 900, 70_000) }) },
    {
      weight: 1,
      arbitrary: fc.record({ act: fc.constant('failNext' as const), times: fc.integer({ min: 1, max: 3 }) }),
    },
    { weight: 4, arbitrary: fc.record({ act: fc.constantFrom('holdAnswers' as const, 'release' as const) }) },
  ),
  { maxLength: 40 },
);

/** One run of random acts on a manager, and what must hold after each. */
class Run {
  readonly #subject: Subject;
  readonly #shares: boolean;
  readonly #registered = new Map<string, ReadonlySet<string>>();
  readonly #holds: { readonly secret: string; readonly hold: Disposable; held: boolean }[] = [];
  readonly #callers: AbortController[] = [];
  readonly #gets: Watched<Reading<WatchedToken>>[] = [];
  /** The newest version that was seen of each object. */
  readonly #newest = new Map<string, number>();
  readonly #current = new Map<string, string>();

  constructor(subject: Subject, shares: boolean) {
    this.#subject = subject;
    this.#shares = shares;
  }

  async all(sequence: readonly Act[]): Promise<void> {
    const { manager, server, clock } = this.#subject;
    for (const [index, act] of sequence.entries()) {
      await this.#do(act, index);
      await settle();
      this.#check();
    }
    server.release();
    server.heal();
    await clock.advance(longestGetMs);
    for (const { settled } of this.#gets) assert.equal(settled.length, 1, 'each get is answered, and once');
    await clock.advance(catchesUpMs);
    for (const one of secrets) {
      if (this.#uses(one) + this.#held(one) === 0) continue;
      assert.equal(await read(this.#subject, one), this.#current.get(one) ?? 'notFound', 'what there is is served');
    }
    for (const name of this.#registered.keys()) manager.unregisterPod(podNamed(name));
    for (const { hold } of this.#holds) hold.dispose();
    await settle();
    assert.deepEqual([[...manager.store.keys()], server.wanted], [[], 0], 'nothing is left');
    manager.dispose();
    assert.deepEqual(clock.waits, []);
  }

  async #do(act: Act, index: number): Promise<void> {
    const { manager, server, clock } = this.#subject;
    switch (act.act) {
      case 'register':
        manager.registerPod(podNamed(act.pod), act.secrets);
        this.#registered.set(act.pod, new Set(act.secrets));
        return;
      case 'unregister':
        manager.unregisterPod(podNamed(act.pod));
        this.#registered.delete(act.pod);
        return;
      case 'get':
      case 'refresh': {
        const caller = act.cancellable ? new AbortController() : undefined;
        if (caller !== undefined) this.#callers.push(caller);
        const reading =
          act.act === 'get'
            ? manager.getObject('ns', act.secret, caller?.signal)
            : manager.store.refresh('ns', act.secret, caller?.signal);
        this.#gets.push(watch(reading));
        return;
      }
      case 'hold':
        this.#holds.push({ secret: act.secret, hold: manager.store.hold('ns', act.secret), held: true });
        return;
      case 'letGo': {
        const hold = this.#holds[act.which];
        hold?.hold.dispose();
        if (hold !== undefined) hold.held = false;
        return;
      }
      case 'set':
        server.set(`ns/${act.secret}`, `token ${index}`);
        this.#current.set(act.secret, `token ${index}`);
        return;
      case 'remove':
        server.remove(`ns/${act.secret}`);
        this.#current.delete(act.secret);
        return;
      case 'cancel':
        this.#callers[act.which]?.abort();
        return;
      case 'pass':
        await clock.advance(act.ms);
        return;
      case 'failNext':
        server.failNext(act.times);
        return;
      case 'holdAnswers':
        server.hold();
        return;
      case 'release':
        server.release();
    }
  }

  #check(): void {
    const { manager, server } = this.#subject;
    if (this.#shares) assert.ok(server.mostAtOnce <= 1, 'one request at a time for an object');
    for (const { settled } of this.#gets) assert.ok(settled.length <= 1);
    const expected: Record<string, number> = {};
    for (const one of secrets) {
      if (this.#uses(one) + this.#held(one) > 0) expected[`ns/${one}`] = this.#uses(one);
      const content = manager.store.inspect('ns', one)?.content;
      if (content?.state !== 'object') continue;
      const version = Number(content.object.metadata.resourceVersion);
      assert.ok(version >= (this.#newest.get(one) ?? 0), 'what is kept never goes back');
      this.#newest.set(one, version);
    }
    assert.deepEqual(counts(manager), expected);
  }

  #uses(secret: string): number {
    return [...this.#registered.values()].filter((names) => names.has(secret)).length;
  }

  #held(secret: string): number {
    return this.#holds.filter((hold) => hold.held && hold.secret === secret).length;
  }
}

/** References by `namespace/name`. */
function counts({ store }: Manager<WatchedToken>): Record<string, number> {
  return Object.fromEntries(
    [...store.keys()].map(({ namespace, name }) => [
      `${namespace}/${name}`,
      store.inspect(namespace, name)?.references ?? -1,
    ]),
  );
}

/** A get with all the time that it may take: its token, or the kind of its failure. */
async function read({ manager, clock }: Subject, name: string, namespace = 'ns'): Promise<string> {
  const { settled } = watch(manager.getObject(namespace, name));
  await settle();
  if (settled.length === 0) await clock.advance(longestGetMs);
  const [reading] = settled;
  return reading === undefined ? 'waits' : told(reading);
}

function told(reading: Reading<WatchedToken>): string {
  return reading.outcome === 'failed' ? reading.failure.kind : reading.object.token;
}

function outcomes({ settled }: Watched<Reading<WatchedToken>>): string[] {
  return settled.map(told);
}
