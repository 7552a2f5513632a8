import * as vscode from 'vscode';
import { objectsOf } from '../connection/podRegistry';
import type { Session } from '../connection/session';
import { views } from '../ids';
import { failureOfReading } from '../manager/reading';
import { isAboutTheServer, type Failure } from '../objects/failure';
import type { ObjectKey } from '../objects/objectKey';
import type { PodNode } from '../views/podTree';
import { failureLabel, failureSentence } from '../wording/failureWording';
import { connected } from './connected';
import { isForPeople, keep, pickObject, readAndTell, tell, warn } from './fetchObject';
import { keyInArgument } from './names';

const parallelReads = 6;

/** Reads the newest version of what a row stands for; without a row, of an object that the user chooses. */
export async function refresh(session: Session, row: unknown): Promise<void> {
  const connection = await connected(session);
  if (connection === undefined) return;
  const podKeys = keysOfPodRow(session, row);
  if (podKeys !== undefined) {
    await Promise.all(podKeys.map((key) => connection.refresh(key)));
    return;
  }
  const key = keyInArgument(row) ?? (await pickObject(connection, vscode.l10n.t('Refresh Secret or ConfigMap')));
  if (key === undefined) return;
  keep(connection, key);
  await readAndTell(connection, key, connection.refresh(key));
}

/** Reads the newest version of every object that pods use or that is held, unless nobody answers. */
export async function refreshAll(session: Session): Promise<void> {
  const connection = await connected(session);
  if (connection === undefined) return;
  const keys = [...connection.keys()].filter((key) => !connection.isInjectedOnly(key));
  const failure = await vscode.window.withProgress({ location: { viewId: views.objects } }, async () => {
    const queue = keys.values();
    let stopped: Failure | undefined;
    // A few at a time, so that a hover meanwhile need not wait for all of them.
    const worker = async (): Promise<void> => {
      for (const key of queue) {
        if (stopped !== undefined) return;
        const problem = failureOfReading(await connection.refresh(key));
        if (problem !== undefined && isAboutTheServer(problem)) stopped = problem;
      }
    };
    await Promise.all(Array.from({ length: parallelReads }, worker));
    return stopped;
  });
  if (failure === undefined) tell(vscode.l10n.t('All objects were read again.'));
  else if (isForPeople(failure)) warn(`${vscode.l10n.t('Not all objects were read:')} ${failureSentence(failure)}`);
  else tell(`$(warning) ${vscode.l10n.t('Not all objects were read: {0}', failureLabel(failure))}`);
}

/** The objects of a row of the Pods view, or `undefined` for any other argument. */
function keysOfPodRow(session: Session, row: unknown): ObjectKey[] | undefined {
  const { connection } = session;
  if (connection === undefined || !isPodRow(row)) return undefined;
  const registered = connection.pod(row.podId);
  if (registered === undefined) return [];
  return objectsOf(registered, ({ injected }) => !injected);
}

function isPodRow(row: unknown): row is Extract<PodNode, { readonly row: 'pod' }> {
  return typeof row === 'object' && row !== null && 'row' in row && row.row === 'pod';
}
