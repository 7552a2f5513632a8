import * as vscode from 'vscode';
import type { Facts, Times } from '../connection/facts';
import type { ManifestUse, OpenManifest } from '../connection/openManifest';
import { podStatus } from '../connection/owners';
import type { RegisteredPod } from '../connection/podRegistry';
import { assessReference, namedKeys, type Assessment } from '../connection/assess';
import { isProblem, problemsOfPod } from '../connection/problems';
import type { ObjectKey } from '../objects/objectKey';
import type { Reference } from '../references/references';
import { freshnessLabel, freshnessSentence } from '../wording/freshnessWording';
import { plain } from '../wording/markdown';
import { iconOfKind, routeLabel, routeSentence } from '../wording/referenceWording';
import { namespaceLabels } from '../wording/scopeWording';
import type { Grouping, PodGroup } from './podTree';
import { uriOf } from './uris';

/** With more pods than this, groups are closed until somebody opens them. */
const fewPods = 100;

const groupIcons: Readonly<Record<Grouping, string>> = { owner: 'layers', node: 'vm', namespace: 'symbol-namespace' };

export function manifestsItem(count: number): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Open manifests'), vscode.TreeItemCollapsibleState.Collapsed);
  item.description = String(count);
  item.iconPath = new vscode.ThemeIcon('files');
  item.contextValue = 'manifests';
  item.tooltip = vscode.l10n.t(
    'Manifests in tabs. They are no pods: what they refer to is kept readable, and not counted.',
  );
  item.accessibilityInformation = { label: `${vscode.l10n.t('Open manifests')}, ${count}. ${item.tooltip}` };
  return item;
}

export function manifestItem(facts: Facts, { name, uses }: OpenManifest): vscode.TreeItem {
  const assessments = uses.map(({ key, reference }) => assessReference(facts.objects, key.namespace, reference));
  const problems = assessments.filter(isProblem).length;
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Collapsed);
  const count = uses.length === 1 ? vscode.l10n.t('1 reference') : vscode.l10n.t('{0} references', uses.length);
  item.description = [...(problems === 0 ? [] : [problemCount(problems)]), count].join(' · ');
  item.iconPath = new vscode.ThemeIcon('file-code');
  item.contextValue = 'manifest';
  item.tooltip = vscode.l10n.t('Manifest {0}, {1}', name, item.description);
  item.accessibilityInformation = { label: item.tooltip };
  return item;
}

export function manifestUseItem(facts: Facts, manifestId: string, use: ManifestUse): vscode.TreeItem {
  const item = referenceItem(facts, use.key, use.reference);
  item.description = [...namespaceLabels(facts, use.key.namespace), String(item.description)].join(' · ');
  const start = new vscode.Position(use.line, use.character);
  item.command = {
    command: 'vscode.open',
    title: vscode.l10n.t('Show in the manifest'),
    arguments: [vscode.Uri.parse(manifestId), { selection: new vscode.Range(start, start) }],
  };
  return item;
}

export function pinsItem(count: number): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Pinned'), vscode.TreeItemCollapsibleState.Collapsed);
  item.description = String(count);
  item.iconPath = new vscode.ThemeIcon('pinned');
  item.contextValue = 'pins';
  item.tooltip = vscode.l10n.t('Objects that you fetched by name. They are kept until they are unpinned.');
  item.accessibilityInformation = { label: `${vscode.l10n.t('Pinned')}, ${count}. ${item.tooltip}` };
  return item;
}

export function pinItem(facts: Facts, key: ObjectKey): vscode.TreeItem {
  const item = new vscode.TreeItem(key.name);
  const freshness = facts.objects.freshness(key);
  item.description = [...namespaceLabels(facts, key.namespace), freshnessLabel(facts.times, freshness)].join(' · ');
  item.iconPath = new vscode.ThemeIcon(iconOfKind(key.kind));
  item.resourceUri = uriOf({ row: 'object', key });
  item.contextValue = `object ${key.kind} pinned`;
  item.accessibilityInformation = { label: `${placeOf(key)}. ${freshnessSentence(facts.times, freshness)}` };
  return item;
}

/** @param troubled How many of the pods have problems. */
export function groupItem(
  facts: Facts,
  group: PodGroup,
  { pods, troubled }: { readonly pods: number; readonly troubled: number },
): vscode.TreeItem {
  const state =
    facts.pods.count > fewPods ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.Expanded;
  const item = new vscode.TreeItem(groupLabel(group), state);
  const count = pods === 1 ? vscode.l10n.t('1 pod') : vscode.l10n.t('{0} pods', pods);
  const trouble = troubled === 0 ? [] : [vscode.l10n.t('{0} with problems', troubled)];
  const owner = group.by === 'owner' ? [group.owner.kind, ...namespaceLabels(facts, group.owner.namespace)] : [];
  item.description = [...trouble, ...owner, count].join(' · ');
  item.iconPath = new vscode.ThemeIcon(groupIcons[group.by]);
  item.contextValue = `group ${group.by}`;
  item.tooltip = [groupSentence(group), count, ...trouble].join(', ');
  item.accessibilityInformation = { label: item.tooltip };
  return item;
}

