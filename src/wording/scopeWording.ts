import * as vscode from 'vscode';
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
