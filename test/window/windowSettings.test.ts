import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Emitter } from '../../src/objects/emitter';
import { WindowSettings, type Consent, type SettingsHost } from '../../src/window/windowSettings';
import type { ConsentSetting, ValuesByPlace, WorkspaceValue } from '../../src/window/workspaceValues';

type Values = Partial<Record<ConsentSetting, unknown>>;

const defaults: Readonly<Record<string, unknown>> = {
  context: '',
  autoConnect: false,
  strategy: 'cache',
  sync: 'visible',
  kubeAPIQPS: 50,
};

/** An editor whose user answers when the test says so. */
class ScriptedHost implements SettingsHost {
  reads = 0;
  trusted = true;
  user: Values = {};
  workspace: Values = {};
  readonly remembered = new Map<string, unknown>();
  readonly questions: WorkspaceValue[] = [];
  readonly memory = {
    get: (key: string): unknown => this.remembered.get(key),
    update: (key: string, value: unknown): Promise<void> => {
      this.remembered.set(key, value);
      return Promise.resolve();
    },
  };
  readonly #changes = new Emitter<void>();
  readonly onDidChange = this.#changes.event;
  #answer: (consent: Consent | undefined) => void = () => undefined;

  readonly read = (): ReturnType<SettingsHost['read']> => {
    this.reads += 1;
    return {
      get: (name) => this.workspace[name as ConsentSetting] ?? this.user[name as ConsentSetting] ?? defaults[name],
      inspect: (name): ValuesByPlace => ({
        defaultValue: defaults[name],
        globalValue: this.user[name as ConsentSetting],
        workspaceValue: this.workspace[name as ConsentSetting],
      }),
    };
  };

  readonly write = (name: ConsentSetting, value: unknown, place: 'workspace' | 'user'): Promise<void> => {
    // VS Code tells of no change where there is none.
    if (this[place][name] !== value) this.set(place, { ...this[place], [name]: value });
    return Promise.resolve();
  };

  readonly isTrusted = (): boolean => this.trusted;

  readonly askUser = (value: WorkspaceValue): Promise<Consent | undefined> => {
    this.questions.push(value);
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  };

  set(place: 'workspace' | 'user', values: Values): void {
    this[place] = values;
    this.#changes.fire();
  }

  async answer(consent: Consent | undefined): Promise<void> {
    this.#answer(consent);
    await settle();
  }
}

