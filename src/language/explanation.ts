import * as vscode from 'vscode';
import type { Facts } from '../connection/facts';
import { assessReference, namedKeys, type Assessment, type MissingKey } from '../connection/assess';
import type { Freshness } from '../connection/freshness';
import type { SessionState } from '../session/sessionState';
import type { ReferenceAt } from '../manifest/referenceAt';
import type { ObjectCopy } from '../objects/objectCopy';
import type { ObjectKey } from '../objects/objectKey';
import { demandOf, type Demand } from '../references/demand';
import type { Reference } from '../references/references';
import { commands } from '../ids';
import { failureSentence } from '../wording/failureWording';
import { freshnessSentence } from '../wording/freshnessWording';
import { plain } from '../wording/markdown';
import { kindOfObject } from '../wording/referenceWording';
import { agePhrase } from '../wording/strategyWording';
import { byteSize, duration } from '../wording/times';
import { usersSentence } from '../wording/usersWording';

/** How many keys are listed before the rest is counted. */
const listedKeys = 12;

/**
 * What is known of the object that a reference names, as a hover says it. Text from the cluster is escaped, and only
 * our own read-only commands are links. It holds no values.
 * @param ownHolds Holds that the hover itself has on the object.
 */
export function explain(facts: Facts, key: ObjectKey, at: ReferenceAt, ownHolds: number): vscode.MarkdownString {
  const { reference } = at.reference;
  const assessment = assessReference(facts.objects, key.namespace, reference);
  const { copy, freshness } = assessment;
  const text = new vscode.MarkdownString(undefined, true);
  text.isTrusted = { enabledCommands: [commands.revealObject] };
  const place = vscode.l10n.t('namespace {0}, context {1}', key.namespace, facts.context.name);
  text.appendMarkdown(`**${plain(`${key.kind} ${key.name}`)}** ${plain(`· ${place}`)}`);
  const { sentence, icon } = existenceSaid(assessment, reference);
  text.appendMarkdown(`\n\n$(${icon}) ${plain(sentence)}`);
  if (copy !== undefined) {
    const chosen = at.on === 'key' && at.key !== undefined ? [at.key] : namedKeys(reference);
    text.appendMarkdown(`\n\n${keyList(copy, chosen, reference)}`);
  }
  const { ms } = facts.nodes.ttl;
  const hasTtl = facts.objects.strategy === 'cache' && ms > 0 && copy !== undefined;
  const sentences = [
    freshnessSentence(facts.times, freshness),
    agePhrase(facts.times, freshness),
    hasTtl ? vscode.l10n.t('TTL {0}.', duration(ms)) : '',
  ];
  text.appendMarkdown(`\n\n${plain(sentences.filter((sentence) => sentence !== '').join(' '))}`);
  text.appendMarkdown(`\n\n${plain(usersSentence(facts, key, ownHolds))}`);
  const argument = encodeURIComponent(JSON.stringify([key]));
  const link = `[${plain(vscode.l10n.t('Show in Kubefresh'))}](command:${commands.revealObject}?${argument})`;
  text.appendMarkdown(`\n\n${copy === undefined ? '' : `${plain(versionPhrase(copy))} · `}${link}`);
  return text;
}

/** What can be said without a connection: how to get one. */
export function explainUnconnected(
  state: SessionState,
  { reference: { reference } }: ReferenceAt,
): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.isTrusted = { enabledCommands: [commands.connect] };
  text.appendMarkdown(`**${plain(`${reference.kind}: ${reference.name}`)}**\n\n`);
  if (state.state === 'untrusted') {
    text.appendMarkdown(plain(vscode.l10n.t('Kubefresh does not connect in a workspace that is not trusted.')));
    return text;
  }
  const reason =
    state.state === 'failed' || state.state === 'brokenKubeconfig' ? ` ${failureSentence(state.failure)}` : '';
  text.appendMarkdown(plain(`${vscode.l10n.t('Kubefresh is not connected to a cluster.')}${reason}`));
  text.appendMarkdown(` [${plain(vscode.l10n.t('Connect'))}](command:${commands.connect})`);
  return text;
}

type Icon = 'pass' | 'error' | 'warning' | 'info' | 'question';

