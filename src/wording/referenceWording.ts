import * as vscode from 'vscode';
import type { ObjectCopy } from '../objects/objectCopy';
import type { ObjectKind } from '../objects/kubernetes';
import { demandOf, type Demand } from '../references/demand';
import type { Reference } from '../references/references';

/** How a pod comes by the object, such as `env DB_PASSWORD · web · key password`. */
export function routeLabel(reference: Reference): string {
  const parts = [routeName(reference), ...placeNames(reference), ...keyNames(reference)];
  return parts.join(' · ');
}

/** The same for somebody who listens. */
export function routeSentence(reference: Reference): string {
  const demand = demandPhrase(demandOf(reference));
  return `${[routeName(reference), ...placeNames(reference), ...keyNames(reference)].join(', ')}, ${demand}`;
}

/** What a row says of the demand: nothing of what is required, as most is. */
export function demandLabels(demand: Demand | 'unasked'): string[] {
  switch (demand) {
    case 'optional':
      return [vscode.l10n.t('optional')];
    case 'unmounted':
      return [vscode.l10n.t('not mounted')];
    default:
      return [];
  }
}

function demandPhrase(demand: Demand): string {
  switch (demand) {
    case 'required':
      return vscode.l10n.t('required');
    case 'pull':
      return vscode.l10n.t('required for private images');
    case 'optional':
      return vscode.l10n.t('optional');
    case 'unmounted':
      return vscode.l10n.t('not mounted by any container');
  }
}

function routeName(reference: Reference): string {
  const { origin } = reference;
  switch (reference.route) {
    case 'env':
      return vscode.l10n.t('env {0}', origin.in === 'container' ? (origin.variable ?? '') : '');
    case 'envFrom': {
      const prefix = origin.in === 'container' ? (origin.prefix ?? '') : '';
      return prefix === '' ? vscode.l10n.t('envFrom') : vscode.l10n.t('envFrom {0}*', prefix);
    }
    case 'volume':
      return vscode.l10n.t('volume {0}', volumeName(reference));
    case 'subPath':
      return vscode.l10n.t('subPath of volume {0}', volumeName(reference));
    case 'projected':
      return vscode.l10n.t('projected volume {0}', volumeName(reference));
    case 'imagePull':
      return vscode.l10n.t('image pull');
    case 'csi':
      return vscode.l10n.t('CSI volume {0}', volumeName(reference));
    case 'storage':
      return vscode.l10n.t('storage volume {0}', volumeName(reference));
  }
}

function volumeName({ origin }: Reference): string {
  return origin.in === 'volume' ? origin.volume : '';
}

function placeNames({ origin }: Reference): string[] {
  switch (origin.in) {
    case 'pod':
      return [];
    case 'container':
      switch (origin.type) {
        case 'main':
          return [origin.container];
        case 'init':
          return [vscode.l10n.t('{0} (init)', origin.container)];
        case 'ephemeral':
          return [vscode.l10n.t('{0} (ephemeral)', origin.container)];
      }
    case 'volume':
      return origin.mounts.map(({ container, path, subPath }) =>
        subPath === undefined
          ? vscode.l10n.t('{0} at {1}', container, path)
          : vscode.l10n.t('{0} at {1} (subPath {2})', container, path, subPath),
      );
  }
}

function keyNames({ keys }: Reference): string[] {
  return keys.choose === 'some' ? keys.keys.map(({ key }) => vscode.l10n.t('key {0}', key)) : [];
}

/** The product icon of a kind. */
export function iconOfKind(kind: ObjectKind): string {
  return kind === 'Secret' ? 'lock' : 'symbol-parameter';
}

export function kindOfObject(copy: ObjectCopy): string {
  return copy.kind === 'Secret' ? vscode.l10n.t('Secret of type {0}', copy.type) : 'ConfigMap';
}
