import * as vscode from 'vscode';
import { isFolded } from '../connection/assess';
import type { Facts } from '../connection/facts';
import type { ObjectKey } from '../objects/objectKey';

/** What tells who keeps the copy of an object. */
type Keepers = Pick<Facts, 'objects' | 'pods' | 'holds'>;

/** How many pods are named before the rest is counted. */
const namedPods = 3;

/** Who keeps the copy, in few words: `used by 2 pods, pinned`. Empty for what only the cluster itself refers to. */
export function usersPhrase(facts: Keepers, key: ObjectKey): string {
  if (isFolded(facts, key)) return '';
  const { references, pinned, manifests } = keepersOf(facts, key);
  const used = references === 1 ? vscode.l10n.t('used by 1 pod') : vscode.l10n.t('used by {0} pods', references);
  return [
    ...(references > 0 || (!pinned && manifests === 0) ? [used] : []),
    ...(pinned ? [vscode.l10n.t('pinned')] : []),
    ...(manifests === 0 ? [] : [manifestsPhrase(manifests)]),
  ].join(', ');
}

/**
 * Who keeps the copy, in full. The reference count is the kubelet's; pins and manifests hold without counting.
 * @param ownHolds Holds of whoever asks, which are not worth telling.
 */
export function usersSentence(facts: Keepers, key: ObjectKey, ownHolds = 0): string {
  const { references, pinned, manifests } = keepersOf(facts, key);
  const held = manifests - ownHolds;
  return [
    referencesSentence(facts, key, references),
    ...(pinned ? [vscode.l10n.t('Pinned.')] : []),
    ...(held === 0 ? [] : [heldSentence(held)]),
  ].join(' ');
}

function referencesSentence({ pods }: Pick<Facts, 'pods'>, key: ObjectKey, references: number): string {
  if (references === 0) return vscode.l10n.t('No registered pod uses it.');
  const users = pods.userIds(key);
  if (users.size === 0) return vscode.l10n.t('Reference count {0}.', references);
  const named = [...users].slice(0, namedPods);
  const listed = named.map((id) => pods.get(id)?.pod.metadata.name ?? '').join(', ');
  const more = users.size > namedPods ? vscode.l10n.t('{0} and {1} more', listed, users.size - namedPods) : listed;
  return vscode.l10n.t('Reference count {0}: {1}.', references, more);
}

function manifestsPhrase(count: number): string {
  return count === 1 ? vscode.l10n.t('in 1 open manifest') : vscode.l10n.t('in {0} open manifests', count);
}

function heldSentence(count: number): string {
  return count === 1 ? vscode.l10n.t('Kept in 1 open manifest.') : vscode.l10n.t('Kept in {0} open manifests.', count);
}

function keepersOf(
  { objects, holds }: Pick<Facts, 'objects' | 'holds'>,
  key: ObjectKey,
): { readonly references: number; readonly pinned: boolean; readonly manifests: number } {
  const inspection = objects.inspect(key);
  const pinned = holds.isPinned(key);
  return { references: inspection?.references ?? 0, pinned, manifests: (inspection?.holds ?? 0) - (pinned ? 1 : 0) };
}
