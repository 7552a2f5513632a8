import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Answer } from '../../src/objects/failure';
import { TtlStore } from '../../src/manager/ttlStore';
import { settle } from '../connection/fakeClock';
import {
  brief,
  cancelled,
  failing,
  notFound,
  notFoundAgain,
  object,
  serverError,
  StoreBench,
  token,
  watch,
  type Token,
} from './support';

describe('TtlStore: references', () => {
  test('adding references sends no request, and only names with a reference left are read', async () => {
    const bench = new StoreBench();
    bench.server.atOnce = () => object('1');
    const { store } = bench;
    store.addReference('ns1', 'a');
    store.addReference('ns2', 'b');
    store.addReference('ns1', 'a');
    store.addReference('ns1', 'a');
    store.deleteReference('ns1', 'a');
    store.deleteReference('ns2', 'b');
    store.addReference('ns3', 'c');
    assert.deepEqual(bench.server.take(), []);
    assert.equal(brief(await store.get('ns1', 'a')), 'fetched 1');
    assert.equal(brief(await store.get('ns2', 'b')), 'failed notRegistered');
    assert.equal(brief(await store.get('ns3', 'c')), 'fetched 1');
    assert.equal(brief(await store.get('ns4', 'd')), 'failed notRegistered');
    assert.deepEqual(bench.server.take(), ['ns1/a', 'ns3/c']);
    assert.deepEqual(
      [...store.keys()],
      [
        { namespace: 'ns1', name: 'a' },
        { namespace: 'ns3', name: 'c' },
      ],
    );
    assert.equal(store.inspect('ns1', 'a')?.references, 2);
  });

  test('a name that nobody refers to fails in the words of the kubelet', async () => {
    const reading = await new StoreBench().store.get('a"b', 'c\\d');
    assert.deepEqual(reading, {
      outcome: 'failed',
      failure: { kind: 'notRegistered', message: 'object "a\\"b"/"c\\\\d" not registered' },
    });
  });

  test('deleting references that are not there is ignored, so a count is never negative', () => {
    const { store } = new StoreBench();
    store.deleteReference('ns', 'db');
    store.addReference('ns', 'db');
    store.deleteReference('ns', 'db');
    store.deleteReference('ns', 'db');
    assert.equal(store.inspect('ns', 'db'), undefined);
    store.addReference('ns', 'db');
    assert.equal(store.inspect('ns', 'db')?.references, 1);
  });

  test('a further reference drops the copy, and deleting one of several keeps it', async () => {
    const bench = new StoreBench();
    bench.store.addReference('ns', 'db');
    await bench.read(object('5'));
    bench.store.addReference('ns', 'db');
    assert.deepEqual(bench.store.inspect('ns', 'db')?.content, { state: 'none' });
    // There is no version to compare with any more, so an older one is taken.
    assert.equal(brief(await bench.read(object('3'))), 'fetched 3');
    bench.store.deleteReference('ns', 'db');
    assert.equal(brief(await bench.store.get('ns', 'db')), 'hit 3');
    assert.deepEqual(bench.server.take(), ['ns/db', 'ns/db']);
  });

  test('after a further reference a failure reaches the caller, as there is nothing to fall back on', async () => {
    const bench = new StoreBench();
    bench.store.addReference('ns', 'db');
    await bench.read(object('5'));
    bench.store.addReference('ns', 'db');
    assert.deepEqual(await bench.read(failing(serverError)), {
      outcome: 'failed',
      failure: serverError,
      read: 'quorum',
    });
  });

  test('a read that is under way ends on the detached slot: its caller is answered, later gets read anew', async () => {
    const bench = new StoreBench();
    bench.store.addReference('ns', 'db');
    const early = watch(bench.store.get('ns', 'db'));
    const first = bench.server.last;
    bench.store.addReference('ns', 'db');
    const late = watch(bench.store.get('ns', 'db'));
    const second = bench.server.last;
    assert.notEqual(first, second, 'the later get does not wait for the earlier one');
    await second.answer(object('8'));
    await first.answer(object('9'));
    assert.deepEqual(early.settled.map(brief), ['fetched 9']);
    assert.deepEqual(late.settled.map(brief), ['fetched 8']);
    assert.equal(brief(await bench.store.get('ns', 'db')), 'hit 8');
  });

  test('a read whose item was removed still answers, and leaves nothing behind', async () => {
    const bench = new StoreBench();
    bench.store.addReference('ns', 'db');
    const got = watch(bench.store.get('ns', 'db'));
    bench.store.deleteReference('ns', 'db');
    await bench.server.last.answer(object('1'));
    assert.deepEqual(got.settled.map(brief), ['fetched 1']);
    assert.deepEqual([...bench.store.keys()], []);
    assert.equal(bench.store.inspect('ns', 'db'), undefined);
  });

  test('names are told apart by namespace, and by name only within it', async () => {
    const bench = new StoreBench();
    bench.store.addReference('a', 'b/c');
    assert.equal(brief(await bench.store.get('a/b', 'c')), 'failed notRegistered');
    assert.equal(bench.store.inspect('', 'b/c'), undefined);
  });
});

