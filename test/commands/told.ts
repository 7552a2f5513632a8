import { mock } from 'node:test';
import * as vscode from 'vscode';

/** What commands say, and what they put into the clipboard. */
export interface Told {
  /** Texts of the status bar. */
  readonly bar: readonly string[];
  /** Notifications and questions. */
  readonly warnings: readonly string[];
  readonly clipboard: readonly string[];
  /** How many lists were shown to choose from. */
  readonly picks: number;
}

/**
 * @param answers What the user chooses: buttons of questions, whose absence closes them. Of a list the first item is
 * chosen.
 * @returns what was said while `act` ran.
 */
export async function toldBy(act: () => Promise<void>, answers: readonly string[] = []): Promise<Told> {
  const bar: string[] = [];
  const warnings: string[] = [];
  const clipboard: string[] = [];
  let picks = 0;
  const message = (text: string, _options?: unknown, ...buttons: string[]): Promise<string | undefined> => {
    warnings.push(text);
    return Promise.resolve(buttons.find((button) => answers.includes(button)));
  };
  const said = { dispose: (): void => undefined };
  const mocks = [
    mock.method(vscode.window, 'setStatusBarMessage', (text: string) => (bar.push(text), said)),
    mock.method(vscode.window, 'showWarningMessage', message),
    mock.method(vscode.window, 'showInformationMessage', message),
    mock.method(vscode.window, 'showQuickPick', ([first]: readonly unknown[]) => {
      picks += 1;
      return Promise.resolve(first);
    }),
    mock.method(vscode.env.clipboard, 'writeText', (text: string) => (clipboard.push(text), Promise.resolve())),
  ];
  try {
    await act();
  } finally {
    for (const { mock: one } of mocks) one.restore();
  }
  return { bar, warnings, clipboard, picks };
}
