import * as vscode from 'vscode';
import type { Session } from '../connection/session';
import { objectKinds } from '../objects/kubernetes';
import type { Sealed } from '../objects/sealed';
import { unlinked } from '../wording/markdown';
import { byteSize, timeOfDay } from '../wording/times';
import { chooseValue, type ChosenValue } from './chooseValue';
import { connected } from './connected';
import type { SecretClipboard } from './secretClipboard';
import { textOf } from './valueView';

/** Copies one value. That of a Secret is taken out of the clipboard again. */
export async function copyKeyValue(session: Session, secrets: SecretClipboard, argument: unknown): Promise<void> {
  const connection = await connected(session);
  if (connection === undefined) return;
  const chosen = await chooseValue(connection, argument, objectKinds, vscode.l10n.t('Copy Key Value'));
  if (chosen === undefined || session.connection !== connection) return;
  const refusal = whyNotCopied(chosen);
  if (refusal !== undefined) {
    void vscode.window.showInformationMessage(unlinked(refusal));
    return;
  }
  const said =
    chosen.kind === 'Secret'
      ? await copySecretValue(secrets, chosen.dataKey, chosen.value)
      : await copyText('text' in chosen.value ? chosen.value.text : '', chosen);
  vscode.window.setStatusBarMessage(said, 10_000);
}

/** @returns what was copied and for how long, as a sentence. */
export async function copySecretValue(secrets: SecretClipboard, dataKey: string, value: Sealed): Promise<string> {
  const bytes = value.reveal();
  const text = textOf(bytes);
  const clearedAt = timeOfDay(await secrets.copy(text ?? Buffer.from(bytes).toString('base64')));
  const size = byteSize(value.size);
  return text === undefined
    ? vscode.l10n.t(
        'Copied {0} ({1}) in base64, as it is not UTF-8 text. The clipboard is cleared at {2} unless it is changed.',
        dataKey,
        size,
        clearedAt,
      )
    : vscode.l10n.t(
        'Copied {0} ({1}). The clipboard is cleared at {2} unless it is changed.',
        dataKey,
        size,
        clearedAt,
      );
}

async function copyText(text: string, { dataKey, value }: ChosenValue): Promise<string> {
  await vscode.env.clipboard.writeText(text);
  return vscode.l10n.t('Copied {0} ({1}).', dataKey, byteSize(value.size));
}

function whyNotCopied({ key, dataKey, kind, value }: ChosenValue): string | undefined {
  if (value.size === 0) return vscode.l10n.t('{0} of {1} {2} is empty: nothing was copied.', dataKey, kind, key.name);
  if (kind === 'Secret' || 'text' in value) return undefined;
  return vscode.l10n.t(
    '{0} of ConfigMap {1} is binary data ({2}), of which Kubefresh keeps the size alone: nothing was copied.',
    dataKey,
    key.name,
    byteSize(value.size),
  );
}
