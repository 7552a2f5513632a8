import * as vscode from 'vscode';
import { isFolded } from '../connection/assess';
import { objectsOf, type RegisteredPod } from '../connection/podRegistry';
import type { OpenConnection } from '../connection/facts';
import { views } from '../ids';
import { failureOfReading } from '../manager/reading';
import { isAboutTheServer, type Failure } from '../objects/failure';
import type { ObjectKey } from '../objects/objectKey';
import type { PodNode } from '../views/podTree';
import { failureLabel, failureSentence } from '../wording/failureWording';
import { isForPeople, keep, pickObject, readAndTell } from './fetchObject';
import { keyInArgument } from './names';
import { tell, warn } from './tell';

const parallelReads = 6;

/** Reads the newest version of what a row stands for; without a row, of an object that the user chooses. */
export async function refresh(connection: OpenConnection, row: unknown): Promise<void> {
  if (isPodRow(row)) {
    await refreshPod(connection, connection.pods.get(row.podId));
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
  const { read, stopped, problem } = await readAll(connection, keys, views.objects);
  if (stopped !== undefined) {
    tellFailure(stopped, vscode.l10n.t('Not all objects were read:'));
  } else if (problem !== undefined) {
    // The rows say the rest, and a small role fails here each time: that is worth no notification.
    const counted = vscode.l10n.t('{0} of {1} objects were read again.', read, keys.length);
    tell(`${counted} ${problem.key.kind} ${problem.key.name}: ${failureLabel(problem.failure)}`, 'warning');
  } else {
    tell(vscode.l10n.t('All objects were read again.'));
  }
}

/** @param registered `undefined`: the pod went while its row was on screen. */
async function refreshPod(connection: OpenConnection, registered: RegisteredPod | undefined): Promise<void> {
  if (registered === undefined) {
    tell(vscode.l10n.t('The pod is gone, so nothing was read.'));
    return;
  }
  const { name } = registered.pod.metadata;
  const keys = objectsOf(registered, ({ injected }) => !injected);
  if (keys.length === 0) {
    tell(vscode.l10n.t('{0} refers to no Secret or ConfigMap, so nothing was read.', name));
    return;
  }
  const { read, stopped, problem } = await readAll(connection, keys, views.pods);
  const counted = vscode.l10n.t('{0} of {1} objects of {2} were read again.', read, keys.length, name);
  if (stopped !== undefined) tellFailure(stopped, `${counted} ${vscode.l10n.t('Server:')}`);
  else if (problem !== undefined) tellFailure(problem.failure, `${counted} ${problem.key.kind} ${problem.key.name}:`);
  else if (read === 1) tell(vscode.l10n.t('1 object of {0} was read again.', name));
  else tell(vscode.l10n.t('{0} objects of {1} were read again.', read, name));
}

interface ReadAll {
  /** How many objects were read. */
  readonly read: number;
  /** The failure that made the rest not worth asking for. */
  readonly stopped: Failure | undefined;
  /** The first object that could not be read, while the server answered. */
  readonly problem: { readonly key: ObjectKey; readonly failure: Failure } | undefined;
}

/** Reads the newest versions a few at a time, so that a hover meanwhile need not wait for all of them. */
function readAll(connection: OpenConnection, keys: readonly ObjectKey[], viewId: string): PromiseLike<ReadAll> {
  return vscode.window.withProgress({ location: { viewId } }, async () => {
    const queue = keys.values();
    let read = 0;
    let stopped: Failure | undefined;
    let problem: ReadAll['problem'];
    const worker = async (): Promise<void> => {
      for (const key of queue) {
        if (stopped !== undefined) return;
        const failure = failureOfReading(await connection.objects.refresh(key));
        if (failure === undefined) read += 1;
        else if (isAboutTheServer(failure)) stopped = failure;
        else problem ??= { key, failure };
      }
    };
    await Promise.all(Array.from({ length: parallelReads }, worker));
    return { read, stopped, problem };
  });
}

/** @param what What came of the command until the failure. */
function tellFailure(failure: Failure, what: string): void {
  if (isForPeople(failure)) warn(`${what} ${failureSentence(failure)}`);
  else tell(`${what} ${failureLabel(failure)}`, 'warning');
}

function isPodRow(row: unknown): row is Extract<PodNode, { readonly row: 'pod' }> {
  return typeof row === 'object' && row !== null && 'row' in row && row.row === 'pod';
}
