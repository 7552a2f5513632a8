import * as vscode from 'vscode';
import type { Connection } from '../connection/connection';
import type { ObjectKey } from '../objects/objectKey';

/** How many pods are named before the rest is counted. */
const namedPods = 3;

/** Who keeps the copy, in few words: `used by 2 pods, held by 1`. */
export function usersPhrase(connection: Connection, key: ObjectKey): string {
  const inspection = connection.inspect(key);
  const references = inspection?.references ?? 0;
  const holds = inspection?.holds ?? 0;
  const used = references === 1 ? vscode.l10n.t('used by 1 pod') : vscode.l10n.t('used by {0} pods', references);
  if (holds === 0) return used;
  if (connection.isPinned(key) && holds === 1)
    return references === 0 ? vscode.l10n.t('pinned') : `${used}, ${vscode.l10n.t('pinned')}`;
  const held = vscode.l10n.t('held by {0}', holds);
  return references === 0 ? held : `${used}, ${held}`;
}

/** Who keeps the copy, in full: the reference count is the kubelet's; holds are manifests and pins. */
export function usersSentence(connection: Connection, key: ObjectKey): string {
  const inspection = connection.inspect(key);
  const references = inspection?.references ?? 0;
  const holds = inspection?.holds ?? 0;
  const names = connection.usesOf(key).map(({ pod }) => pod.pod.metadata.name);
  const listed = names.slice(0, namedPods).join(', ');
  const more = names.length > namedPods ? vscode.l10n.t('{0} and {1} more', listed, names.length - namedPods) : listed;
  const used =
    references === 0
      ? vscode.l10n.t('No registered pod uses it.')
      : vscode.l10n.t('Reference count {0}{1}.', references, more === '' ? '' : `: ${more}`);
  if (holds === 0) return used;
  const held =
    holds === 1
      ? vscode.l10n.t('Held by 1 open manifest or pin.')
      : vscode.l10n.t('Held by {0} open manifests and pins.', holds);
  return `${used} ${held}`;
}
