import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeStrategy } from '../../src/commands/changeStrategy';
import { copyKeyValue } from '../../src/commands/copyKeyValue';
import { revealKey } from '../../src/commands/revealKey';
import { disposable } from '../../src/objects/disposable';
import { Sealed } from '../../src/objects/sealed';
import { Filter } from '../../src/views/filter';
import { offerItem } from '../../src/views/objectRows';
import { ObjectsView } from '../../src/views/objectsView';
import { configMap, ConnectionBench, pod, secret, secretKey } from '../connection/support';
import { toldBy } from './told';

interface Scene {
  readonly bench: ConnectionBench;
  readonly view: ObjectsView;
  readonly filter: Filter;
  /** The row of the key of Secret `db` or ConfigMap `app`, as VS Code gives it to a command. */
  readonly rowOf: (kind: 'Secret' | 'ConfigMap') => object;
}

async function scene(): Promise<Scene> {
  // Each read sends a request, so that none goes unseen.
  const bench = new ConnectionBench({ settings: { strategy: 'get' } });
  bench.cluster.put({ ...secret('db'), data: new Map([['k', new Sealed(Buffer.from('v').toString('base64'))]]) });
  bench.cluster.put(configMap('app'));
  await bench.start(pod('web-1', { secrets: ['db'], configMaps: ['app'] }));
  const { connection } = bench;
  const silent = (): ReturnType<typeof disposable> => disposable(() => undefined);
  const filter = new Filter();
  const view = new ObjectsView({ connection, onDidChange: silent, onDidChangeState: silent }, filter);
  const rowOf = (kind: 'Secret' | 'ConfigMap'): object => {
    const root = view.getChildren().find(({ id }) => id === kind);
    const [object] = view.getChildren(root);
    return view.getChildren(object).find(({ row }) => row === 'dataKey') ?? assert.fail(kind);
  };
  return { bench, view, filter, rowOf };
}

/** What a command does that was called with an argument: `reveals` and `copies` are numbers of values. */
async function called(
  { bench: { connection }, view }: Scene,
  argument: unknown,
  answers: readonly string[] = [],
): Promise<{ readonly questions: readonly string[]; readonly reveals: number; readonly copies: number }> {
  const call = { argument, isOwnRow: view.isOwnRow(argument) };
  let reveals = 0;
  let copies = 0;
  const panel = { show: (): void => void (reveals += 1) };
  const secrets = { copy: (): Promise<number> => Promise.resolve((copies += 1)) };
  const told = await toldBy(async () => {
    await revealKey(connection, { connection }, panel, call);
    await copyKeyValue(connection, { connection }, secrets, call);
  }, answers);
  return { questions: told.warnings, reveals, copies: copies + told.clipboard.length };
}

test('a key that others choose is neither revealed nor copied before the user agrees', async () => {
  const at = await scene();
  const key = { kind: 'Secret', namespace: 'shop', name: 'db' };
  const imitations = [
    { row: 'dataKey', key, dataKey: 'k' },
    { ...at.rowOf('Secret') },
    Object.create(at.rowOf('Secret')),
  ];
  const questions = [
    'Another extension, a keybinding or a link asks to reveal the key k of Secret db in namespace shop.',
    'Another extension, a keybinding or a link asks to copy the key k of Secret db in namespace shop.',
  ];
  for (const argument of imitations) {
    at.bench.cluster.take();
    assert.deepEqual(await called(at, argument), { questions, reveals: 0, copies: 0 });
    assert.deepEqual(at.bench.cluster.take(), []);
    assert.deepEqual(await called(at, argument, ['Reveal', 'Copy']), { questions, reveals: 1, copies: 1 });
  }
  at.bench.connection.dispose();
});

test('a key of a ConfigMap that others choose is not copied before the user agrees', async () => {
  const at = await scene();
  const argument = { ...at.rowOf('ConfigMap') };
  const call = { argument, isOwnRow: at.view.isOwnRow(argument) };
  const { connection } = at.bench;
  const secrets = { copy: (): Promise<number> => assert.fail('no Secret') };
  const copy = (): Promise<void> => copyKeyValue(connection, { connection }, secrets, call);
  const question =
    'Another extension, a keybinding or a link asks to copy the key k of ConfigMap app in namespace shop.';
  for (const [answers, clipboard] of [
    [[], []],
    [['Copy'], ['v']],
  ]) {
    const told = await toldBy(copy, answers);
    assert.deepEqual([told.warnings, told.clipboard], [[question], clipboard]);
  }
  connection.dispose();
});

test('a key of our own row is revealed and copied at once, also after the rows were painted anew', async () => {
  const at = await scene();
  const row = at.rowOf('Secret');
  assert.deepEqual(await called(at, row), { questions: [], reveals: 1, copies: 1 });
  at.filter.setText('db');
  assert.notEqual(at.rowOf('Secret'), row);
  assert.deepEqual(await called(at, row), { questions: [], reveals: 1, copies: 1 });
  at.bench.connection.dispose();
});

test('of a key or an object that is not there nothing is copied, and its absence is told', async () => {
  const { bench, rowOf } = await scene();
  const { connection } = bench;
  const secrets = { copy: (): Promise<number> => assert.fail('nothing is copied') };
  const told = (change: object): ReturnType<typeof toldBy> =>
    toldBy(() =>
      copyKeyValue(connection, { connection }, secrets, {
        argument: { ...rowOf('Secret'), ...change },
        isOwnRow: true,
      }),
    );
  const missingKey = await told({ dataKey: 'no-such-key' });
  assert.deepEqual(missingKey.warnings, ['Secret db in namespace shop has no key no-such-key.']);
  bench.cluster.delete(secretKey('db'));
  const missingObject = await told({});
  assert.match(missingObject.warnings.join(), /^Secret db in namespace shop: .*not found/);
  connection.dispose();
});

test('the strategy changes without a question by the row that offers it alone', async () => {
  const chosen: string[] = [];
  const settings = {
    current: new ConnectionBench().settings,
    choose: (_name: string, value: unknown): Promise<void> => Promise.resolve(void chosen.push(String(value))),
  };
  const change = (argument: unknown): ReturnType<typeof toldBy> =>
    toldBy(() => changeStrategy(settings as Parameters<typeof changeStrategy>[0], argument));
  const offered: unknown = offerItem().command?.arguments?.[0];
  assert.deepEqual([(await change(offered)).picks, chosen.splice(0)], [0, ['cache']]);
  for (const argument of [undefined, 'watch', 'cache', { row: 'offer', id: 'offer' }, {}]) {
    assert.equal((await change(argument)).picks, 1, JSON.stringify(argument));
  }
});
