import * as vscode from 'vscode';
import type { OpenConnection } from '../connection/facts';
import { failureSentence } from '../wording/failureWording';
import { unlinked } from '../wording/markdown';
import { warn } from './tell';
import { parseName } from './names';

/** Registers a pod by name: for those who may get pods, but not list them. */
export async function registerPod({ context, pods }: OpenConnection): Promise<void> {
  const { namespace } = context;
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t('Register Pod by Name'),
    // VS Code makes links in prompts, as it does in notifications.
    prompt: unlinked(vscode.l10n.t('A name or namespace/name (namespace {0} if left out)', namespace)),
    validateInput: (text) =>
      parseName(text, namespace) === undefined ? vscode.l10n.t('That is not the name of a pod.') : undefined,
  });
  const parsed = typed === undefined ? undefined : parseName(typed, namespace);
  if (parsed === undefined) return;
  const answer = await pods.registerByName(parsed.namespace, parsed.name);
  if (!answer.ok) warn(failureSentence(answer.failure, 'pod'));
}
