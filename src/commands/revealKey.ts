import * as vscode from 'vscode';
import type { OpenConnection } from '../connection/facts';
import type { Session } from '../session/session';
import { chooseValue } from './chooseValue';
import type { RevealPanel } from './revealPanel';

/** Shows one value of a Secret for a short time. */
export async function revealKey(
  connection: OpenConnection,
  session: Pick<Session, 'connection'>,
  panel: RevealPanel,
  argument: unknown,
): Promise<void> {
  const chosen = await chooseValue(connection, argument, ['Secret'], vscode.l10n.t('Reveal Key'));
  if (chosen?.kind !== 'Secret' || session.connection !== connection) return;
  panel.show(connection, chosen);
}
