import path from 'node:path';
import * as vscode from 'vscode';
import type { Settings } from './connection/settings';
import { settings as ids } from './ids';

/** The settings as they are. Defaults stand in package.json; what is out of range counts as its nearest bound. */
export function readSettings(): Settings {
  const section = vscode.workspace.getConfiguration(ids.section);
  // A settings file may hold anything, whatever package.json says of the types.
  const number = (id: string, least: number): number => Math.max(least, finite(section.get<unknown>(id)) ?? least);
  const ttlSeconds = finite(section.get<unknown>(ids.ttlSeconds));
  const context = section.get<unknown>(ids.context);
  return {
    kubeconfig: textsIn(section.get<unknown>(ids.kubeconfig)),
    context: typeof context === 'string' ? context.trim() : '',
    autoConnect: section.get<unknown>(ids.autoConnect) === true,
    ttlSeconds: ttlSeconds === undefined ? undefined : Math.max(0, ttlSeconds),
    strategy: strategyOf(section.get<unknown>(ids.strategy)),
    kubeletMinor: minorOf(section.get<unknown>(ids.kubeletVersion)),
    sync: syncOf(section.get<unknown>(ids.sync)),
    queriesPerSecond: number(ids.kubeAPIQPS, 1),
    burst: number(ids.kubeAPIBurst, 1),
    pluginFolders: textsIn(section.get<unknown>(ids.pluginFolders)),
    pluginTimeoutMs: number(ids.pluginTimeoutSeconds, 1) * 1000,
    requestTimeoutMs: number(ids.requestTimeoutSeconds, 1) * 1000,
  };
}

function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string' && item !== '') : [];
}

function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function strategyOf(value: unknown): Settings['strategy'] {
  return value === 'watch' || value === 'get' ? value : 'cache';
}

function minorOf(value: unknown): Settings['kubeletMinor'] {
  if (value === '1.25') return 25;
  return value === '1.29' ? 29 : undefined;
}

function syncOf(value: unknown): Settings['sync'] {
  return value === 'always' || value === 'off' ? value : 'visible';
}

/** The `KUBECONFIG` of a terminal in which kubectl is to find what the setting names. Without the setting it does anyway. */
export function kubeconfigVariable({ kubeconfig }: Pick<Settings, 'kubeconfig'>, home: string): string | undefined {
  const absolute = (file: string): string => path.resolve(home, file.replace(/^~(?=$|[\\/])/, '.'));
  return kubeconfig.length === 0 ? undefined : kubeconfig.map(absolute).join(path.delimiter);
}
