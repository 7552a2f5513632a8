import * as vscode from 'vscode';
import type { Failure } from '../objects/failure';

/** What went wrong, in the words of whoever said it, and what to do next. */
export function failureSentence(failure: Failure, about: 'object' | 'pod' = 'object'): string {
  const next = about === 'pod' ? nextStepForPod(failure) : nextStep(failure);
  const said = failure.message.trim();
  return next === '' ? said : `${said}${/[.!?…]$/.test(said) ? '' : '.'} ${next}`;
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

function nextStepForPod(failure: Failure): string {
  switch (failure.kind) {
    case 'notFound':
      return vscode.l10n.t('Check the name and the namespace.');
    case 'forbidden':
      return vscode.l10n.t('Ask for the verb “get” on this pod.');
    default:
      return nextStep(failure);
  }
}

function nextStep(failure: Failure): string {
  switch (failure.kind) {
    case 'notFound':
      return vscode.l10n.t('Check the name and the namespace, or create the object.');
    case 'forbidden':
      return vscode.l10n.t('Ask for the verb “get” on this name; Kubefresh needs no more.');
    case 'unauthorized':
      return vscode.l10n.t('Log in again, then refresh.');
    case 'throttled':
      return vscode.l10n.t('Kubefresh waits and tries again.');
    case 'server':
    case 'timeout':
      return vscode.l10n.t('It is tried again with the next pass; refresh to try at once.');
    case 'unreachable':
      return vscode.l10n.t('Check the network, the VPN or the proxy; it is tried again by itself.');
    case 'tls':
      return vscode.l10n.t('Check the certificates of this cluster and user in the kubeconfig.');
    case 'credentials':
    case 'configuration':
      return vscode.l10n.t('Kubefresh reads the kubeconfig again when it changes.');
    case 'invalid':
      return vscode.l10n.t(
        'Something between here and the API server may have answered in its place: check the proxy.',
      );
    case 'notRegistered':
      return vscode.l10n.t('Fetch it by name to keep it.');
    case 'notSynced':
      return vscode.l10n.t('It is listed again by itself.');
    case 'gone':
    case 'rejected':
    case 'cancelled':
      return '';
  }
}
