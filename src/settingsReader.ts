import * as vscode from 'vscode';
import type { Settings } from './connection/settings';
import { settings as ids } from './ids';

/** The settings as they are. Defaults stand in package.json; what is out of range counts as its nearest bound. */
export function readSettings(): Settings {
  const section = vscode.workspace.getConfiguration(ids.section);
  const number = (id: string, least: number): number => Math.max(least, section.get<number>(id, least));
  const ttlSeconds = section.get<number | null>(ids.ttlSeconds, null);
  return {
    kubeconfig: textsIn(section.get<unknown>(ids.kubeconfig)),
    context: section.get<string>(ids.context, '').trim(),
    autoConnect: section.get<boolean>(ids.autoConnect, false),
    ttlSeconds: ttlSeconds ?? undefined,
    sync: syncOf(section.get<string>(ids.sync)),
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

function syncOf(value: string | undefined): Settings['sync'] {
  return value === 'always' || value === 'off' ? value : 'visible';
}
