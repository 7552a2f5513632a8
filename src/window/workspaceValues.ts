import { shortened, shownName } from '../wording/labels';
import { unlinked } from '../wording/markdown';
import { contextOf, isTrue, strategyOf, syncOf } from './settingValues';

/**
 * Settings that a workspace may set only with the user's consent, since its files may come from anybody. They say which
 * cluster is connected to, when that happens, and how much is asked of it: `sync` can ask for as long as the window is open.
 */
export type ConsentSetting = 'context' | 'autoConnect' | 'strategy' | 'sync';

/** Where a setting has values, as VS Code tells it (`WorkspaceConfiguration.inspect`). */
export interface ValuesByPlace {
  readonly defaultValue?: unknown;
  readonly globalValue?: unknown;
  /** A single folder's settings count as the workspace's. In a workspace of several, none of these settings applies to one. */
  readonly workspaceValue?: unknown;
}

/** A value that the workspace sets and that the user would not have without it. */
export interface WorkspaceValue {
  readonly setting: ConsentSetting;
  readonly value: string | boolean;
}

interface Guard {
  readonly valueOf: (value: unknown) => WorkspaceValue['value'];
  /** A value that makes Kubefresh ask less of a cluster, whatever the user has set. It needs no consent. */
  readonly harmless?: WorkspaceValue['value'];
}

const guards: Readonly<Record<ConsentSetting, Guard>> = {
  context: { valueOf: contextOf },
  autoConnect: { valueOf: isTrue, harmless: false },
  strategy: { valueOf: strategyOf },
  sync: { valueOf: syncOf, harmless: 'off' },
};

export function needsConsent(name: string): name is ConsentSetting {
  return name in guards;
}

/** The value of the workspace that needs consent. `undefined` if it sets none, a harmless one, or what counts anyway. */
export function valueToConsent(setting: ConsentSetting, places: ValuesByPlace): WorkspaceValue | undefined {
  if (places.workspaceValue === undefined) return undefined;
  const { valueOf, harmless } = guards[setting];
  const value = valueOf(places.workspaceValue);
  return value === harmless || value === valueOf(valueOfUser(places)) ? undefined : { setting, value };
}

/** The value that counts. @param isAgreed Whether the user has consented to this value of the workspace. */
export function countingValue(
  setting: ConsentSetting,
  places: ValuesByPlace,
  isAgreed: (value: WorkspaceValue) => boolean,
): unknown {
  const { workspaceValue } = places;
  const offered = valueToConsent(setting, places);
  const isUsers = workspaceValue === undefined || (offered !== undefined && !isAgreed(offered));
  return isUsers ? valueOfUser(places) : workspaceValue;
}

function valueOfUser({ globalValue, defaultValue }: ValuesByPlace): unknown {
  return globalValue ?? defaultValue;
}

/**
 * The settings that the session's state makes matter.
 * @param session.isDemo The demo is nobody's cluster, so nothing is asked for it.
 * @param session.chosenContext The context that the user chose for this window. It counts before the setting.
 */
export function settingsInUse(session: {
  readonly state: string;
  readonly isDemo: boolean;
  readonly chosenContext: string | undefined;
}): readonly ConsentSetting[] {
  if (session.state === 'idle' || session.state === 'untrusted' || session.isDemo) return [];
  return session.chosenContext === undefined ? ['context', 'strategy', 'sync'] : ['strategy', 'sync'];
}

/** Most characters of a value that a notification shows. */
const longestShown = 80;

/** A value for a notification. It is untrusted text, so nothing in it is invisible, a new line or a link. */
export function shownValue({ value }: WorkspaceValue): string {
  return unlinked(shortened(shownName(JSON.stringify(value)), longestShown));
}
