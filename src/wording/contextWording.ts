import * as vscode from 'vscode';
import type { ContextChooser } from '../session/sessionState';

/** Whose choice the context is, without a full stop. */
export function chooserPhrase(chosenBy: ContextChooser): string {
  switch (chosenBy) {
    case 'current':
      return vscode.l10n.t('Current context');
    case 'setting':
      return vscode.l10n.t('Context from the settings');
    case 'window':
      return vscode.l10n.t('Context chosen for this window');
    case 'demo':
      return vscode.l10n.t('Demo cluster: nothing here is real');
  }
}