describe('TtlStore: freshness', () => {
  test('GetAlwaysRefresh: with a TTL of 0 each get is one request', async () => {
    const bench = new StoreBench();
    bench.ttlMs = 0;
    bench.server.atOnce = () => object('1');
    const keys = Array.from({ length: 10 }, (_, i) => `name-${i}`);
    for (const key of keys) bench.store.addReference('ns', key);
    const readings = await Promise.all(
      Array.from({ length: 10 }, () => keys.map((key) => bench.store.get('ns', key))).flat(),
    );
    assert.ok(readings.every((reading) => reading.outcome === 'fetched'));
    const sent = bench.server.take();
    assert.equal(sent.length, 100);
    assert.equal(sent.filter((line) => line.endsWith(' 0')).length, 90, 'all but the first of each ask the cache');
  });

  test('GetNeverRefresh: within the TTL ten parallel gets of ten names are ten requests', async () => {
    const bench = new StoreBench();
    bench.server.atOnce = () => object('1');
    const keys = Array.from({ length: 10 }, (_, i) => `name-${i}`);
    for (const key of keys) bench.store.addReference('ns', key);
    await Promise.all(Array.from({ length: 10 }, () => keys.map((key) => bench.store.get('ns', key))).flat());
    assert.deepEqual(bench.server.take().sort(), keys.map((key) => `ns/${key}`).sort());
  });

  test('CustomTTL: the TTL is asked for at each get, so a change acts at once in both directions', async () => {
    const bench = new StoreBench();
    bench.server.atOnce = () => object('1');
    bench.store.addReference('ns', 'db');
    await bench.store.get('ns', 'db');
    bench.server.take();
    bench.ttlMs = 0;
    await bench.store.get('ns', 'db');
    assert.deepEqual(bench.server.take(), ['ns/db 0']);
    bench.ttlMs = 300_000;
    bench.now += 299_999;
    assert.equal(brief(await bench.store.get('ns', 'db')), 'hit 1');
    bench.ttlMs = 299_999;
    await bench.store.get('ns', 'db');
    assert.deepEqual(bench.server.take(), ['ns/db 0']);
    bench.ttlMs = -5_000;
    await bench.store.get('ns', 'db');
    assert.deepEqual(bench.server.take(), ['ns/db 0']);
  });

  test('an object is fresh until just before its TTL has passed, and stale at that moment', async () => {
    const bench = new StoreBench();
    bench.store.addReference('ns', 'db');
    await bench.read(object('1'));
    bench.now += 59_999;
    assert.deepEqual(bench.store.getIfFresh('ns', 'db'), token('1'));
    assert.equal(brief(await bench.store.get('ns', 'db')), 'hit 1');
    bench.now += 1;
    assert.equal(bench.store.getIfFresh('ns', 'db'), undefined);
    assert.equal(brief(await bench.read(object('1'))), 'fetched 1');
    assert.deepEqual(bench.server.take(), ['ns/db', 'ns/db 0']);
  });

  test('the TTL counts from when the answer came, not from when it was asked for', async () => {
    const bench = new StoreBench();
    bench.store.addReference('ns', 'db');
    const got = watch(bench.store.get('ns', 'db'));
    bench.now += 50_000;
    await bench.server.last.answer(object('1'));
    bench.now += 59_999;
    assert.equal(got.settled.length, 1);
    assert.equal(brief(await bench.store.get('ns', 'db')), 'hit 1');
  });

  test('a get that waited judges freshness when its turn comes', async () => {
    const bench = new StoreBench();
    bench.ttlMs = 10;
    bench.store.addReference('ns', 'db');
    const first = watch(bench.store.get('ns', 'db'));
    const second = watch(bench.store.get('ns', 'db'));
    bench.now += 1_000;
    await bench.server.last.answer(object('1'));
    assert.deepEqual(first.settled.map(brief), ['fetched 1']);
    assert.deepEqual(second.settled.map(brief), ['hit 1']);
  });

  test('an empty slot is never fresh, even at the time zero of the clock', async () => {
    const bench = new StoreBench();
    bench.now = 0;
    bench.store.addReference('ns', 'db');
    assert.equal(bench.store.getIfFresh('ns', 'db'), undefined);
    assert.equal(brief(await bench.read(object('1'))), 'fetched 1');
  });

  test('different names never wait for each other', async () => {
    const bench = new StoreBench();
    bench.store.addReference('ns', 'a');
    bench.store.addReference('ns', 'b');
    const a = watch(bench.store.get('ns', 'a'));
    const b = watch(bench.store.get('ns', 'b'));
    await bench.server.last.answer(object('2'));
    assert.deepEqual([a.settled.length, b.settled.length], [0, 1]);
  });
});

