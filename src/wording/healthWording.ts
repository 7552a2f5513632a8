import * as vscode from 'vscode';
import type { Times } from '../connection/facts';
import type { Outage } from '../connection/serverHealth';
import { isNoAnswer, type Failure } from '../objects/failure';
import { failureLabel } from './failureWording';
import { timeOfDay } from './times';

/** Since when the server has not answered, in few words: `no answer since 14:02:11`. */
export function outageLabel(times: Times, { since, failure }: Outage): string {
  return vscode.l10n.t('{0} since {1}', what(failure), timeOfDay(times.wallTime(since)));
}

/** The same as a sentence, with what it means for all that is shown. */
export function outageSentence(times: Times, { since, failure }: Outage): string {
  const at = timeOfDay(times.wallTime(since));
  return isNoAnswer(failure)
    ? vscode.l10n.t('No answer since {0}, copies are from before.', at)
    : vscode.l10n.t('Since {0} the cluster cannot be asked ({1}), copies are from before.', at, failureLabel(failure));
}

function what(failure: Failure): string {
  return isNoAnswer(failure) ? vscode.l10n.t('no answer') : failureLabel(failure);
}
