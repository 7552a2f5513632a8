import * as vscode from 'vscode';
import type { Session } from '../connection/session';
import { objectKinds } from '../objects/kubernetes';
import type { ObjectKey } from '../objects/objectKey';
import type { ObjectNode } from '../views/objectTree';
import type { PodNode } from '../views/podTree';
import { connected } from './connected';
import { pickObject, readAndTell } from './fetchObject';
import { keyInArgument } from './names';

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
  if (connection.inspect(key) === undefined) connection.pin(key);
  await readAndTell(connection, key, connection.refresh(key));
}

/** Reads the newest version of every object that pods use or that is held. */
export async function refreshAll(session: Session): Promise<void> {
  const connection = await connected(session);
  if (connection === undefined) return;
  const keys = [...connection.keys()].filter((key) => !connection.isInjectedOnly(key));
  await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Refreshing all objects'),
      cancellable: true,
    },
    async (progress, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => {
        abort.abort();
      });
      await Promise.all(
        keys.map(async (key) => {
          await connection.refresh(key, abort.signal);
          progress.report({ increment: 100 / keys.length });
        }),
      );
    },
  );
}

/** The objects of a row of the Pods view, or `undefined` for any other argument. */
function keysOfPodRow(session: Session, row: unknown): ObjectKey[] | undefined {
  const { connection } = session;
  if (connection === undefined || !isPodRow(row)) return undefined;
  const registered = connection.pod(row.podId);
  if (registered === undefined) return [];
  const namespace = registered.pod.metadata.namespace ?? '';
  const references =
    row.row === 'reference'
      ? registered.references.slice(row.index, row.index + 1)
      : registered.references.filter(({ injected }) => !injected);
  return objectKinds.flatMap((kind) => {
    const names = new Set(references.filter((reference) => reference.kind === kind).map(({ name }) => name));
    return [...names].map((name) => ({ kind, namespace, name }));
  });
}

function isPodRow(row: unknown): row is Extract<PodNode, { readonly row: 'pod' | 'reference' }> {
  const node = row as Partial<PodNode | ObjectNode> | null | undefined;
  return node?.row === 'pod' || node?.row === 'reference';
}
