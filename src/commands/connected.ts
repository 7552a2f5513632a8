import * as vscode from 'vscode';
import type { OpenConnection } from '../connection/facts';
import type { Session } from '../session/session';
import { views } from '../ids';

/** The connection, made if there is none yet. Without one the view says what is wrong, so it is shown. */
export async function connected(session: Session): Promise<OpenConnection | undefined> {
  const state = await session.connect();
  if (state.state === 'connected') return state.connection;
  await vscode.commands.executeCommand(`${views.pods}.focus`);
  return undefined;
}
