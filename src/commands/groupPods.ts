import * as vscode from 'vscode';
import { groupings, type Grouping } from '../views/podTree';

/** Asks what pods are to be put together by. */
export async function pickGrouping(current: Grouping): Promise<Grouping | undefined> {
  const items = groupings.map((grouping) => ({
    grouping,
    label: labels(grouping),
    ...(grouping === current ? { description: vscode.l10n.t('current') } : {}),
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Group Pods By'),
    placeHolder: vscode.l10n.t('Grouped by: {0}', labels(current)),
  });
  return picked?.grouping;
}

/** A grouping that was remembered; owners for anything else. */
export function groupingOf(remembered: unknown): Grouping {
  return groupings.find((grouping) => grouping === remembered) ?? 'owner';
}

function labels(grouping: Grouping): string {
  switch (grouping) {
    case 'owner':
      return vscode.l10n.t('Owner');
    case 'node':
      return vscode.l10n.t('Node');
    case 'namespace':
      return vscode.l10n.t('Namespace');
  }
}
