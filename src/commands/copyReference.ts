import * as vscode from 'vscode';
import type { OpenConnection } from '../connection/facts';
import type { ManifestWriter } from '../language/liveManifests';
import { targetOf } from './rowTarget';
import { mayCopy, tell } from './tell';

/** Copies the YAML by which a container takes what a row stands for: a key for `env`, an object for `envFrom`. */
export async function copyReference(
  connection: OpenConnection,
  loadWriter: () => Promise<ManifestWriter>,
  argument: unknown,
): Promise<void> {
  const target = targetOf(connection, argument);
  if (target?.is !== 'object' && target?.is !== 'dataKey') return;
  const { kind, name } = target.key;
  const isKey = target.is === 'dataKey';
  if (!mayCopy(name, isKey ? target.dataKey : '')) return;
  const { writeKeyReference, writeObjectReference } = await loadWriter();
  await vscode.env.clipboard.writeText(
    isKey ? writeKeyReference(target.key, target.dataKey) : writeObjectReference(target.key),
  );
  const copied = isKey
    ? vscode.l10n.t('Copied valueFrom with key {0} of {1} {2}, for an env entry.', target.dataKey, kind, name)
    : vscode.l10n.t('Copied an entry of envFrom for {0} {1}.', kind, name);
  tell(copied);
}
