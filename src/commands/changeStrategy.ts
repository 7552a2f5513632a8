import * as vscode from 'vscode';
import { strategies, type Strategy } from '../connection/objectManagers';
import { offerNode } from '../views/objectTree';
import type { WindowSettings } from '../window/windowSettings';

/**
 * Changes the strategy where it is set.
 * @param argument The row that offers the Cache strategy. For any other the user is asked, since it may come from anybody.
 */
export async function changeStrategy(
  settings: Pick<WindowSettings, 'current' | 'choose'>,
  argument: unknown,
): Promise<void> {
  const strategy = argument === offerNode ? 'cache' : await pickStrategy(settings.current.strategy);
  if (strategy !== undefined) await settings.choose('strategy', strategy);
}

async function pickStrategy(current: Strategy): Promise<Strategy | undefined> {
  const items = strategies.map((strategy) => ({
    strategy,
    label: nameOf(strategy),
    ...(strategy === current ? { description: vscode.l10n.t('current') } : {}),
    detail: detailOf(strategy),
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Change Strategy'),
    placeHolder: vscode.l10n.t('How Secrets and ConfigMaps are kept up to date, as kubelets do it'),
  });
  return picked?.strategy;
}

function nameOf(strategy: Strategy): string {
  switch (strategy) {
    case 'cache':
      return vscode.l10n.t('Cache');
    case 'watch':
      return vscode.l10n.t('Watch');
    case 'get':
      return vscode.l10n.t('Get');
  }
}

function detailOf(strategy: Strategy): string {
  switch (strategy) {
    case 'cache':
      return vscode.l10n.t('Read again once the TTL is over. Needs “get” on the names.');
    case 'watch':
      return vscode.l10n.t('Listed and watched by name, so that each change shows at once. Needs “list” and “watch”.');
    case 'get':
      return vscode.l10n.t('Each use reads the newest version. Needs “get” on the names.');
  }
}
