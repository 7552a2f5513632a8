import * as vscode from 'vscode';
import type { Session } from '../session/session';
import { views } from '../ids';
import { demoManifestUri } from '../language/demoManifests';
import { warn } from './tell';

/** Starts the demo cluster, and shows its pods and the first of its manifests. */
export async function startDemo(session: Session): Promise<void> {
  const answer = await vscode.window.withProgress({ location: { viewId: views.pods } }, () => session.startDemo());
  if (!answer.ok) {
    warn(answer.failure.message);
    return;
  }
  const [first] = answer.value.manifests;
  if (first !== undefined) {
    await vscode.window.showTextDocument(demoManifestUri(first.name), { preview: false, preserveFocus: true });
  }
  await vscode.commands.executeCommand(`${views.pods}.focus`);
}
