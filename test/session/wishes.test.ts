import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { wishedNamesOf, WishesByPlace, type WishedNames } from '../../src/session/wishes';
import { windowMemory, type WorkspaceState } from '../../src/window/windowMemory';
import { secretKey } from '../connection/support';

const nothing: WishedNames = { pins: [], pods: [] };
const web = { namespace: 'shop', name: 'web' };
const place = { name: 'one', server: 'https://127.0.0.1:6443' };

/** The state of a workspace, which keeps what JSON can. */
class State implements WorkspaceState {
  readonly texts = new Map<string, string>();

  keys(): string[] {
    return [...this.texts.keys()];
  }

  get(key: string): unknown {
    const text = this.texts.get(key);
    return text === undefined ? undefined : JSON.parse(text);
  }

  update(key: string, value: unknown): Promise<void> {
    if (value === undefined) this.texts.delete(key);
    else this.texts.set(key, JSON.stringify(value));
    return Promise.resolve();
  }
}

describe('Wishes that are remembered', () => {
  test('come back in another window of the workspace, each at its context and server', () => {
    const state = new State();
    const { pins, pods } = new WishesByPlace(windowMemory(state)).of(place);
    pins.add(secretKey('db'));
    pods.add(web);
    const reloaded = new WishesByPlace(windowMemory(state));
    assert.deepEqual(
      [reloaded.of(place).pins.all, reloaded.of(place).pods.all, reloaded.of(place).pods.has({ ...web })],
      [[secretKey('db')], [web], true],
    );
    assert.deepEqual(reloaded.of({ ...place, server: 'https://127.0.0.1:7443' }).pins.all, []);
    assert.deepEqual(reloaded.of({ ...place, name: 'two' }).pins.all, []);
  });

  test('are the same for all connections to a place, whatever the credentials in the address', () => {
    const state = new State();
    const wishes = new WishesByPlace(windowMemory(state));
    assert.equal(wishes.of(place), wishes.of({ ...place, server: 'https://alice:hunter2@127.0.0.1:6443' }));
    wishes.of(place).pods.add(web);
    assert.deepEqual(state.keys(), ['wishes/["one","https://127.0.0.1:6443/"]']);
  });

  test('of a place are gone with the last of them', () => {
    const state = new State();
    const { pins, pods } = new WishesByPlace(windowMemory(state)).of(place);
    pins.add(secretKey('db'));
    pods.add(web);
    pins.delete(secretKey('db'));
    pods.delete(web);
    assert.deepEqual(state.keys(), []);
  });

  test('are written once each has changed, and not when nothing has', () => {
    const written: WishedNames[] = [];
    const wishes = new WishesByPlace({
      wishesAt: () => nothing,
      rememberWishes: (_, names) => written.push(names),
    }).of(place);
    wishes.pods.add(web);
    wishes.pods.add({ ...web });
    wishes.pods.delete({ ...web, name: 'other' });
    assert.deepEqual(written, [{ pins: [], pods: [web] }]);
  });

  test('are the newest 200 pins and the newest 200 pods', () => {
    const state = new State();
    const { pins, pods } = new WishesByPlace(windowMemory(state)).of(place);
    for (let i = 0; i < 201; i += 1) {
      pins.add(secretKey(`s${i}`));
      pods.add({ namespace: 'shop', name: `p${i}` });
    }
    const again = new WishesByPlace(windowMemory(state)).of(place);
    assert.deepEqual([again.pins.all.length, again.pods.all.length], [200, 200]);
    assert.deepEqual(
      [again.pins.has(secretKey('s0')), again.pods.has({ namespace: 'shop', name: 'p200' })],
      [false, true],
    );
    assert.deepEqual([pins.all.length, pods.all.length], [201, 201], 'until the end of the window all count');
  });
});

describe('What was remembered', () => {
  for (const remembered of [undefined, null, 7, 'pins', [], {}, { pins: 7, pods: 'web' }, { pins: {}, pods: null }]) {
    test(`${JSON.stringify(remembered)} means nothing`, () => {
      assert.deepEqual(wishedNamesOf(remembered), nothing);
    });
  }

  test('is left out unless it is a name', () => {
    const db = { kind: 'Secret', namespace: 'shop', name: 'db' };
    const remembered = {
      pins: [
        { ...db, data: 'aGk=' },
        { ...db, kind: 'Pod' },
        { ...db, name: 7 },
        { ...db, name: '../nodes' },
        { ...db, namespace: '' },
        { kind: 'Secret', name: 'db' },
        null,
        'db',
      ],
      pods: [{ ...web, uid: 'u' }, { ...web, name: 'We b' }, { name: 'web' }, [web]],
    };
    assert.deepEqual(wishedNamesOf(remembered), { pins: [db], pods: [web] });
  });

  test('counts up to 200 names of each', () => {
    const pods = Array.from({ length: 300 }, (_, i) => ({ namespace: 'shop', name: `p${i}` }));
    assert.equal(wishedNamesOf({ pods }).pods.length, 200);
  });
});
