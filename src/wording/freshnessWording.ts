import * as vscode from 'vscode';
import type { Times } from '../connection/facts';
import type { Freshness, FreshnessState } from '../connection/freshness';
import type { KeptBecause, ReadKind } from '../manager/reading';
import { isAboutTheServer } from '../objects/failure';
import { failureLabel, failureSentence } from './failureWording';
import { timeOfDay } from './times';

/** At most two characters: VS Code drops a decoration whose badge is longer. */
export const badges: Readonly<Record<FreshnessState, string>> = {
  notFetched: '○',
  fetching: '…',
  fresh: '✓',
  readOnUse: '↻',
  stale: '~',
  live: '●',
  immutable: '■',
  idle: '‖',
  kept: '!',
  notFound: '✗',
  forbidden: '⊘',
  failed: '!!',
};

/** Stands beside the badge of an object that can never change. */
export const immutableMark = '=';

/** The freshness as a row says it beside its name. */
export function freshnessLabel(times: Times, freshness: Freshness): string {
  const at = (time: number): string => timeOfDay(times.wallTime(time));
  switch (freshness.state) {
    case 'notFetched':
      return vscode.l10n.t('not fetched');
    case 'fetching':
      return vscode.l10n.t('fetching…');
    case 'fresh':
    case 'readOnUse':
      return vscode.l10n.t('read {0}', at(freshness.readAt));
    case 'live':
      return vscode.l10n.t('live, event {0}', at(freshness.readAt));
    case 'immutable':
      return vscode.l10n.t('watch stopped: immutable');
    case 'idle':
      return freshness.since === undefined
        ? vscode.l10n.t('being listed again')
        : vscode.l10n.t('watch idle, next read lists again');
    case 'stale':
      return vscode.l10n.t('stale, read {0}', at(freshness.readAt));
    case 'kept':
      return vscode.l10n.t('{0}, copy of {1}', keptLabel(freshness.because), at(freshness.readAt));
    case 'notFound':
      return freshness.since === undefined
        ? vscode.l10n.t('not found, asked {0}', at(freshness.readAt))
        : vscode.l10n.t('not found {0}, then {1}', at(freshness.readAt), failureLabel(freshness.since.because));
    case 'forbidden':
    case 'failed':
      return vscode.l10n.t('{0}, asked {1}', failureLabel(freshness.failure), at(freshness.since));
  }
}

/** The freshness in full sentences, for tooltips, hovers and screen readers. */
export function freshnessSentence(times: Times, freshness: Freshness): string {
  const at = (time: number): string => timeOfDay(times.wallTime(time));
  switch (freshness.state) {
    case 'notFetched':
      return vscode.l10n.t('Not fetched yet.');
    case 'fetching':
      return vscode.l10n.t('Being fetched for the first time.');
    case 'fresh':
      return vscode.l10n.t(
        'Fresh: read at {0} {1}, fresh until {2}.',
        at(freshness.readAt),
        readKindPhrase(freshness.read),
        at(freshness.until),
      );
    case 'readOnUse':
      return freshness.by === 'get'
        ? vscode.l10n.t(
            'Get strategy: read at {0} {1}. Each use reads it again.',
            at(freshness.readAt),
            readKindPhrase(freshness.read),
          )
        : vscode.l10n.t(
            'Read on use: read at {0} {1}. The TTL is 0, so each use reads it again.',
            at(freshness.readAt),
            readKindPhrase(freshness.read),
          );
    case 'live':
      return vscode.l10n.t(
        'Watch strategy: live, last list or event at {0}, last sign of life at {1}, watched since {2}.',
        at(freshness.readAt),
        at(freshness.heardAt),
        at(freshness.since),
      );
    case 'immutable':
      return vscode.l10n.t(
        'Watch strategy: the watch was stopped at {0}, since the object is immutable. The copy of {1} is served for good.',
        at(freshness.since),
        at(freshness.readAt),
      );
    case 'idle':
      return freshness.since === undefined
        ? vscode.l10n.t('Watch strategy: being listed again. The copy of {0} is shown meanwhile.', at(freshness.readAt))
        : vscode.l10n.t(
            'Watch strategy: the watch is idle since {0}, as nothing read the object for long. The next read lists it again; the copy is of {1}.',
            at(freshness.since),
            at(freshness.readAt),
          );
    case 'stale':
      return vscode.l10n.t(
        'Stale since {1}: read at {0} {2}; the next use reads it again.',
        at(freshness.readAt),
        at(freshness.since),
        readKindPhrase(freshness.read),
      );
    case 'kept':
      if (freshness.because !== 'older' && isAboutTheServer(freshness.because)) {
        return vscode.l10n.t(
          'The copy of {0} is from before: {1} since {2}. {3}',
          at(freshness.readAt),
          failureLabel(freshness.because),
          at(freshness.since),
          failureSentence(freshness.because),
        );
      }
      return vscode.l10n.t(
        'The copy of {0} is kept since the refresh at {1} failed: {2}',
        at(freshness.readAt),
        at(freshness.since),
        keptSentence(freshness.because),
      );
    case 'notFound':
      return freshness.since === undefined
        ? vscode.l10n.t('Not found at {0}: {1}', at(freshness.readAt), failureSentence(freshness.failure))
        : vscode.l10n.t(
            'Not found at {0}. Asked again at {1}, in vain: {2}',
            at(freshness.readAt),
            at(freshness.since.at),
            failureSentence(freshness.since.because),
          );
    case 'forbidden':
      return vscode.l10n.t('Forbidden at {0}: {1}', at(freshness.since), failureSentence(freshness.failure));
    case 'failed':
      return vscode.l10n.t('Failed at {0}: {1}', at(freshness.since), failureSentence(freshness.failure));
  }
}

function readKindPhrase(read: ReadKind): string {
  return read === 'quorum' ? vscode.l10n.t('as the newest version') : vscode.l10n.t('from the API server’s cache');
}

function keptLabel(because: KeptBecause): string {
  return because === 'older' ? vscode.l10n.t('older answer') : failureLabel(because);
}

function keptSentence(because: KeptBecause): string {
  return because === 'older' ? vscode.l10n.t('the answer was an older version.') : failureSentence(because);
}