describe('TtlStore: the table of answers', () => {
  type Before = 'empty' | 'object 5' | 'notFound';
  interface Row {
    readonly before: Before;
    readonly option: '' | '0';
    readonly answer: Answer<Token>;
    readonly called: string;
    /** The content afterwards, and whether the time of the slot is that of the answer. */
    readonly after: string;
    readonly stamped: boolean;
    readonly returned: string;
  }
  const rows: readonly Row[] = [
    {
      before: 'empty',
      option: '',
      answer: object('4'),
      called: 'object',
      after: 'object 4',
      stamped: true,
      returned: 'fetched 4',
    },
    {
      before: 'empty',
      option: '',
      answer: failing(notFound),
      called: 'NotFound',
      after: 'notFound A',
      stamped: true,
      returned: 'failed A',
    },
    {
      before: 'empty',
      option: '',
      answer: failing(serverError),
      called: 'other error',
      after: 'none',
      stamped: false,
      returned: 'failed boom',
    },
    {
      before: 'object 5',
      option: '0',
      answer: object('5'),
      called: 'object, not older',
      after: 'object 5',
      stamped: true,
      returned: 'fetched 5',
    },
    {
      before: 'object 5',
      option: '0',
      answer: object('4'),
      called: 'object, older',
      after: 'object 5',
      stamped: false,
      returned: 'kept 5',
    },
    {
      before: 'object 5',
      option: '0',
      answer: failing(notFound),
      called: 'NotFound',
      after: 'notFound A',
      stamped: true,
      returned: 'failed A',
    },
    {
      before: 'object 5',
      option: '0',
      answer: failing(serverError),
      called: 'other error',
      after: 'object 5',
      stamped: false,
      returned: 'kept 5',
    },
    {
      before: 'notFound',
      option: '',
      answer: object('1'),
      called: 'object',
      after: 'object 1',
      stamped: true,
      returned: 'fetched 1',
    },
    {
      before: 'notFound',
      option: '',
      answer: failing(notFoundAgain),
      called: 'NotFound',
      after: 'notFound B',
      stamped: true,
      returned: 'failed B',
    },
    {
      before: 'notFound',
      option: '',
      answer: failing(serverError),
      called: 'other error',
      after: 'notFound A',
      stamped: false,
      returned: 'failed A because boom',
    },
  ];
  const letters = new Map([
    [notFound.message, 'A'],
    [notFoundAgain.message, 'B'],
  ]);
  const short = (message: string): string => letters.get(message) ?? message;

  for (const row of rows) {
    test(`${row.before}, asked with "${row.option}", answered with ${row.called}: ${row.after} is kept`, async () => {
      const bench = new StoreBench();
      bench.store.addReference('ns', 'db');
      if (row.before !== 'empty') await bench.read(row.before === 'notFound' ? failing(notFound) : object('5'));
      const before = bench.now;
      bench.now += 100_000;
      bench.server.take();
      const reading = await bench.read(row.answer);
      assert.deepEqual(bench.server.take(), [`ns/db ${row.option}`.trimEnd()]);

      const returned =
        reading.outcome === 'failed'
          ? `failed ${short(reading.failure.message)}${reading.because === undefined ? '' : ` because ${reading.because.message}`}`
          : brief(reading);
      assert.equal(returned, row.returned);
      const inspection = bench.store.inspect('ns', 'db')!;
      const { content, setback } = inspection;
      const after =
        content.state === 'object'
          ? `object ${content.object.metadata.resourceVersion}`
          : content.state === 'notFound'
            ? `notFound ${short(content.failure.message)}`
            : 'none';
      assert.equal(after, row.after);
      if (content.state !== 'none') assert.equal(content.readAt, row.stamped ? bench.now : before);
      // What did not replace the slot is remembered beside it; what did leaves nothing to remember.
      assert.equal(setback?.at, row.stamped ? undefined : bench.now);
      assert.equal(inspection.reading, false);
    });
  }

  test('a "not found" is never served without asking, so parallel gets ask one after another', async () => {
    const bench = new StoreBench();
    bench.store.addReference('ns', 'db');
    const gets = [1, 2, 3].map(() => watch(bench.store.get('ns', 'db')));
    for (const done of [1, 2, 3]) {
      assert.equal(bench.server.open.size, 1);
      await bench.server.last.answer(failing(notFound));
      assert.equal(gets.filter((get) => get.settled.length === 1).length, done);
    }
    assert.deepEqual(bench.server.take(), ['ns/db', 'ns/db', 'ns/db']);
  });

  test('after a failed first read the next waiter asks again, and the rest share what it gets', async () => {
    const bench = new StoreBench();
    bench.store.addReference('ns', 'db');
    const gets = [1, 2, 3].map(() => watch(bench.store.get('ns', 'db')));
    await bench.server.last.answer(failing(serverError));
    await bench.server.last.answer(object('1'));
    assert.deepEqual(
      gets.map(({ settled }) => settled.map(brief)),
      [['failed server'], ['fetched 1'], ['hit 1']],
    );
  });

  test('after a refresh that failed the copy stays stale, so every get asks until one succeeds', async () => {
    const bench = new StoreBench();
    bench.store.addReference('ns', 'db');
    await bench.read(object('5'));
    bench.now += 60_000;
    await bench.read(failing(serverError));
    await bench.read(object('4'));
    assert.equal(brief(await bench.read(object('6'))), 'fetched 6');
    assert.deepEqual(bench.server.take(), ['ns/db', 'ns/db 0', 'ns/db 0', 'ns/db 0']);
    assert.equal(bench.store.inspect('ns', 'db')?.setback, undefined);
  });

  test('an object that is deleted and made anew is taken whatever its version', async () => {
    const bench = new StoreBench();
    bench.ttlMs = 0;
    bench.store.addReference('ns', 'db');
    await bench.read(object('5'));
    await bench.read(failing(notFound));
    assert.equal(brief(await bench.read(object('1'))), 'fetched 1');
    assert.deepEqual(bench.server.take(), ['ns/db', 'ns/db 0', 'ns/db']);
  });

  test('an object without a version counts as version 0', async () => {
    const bench = new StoreBench();
    bench.ttlMs = 0;
    bench.store.addReference('ns', 'db');
    await bench.read(object('1'));
    const versionless = { metadata: {} } as unknown as Token;
    assert.equal(brief(await bench.read({ ok: true, value: versionless })), 'kept 1');
  });

  test('a fetcher that throws counts as an invalid answer, and the others go on', async () => {
    let calls = 0;
    const store = new TtlStore<Token>({
      fetchObject: () => {
        calls += 1;
        return calls === 1 ? Promise.reject(new TypeError('secret words')) : Promise.resolve(object('1'));
      },
      now: () => 0,
      ttlMs: () => 1,
    });
    store.addReference('ns', 'db');
    const [first, second] = await Promise.all([store.get('ns', 'db'), store.get('ns', 'db')]);
    assert.deepEqual(first, {
      outcome: 'failed',
      failure: { kind: 'invalid', message: 'reading db ended with TypeError' },
      read: 'quorum',
    });
    assert.equal(brief(second), 'fetched 1');
  });
});

