import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { colors, commands, contextKeys, settings, views } from '../../src/ids';
import type { WelcomeState } from '../../src/views/viewStatus';
import { settingsFrom } from '../../src/window/settingValues';
import { needsConsent } from '../../src/window/workspaceValues';

interface MenuItem {
  readonly command: string;
  readonly when?: string;
}

interface Manifest {
  readonly main: string;
  readonly icon: string;
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] };
  };
  readonly contributes: {
    readonly viewsContainers: { readonly activitybar: readonly { readonly id: string; readonly icon: string }[] };
    readonly views: Readonly<Record<string, readonly { readonly id: string; readonly when?: string }[]>>;
    readonly viewsWelcome: readonly { readonly view: string; readonly contents: string; readonly when: string }[];
    readonly commands: readonly {
      readonly command: string;
      readonly title: string;
      readonly category: string;
      readonly enablement?: string;
    }[];
    readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
    readonly configuration: {
      readonly properties: Readonly<
        Record<string, { readonly default: unknown; readonly scope: string; readonly pattern?: string }>
      >;
    };
    readonly colors: readonly { readonly id: string; readonly defaults: Readonly<Record<string, string>> }[];
    readonly walkthroughs: readonly { readonly id: string; readonly steps: readonly WalkthroughStep[] }[];
  };
}

interface WalkthroughStep {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly media: { readonly svg: string; readonly altText: string };
  readonly completionEvents: readonly string[];
}

function read(file: string): string {
  return readFileSync(path.join(process.cwd(), file), 'utf8');
}

const manifestText = read('package.json');
const manifest = JSON.parse(manifestText) as Manifest;
const texts = JSON.parse(read('package.nls.json')) as Readonly<Record<string, string>>;
const { contributes } = manifest;
const { properties } = contributes.configuration;
const consented = Object.values(settings).filter(needsConsent);

/** The badges, as their source has them: it imports vscode, which is not here. */
const [, badgeTable = ''] = /badges[^=]*= \{([^}]*)\}/.exec(read('src/wording/freshnessWording.ts')) ?? [];
const badges: Readonly<Record<string, string>> = Object.fromEntries(
  [...badgeTable.matchAll(/(\w+): '([^']+)'/g)].map(([, state = '', badge = '']) => [state, badge]),
);

function same(actual: Iterable<string>, expected: Iterable<string>): void {
  assert.deepEqual([...actual].sort(), [...expected].sort());
}

const whens = [
  ...Object.values(contributes.menus)
    .flat()
    .map(({ when }) => when),
  ...Object.values(contributes.views)
    .flat()
    .map(({ when }) => when),
  ...contributes.viewsWelcome.map(({ when }) => when),
  ...contributes.commands.map(({ enablement }) => enablement),
].filter((when) => when !== undefined);

describe('package.json and src/ids.ts', () => {
  test('name the same commands', () => {
    same(
      contributes.commands.map(({ command }) => command),
      Object.values(commands),
    );
  });

  test('name the same views, in the same container', () => {
    same(
      contributes.viewsContainers.activitybar.map(({ id }) => id),
      [views.container],
    );
    same(Object.keys(contributes.views), [views.container]);
    same(
      (contributes.views[views.container] ?? []).map(({ id }) => id),
      [views.pods, views.objects],
    );
  });

  test('name the same settings', () => {
    const { section, ...names } = settings;
    same(
      Object.keys(properties),
      Object.values(names).map((name) => `${section}.${name}`),
    );
  });

  test('name the same colours', () => {
    same(
      contributes.colors.map(({ id }) => id),
      Object.values(colors),
    );
  });

  test('name the same context keys, each of which some clause asks for', () => {
    const own = /\bkubefresh\.[\w.]+/g;
    const isView = (name: string): boolean => Object.values<string>(views).includes(name);
    const asked = new Set(whens.flatMap((when) => when.match(own) ?? []).filter((name) => !isView(name)));
    same(asked, Object.values(contextKeys));
  });

  test('clauses ask for views that exist', () => {
    for (const when of whens) {
      for (const [, view = ''] of when.matchAll(/\bview == (\S+)/g)) {
        assert.ok(
          [views.pods, views.objects].some((id) => id === view),
          view,
        );
      }
    }
    for (const { view } of contributes.viewsWelcome) {
      assert.ok(
        [views.pods, views.objects].some((id) => id === view),
        view,
      );
    }
  });
});

