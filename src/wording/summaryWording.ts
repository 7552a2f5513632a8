import * as vscode from 'vscode';
import type { FreshnessState } from '../connection/freshness';
import type { Summary } from '../connection/summary';

/** The state of objects in a word or two, without a time. */
export function stateLabel(state: FreshnessState): string {
  switch (state) {
    case 'notFetched':
      return vscode.l10n.t('not fetched');
    case 'fetching':
      return vscode.l10n.t('fetching…');
    case 'fresh':
      return vscode.l10n.t('fresh');
    case 'readOnUse':
      return vscode.l10n.t('read on use');
    case 'live':
      return vscode.l10n.t('live');
    case 'immutable':
      return vscode.l10n.t('immutable');
    case 'idle':
      return vscode.l10n.t('watch idle');
    case 'stale':
      return vscode.l10n.t('stale');
    case 'kept':
      return vscode.l10n.t('kept');
    case 'notFound':
      return vscode.l10n.t('not found');
    case 'forbidden':
      return vscode.l10n.t('forbidden');
    case 'failed':
      return vscode.l10n.t('failed');
  }
}

export function problemsLabel(problems: number): string {
  return problems === 1 ? vscode.l10n.t('1 problem') : vscode.l10n.t('{0} problems', problems);
}

/** How many objects are in which state, and how many of them a person should look at. */
export function summarySentence({ counts, problems, worst }: Summary): string {
  const present = (Object.keys(counts) as FreshnessState[]).filter((state) => counts[state] > 0);
  if (present.length === 0) return vscode.l10n.t('No pod refers to a Secret or ConfigMap.');
  const states = present.map((state) => vscode.l10n.t('{0} {1}', counts[state], stateLabel(state))).join(', ');
  const objects = vscode.l10n.t('Secrets and ConfigMaps: {0}.', states);
  if (problems > 0) return `${objects} ${problemsSentence(problems)}`;
  return worst === undefined ? objects : `${objects} ${vscode.l10n.t('No problem.')}`;
}

function problemsSentence(problems: number): string {
  return problems === 1 ? vscode.l10n.t('1 problem to look at.') : vscode.l10n.t('{0} problems to look at.', problems);
}
