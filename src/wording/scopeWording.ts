import * as vscode from 'vscode';
import type { Facts } from '../connection/facts';
import type { Scope } from '../connection/scope';

export function scopeLabel(scope: Scope): string {
  switch (scope.in) {
    case 'all':
      return vscode.l10n.t('all namespaces');
    case 'node':
      return vscode.l10n.t('node {0}', scope.node);
    case 'namespaces':
      return scope.namespaces.join(', ');
  }
}

/** Whose pods are registered. */
export function scopeSentence(scope: Scope): string {
  switch (scope.in) {
    case 'all':
      return vscode.l10n.t('Registered now: the pods of all namespaces');
    case 'node':
      return vscode.l10n.t('Registered now: the pods of node {0}', scope.node);
    case 'namespaces':
      return vscode.l10n.t('Registered now: the pods of {0}', scope.namespaces.join(', '));
  }
}

/** The namespace as a row says it: nothing if it is the one that the whole view is about. */
export function namespaceLabels({ pods: { scope } }: Pick<Facts, 'pods'>, namespace: string): string[] {
  const isOnly = scope.in === 'namespaces' && scope.namespaces.length === 1 && scope.namespaces[0] === namespace;
  return isOnly ? [] : [namespace];
}
