import type { Settings } from '../connection/settings';
import { settings as ids } from '../ids';

/**
 * The settings, made from their values as VS Code has them. Defaults stand in package.json. A settings file may hold
 * anything: a number out of range counts as its nearest bound, and what is no choice counts as the default.
 * @param get The value of a setting, by its name without the section.
 */
export function settingsFrom(get: (name: string) => unknown): Settings {
  const atLeast = (least: number, value: unknown): number => Math.max(least, finite(value) ?? least);
  const ttlSeconds = finite(get(ids.ttlSeconds));
  return {
    kubeconfig: textsIn(get(ids.kubeconfig)),
    context: contextOf(get(ids.context)),
    autoConnect: isTrue(get(ids.autoConnect)),
    ttlSeconds: ttlSeconds === undefined ? undefined : Math.max(0, ttlSeconds),
    strategy: strategyOf(get(ids.strategy)),
    kubeletMinor: kubeletMinorOf(get(ids.kubeletVersion)),
    sync: syncOf(get(ids.sync)),
    queriesPerSecond: atLeast(1, get(ids.kubeAPIQPS)),
    burst: atLeast(1, get(ids.kubeAPIBurst)),
    pluginFolders: textsIn(get(ids.pluginFolders)),
    pluginTimeoutMs: atLeast(1, get(ids.pluginTimeoutSeconds)) * 1000,
    requestTimeoutMs: atLeast(1, get(ids.requestTimeoutSeconds)) * 1000,
  };
}

export function contextOf(value: unknown): Settings['context'] {
  return typeof value === 'string' ? value.trim() : '';
}

export function isTrue(value: unknown): boolean {
  return value === true;
}

export function strategyOf(value: unknown): Settings['strategy'] {
  return value === 'watch' || value === 'get' ? value : 'cache';
}

export function syncOf(value: unknown): Settings['sync'] {
  return value === 'always' || value === 'off' ? value : 'visible';
}

/** The oldest minor version of the kubelet whose rules are known. */
const oldestMinor = 25;

/** A test compares this with the pattern in package.json. */
function kubeletMinorOf(value: unknown): Settings['kubeletMinor'] {
  const digits = typeof value === 'string' ? /^1\.([1-9]\d{1,2})$/.exec(value)?.[1] : undefined;
  const minor = Number(digits);
  return minor >= oldestMinor ? minor : undefined;
}

function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string' && item !== '') : [];
}

function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
