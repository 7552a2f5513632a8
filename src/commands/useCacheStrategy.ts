import * as vscode from 'vscode';
import { settings } from '../ids';

/** Sets the strategy back to `cache` where it was set to another. */
export async function useCacheStrategy(): Promise<void> {
  const section = vscode.workspace.getConfiguration(settings.section);
  const inWorkspace = section.inspect(settings.strategy)?.workspaceValue !== undefined;
  await section.update(
    settings.strategy,
    'cache',
    inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global,
  );
}
