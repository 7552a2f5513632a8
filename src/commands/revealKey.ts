import * as vscode from 'vscode';
import type { Session } from '../connection/session';
import { chooseValue } from './chooseValue';
import { connected } from './connected';
import type { RevealPanel } from './revealPanel';

/** Shows one value of a Secret for a short time. */
export async function revealKey(session: Session, panel: RevealPanel, argument: unknown): Promise<void> {
  const connection = await connected(session);
  if (connection === undefined) return;
  const chosen = await chooseValue(connection, argument, ['Secret'], vscode.l10n.t('Reveal Key'));
  if (chosen?.kind !== 'Secret' || session.connection !== connection) return;
  panel.show(connection, chosen);
}
