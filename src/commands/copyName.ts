import * as vscode from 'vscode';
import type { OpenConnection } from '../connection/facts';
import { targetOf, type RowTarget } from './rowTarget';
import { mayCopy, tell } from './tell';

/** Copies the name of what a row stands for. */
export async function copyName(connection: OpenConnection, argument: unknown): Promise<void> {
  const target = targetOf(connection, argument);
  if (target === undefined) return;
  const name = nameOf(target);
  if (!mayCopy(name)) return;
  await vscode.env.clipboard.writeText(name);
  tell(vscode.l10n.t('Copied {0}.', name));
}

function nameOf(target: RowTarget): string {
  switch (target.is) {
    case 'object':
      return target.key.name;
    case 'dataKey':
      return target.dataKey;
    case 'pod':
    case 'group':
      return target.name;
  }
}
