import * as vscode from 'vscode';
import { settings as ids } from '../ids';
import { WindowSettings, type Consent, type SettingsHost } from './windowSettings';
import { shownValue, type WorkspaceValue } from './workspaceValues';

/** The settings as VS Code has them. @param memory Keeps what the user answered about values of the workspace. */
export function editorSettings(memory: SettingsHost['memory']): WindowSettings {
  return new WindowSettings({
    read,
    onDidChange: (changed) =>
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(ids.section)) changed();
      }),
    write: async (name, value, place) => {
      const { Global, Workspace } = vscode.ConfigurationTarget;
      await read().update(name, value, place === 'workspace' ? Workspace : Global);
    },
    memory,
    isTrusted: () => vscode.workspace.isTrusted,
    askUser,
  });
}

function read(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration(ids.section);
}

async function askUser(value: WorkspaceValue): Promise<Consent | undefined> {
  const use = vscode.l10n.t('Use It');
  const ignore = vscode.l10n.t('Ignore');
  const name = `${ids.section}.${value.setting}`;
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t('This workspace sets {0} to {1}. Kubefresh uses it only if you agree.', name, shownValue(value)),
    use,
    ignore,
  );
  if (answer === undefined) return undefined;
  return answer === use ? 'use' : 'ignore';
}
