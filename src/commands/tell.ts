import * as vscode from 'vscode';
import { shownName, withoutIcons } from '../wording/labels';
import { unlinked } from '../wording/markdown';

/** Says for a while what came of a command, without interrupting anybody. The text may hold names and messages. */
export function tell(text: string, icon?: 'warning'): void {
  const said = withoutIcons(text);
  vscode.window.setStatusBarMessage(icon === undefined ? said : `$(${icon}) ${said}`, 10_000);
}

/** Tells of a failure that needs somebody. The text may hold what a server said. */
export function warn(text: string): void {
  void vscode.window.showWarningMessage(unlinked(text));
}

/** Whether names look as they are. Where one does not, says that it is not copied: what is pasted would surprise. */
export function mayCopy(...names: readonly string[]): boolean {
  const hiding = names.find((name) => shownName(name) !== name);
  if (hiding === undefined) return true;
  warn(
    vscode.l10n.t(
      '{0} was not copied: it holds characters that are not visible or that reorder others.',
      shownName(hiding),
    ),
  );
  return false;
}