describe('package.json', () => {
  test('every command in a menu exists', () => {
    const known = new Set<string>(Object.values(commands));
    for (const { command } of Object.values(contributes.menus).flat()) assert.ok(known.has(command), command);
  });

  test('commands of a row alone are in its menu, and not in the palette', () => {
    const { commandPalette = [], ...menus } = contributes.menus;
    const hidden = new Set(commandPalette.filter(({ when }) => when === 'false').map(({ command }) => command));
    for (const command of [commands.revealObject, commands.unregisterPod, commands.unpin]) {
      assert.ok(hidden.has(command), command);
    }
    for (const [menu, items] of Object.entries(menus)) {
      if (menu !== 'view/item/context') for (const { command } of items) assert.ok(!hidden.has(command), command);
    }
  });

  test('every text has a place and every place a text', () => {
    const used = new Set([...manifestText.matchAll(/"%([^%"]+)%"/g)].map(([, key = '']) => key));
    same(used, Object.keys(texts));
    for (const [key, text] of Object.entries(texts)) assert.notEqual(text.trim(), '', key);
  });

  test('every title, description and welcome text is in the file for translation', () => {
    const mustBeKeys = /"(title|name|contents|description|markdownDescription|altText)": "(?!%)([^"]+)"/g;
    const written = [...manifestText.matchAll(mustBeKeys)].map(([, , text = '']) => text);
    // The name of the package, and that of the product, which is not translated.
    same(new Set(written), ['kubefresh', 'Kubefresh']);
  });

  test('welcome texts link to commands that exist', () => {
    const builtIn = new Set(['workbench.trust.manage']);
    const known = new Set<string>([...Object.values(commands), ...builtIn]);
    const welcome = Object.entries(texts).filter(([key]) => key.startsWith('welcome.'));
    const linked = welcome.flatMap(([, text]) => [...text.matchAll(/\]\(command:([^)?]+)/g)].map(([, id = '']) => id));
    assert.ok(linked.length > 0);
    for (const id of linked) assert.ok(known.has(id), id);
    for (const [key, text] of welcome) assert.doesNotMatch(text, /\]\((?!command:)/, key);
  });

  test('each state in which the pods view is empty has its welcome text, and none has two', () => {
    // The types make this list complete: a state that is missing or too many does not compile.
    const states: Readonly<Record<WelcomeState, true>> = {
      idle: true,
      connecting: true,
      untrusted: true,
      noKubeconfig: true,
      brokenKubeconfig: true,
      noContext: true,
      failed: true,
      listing: true,
      podsForbidden: true,
      unauthorized: true,
      noCredentials: true,
      certificates: true,
      unreachable: true,
      noPods: true,
    };
    const ofPods = contributes.viewsWelcome.filter(({ view }) => view === views.pods);
    same(
      ofPods.map(({ when }) => when),
      Object.keys(states).map((state) => `${contextKeys.welcome} == ${state}`),
    );
    for (const { when, contents } of ofPods) assert.equal(contents, `%welcome.${when.split(' ').at(-1) ?? ''}%`);
  });

  test('settings that say where to connect or what to run are not taken from an untrusted workspace', () => {
    const restricted = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
    for (const id of restricted) assert.ok(id in properties, id);
    for (const name of [settings.kubeconfig, settings.pluginFolders, ...consented]) {
      assert.ok(restricted.includes(`${settings.section}.${name}`), name);
    }
  });

  test('paths and the limits of requests are settings of the machine, which no workspace can set', () => {
    const { kubeconfig, pluginFolders, kubeAPIQPS, kubeAPIBurst, requestTimeoutSeconds, pluginTimeoutSeconds } =
      settings;
    for (const name of [
      kubeconfig,
      pluginFolders,
      kubeAPIQPS,
      kubeAPIBurst,
      requestTimeoutSeconds,
      pluginTimeoutSeconds,
    ]) {
      assert.equal(properties[`${settings.section}.${name}`]?.scope, 'machine', name);
    }
  });

  test('what needs consent cannot be set by a folder of a workspace, whose values are not looked at', () => {
    same(consented, [settings.context, settings.autoConnect, settings.strategy, settings.sync]);
    for (const name of consented) assert.equal(properties[`${settings.section}.${name}`]?.scope, 'window', name);
  });

  test('a kubelet version is valid where it is understood', () => {
    const { pattern = '' } = properties[`${settings.section}.${settings.kubeletVersion}`] ?? {};
    const isValid = (version: string): boolean => new RegExp(pattern).test(version);
    assert.equal(isValid('auto'), true);
    const versions = Array.from({ length: 1100 }, (_, minor) => `1.${minor}`);
    for (const version of [...versions, '1.030', '1.30.1', 'v1.30', '2.30', '', '1.', '1x30']) {
      const isUnderstood = settingsFrom(() => version).kubeletMinor !== undefined;
      assert.equal(isValid(version), isUnderstood, version);
    }
  });

  test('every colour has a default in each kind of theme', () => {
    for (const { id, defaults } of contributes.colors) {
      assert.deepEqual(Object.keys(defaults), ['dark', 'light', 'highContrast', 'highContrastLight'], id);
    }
  });

  test('badges have at most two characters, as VS Code shows no longer ones', () => {
    same(Object.keys(badges), Object.keys(colors));
    const segments = new Intl.Segmenter('en', { granularity: 'grapheme' });
    for (const [state, badge] of Object.entries(badges)) assert.ok([...segments.segment(badge)].length <= 2, state);
    assert.equal(new Set(Object.values(badges)).size, Object.keys(badges).length, 'each state has its own');
  });
});