/** Lets all that waits for nothing but promises run. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

interface Window {
  readonly settings: WindowSettings;
  readonly changes: () => number;
}

function open(host: ScriptedHost): Window {
  const settings = new WindowSettings(host);
  let changes = 0;
  settings.onDidChange(() => {
    changes += 1;
  });
  return { settings, changes: () => changes };
}

const inUse: readonly ConsentSetting[] = ['context', 'strategy', 'sync'];

describe('the settings of a window', () => {
  test('are read at the first use, and once until they change', () => {
    const host = new ScriptedHost();
    const { settings, changes } = open(host);
    assert.equal(host.reads, 0);
    for (let i = 0; i < 1000; i += 1) assert.equal(settings.current.queriesPerSecond, 50);
    assert.equal(host.reads, 1);
    host.set('user', { strategy: 'get' });
    assert.equal(host.reads, 1);
    assert.deepEqual([settings.current.strategy, settings.current.strategy, host.reads], ['get', 'get', 2]);
    assert.equal(changes(), 1);
  });

  test('do not change any more once disposed', () => {
    const host = new ScriptedHost();
    const { settings, changes } = open(host);
    settings.dispose();
    host.set('user', { strategy: 'get' });
    assert.equal(changes(), 0);
  });
});

describe('a value that the workspace sets', () => {
  test('does not count before the user agrees, and counts from then on', async () => {
    const host = new ScriptedHost();
    host.user = { context: 'mine' };
    host.workspace = { context: 'prod' };
    const { settings, changes } = open(host);
    assert.equal(settings.current.context, 'mine');
    assert.deepEqual(host.questions, [], 'reading asks nothing');
    void settings.askFor(inUse);
    await settle();
    assert.deepEqual(host.questions, [{ setting: 'context', value: 'prod' }]);
    assert.deepEqual([settings.current.context, changes()], ['mine', 0]);
    await host.answer('use');
    assert.deepEqual([settings.current.context, changes()], ['prod', 1]);
  });

  test('is remembered as agreed to, or as ignored, in the next window of the workspace', async () => {
    for (const [answer, counts] of [
      ['use', 'watch'],
      ['ignore', 'cache'],
    ] as const) {
      const host = new ScriptedHost();
      host.workspace = { strategy: 'watch' };
      void open(host).settings.askFor(inUse);
      await settle();
      await host.answer(answer);
      const next = open(host);
      await next.settings.askFor(inUse);
      assert.deepEqual([next.settings.current.strategy, host.questions.length], [counts, 1]);
    }
  });

  test('is not used if the question is dismissed, which the next window asks again', async () => {
    const host = new ScriptedHost();
    host.workspace = { strategy: 'watch' };
    const { settings } = open(host);
    void settings.askFor(inUse);
    await settle();
    await host.answer(undefined);
    await settings.askFor(inUse);
    assert.deepEqual([settings.current.strategy, host.questions.length], ['cache', 1]);
    void open(host).settings.askFor(inUse);
    await settle();
    assert.equal(host.questions.length, 2);
  });

  test('is asked about anew when it is another value', async () => {
    const host = new ScriptedHost();
    host.workspace = { context: 'one' };
    const { settings } = open(host);
    void settings.askFor(inUse);
    await settle();
    await host.answer('use');
    host.set('workspace', { context: 'two' });
    assert.equal(settings.current.context, '');
    void settings.askFor(inUse);
    await settle();
    assert.deepEqual(host.questions.at(-1), { setting: 'context', value: 'two' });
  });

  test('waits for the question before it, however often it is asked for', async () => {
    const host = new ScriptedHost();
    host.workspace = { context: 'prod', strategy: 'watch', sync: 'always' };
    const { settings } = open(host);
    for (let i = 0; i < 3; i += 1) void settings.askFor(inUse);
    await settle();
    const asked = (): string[] => host.questions.map(({ setting }) => setting);
    assert.deepEqual(asked(), ['context']);
    await host.answer('ignore');
    assert.deepEqual(asked(), ['context', 'strategy']);
    await host.answer('use');
    assert.deepEqual(asked(), ['context', 'strategy', 'sync']);
    await host.answer('use');
    const { context, strategy, sync } = settings.current;
    assert.deepEqual([context, strategy, sync, asked().length], ['', 'watch', 'always', 3]);
  });

  test('is not asked about while the workspace is not trusted', async () => {
    const host = new ScriptedHost();
    host.workspace = { context: 'prod' };
    host.trusted = false;
    const { settings } = open(host);
    await settings.askFor(inUse);
    assert.deepEqual(host.questions, []);
    host.trusted = true;
    void settings.askFor(inUse);
    await settle();
    assert.equal(host.questions.length, 1);
  });

  test('that lets hovers connect is asked about by a hover that would connect', async () => {
    const host = new ScriptedHost();
    host.workspace = { autoConnect: true };
    const { settings } = open(host);
    assert.equal(settings.mayAutoConnect(), false);
    await settle();
    assert.deepEqual(host.questions, [{ setting: 'autoConnect', value: true }]);
    await host.answer('use');
    assert.equal(settings.mayAutoConnect(), true);
  });

  test('that lets hovers connect is not asked about where they may or nothing wants it', async () => {
    for (const values of [{ user: { autoConnect: true } }, {}]) {
      const host = Object.assign(new ScriptedHost(), values);
      assert.equal(open(host).settings.mayAutoConnect(), 'user' in values);
      await settle();
      assert.deepEqual(host.questions, []);
    }
  });
});

describe('what the user chooses by a command', () => {
  test('is written to the user settings where the workspace sets nothing', async () => {
    const host = new ScriptedHost();
    const { settings } = open(host);
    await settings.choose('strategy', 'watch');
    assert.deepEqual([host.user, host.workspace, settings.current.strategy], [{ strategy: 'watch' }, {}, 'watch']);
    assert.equal(host.remembered.size, 0);
  });

  test('is written to the workspace where that has a value, and counts without a question', async () => {
    const host = new ScriptedHost();
    host.workspace = { strategy: 'watch' };
    const { settings } = open(host);
    for (const strategy of ['get', 'watch', 'cache'] as const) {
      await settings.choose('strategy', strategy);
      await settings.askFor(inUse);
      assert.deepEqual([host.user, host.workspace], [{}, { strategy }]);
      assert.equal(settings.current.strategy, strategy);
    }
    assert.deepEqual(host.questions, []);
  });

  test('counts though the workspace had that value already and the user ignored it', async () => {
    const host = new ScriptedHost();
    host.workspace = { strategy: 'watch' };
    const { settings, changes } = open(host);
    void settings.askFor(inUse);
    await settle();
    await host.answer('ignore');
    assert.equal(settings.current.strategy, 'cache');
    await settings.choose('strategy', 'watch');
    assert.equal(settings.current.strategy, 'watch');
    assert.ok(changes() > 0, 'whoever is connected hears of it');
  });
});
