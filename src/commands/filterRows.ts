import * as vscode from 'vscode';
import type { Filter } from '../views/filter';

/** Asks for the text that rows are to hold. The views follow what is typed; giving up brings back what was. */
export function filterRows(filter: Filter): Promise<void> {
  const before = filter.text;
  const input = vscode.window.createInputBox();
  input.title = vscode.l10n.t('Filter Rows');
  input.placeholder = vscode.l10n.t('Parts of names');
  input.prompt = vscode.l10n.t(
    'Both views show the rows that hold each word: in the name of a pod, owner, node, namespace, Secret, ConfigMap or key. Empty shows all.',
  );
  input.value = before;
  // Who clicks a row that was found does not give up.
  input.ignoreFocusOut = true;
  let accepted = false;
  return new Promise((resolve) => {
    input.onDidChangeValue((value) => {
      filter.setText(value);
    });
    input.onDidAccept(() => {
      accepted = true;
      input.hide();
    });
    input.onDidHide(() => {
      if (!accepted) filter.setText(before);
      input.dispose();
      resolve();
    });
    input.show();
  });
}
