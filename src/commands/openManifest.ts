import * as vscode from 'vscode';
import type { OpenConnection } from '../connection/facts';
import type { Session } from '../session/session';
import type { LiveManifests } from '../language/liveManifests';
import { keep, pickObject, readOrTell } from './fetchObject';
import { targetOf } from './rowTarget';

/** Shows the copy of an object as a read-only document, read by the rules of the cache. */
export async function openManifest(
  connection: OpenConnection,
  session: Pick<Session, 'connection'>,
  manifests: LiveManifests,
  argument: unknown,
): Promise<void> {
  const target = targetOf(connection, argument);
  const given = target?.is === 'object' || target?.is === 'dataKey' ? target.key : undefined;
  const key = given ?? (await pickObject(connection, vscode.l10n.t('Open Manifest')));
  if (key === undefined) return;
  if (given === undefined) keep(connection, key);
  const hold = connection.objects.hold(key);
  try {
    const reading = await readOrTell(key, connection.objects.read(key));
    if (reading !== undefined && session.connection === connection) await manifests.show(connection, key);
  } finally {
    hold.dispose();
  }
}
