import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer, Failure } from '../../src/objects/failure';
import type { Disposable } from '../../src/objects/disposable';
import type { Reading } from '../../src/manager/reading';
import { settle } from '../connection/fakeClock';
import { cancelled, object, StoreBench, type SentRequest, type Token } from './support';
import { StoreModel, type ModelAnswer } from './ttlStoreModel';

const keys = ['ns/a', 'ns/b'] as const;

type Act =
  | { readonly act: 'add' | 'delete' | 'hold'; readonly key: string }
  | { readonly act: 'release' | 'cancel'; readonly which: number }
  | { readonly act: 'get'; readonly key: string; readonly force: boolean; readonly cancellable: boolean }
  | { readonly act: 'pass'; readonly ms: number }
  | { readonly act: 'ttl'; readonly ms: number }
  | { readonly act: 'answer'; readonly which: number; readonly answer: ModelAnswer }
  | { readonly act: 'dispose' };

const key = fc.constantFrom(...keys);
const which = fc.nat(7);
const answer: fc.Arbitrary<ModelAnswer> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ is: fc.constant('object' as const), version: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.nat(99).map((n) => ({ is: 'notFound' as const, text: `away ${n}` })) },
  { weight: 2, arbitrary: fc.nat(99).map((n) => ({ is: 'error' as const, text: `boom ${n}` })) },
  { weight: 1, arbitrary: fc.constant({ is: 'cancelled' as const }) },
);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ act: fc.constantFrom('add' as const, 'delete' as const), key }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('hold' as const), key }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constantFrom('release' as const, 'cancel' as const), which }) },
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant('get' as const),
      key,
      force: fc.boolean(),
      cancellable: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('pass' as const), ms: fc.constantFrom(1, 9, 10, 25) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('ttl' as const), ms: fc.constantFrom(-5, 0, 10, 20) }) },
  { weight: 7, arbitrary: fc.record({ act: fc.constant('answer' as const), which, answer }) },
);
/** Most runs begin with a reference each, since nothing happens without one, and few end before their time. */
const acts: fc.Arbitrary<readonly Act[]> = fc
  .tuple(fc.array(act, { maxLength: 40 }), fc.boolean(), fc.array(act, { maxLength: 6 }))
  .map(([before, ends, after]) => [
    ...keys.map((one) => ({ act: 'add', key: one }) as const),
    ...before,
    ...(ends ? [{ act: 'dispose' } as const, ...after] : []),
  ]);

function failureOf(one: ModelAnswer & { readonly is: 'notFound' | 'error' }): Failure {
  return { kind: one.is === 'notFound' ? 'notFound' : 'server', message: one.text };
}

function answerOf(one: ModelAnswer): Answer<Token> {
  if (one.is === 'object') return object(String(one.version));
  return { ok: false, failure: one.is === 'cancelled' ? cancelled : failureOf(one) };
}

/** A store under test, with everything that was started on it. */
class Run extends StoreBench {
  readonly answers = new Map<number, string>();
  readonly settledTimes = new Map<number, number>();
  readonly holds: { readonly key: string; readonly hold: Disposable; released: boolean }[] = [];
  readonly callers: { readonly id: number; readonly caller: AbortController }[] = [];
  gets = 0;

  constructor() {
    super();
    this.now = 0;
    this.ttlMs = 10;
  }

  get(id: number, of: string, force: boolean, cancellable: boolean): void {
    const [namespace, name] = split(of);
    const caller = cancellable ? new AbortController() : undefined;
    if (caller !== undefined) this.callers.push({ id, caller });
    const promise = force
      ? this.store.refresh(namespace, name, caller?.signal)
      : this.store.get(namespace, name, caller?.signal);
    void promise.then((reading) => {
      this.answers.set(id, told(reading));
      this.settledTimes.set(id, (this.settledTimes.get(id) ?? 0) + 1);
    });
  }

  look(of: string): string {
    const inspection = this.store.inspect(...split(of));
    if (inspection === undefined) return 'absent';
    const { references, holds, reading, content } = inspection;
    const kept =
      content.state === 'object'
        ? `object ${content.object.metadata.resourceVersion} at ${content.readAt}`
        : content.state === 'notFound'
          ? `${content.failure.message} at ${content.readAt}`
          : 'none';
    return `${references} references, ${holds} holds, ${reading ? 'reading' : 'quiet'}, ${kept}`;
  }
}

function split(of: string): [string, string] {
  const [namespace = '', name = ''] = of.split('/');
  return [namespace, name];
}

function told(reading: Reading<Token>): string {
  if (reading.outcome !== 'failed') return `object ${reading.object.metadata.resourceVersion}`;
  const { kind, message } = reading.failure;
  return kind === 'notFound' || kind === 'server' ? message : kind;
}

test('whatever happens in whatever order, the store does what the written rules say', async () => {
  await fc.assert(
    fc.asyncProperty(acts, async (sequence) => {
      const run = new Run();
      const model = new StoreModel();
      model.ttlMs = run.ttlMs;
      for (const one of sequence) {
        apply(one, run, model);
        await settle();
        compare(run, model);
      }
      // In the end everything is answered, given up and taken back.
      for (let open = firstOpen(run); open !== undefined; open = firstOpen(run)) {
        answerBoth(run, model, open, { is: 'object', version: 5 });
        await settle();
        compare(run, model);
      }
      for (let id = 0; id < run.gets; id += 1) assert.equal(run.settledTimes.get(id), 1, `get ${id} settles once`);
      for (const one of run.holds) if (!one.released) one.hold.dispose();
      for (const one of keys) {
        const [namespace, name] = split(one);
        while (run.store.inspect(namespace, name) !== undefined) run.store.deleteReference(namespace, name);
      }
      assert.deepEqual([...run.store.keys()], [], 'nothing is kept after the last reference and hold');
    }),
    { numRuns: 300 },
  );
});

