import * as vscode from 'vscode';
import type { Failure } from '../objects/failure';

/** What went wrong, in the words of whoever said it, and what to do next. */
export function failureSentence(failure: Failure, about: 'object' | 'pod' = 'object'): string {
  const said = failure.message.trim();
  const sentence = /[.!?…]$/.test(said) ? said : `${said}.`;
  const next = about === 'pod' ? [stepForPod(failure)] : [step(failure), retry(failure)];
  return [sentence, ...next.filter((part) => part !== '')].join(' ');
}

/** Why pods cannot be listed or watched. What to ask for is not what it is for a Secret. */
export function podsFailureSentence(failure: Failure): string {
  return failure.kind === 'forbidden'
    ? vscode.l10n.t('{0}. Ask for the verbs “list” and “watch” on pods.', failure.message)
    : failureSentence(failure);
}

/** The failure in one or two words, for a row. */
export function failureLabel(failure: Failure): string {
  switch (failure.kind) {
    case 'notFound':
      return vscode.l10n.t('not found');
    case 'forbidden':
      return vscode.l10n.t('forbidden');
    case 'unauthorized':
      return vscode.l10n.t('not authenticated');
    case 'throttled':
      return vscode.l10n.t('server is busy');
    case 'server':
      return vscode.l10n.t('server error');
    case 'timeout':
      return vscode.l10n.t('no answer');
    case 'unreachable':
      return vscode.l10n.t('unreachable');
    case 'tls':
      return vscode.l10n.t('not trusted');
    case 'credentials':
      return vscode.l10n.t('no credentials');
    case 'configuration':
      return vscode.l10n.t('kubeconfig is incomplete');
    case 'invalid':
      return vscode.l10n.t('unreadable answer');
    case 'gone':
      return vscode.l10n.t('version is gone');
    case 'rejected':
      return vscode.l10n.t('refused');
    case 'cancelled':
      return vscode.l10n.t('cancelled');
    case 'notRegistered':
      return vscode.l10n.t('not referenced');
    case 'notSynced':
      return vscode.l10n.t('not listed yet');
  }
}

/** A pod that is registered by name is read once for it, so nothing tries that again. */
function stepForPod(failure: Failure): string {
  switch (failure.kind) {
    case 'notFound':
      return vscode.l10n.t('Check the name and the namespace.');
    case 'forbidden':
      return vscode.l10n.t('Ask for the verb “get” on this pod.');
    default:
      return step(failure);
  }
}

/** What to do, where the reason does not say it. */
function step(failure: Failure): string {
  switch (failure.kind) {
    case 'notFound':
      return vscode.l10n.t('Check the name and the namespace, or create the object.');
    case 'forbidden':
      return /cannot (list|watch) resource/.test(failure.message)
        ? vscode.l10n.t(
            'Ask for the verbs “list” and “watch” on this name, or use the Cache strategy, which needs “get” alone.',
          )
        : vscode.l10n.t('Ask for the verb “get” on this name; Kubefresh needs no more.');
    case 'unauthorized':
      return vscode.l10n.t('Log in again.');
    case 'invalid':
      return vscode.l10n.t(
        'Something between here and the API server may have answered in its place: check the proxy and the server address in the kubeconfig.',
      );
    case 'configuration':
      return vscode.l10n.t('Kubefresh reads the kubeconfig again when it changes.');
    case 'notRegistered':
      return vscode.l10n.t('Fetch it by name to keep it.');
    default:
      return '';
  }
}

/** What happens by itself. */
function retry(failure: Failure): string {
  switch (failure.kind) {
    case 'throttled':
      return vscode.l10n.t('Kubefresh waits and tries again.');
    case 'notSynced':
      return vscode.l10n.t('It is listed again by itself.');
    case 'credentials':
      return vscode.l10n.t('It is tried again with the next read, and when the kubeconfig changes.');
    case 'unauthorized':
    case 'server':
    case 'timeout':
    case 'unreachable':
    case 'tls':
    case 'invalid':
    case 'gone':
      return vscode.l10n.t('It is tried again with the next read.');
    case 'rejected':
      // What the server did not refuse was refused here, and will be again.
      return failure.status === undefined ? '' : vscode.l10n.t('It is tried again with the next read.');
    default:
      return '';
  }
}
