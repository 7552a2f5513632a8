import * as vscode from 'vscode';
import { isFolded } from '../connection/assess';
import { objectsOf } from '../connection/podRegistry';
import type { OpenConnection, PodFacts } from '../connection/facts';
import { views } from '../ids';
import { failureOfReading } from '../manager/reading';
import { isAboutTheServer, type Failure } from '../objects/failure';
import type { ObjectKey } from '../objects/objectKey';
import type { PodNode } from '../views/podTree';
import { failureLabel, failureSentence } from '../wording/failureWording';
import { isForPeople, keep, pickObject, readAndTell, tell, warn } from './fetchObject';
import { keyInArgument } from './names';

const parallelReads = 6;

/** Reads the newest version of what a row stands for; without a row, of an object that the user chooses. */
export async function refresh(connection: OpenConnection, row: unknown): Promise<void> {
  const podKeys = keysOfPodRow(connection.pods, row);
  if (podKeys !== undefined) {
    await Promise.all(podKeys.map((key) => connection.objects.refresh(key)));
    return;
  }
  const key = keyInArgument(row) ?? (await pickObject(connection, vscode.l10n.t('Refresh Secret or ConfigMap')));
  if (key === undefined) return;
  keep(connection, key);
  await readAndTell(connection, key, connection.objects.refresh(key));
}

/** Reads the newest version of every object that pods use or that is held, unless nobody answers. */
export async function refreshAll(connection: OpenConnection): Promise<void> {
  const keys = [...connection.objects.keys()].filter((key) => !isFolded(connection, key));
  const failure = await vscode.window.withProgress({ location: { viewId: views.objects } }, async () => {
    const queue = keys.values();
    let stopped: Failure | undefined;
    // A few at a time, so that a hover meanwhile need not wait for all of them.
    const worker = async (): Promise<void> => {
      for (const key of queue) {
        if (stopped !== undefined) return;
        const problem = failureOfReading(await connection.objects.refresh(key));
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
function keysOfPodRow(pods: Pick<PodFacts, 'get'>, row: unknown): ObjectKey[] | undefined {
  if (!isPodRow(row)) return undefined;
  const registered = pods.get(row.podId);
  if (registered === undefined) return [];
  return objectsOf(registered, ({ injected }) => !injected);
}

function isPodRow(row: unknown): row is Extract<PodNode, { readonly row: 'pod' }> {
  return typeof row === 'object' && row !== null && 'row' in row && row.row === 'pod';
}