function apply(one: Act, run: Run, model: StoreModel): void {
  switch (one.act) {
    case 'add':
      // After the end only gets are tried: there is nothing that could be kept.
      if (model.disposed) return;
      run.store.addReference(...split(one.key));
      model.add(one.key);
      return;
    case 'delete':
      run.store.deleteReference(...split(one.key));
      model.delete(one.key);
      return;
    case 'hold':
      if (model.disposed) return;
      run.holds.push({ key: one.key, hold: run.store.hold(...split(one.key)), released: false });
      model.hold(one.key);
      return;
    case 'release': {
      const hold = run.holds[one.which];
      hold?.hold.dispose();
      if (hold?.released === false) model.release(hold.key);
      if (hold !== undefined) hold.released = true;
      return;
    }
    case 'get': {
      const id = run.gets;
      run.gets += 1;
      run.get(id, one.key, one.force, one.cancellable);
      model.get(id, one.key, one.force, one.cancellable);
      return;
    }
    case 'cancel': {
      const chosen = run.callers[one.which];
      chosen?.caller.abort();
      if (chosen !== undefined) model.cancel(chosen.id);
      return;
    }
    case 'pass':
      run.now += one.ms;
      model.now += one.ms;
      return;
    case 'ttl':
      run.ttlMs = one.ms;
      model.ttlMs = one.ms;
      return;
    case 'answer': {
      const open = [...run.server.open];
      const request = open[one.which % Math.max(open.length, 1)];
      if (request !== undefined) answerBoth(run, model, request, one.answer);
      return;
    }
    case 'dispose':
      run.store.dispose();
      model.dispose();
  }
}

function answerBoth(run: Run, model: StoreModel, request: SentRequest, one: ModelAnswer): void {
  const counterpart = model.requests[run.server.sent.indexOf(request)];
  assert.ok(counterpart !== undefined);
  // A request that was aborted ends as cancelled, whatever was on its way.
  const given: ModelAnswer = request.signal?.aborted === true ? { is: 'cancelled' } : one;
  void request.answer(answerOf(given));
  model.answer(counterpart, given);
}

function firstOpen(run: Run): SentRequest | undefined {
  for (const request of run.server.open) return request;
  return undefined;
}

function compare(run: Run, model: StoreModel): void {
  const sent = run.server.sent.map(
    ({ key: of, resourceVersion, signal }) => `${of} "${resourceVersion}" ${signal?.aborted === true ? 'aborted' : ''}`,
  );
  const expected = model.requests.map(
    ({ key: of, option, aborted }) => `${of} "${option}" ${aborted ? 'aborted' : ''}`,
  );
  assert.deepEqual(sent, expected);
  const byId = (answers: Map<number, string>): [number, string][] => [...answers].sort(([a], [b]) => a - b);
  assert.deepEqual(byId(run.answers), byId(model.answers));
  for (const one of keys) assert.equal(run.look(one), model.look(one));
}

test('a slot is read by one request at a time, and no answer replaces a newer version', async () => {
  const step = fc.oneof(
    fc.record({ act: fc.constant('get' as const), force: fc.boolean(), cancellable: fc.boolean() }),
    fc.record({ act: fc.constant('cancel' as const), which }),
    fc.record({ act: fc.constant('answer' as const), answer }),
    fc.record({ act: fc.constant('pass' as const), ms: fc.nat(20) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const run = new Run();
      run.store.addReference('ns', 'a');
      let newest = -1;
      for (const one of steps) {
        if (one.act === 'get') run.get(run.gets++, 'ns/a', one.force, one.cancellable);
        else if (one.act === 'cancel') run.callers[one.which]?.caller.abort();
        else if (one.act === 'pass') run.now += one.ms;
        else void firstOpen(run)?.answer(answerOf(one.answer));
        await settle();
        assert.ok(run.server.open.size <= 1);
        const content = run.store.inspect('ns', 'a')?.content;
        if (content?.state !== 'object') newest = -1;
        else {
          const version = Number(content.object.metadata.resourceVersion);
          assert.ok(version >= newest, `${version} does not replace ${newest}`);
          newest = version;
        }
      }
    }),
    { numRuns: 200 },
  );
});

/** What these change is known to whoever calls them, so it is not reported. */
const byCaller: ReadonlySet<Act['act']> = new Set(['add', 'delete', 'hold', 'release', 'dispose']);

test('between two moments without a reported change, inspecting shows the same', async () => {
  await fc.assert(
    fc.asyncProperty(acts, async (sequence) => {
      const run = new Run();
      const model = new StoreModel();
      model.ttlMs = run.ttlMs;
      const shown = new Map<string, string>();
      for (const one of sequence) {
        run.takeChanges();
        apply(one, run, model);
        await settle();
        const changed = new Set(run.takeChanges());
        for (const of of keys) {
          const look = run.look(of);
          if (!byCaller.has(one.act) && !changed.has(of)) assert.equal(look, shown.get(of) ?? 'absent');
          shown.set(of, look);
        }
      }
    }),
    { numRuns: 100 },
  );
});
