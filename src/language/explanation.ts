import * as vscode from 'vscode';
import type { Facts } from '../connection/facts';
import { assessReference, namedKeys, type Assessment } from '../connection/assess';
import type { SessionState } from '../session/sessionState';
import type { ReferenceAt } from '../manifest/referenceAt';
import type { ObjectCopy } from '../objects/objectCopy';
import type { ObjectKey } from '../objects/objectKey';
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

/** Whether the object and the key are there, and whether that matters. */
function existenceSaid(
  { existence, freshness, missingKeys }: Assessment,
  reference: Reference,
): { readonly sentence: string; readonly icon: 'pass' | 'error' | 'info' | 'question' } {
  const icon = reference.optional ? 'info' : 'error';
  if (existence === 'missing') {
    if (reference.optional) {
      return {
        icon,
        sentence: vscode.l10n.t('It does not exist. The reference is optional: the pod starts without it.'),
      };
    }
    return reference.route === 'imagePull'
      ? {
          icon,
          sentence: vscode.l10n.t('It does not exist. The kubelet goes on without it, and cannot pull private images.'),
        }
      : {
          icon,
          sentence: vscode.l10n.t('It does not exist, and is required: a container that needs it does not start.'),
        };
  }
  if (existence === 'unknown') {
    const sentence =
      freshness.state === 'notFetched'
        ? vscode.l10n.t('It has not been read, so nothing is known about it.')
        : vscode.l10n.t('It could not be read, so whether it exists is not known.');
    return { icon: 'question', sentence };
  }
  if (missingKeys.length === 0) {
    return freshness.state === 'kept'
      ? { icon: 'question', sentence: vscode.l10n.t('It existed when it was last read.') }
      : { icon: 'pass', sentence: vscode.l10n.t('It exists.') };
  }
  const listed = missingKeys
    .slice(0, listedKeys)
    .map(({ name }) => name)
    .join(', ');
  const names =
    missingKeys.length > listedKeys
      ? vscode.l10n.t('{0} and {1} more', listed, missingKeys.length - listedKeys)
      : listed;
  return {
    icon,
    sentence: reference.optional
      ? vscode.l10n.t('It exists, but has no key {0}. The reference is optional: the pod starts without it.', names)
      : vscode.l10n.t('It exists, but has no key {0}, which is required: the container does not start.', names),
  };
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
