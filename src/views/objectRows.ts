import * as vscode from 'vscode';
import type { Facts } from '../connection/facts';
import { assessObject, type MissingKey } from '../connection/assess';
import { commands } from '../ids';
import type { ObjectKind } from '../objects/kubernetes';
import type { ObjectKey } from '../objects/objectKey';
import { freshnessLabel, freshnessSentence } from '../wording/freshnessWording';
import { plain } from '../wording/markdown';
import { demandLabels, iconOfKind, kindOfObject, routeLabel } from '../wording/referenceWording';
import { namespaceLabels } from '../wording/scopeWording';
import { agePhrase } from '../wording/strategyWording';
import { byteSize } from '../wording/times';
import { usersPhrase, usersSentence } from '../wording/usersWording';
import { goneItem } from './connectionTree';
import { offerNode } from './objectTree';
import { uriOf } from './uris';

export function kindItem(kind: ObjectKind, count: number): vscode.TreeItem {
  const label = kind === 'Secret' ? vscode.l10n.t('Secrets') : vscode.l10n.t('ConfigMaps');
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded);
  item.description = String(count);
  item.contextValue = 'kind';
  return item;
}

export function injectedItem(count: number): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Added by the cluster'), vscode.TreeItemCollapsibleState.Collapsed);
  item.description = String(count);
  item.tooltip = vscode.l10n.t('Referred to only by the volume that the cluster adds to pods. Read when looked at.');
  item.contextValue = 'injected';
  return item;
}

/** What to do where objects may be read and not watched. */
export function offerItem(): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Use the Cache strategy'));
  item.description = vscode.l10n.t('watching is forbidden; it needs “get” alone');
  item.iconPath = new vscode.ThemeIcon('lightbulb');
  item.contextValue = 'offer';
  item.tooltip = vscode.l10n.t(
    'Watching needs the verbs “list” and “watch” on each name. The Cache strategy reads with “get” and needs no other.',
  );
  item.accessibilityInformation = { label: item.tooltip };
  item.command = { command: commands.changeStrategy, title: item.tooltip, arguments: [offerNode] };
  return item;
}

export function objectItem(facts: Facts, key: ObjectKey): vscode.TreeItem {
  const item = new vscode.TreeItem(key.name, vscode.TreeItemCollapsibleState.Collapsed);
  const { copy, demand, freshness, missingKeys } = assessObject(facts, key);
  const size = copy?.data.size;
  const keyCount = size === 1 ? vscode.l10n.t('1 key') : vscode.l10n.t('{0} keys', size ?? 0);
  const immutable = copy?.immutable === true;
  const lacking = missingKeys.filter(({ required }) => required);
  item.description = [
    ...lacking.map(({ name }) => vscode.l10n.t('no key {0}', name)),
    ...namespaceLabels(facts, key.namespace),
    freshnessLabel(facts.times, freshness),
    ...(freshness.state === 'notFound' ? demandLabels(demand) : []),
    ...(size === undefined ? [] : [keyCount]),
    ...(immutable ? [vscode.l10n.t('immutable')] : []),
    usersPhrase(facts, key),
  ]
    .filter((part) => part !== '')
    .join(' · ');
  item.iconPath = new vscode.ThemeIcon(iconOfKind(key.kind));
  item.resourceUri = uriOf({ row: 'object', key });
  item.contextValue = facts.holds.isPinned(key) ? `object ${key.kind} pinned` : `object ${key.kind}`;
  item.accessibilityInformation = {
    label: [
      `${key.kind} ${key.name}.`,
      ...lackingSentences(lacking),
      freshnessSentence(facts.times, freshness),
      ...(size === undefined ? [] : [`${keyCount}.`]),
      ...(immutable ? [vscode.l10n.t('Immutable: it never changes.')] : []),
      usersSentence(facts, key),
    ].join(' '),
  };
  return item;
}

export function objectTooltip(facts: Facts, key: ObjectKey): string {
  const { copy, freshness, missingKeys } = assessObject(facts, key);
  const lacking = missingKeys.filter(({ required }) => required);
  const about = [
    vscode.l10n.t('{0} {1} in namespace {2}', key.kind, key.name, key.namespace),
    ...(copy === undefined
      ? []
      : [vscode.l10n.t('{0}, version {1}', kindOfObject(copy), copy.metadata.resourceVersion ?? '')]),
    ...(copy?.immutable === true ? [vscode.l10n.t('Immutable: it never changes.')] : []),
  ];
  const state = [
    ...lackingSentences(lacking),
    freshnessSentence(facts.times, freshness),
    agePhrase(facts.times, freshness),
  ];
  return [
    about.map(plain).join('  \n'),
    plain(state.filter((part) => part !== '').join(' ')),
    plain(usersSentence(facts, key)),
  ].join('\n\n');
}

function lackingSentences(lacking: readonly MissingKey[]): string[] {
  return lacking.map(({ name }) => vscode.l10n.t('It has no key {0}.', name));
}

export function dataKeyItem(facts: Facts, key: ObjectKey, dataKey: string): vscode.TreeItem {
  const { copy, missingKeys } = assessObject(facts, key);
  const value = copy?.data.get(dataKey);
  const missing = missingKeys.find(({ name }) => name === dataKey);
  const item = new vscode.TreeItem(dataKey);
  item.description = value === undefined ? missingPhrase(missing) : byteSize(value.size);
  item.iconPath = new vscode.ThemeIcon('key');
  item.resourceUri = uriOf({ row: 'key', key, dataKey });
  item.contextValue = value === undefined ? `dataKey ${key.kind} missing` : `dataKey ${key.kind}`;
  item.tooltip = vscode.l10n.t('Key {0} of {1} {2}, {3}', dataKey, key.kind, key.name, item.description);
  item.accessibilityInformation = { label: item.tooltip };
  return item;
}

function missingPhrase(missing: MissingKey | undefined): string {
  return missing?.required === true
    ? vscode.l10n.t('missing, but a pod refers to it')
    : vscode.l10n.t('missing, optional');
}

export function useItem(facts: Facts, key: ObjectKey, podId: string): vscode.TreeItem {
  const use = facts.pods.useBy(podId, key);
  if (use === undefined) return goneItem();
  const { name } = use.pod.pod.metadata;
  const routes = use.references.map(routeLabel).join('; ');
  const item = new vscode.TreeItem(name);
  item.description = routes;
  item.iconPath = new vscode.ThemeIcon('server-process');
  item.contextValue = 'use';
  item.tooltip = vscode.l10n.t('Pod {0} uses it by {1}', name, routes);
  item.accessibilityInformation = { label: item.tooltip };
  return item;
}