describe('TtlStore: refresh', () => {
  test('it is a quorum read, even of what is fresh, and does not detach the slot', async () => {
    const bench = new StoreBench();
    bench.store.addReference('ns', 'db');
    await bench.read(object('5'));
    assert.equal(brief(await bench.refresh(object('6'))), 'fetched 6');
    assert.deepEqual(bench.server.take(), ['ns/db', 'ns/db']);
    assert.equal(brief(await bench.store.get('ns', 'db')), 'hit 6');
    assert.equal(bench.store.inspect('ns', 'db')?.references, 1);
  });

  test('it keeps the copy on a failure and on an older answer, and loses it on "not found"', async () => {
    const bench = new StoreBench();
    bench.store.addReference('ns', 'db');
    await bench.read(object('5'));
    const readAt = bench.now;
    bench.now += 1_000;
    assert.deepEqual(await bench.refresh(failing(serverError)), {
      outcome: 'kept',
      object: token('5'),
      readAt,
      read: 'quorum',
      because: serverError,
    });
    assert.deepEqual(await bench.refresh(object('4')), {
      outcome: 'kept',
      object: token('5'),
      readAt,
      read: 'quorum',
      because: 'older',
    });
    assert.equal(brief(await bench.store.get('ns', 'db')), 'hit 5', 'the copy is as fresh as it was');
    assert.equal(brief(await bench.refresh(failing(notFound))), 'failed notFound');
    assert.equal(bench.store.inspect('ns', 'db')?.content.state, 'notFound');
  });

  test('it waits for the read under way, and then reads whatever that brought', async () => {
    const bench = new StoreBench();
    bench.store.addReference('ns', 'db');
    const got = watch(bench.store.get('ns', 'db'));
    const refreshed = watch(bench.store.refresh('ns', 'db'));
    assert.equal(bench.server.open.size, 1);
    await bench.server.last.answer(object('1'));
    assert.deepEqual([got.settled.length, refreshed.settled.length], [1, 0]);
    const behind = watch(bench.store.get('ns', 'db'));
    assert.equal(bench.store.getIfFresh('ns', 'db'), undefined, 'a get waits for the refresh');
    await bench.server.last.answer(object('2'));
    assert.deepEqual(refreshed.settled.map(brief), ['fetched 2']);
    assert.deepEqual(behind.settled.map(brief), ['hit 2']);
    assert.deepEqual(bench.server.take(), ['ns/db', 'ns/db']);
  });

  test('a name that nobody refers to is not read by a refresh either', async () => {
    const bench = new StoreBench();
    assert.equal(brief(await bench.store.refresh('ns', 'db')), 'failed notRegistered');
    assert.deepEqual(bench.server.take(), []);
  });
});