function groupLabel(group: PodGroup): string {
  switch (group.by) {
    case 'owner':
      return group.owner.name;
    case 'node':
      return group.node ?? vscode.l10n.t('not scheduled');
    case 'namespace':
      return group.namespace;
  }
}

function groupSentence(group: PodGroup): string {
  switch (group.by) {
    case 'owner':
      return vscode.l10n.t('{0} {1} in namespace {2}', group.owner.kind, group.owner.name, group.owner.namespace);
    case 'node':
      return group.node === undefined
        ? vscode.l10n.t('Pods that no node runs yet')
        : vscode.l10n.t('Node {0}', group.node);
    case 'namespace':
      return vscode.l10n.t('Namespace {0}', group.namespace);
  }
}

/** @param group What the pod stands below; owners and namespaces say its namespace already. */
export function podItem(
  facts: Facts,
  { id, pod, byName }: RegisteredPod,
  group: PodGroup | undefined,
): vscode.TreeItem {
  const { name, namespace = '' } = pod.metadata;
  const status = podStatus(pod);
  const problems = facts.problems.ofPod(id);
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Collapsed);
  item.description = [
    ...(problems === undefined ? [] : [problemCount(problems.count)]),
    ...(group === undefined || group.by === 'node' ? namespaceLabels(facts, namespace) : []),
    status,
    ...(byName ? [vscode.l10n.t('registered by name')] : []),
  ].join(' · ');
  item.iconPath =
    problems?.blocking === true
      ? new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'))
      : new vscode.ThemeIcon('server-process');
  item.contextValue = byName ? 'pod byName' : 'pod';
  item.accessibilityInformation = {
    label: vscode.l10n.t(
      'Pod {0}, {1}, {2}',
      name,
      status,
      problems === undefined ? vscode.l10n.t('no problem with its references') : problemCount(problems.count),
    ),
  };
  return item;
}

export function podTooltip(facts: Facts, registered: RegisteredPod): string {
  const { metadata, spec } = registered.pod;
  const place = vscode.l10n.t('Pod {0} in namespace {1}', metadata.name, metadata.namespace ?? '');
  const node = spec?.nodeName === undefined ? '' : `  \n${plain(vscode.l10n.t('on node {0}', spec.nodeName))}`;
  const problems = problemsOfPod(facts.objects, registered).map((problem) => {
    const { kind, name } = problem.key;
    return `\n\n${plain(`${kind} ${name}: ${stateSentence(facts.times, problem)}`)}`;
  });
  return `${plain(place)}${node}${problems.join('')}`;
}

/** One reference to an object, by a pod or a manifest. */
export function referenceItem(facts: Facts, key: ObjectKey, reference: Reference): vscode.TreeItem {
  const state = assessReference(facts.objects, key.namespace, reference);
  const item = new vscode.TreeItem(reference.name);
  item.description = [
    ...state.missingKeys.map(({ name }) => vscode.l10n.t('no key {0}', name)),
    routeLabel(reference),
    ...(reference.optional ? [vscode.l10n.t('optional')] : []),
    freshnessLabel(facts.times, state.freshness),
  ].join(' · ');
  item.iconPath = new vscode.ThemeIcon(iconOfKind(reference.kind));
  item.resourceUri = uriOf({ row: 'use', key, keys: namedKeys(reference), optional: reference.optional });
  item.contextValue = `reference ${reference.kind}`;
  item.accessibilityInformation = {
    label: `${reference.kind} ${reference.name}, ${routeSentence(reference)}. ${stateSentence(facts.times, state)}`,
  };
  return item;
}

export function referenceTooltip(facts: Facts, key: ObjectKey, reference: Reference): string {
  const state = assessReference(facts.objects, key.namespace, reference);
  const title = plain(`${reference.kind} ${reference.name}`);
  return `${title}  \n${plain(routeSentence(reference))}\n\n${plain(stateSentence(facts.times, state))}`;
}

export function pinTooltip(facts: Facts, key: ObjectKey): string {
  return `${plain(placeOf(key))}\n\n${plain(freshnessSentence(facts.times, facts.objects.freshness(key)))}`;
}

export function injectedItem(): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Added by the cluster'), vscode.TreeItemCollapsibleState.Collapsed);
  item.iconPath = new vscode.ThemeIcon('fold-down');
  item.contextValue = 'injected';
  item.tooltip = vscode.l10n.t('Added to the pod when it was admitted, not by whoever wrote it.');
  item.accessibilityInformation = { label: item.tooltip };
  return item;
}

function placeOf({ kind, name, namespace }: ObjectKey): string {
  return vscode.l10n.t('{0} {1} in namespace {2}', kind, name, namespace);
}

function problemCount(count: number): string {
  return count === 1 ? vscode.l10n.t('1 problem') : vscode.l10n.t('{0} problems', count);
}

function stateSentence(times: Times, state: Assessment): string {
  const missing = state.missingKeys.map(({ name }) => vscode.l10n.t('It has no key {0}.', name));
  return [...missing, freshnessSentence(times, state.freshness)].join(' ');
}