/** Whether the object and the key are there, and whether that matters. */
function existenceSaid(
  assessment: Assessment,
  reference: Reference,
): { readonly sentence: string; readonly icon: Icon } {
  const { existence, freshness, missingKeys } = assessment;
  const demand = demandOf(reference);
  if (existence === 'unknown') return { icon: 'question', sentence: unknownSentence(freshness) };
  if (existence === 'missing') return { icon: iconOf(demand), sentence: missingSentence(demand) };
  if (missingKeys.length > 0) {
    const sentence = lackingSentence(listedNames(missingKeys), freshness.state === 'kept');
    return { icon: iconOf(demand), sentence: `${sentence} ${lackingMeans(demand)}` };
  }
  return freshness.state === 'kept'
    ? { icon: 'question', sentence: vscode.l10n.t('It existed when it was last read.') }
    : { icon: 'pass', sentence: vscode.l10n.t('It exists.') };
}

/** Of what is missing. */
function iconOf(demand: Demand): Icon {
  switch (demand) {
    case 'required':
      return 'error';
    case 'pull':
      return 'warning';
    case 'optional':
    case 'unmounted':
      return 'info';
  }
}

function unknownSentence({ state }: Freshness): string {
  switch (state) {
    case 'notFetched':
      return vscode.l10n.t('It has not been read, so nothing is known about it.');
    case 'fetching':
      return vscode.l10n.t('It is being read, so nothing is known about it yet.');
    default:
      return vscode.l10n.t('It could not be read, so whether it exists is not known.');
  }
}

function missingSentence(demand: Demand): string {
  switch (demand) {
    case 'required':
      return vscode.l10n.t('It does not exist, and is required: a container that needs it does not start.');
    case 'pull':
      return vscode.l10n.t('It does not exist. The kubelet goes on without it, and cannot pull private images.');
    case 'optional':
      return vscode.l10n.t('It does not exist. The reference is optional: the pod starts without it.');
    case 'unmounted':
      return vscode.l10n.t('It does not exist. No container mounts the volume, so nothing waits for it.');
  }
}

function lackingSentence(names: string, isOld: boolean): string {
  return isOld
    ? vscode.l10n.t('When it was last read it existed, but had no key {0}.', names)
    : vscode.l10n.t('It exists, but has no key {0}.', names);
}

function lackingMeans(demand: Demand): string {
  switch (demand) {
    case 'required':
    case 'pull':
      return vscode.l10n.t('That is required: the container does not start without it.');
    case 'optional':
      return vscode.l10n.t('The reference is optional: the pod starts without it.');
    case 'unmounted':
      return vscode.l10n.t('No container mounts the volume, so nothing waits for it.');
  }
}

function listedNames(keys: readonly MissingKey[]): string {
  const listed = keys
    .slice(0, listedKeys)
    .map(({ name }) => name)
    .join(', ');
  return keys.length > listedKeys ? vscode.l10n.t('{0} and {1} more', listed, keys.length - listedKeys) : listed;
}

/** The keys with their sizes, those that the reference names first and marked. */
function keyList(copy: ObjectCopy, chosen: readonly string[], reference: Reference): string {
  const all = [...copy.data.keys()];
  if (all.length === 0) return plain(vscode.l10n.t('It has no keys.'));
  const chosenNames = new Set(chosen);
  const isChosen = (name: string): boolean => chosenNames.has(name);
  const sorted = [...all.filter(isChosen).sort(), ...all.filter((name) => !isChosen(name)).sort()];
  const listed = sorted.slice(0, listedKeys).map((name) => {
    const size = plain(byteSize(copy.data.get(name)?.size ?? 0));
    return isChosen(name) || reference.keys.choose === 'all'
      ? `$(key)\u00a0**${plain(name)}** ${size}`
      : `${plain(name)} ${size}`;
  });
  if (sorted.length > listedKeys) listed.push(plain(vscode.l10n.t('and {0} more', sorted.length - listedKeys)));
  return `${plain(vscode.l10n.t('Keys:'))} ${listed.join(', ')}`;
}

function versionPhrase(copy: ObjectCopy): string {
  const version = vscode.l10n.t('{0}, resource version {1}', kindOfObject(copy), copy.metadata.resourceVersion ?? '');
  return copy.immutable ? `${version}, ${vscode.l10n.t('immutable')}` : version;
}