describe('TtlStore: holds', () => {
  test('a hold makes a name readable and is not a reference', async () => {
    const bench = new StoreBench();
    bench.store.hold('ns', 'db');
    assert.equal(brief(await bench.read(object('1'))), 'fetched 1');
    assert.equal(bench.store.inspect('ns', 'db')?.references, 0);
    assert.equal(bench.store.inspect('ns', 'db')?.holds, 1);
    assert.deepEqual([...bench.store.keys()], [{ namespace: 'ns', name: 'db' }]);
  });

  test('taking and giving up a hold leaves the copy as fresh as it was', async () => {
    const bench = new StoreBench();
    bench.store.addReference('ns', 'db');
    await bench.read(object('1'));
    const before = bench.store.inspect('ns', 'db');
    const hold = bench.store.hold('ns', 'db');
    assert.equal(brief(await bench.store.get('ns', 'db')), 'hit 1');
    hold.dispose();
    assert.deepEqual(bench.store.inspect('ns', 'db'), before);
  });

  test('an item lives while it has a reference or a hold, and goes with the last of both', async () => {
    const bench = new StoreBench();
    bench.store.addReference('ns', 'db');
    const first = bench.store.hold('ns', 'db');
    const second = bench.store.hold('ns', 'db');
    await bench.read(object('1'));
    bench.store.deleteReference('ns', 'db');
    assert.equal(brief(await bench.store.get('ns', 'db')), 'hit 1');
    first.dispose();
    first.dispose();
    assert.equal(bench.store.inspect('ns', 'db')?.holds, 1, 'giving up twice counts once');
    second.dispose();
    assert.equal(bench.store.inspect('ns', 'db'), undefined);

    const third = bench.store.hold('ns', 'db');
    bench.store.addReference('ns', 'db');
    third.dispose();
    assert.equal(bench.store.inspect('ns', 'db')?.references, 1);
    bench.store.deleteReference('ns', 'db');
    assert.deepEqual([...bench.store.keys()], []);
  });

  test('deleting a reference from a name that is only held takes nothing away', () => {
    const { store } = new StoreBench();
    store.hold('ns', 'db');
    store.deleteReference('ns', 'db');
    assert.equal(store.inspect('ns', 'db')?.references, 0);
    store.addReference('ns', 'db');
    assert.equal(store.inspect('ns', 'db')?.references, 1);
  });

  test('the hold of an item that has gone does not touch the item that came after it', () => {
    const bench = new StoreBench();
    const hold = bench.store.hold('ns', 'db');
    bench.store.dispose();
    hold.dispose();
    assert.equal(bench.store.inspect('ns', 'db'), undefined);
  });
});

