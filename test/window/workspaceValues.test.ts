import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  countingValue,
  settingsInUse,
  shownValue,
  valueToConsent,
  type ConsentSetting,
} from '../../src/window/workspaceValues';

interface Case {
  readonly setting: ConsentSetting;
  readonly byDefault: unknown;
  readonly user?: unknown;
  readonly workspace?: unknown;
  /** The value that the user is asked about; nothing without it. */
  readonly asks?: unknown;
  /** What counts until the user agrees, and what counts afterwards. */
  readonly before: unknown;
  readonly after: unknown;
}

const context = { setting: 'context', byDefault: '' } as const;
const autoConnect = { setting: 'autoConnect', byDefault: false } as const;
const strategy = { setting: 'strategy', byDefault: 'cache' } as const;
const sync = { setting: 'sync', byDefault: 'visible' } as const;

const cases: readonly Case[] = [
  { ...context, before: '', after: '' },
  { ...context, user: 'mine', before: 'mine', after: 'mine' },
  { ...context, workspace: 'prod', asks: 'prod', before: '', after: 'prod' },
  { ...context, user: 'mine', workspace: 'prod', asks: 'prod', before: 'mine', after: 'prod' },
  { ...context, user: 'mine', workspace: '', asks: '', before: 'mine', after: '' },
  { ...context, user: 'mine', workspace: null, asks: '', before: 'mine', after: null },
  // What equals the user's own value, as it is understood, needs no question.
  { ...context, user: 'prod', workspace: ' prod', before: ' prod', after: ' prod' },
  { ...context, workspace: 7, before: 7, after: 7 },
  { ...autoConnect, workspace: true, asks: true, before: false, after: true },
  { ...autoConnect, user: true, workspace: true, before: true, after: true },
  { ...autoConnect, user: true, workspace: false, before: false, after: false },
  { ...autoConnect, workspace: 'true', before: 'true', after: 'true' },
  { ...strategy, workspace: 'watch', asks: 'watch', before: 'cache', after: 'watch' },
  { ...strategy, workspace: 'cache', before: 'cache', after: 'cache' },
  { ...strategy, user: 'get', workspace: 'cache', asks: 'cache', before: 'get', after: 'cache' },
  { ...strategy, user: 'get', workspace: 'nonsense', asks: 'cache', before: 'get', after: 'nonsense' },
  { ...sync, workspace: 'always', asks: 'always', before: 'visible', after: 'always' },
  { ...sync, user: 'always', workspace: 'off', before: 'off', after: 'off' },
  { ...sync, user: 'off', workspace: 'visible', asks: 'visible', before: 'off', after: 'visible' },
];

describe('values of a workspace', () => {
  for (const { setting, byDefault, user, workspace, asks, before, after } of cases) {
    const title = `${setting}: user ${JSON.stringify(user)}, workspace ${JSON.stringify(workspace)}`;
    test(title, () => {
      const places = { defaultValue: byDefault, globalValue: user, workspaceValue: workspace };
      assert.deepEqual(valueToConsent(setting, places), asks === undefined ? undefined : { setting, value: asks });
      assert.deepEqual(
        [countingValue(setting, places, () => false), countingValue(setting, places, () => true)],
        [before, after],
      );
    });
  }

  test('matter once something connects, unless it is the demo or the window has a context of its own', () => {
    const all: readonly ConsentSetting[] = ['context', 'strategy', 'sync'];
    const none: readonly ConsentSetting[] = [];
    const table: readonly (readonly [string, boolean, string | undefined, readonly ConsentSetting[]])[] = [
      ['idle', false, undefined, none],
      ['untrusted', false, undefined, none],
      ['connecting', true, undefined, none],
      ['connected', true, undefined, none],
      ['connecting', false, undefined, all],
      ['connected', false, undefined, all],
      ['noContext', false, undefined, all],
      ['connected', false, 'chosen', ['strategy', 'sync']],
    ];
    for (const [state, isDemo, chosenContext, expected] of table) {
      assert.deepEqual(
        settingsInUse({ state, isDemo, chosenContext }),
        expected,
        `${state} ${isDemo} ${chosenContext}`,
      );
    }
  });

  test('are shown without links, line breaks and what cannot be seen, and not at any length', () => {
    const shown = (value: string): string => shownValue({ setting: 'context', value });
    assert.equal(shown('prod'), '"prod"');
    assert.equal(shown(''), '""');
    assert.equal(shown('[x](command:evil)'), '"[x] (command:evil)"');
    assert.equal(shown('a\nb\u202ec\u0007d\u2028e\u200bf'), '"a\\nb\\u{202e}c\\u0007d\\u{2028}e\\u{200b}f"');
    assert.equal(Array.from(shown('p'.repeat(500))).length, 80);
    assert.equal(shownValue({ setting: 'autoConnect', value: true }), 'true');
  });
});
