import * as vscode from 'vscode';
import type { OpenConnection } from '../connection/facts';
import type { Session } from '../session/session';
import { unlinked } from '../wording/markdown';
import { chooseValue, type Call } from './chooseValue';
import type { DataKey } from './names';
import type { RevealPanel } from './revealPanel';

/** Shows one value of a Secret for a short time. */
export async function revealKey(
  connection: OpenConnection,
  session: Pick<Session, 'connection'>,
  panel: Pick<RevealPanel, 'show'>,
  call: Call,
): Promise<void> {
  const chosen = await chooseValue(connection, call, {
    title: vscode.l10n.t('Reveal Key'),
    kinds: ['Secret'],
    ask: askToReveal,
  });
  if (chosen?.kind !== 'Secret' || session.connection !== connection) return;
  panel.show(connection, chosen);
}

function askToReveal({ key: { kind, namespace, name }, dataKey }: DataKey): PromiseLike<string | undefined> {
  const question = vscode.l10n.t(
    'Another extension, a keybinding or a link asks to reveal the key {0} of {1} {2} in namespace {3}.',
    dataKey,
    kind,
    name,
    namespace,
  );
  return vscode.window.showWarningMessage(unlinked(question), { modal: true }, vscode.l10n.t('Reveal'));
}