describe('TtlStore: cancellation', () => {
  test('the one who cancels gets "cancelled", the request is aborted and the slot is untouched', async () => {
    const bench = new StoreBench();
    bench.store.addReference('ns', 'db');
    await bench.read(object('1'));
    bench.now += 60_000;
    const before = bench.store.inspect('ns', 'db');
    const caller = new AbortController();
    const got = watch(bench.store.get('ns', 'db', caller.signal));
    const request = bench.server.last;
    caller.abort();
    await settle();
    assert.deepEqual(got.settled, [{ outcome: 'failed', failure: cancelled }]);
    assert.equal(request.signal?.aborted, true);
    await request.answer(failing(cancelled));
    assert.deepEqual(bench.store.inspect('ns', 'db'), before);
    assert.equal(brief(await bench.read(object('2'))), 'fetched 2');
  });

  test('the request goes on while others wait for it, and ends with the last of them', async () => {
    const bench = new StoreBench();
    bench.store.addReference('ns', 'db');
    const [a, b, c] = [new AbortController(), new AbortController(), new AbortController()];
    const gets = [a, b, c].map(({ signal }) => watch(bench.store.get('ns', 'db', signal)));
    const aborted = (): boolean | undefined => bench.server.last.signal?.aborted;
    a.abort();
    assert.equal(aborted(), false);
    c.abort();
    assert.equal(aborted(), false);
    b.abort();
    assert.equal(aborted(), true);
    await bench.server.last.answer(failing(cancelled));
    assert.deepEqual(
      gets.map(({ settled }) => settled.map(brief)),
      [['failed cancelled'], ['failed cancelled'], ['failed cancelled']],
    );
    assert.equal(bench.server.sent.length, 1);
  });

  test('what the request of a cancelled get brings serves those who wait', async () => {
    const bench = new StoreBench();
    bench.store.addReference('ns', 'db');
    const caller = new AbortController();
    const first = watch(bench.store.get('ns', 'db', caller.signal));
    const second = watch(bench.store.get('ns', 'db'));
    caller.abort();
    await bench.server.last.answer(object('1'));
    assert.deepEqual(first.settled.map(brief), ['failed cancelled']);
    assert.deepEqual(second.settled.map(brief), ['hit 1']);
    assert.equal(bench.server.sent.length, 1);
  });

  test('a waiter that is cancelled leaves the queue without a request', async () => {
    const bench = new StoreBench();
    bench.ttlMs = 0;
    bench.store.addReference('ns', 'db');
    const first = watch(bench.store.get('ns', 'db'));
    const caller = new AbortController();
    const second = watch(bench.store.get('ns', 'db', caller.signal));
    const third = watch(bench.store.get('ns', 'db'));
    caller.abort();
    await settle();
    assert.deepEqual(second.settled.map(brief), ['failed cancelled']);
    await bench.server.last.answer(object('1'));
    await bench.server.last.answer(object('2'));
    assert.deepEqual([...first.settled, ...third.settled].map(brief), ['fetched 1', 'fetched 2']);
    assert.equal(bench.server.sent.length, 2);
  });

  test('a get that comes after the request was aborted gets one of its own', async () => {
    const bench = new StoreBench();
    bench.store.addReference('ns', 'db');
    const caller = new AbortController();
    void bench.store.get('ns', 'db', caller.signal);
    caller.abort();
    const got = watch(bench.store.get('ns', 'db'));
    await bench.server.last.answer(failing(cancelled));
    await bench.server.last.answer(object('1'));
    assert.deepEqual(got.settled.map(brief), ['fetched 1']);
  });

  test('who has cancelled before asking starts nothing', async () => {
    const bench = new StoreBench();
    bench.store.addReference('ns', 'db');
    assert.equal(brief(await bench.store.get('ns', 'db', AbortSignal.abort())), 'failed cancelled');
    assert.equal(brief(await bench.store.refresh('ns', 'db', AbortSignal.abort())), 'failed cancelled');
    assert.deepEqual(bench.server.take(), []);
  });

  test('cancelling after the answer changes nothing', async () => {
    const bench = new StoreBench();
    bench.store.addReference('ns', 'db');
    const caller = new AbortController();
    const got = watch(bench.store.get('ns', 'db', caller.signal));
    await bench.server.last.answer(object('1'));
    const behind = watch(bench.store.refresh('ns', 'db'));
    caller.abort();
    await bench.server.last.answer(object('2'));
    assert.deepEqual(got.settled.map(brief), ['fetched 1']);
    assert.deepEqual(behind.settled.map(brief), ['fetched 2']);
  });

  test('the request of a get that cannot be cancelled carries no signal', async () => {
    const bench = new StoreBench();
    bench.store.addReference('ns', 'db');
    await bench.read(object('1'));
    assert.equal(bench.server.last.signal, undefined);
  });
});