describe('the walkthrough', () => {
  const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);
  const pictures = steps.map(({ media }) => media.svg);
  const textOf = (place: string): string => texts[place.slice(1, -1)] ?? '';

  test('has at most five steps, each with texts and a picture of its own', () => {
    assert.ok(contributes.walkthroughs.length === 1 && steps.length > 0 && steps.length <= 5);
    for (const { id, title, description, media } of steps) {
      assert.equal(title, `%walkthrough.${id}.title%`);
      assert.equal(description, `%walkthrough.${id}.description%`);
      assert.equal(media.altText, `%walkthrough.${id}.altText%`);
      assert.equal(media.svg, `media/walkthrough/${id}.svg`);
    }
  });

  test('links to commands that exist', () => {
    const known = new Set<string>([...Object.values(commands), `${views.pods}.focus`, `${views.objects}.focus`]);
    const links = steps.flatMap(({ description }) => [...textOf(description).matchAll(/\]\(([^)]*)\)/g)]);
    assert.ok(links.length >= steps.length);
    for (const [, address = ''] of links) {
      assert.match(address, /^command:/);
      const id = address.replace(/^command:(toSide:)?/, '');
      assert.ok(known.has(id), id);
    }
  });

  test('notices by commands, views and context keys that exist when a step is done', () => {
    const known: Readonly<Record<string, readonly string[]>> = {
      onCommand: Object.values(commands),
      onView: [views.pods, views.objects],
      onContext: Object.values(contextKeys),
    };
    for (const event of steps.flatMap(({ completionEvents }) => completionEvents)) {
      const [, kind = '', clause = ''] = /^(\w+):(.+)$/.exec(event) ?? [];
      const asked = clause.split(/ && | \|\| /).map((name) => name.replace(/^!/, ''));
      for (const name of asked) assert.ok(known[kind]?.includes(name), event);
    }
    for (const { id, completionEvents } of steps) assert.ok(completionEvents.length > 0, id);
  });

  test('has pictures that are small, take each colour from the theme, and run and load nothing', () => {
    const own = new Set(Object.values<string>(colors));
    for (const file of pictures) {
      const picture = read(file);
      assert.ok(Buffer.byteLength(picture) < 8_000, file);
      assert.match(picture, /^<svg xmlns="[^"]+" viewBox="0 0 5\d\d \d{3}"/, file);
      // VS Code lets no style of their own apply.
      assert.doesNotMatch(picture, /<(script|style|image|foreignObject|a)\b|\b(style|class|on\w+)=/, file);
      for (const [, address = ''] of picture.matchAll(/href="([^"]*)"/g)) assert.match(address, /^#\w+$/, file);
      for (const [, paint = ''] of picture.matchAll(/\b(?:fill|stroke|color)="([^"]*)"/g)) {
        assert.match(paint, /^(none|transparent|var\(--vscode-.+, .+\))$/, file);
      }
      for (const [, name = ''] of picture.matchAll(/--vscode-kubefresh-(freshness\\\.\w+)/g)) {
        assert.ok(own.has(`kubefresh.${name.replace('\\', '')}`), name);
      }
    }
  });

  test('shows and tells every badge that a copy can have for longer than a moment', () => {
    const picture = read('media/walkthrough/freshness.svg');
    const told = textOf('%walkthrough.freshness.altText%');
    for (const [state, badge] of Object.entries(badges)) {
      if (state === 'fetching') continue;
      assert.match(picture, new RegExp(`freshness\\\\\\.${state}, [^>]*>${badge}</text>`), state);
      assert.ok(told.includes(`${badge} `), state);
    }
  });
});

describe('.vscodeignore', () => {
  const lines = read('.vscodeignore')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));

  test('leaves everything out but what it lists', () => {
    assert.equal(lines[0], '**');
    for (const line of lines.slice(1)) assert.match(line, /^![\w./-]+$/, 'only whole names of files are let in');
  });

  test('lets in what package.json names, and no source or test', () => {
    const allowed = new Set(lines.slice(1).map((line) => line.slice(1)));
    const pictures = contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.svg));
    const icons = contributes.viewsContainers.activitybar.map(({ icon }) => icon);
    const named = [manifest.main, manifest.icon, ...icons, ...pictures];
    const bundles = ['manifest', 'cluster', 'demo', 'yaml', 'socks'].map((name) => `dist/${name}.js`);
    for (const file of [...named, ...bundles, 'package.json', 'package.nls.json']) {
      assert.ok(allowed.has(file.replace(/^\.\//, '')), file);
    }
    for (const file of allowed) assert.doesNotMatch(file, /^(src|test|out|node_modules)\//);
  });

  test('the icon of the views is there', () => {
    for (const { icon } of contributes.viewsContainers.activitybar) assert.ok(existsSync(icon), icon);
  });
});
