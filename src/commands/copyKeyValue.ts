import * as vscode from 'vscode';
import type { OpenConnection } from '../connection/facts';
import type { Session } from '../session/session';
import { objectKinds } from '../objects/kubernetes';
import type { Sealed } from '../objects/sealed';
import { freshnessLabel } from '../wording/freshnessWording';
import { unlinked } from '../wording/markdown';
import { byteSize, timeOfDay } from '../wording/times';
import { chooseValue, type Call, type ChosenValue } from './chooseValue';
import type { DataKey } from './names';
import type { SecretClipboard } from './secretClipboard';
import { tell } from './tell';
import { textOf } from './valueView';

/** Copies one value. That of a Secret is taken out of the clipboard again. */
export async function copyKeyValue(
  connection: OpenConnection,
  session: Pick<Session, 'connection'>,
  secrets: Pick<SecretClipboard, 'copy'>,
  call: Call,
): Promise<void> {
  const chosen = await chooseValue(connection, call, {
    title: vscode.l10n.t('Copy Key Value'),
    kinds: objectKinds,
    ask: askToCopy,
  });
  if (chosen === undefined || session.connection !== connection) return;
  const refusal = whyNotCopied(chosen);
  if (refusal !== undefined) {
    void vscode.window.showInformationMessage(unlinked(refusal));
    return;
  }
  const said =
    chosen.kind === 'Secret' ? await copySecretValue(secrets, connection, chosen) : await copyText(connection, chosen);
  tell(said);
}

/** @returns what was copied and for how long, as a sentence. */
export async function copySecretValue(
  secrets: Pick<SecretClipboard, 'copy'>,
  connection: OpenConnection,
  secret: DataKey & { readonly value: Sealed },
): Promise<string> {
  const bytes = secret.value.reveal();
  const text = textOf(bytes);
  const clearedAt = timeOfDay(await secrets.copy(text ?? Buffer.from(bytes).toString('base64')));
  const until = vscode.l10n.t('The clipboard is cleared at {0} unless it is changed.', clearedAt);
  const form = text === undefined ? ` ${vscode.l10n.t('It is in base64, since it is not UTF-8 text.')}` : '';
  return `${copiedSentence(connection, secret)}${form} ${until}`;
}

function askToCopy({ key: { kind, namespace, name }, dataKey }: DataKey): PromiseLike<string | undefined> {
  const question = vscode.l10n.t(
    'Another extension, a keybinding or a link asks to copy the key {0} of {1} {2} in namespace {3}.',
    dataKey,
    kind,
    name,
    namespace,
  );
  return vscode.window.showWarningMessage(unlinked(question), { modal: true }, vscode.l10n.t('Copy'));
}

async function copyText(
  connection: OpenConnection,
  chosen: ChosenValue & { readonly kind: 'ConfigMap' },
): Promise<string> {
  await vscode.env.clipboard.writeText('text' in chosen.value ? chosen.value.text : '');
  return copiedSentence(connection, chosen);
}

function copiedSentence(
  connection: OpenConnection,
  { key, dataKey, value }: DataKey & { readonly value: { readonly size: number } },
): string {
  const freshness = freshnessLabel(connection.times, connection.objects.freshness(key));
  return vscode.l10n.t('Copied {0} ({1}, {2}).', dataKey, byteSize(value.size), freshness);
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