describe('TtlStore: the end', () => {
  test('disposing ends every get, aborts what is under way and forgets everything', async () => {
    const bench = new StoreBench();
    bench.store.addReference('ns', 'a');
    bench.store.addReference('ns', 'b');
    const caller = new AbortController();
    const gets = [
      watch(bench.store.get('ns', 'a', caller.signal)),
      watch(bench.store.get('ns', 'a')),
      watch(bench.store.get('ns', 'b')),
    ];
    const requests = [...bench.server.open];
    bench.store.dispose();
    bench.store.dispose();
    await settle();
    assert.deepEqual(
      gets.map(({ settled }) => settled.map(brief)),
      [['failed cancelled'], ['failed cancelled'], ['failed cancelled']],
    );
    assert.equal(requests[0]?.signal?.aborted, true);
    for (const request of requests) await request.answer(object('1'));
    caller.abort();
    await settle();
    assert.deepEqual([...bench.store.keys()], []);
    assert.equal(bench.server.sent.length, 2, 'those who waited were not served by further requests');
  });

  test('a store that was disposed starts nothing, not even for names that are added to it', async () => {
    const bench = new StoreBench();
    bench.store.dispose();
    bench.store.addReference('ns', 'db');
    bench.store.hold('ns', 'other');
    for (const reading of [
      watch(bench.store.get('ns', 'db')),
      watch(bench.store.refresh('ns', 'other')),
      watch(bench.store.get('ns', 'unknown')),
    ]) {
      await settle();
      assert.deepEqual(reading.settled.map(brief), ['failed cancelled']);
    }
    assert.deepEqual(bench.server.take(), []);
  });
});

