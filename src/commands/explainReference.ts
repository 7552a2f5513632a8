import * as vscode from 'vscode';
import type { Session } from '../session/session';
import type { Manifests } from '../language/manifests';
import { referenceAt } from '../manifest/referenceAt';
import { connected } from './connected';

/** Shows for the reference at the cursor what a hover says of it, for those who use the keyboard. */
export async function explainReference(session: Session, manifests: Manifests): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const manifest = editor === undefined ? undefined : await manifests.of(editor.document);
  const offset = editor?.document.offsetAt(editor.selection.active) ?? 0;
  const at = manifest === undefined ? undefined : referenceAt(manifest, offset);
  if (at?.reference.literal !== true) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('There is no reference to a Secret or ConfigMap at the cursor. Put it on one in a YAML manifest.'),
    );
    return;
  }
  if ((await connected(session)) === undefined) return;
  await vscode.commands.executeCommand('editor.action.showHover', { focus: 'autoFocusImmediately' });
}
