import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GetStore } from '../../src/manager/getStore';
import { settle } from '../connection/fakeClock';
import {
  brief,
  cancelled,
  failing,
  notFound,
  object,
  ScriptedFetch,
  serverError,
  token,
  watch,
  type Token,
} from './support';

class GetBench {
  now = 1_000;
  readonly changes: string[] = [];
  readonly server = new ScriptedFetch();
  readonly store = new GetStore<Token>({
    fetchObject: this.server.fetch,
    now: () => this.now,
    changed: (namespace, name) => this.changes.push(`${namespace}/${name}`),
  });

  /** What is remembered of `ns/db`. */
  get remembered(): string {
    const content = this.store.inspect('ns', 'db')?.content;
    return content?.state === 'object' ? `object ${content.object.metadata.resourceVersion}` : String(content?.state);
  }
}

describe('GetStore', () => {
  test('each get is one quorum read, also of names that nobody refers to', async () => {
    const bench = new GetBench();
    bench.server.atOnce = () => object('5');
    bench.store.addReference('ns', 'db');
    for (const name of ['db', 'db', 'unknown']) assert.equal(brief(await bench.store.get('ns', name)), 'fetched 5');
    assert.equal(brief(await bench.store.refresh('ns', 'db')), 'fetched 5');
    assert.deepEqual(bench.server.take(), ['ns/db', 'ns/db', 'ns/unknown', 'ns/db']);
    assert.equal(bench.store.getIfFresh(), undefined);
    assert.equal(bench.store.ttlMs(), 0);
  });

  test('parallel gets do not wait for each other, and each is answered with its own answer', async () => {
    const bench = new GetBench();
    const gets = [1, 2].map(() => watch(bench.store.get('ns', 'db')));
    const [first, second] = [...bench.server.open];
    assert.ok(first !== undefined && second !== undefined);
    await second.answer(failing(serverError));
    assert.deepEqual(
      gets.map(({ settled }) => settled.map(brief)),
      [[], ['failed server']],
    );
    await first.answer(object('5'));
    assert.deepEqual(gets[0]?.settled, [{ outcome: 'fetched', object: token('5'), readAt: 1_000, read: 'quorum' }]);
  });

  test('what a get brought is remembered for looking, as long as something keeps the name', async () => {
    const bench = new GetBench();
    bench.store.addReference('ns', 'db');
    const hold = bench.store.hold('ns', 'db');
    const got = bench.store.get('ns', 'db');
    const nothing = { references: 1, holds: 1, content: { state: 'none' }, setback: undefined, upkeep: { by: 'get' } };
    assert.deepEqual(bench.store.inspect('ns', 'db'), { ...nothing, reading: true });
    await bench.server.last.answer(object('5'));
    await got;
    const content = { state: 'object', object: token('5'), readAt: 1_000, read: 'quorum' };
    assert.deepEqual(bench.store.inspect('ns', 'db'), { ...nothing, content, reading: false });
    bench.store.addReference('ns', 'db');
    assert.equal(bench.remembered, 'object 5', 'a further reference drops nothing');
    bench.store.deleteReference('ns', 'db');
    bench.store.deleteReference('ns', 'db');
    bench.store.deleteReference('ns', 'db');
    assert.equal(bench.store.inspect('ns', 'db')?.references, 0);
    hold.dispose();
    hold.dispose();
    assert.deepEqual([bench.store.inspect('ns', 'db'), [...bench.store.keys()]], [undefined, []]);
    void bench.store.get('ns', 'db');
    await bench.server.last.answer(object('5'));
    assert.deepEqual([...bench.store.keys()], [], 'a get of a name that nobody keeps leaves nothing');
  });

  test('a failure stands beside what is remembered; "not found" takes its place', async () => {
    const bench = new GetBench();
    bench.store.addReference('ns', 'db');
    const asked = [object('5'), failing(serverError), failing(cancelled), failing(notFound), object('6')];
    const seen: unknown[] = [];
    for (const answer of asked) {
      bench.now += 1;
      const got = bench.store.get('ns', 'db');
      await bench.server.last.answer(answer);
      await got;
      seen.push([bench.remembered, bench.store.inspect('ns', 'db')?.setback?.at]);
    }
    assert.deepEqual(seen, [
      ['object 5', undefined],
      ['object 5', 1_002],
      ['object 5', 1_002],
      ['notFound', undefined],
      ['object 6', undefined],
    ]);
  });

  test('of gets that overlap only a newer version replaces what is remembered; a later get replaces it anyway', async () => {
    const bench = new GetBench();
    bench.store.addReference('ns', 'db');
    for (let i = 0; i < 5; i += 1) void bench.store.get('ns', 'db');
    const requests = [...bench.server.open];
    const seen: string[] = [];
    for (const answer of [object('5'), object('4'), object('7'), failing(notFound), failing(serverError)]) {
      await requests.pop()?.answer(answer);
      seen.push(bench.remembered);
    }
    assert.deepEqual(seen, ['object 5', 'object 5', 'object 7', 'object 7', 'object 7']);
    assert.equal(bench.store.inspect('ns', 'db')?.setback, undefined);
    void bench.store.get('ns', 'db');
    await bench.server.last.answer(object('3'));
    assert.equal(bench.remembered, 'object 3', 'versions go back where a cluster was restored');
  });

  test('one who gives up is answered at once, and the request is aborted', async () => {
    const bench = new GetBench();
    const caller = new AbortController();
    const got = watch(bench.store.get('ns', 'db', caller.signal));
    const { last } = bench.server;
    assert.equal(last.signal?.aborted, false);
    caller.abort();
    await settle();
    assert.deepEqual(got.settled.map(brief), ['failed cancelled']);
    assert.equal(last.signal.aborted, true);
    await last.answer(object('5'));
    assert.equal(brief(await bench.store.get('ns', 'db', caller.signal)), 'failed cancelled');
    assert.equal(bench.server.sent.length, 1, 'who has given up before asks nothing');
  });

  test('whatever the order of answers, what is remembered of one version is never replaced by an older one', async () => {
    const act = fc.oneof(fc.constant('get' as const), fc.record({ answer: fc.nat(5), version: fc.nat(3) }));
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 40 }), async (acts) => {
        const bench = new GetBench();
        bench.store.addReference('ns', 'db');
        // The version of the server grows; each request is answered with what there was since it was sent.
        let version = 10;
        const asked: number[] = [];
        let newest = 0;
        for (const one of acts) {
          if (one === 'get') {
            void bench.store.get('ns', 'db');
            asked.push(version);
          } else {
            version += one.version;
            const [request] = [...bench.server.open].slice(one.answer);
            if (request === undefined) continue;
            const since = asked[bench.server.sent.indexOf(request)] ?? 0;
            await request.answer(object(String(since + Math.min(one.version, version - since))));
            const seen = Number(bench.remembered.split(' ')[1]);
            assert.ok(seen >= newest, `${seen} does not replace ${newest}`);
            newest = seen;
          }
        }
      }),
    );
  });
});