describe('TtlStore: readings and inspection', () => {
  test('readings say when and how the object was read', async () => {
    const bench = new StoreBench();
    bench.store.addReference('ns', 'db');
    const t0 = bench.now;
    assert.deepEqual(await bench.read(object('1')), {
      outcome: 'fetched',
      object: token('1'),
      readAt: t0,
      read: 'quorum',
    });
    bench.now += 10;
    assert.deepEqual(await bench.store.get('ns', 'db'), { outcome: 'hit', object: token('1'), readAt: t0 });
    bench.now += 60_000;
    assert.deepEqual(await bench.read(object('2')), {
      outcome: 'fetched',
      object: token('2'),
      readAt: bench.now,
      read: 'cache',
    });
    assert.deepEqual(await bench.read(object('9')), { outcome: 'hit', object: token('2'), readAt: bench.now });
  });

  test('inspecting shows the slot, and neither asks nor changes anything', async () => {
    const bench = new StoreBench();
    bench.store.addReference('ns', 'db');
    const none = {
      references: 1,
      holds: 0,
      reading: false,
      content: { state: 'none' },
      setback: undefined,
      upkeep: { by: 'ttl' },
    } as const;
    assert.deepEqual(bench.store.inspect('ns', 'db'), none);
    assert.equal(bench.store.inspect('ns', 'other'), undefined);
    assert.equal(bench.store.inspect('other', 'db'), undefined);
    const got = bench.store.get('ns', 'db');
    assert.deepEqual(bench.store.inspect('ns', 'db'), { ...none, reading: true });
    await bench.server.last.answer(object('1'));
    await got;
    const readAt = bench.now;
    bench.now += 1_000_000;
    bench.takeChanges();
    bench.server.take();
    const seen = { ...none, content: { state: 'object', object: token('1'), readAt, read: 'quorum' } } as const;
    assert.deepEqual(bench.store.inspect('ns', 'db'), seen);
    assert.deepEqual(bench.store.inspect('ns', 'db'), seen);
    assert.deepEqual([bench.takeChanges(), bench.server.take()], [[], []]);
    assert.deepEqual([...bench.store.keys()], [{ namespace: 'ns', name: 'db' }]);
  });

  test('a cancelled read leaves no setback, a failed one does until the next success', async () => {
    const bench = new StoreBench();
    bench.store.addReference('ns', 'db');
    await bench.read(failing(cancelled));
    assert.equal(bench.store.inspect('ns', 'db')?.setback, undefined);
    await bench.read(failing(serverError));
    assert.deepEqual(bench.store.inspect('ns', 'db')?.setback, { at: bench.now, because: serverError });
    await bench.read(object('1'));
    assert.equal(bench.store.inspect('ns', 'db')?.setback, undefined);
  });

  test('a read is reported with its name when it begins and when it ends; what a caller changes is not', async () => {
    const bench = new StoreBench();
    const { store } = bench;
    store.addReference('ns', 'db');
    const hold = store.hold('ns', 'db');
    assert.deepEqual(bench.takeChanges(), []);
    const got = store.get('ns', 'db');
    assert.deepEqual(bench.takeChanges(), ['ns/db'], 'a read began');
    await bench.server.last.answer(object('1'));
    await got;
    assert.deepEqual(bench.takeChanges(), ['ns/db'], 'and ended');
    await store.get('ns', 'db');
    store.getIfFresh('ns', 'db');
    hold.dispose();
    store.deleteReference('ns', 'db');
    assert.deepEqual(bench.takeChanges(), [], 'a hit changes nothing');
  });

  test('an answer is reported as a change although others still wait for their turn', async () => {
    const bench = new StoreBench();
    bench.ttlMs = 0;
    bench.store.addReference('ns', 'db');
    void bench.store.get('ns', 'db');
    void bench.store.get('ns', 'db');
    bench.takeChanges();
    await bench.server.last.answer(object('1'));
    assert.equal(bench.store.inspect('ns', 'db')?.content.state, 'object');
    assert.deepEqual(bench.takeChanges(), ['ns/db']);
  });

  test('the store tells its TTL', () => {
    const bench = new StoreBench();
    bench.ttlMs = 123;
    assert.equal(bench.store.ttlMs(), 123);
  });
});
