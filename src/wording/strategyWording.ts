import * as vscode from 'vscode';
import type { Facts, Times } from '../connection/facts';
import type { Freshness } from '../connection/freshness';
import { duration } from './times';
import { ttlPhrase } from './ttlWording';

/** How the objects are kept up to date, and what that means here. */
export function strategyPhrase(facts: Pick<Facts, 'objects' | 'nodes' | 'problems'>): string {
  switch (facts.objects.strategy) {
    case 'cache':
      return ttlPhrase(facts.nodes.ttl);
    case 'get':
      return vscode.l10n.t('Get strategy: each use reads anew.');
    case 'watch': {
      const { counts } = facts.problems.summary;
      const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
      return total === 0
        ? vscode.l10n.t('Watch strategy.')
        : vscode.l10n.t('Watch strategy: {0} of {1} in sync.', counts.live + counts.immutable + counts.notFound, total);
    }
  }
}

/** How long ago something was heard of a watched object; for what is made when it is looked at. */
export function agePhrase(times: Times, freshness: Freshness): string {
  return freshness.state === 'live'
    ? vscode.l10n.t('Event {0} ago.', duration(Math.round(times.ageOf(freshness.readAt) / 1000) * 1000))
    : '';
}
