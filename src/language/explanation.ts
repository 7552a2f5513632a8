import * as vscode from 'vscode';
import type { Connection } from '../connection/connection';
import type { SessionState } from '../connection/session';
import type { Inspection } from '../manager/reading';
import type { ReferenceAt } from '../manifest/manifest';
import type { ObjectCopy } from '../objects/copies';
import type { ObjectKey } from '../objects/objectKey';
import type { Reference } from '../references/references';
import { commands } from '../ids';
import { freshnessSentence } from '../wording/freshnessWording';
import { kindOfObject } from '../wording/referenceWording';
import { byteSize, duration } from '../wording/times';
import { usersSentence } from '../wording/usersWording';

/** How many keys are listed before the rest is counted. */
const listedKeys = 12;

/** The object that a reference in a manifest means: in the namespace of the manifest, else of the context. */
export function keyOf(connection: Connection, { template, reference }: ReferenceAt): ObjectKey {
  return {
    kind: reference.reference.kind,
    namespace: template.namespace ?? connection.context.namespace,
    name: reference.reference.name,
  };
}

/**
 * What is known of the object that a reference names, as a hover says it. Text from the cluster is escaped, and only
 * our own read-only commands are links. It holds no values.
 */
export function explain(connection: Connection, key: ObjectKey, at: ReferenceAt): vscode.MarkdownString {
  const { reference } = at.reference;
  const inspection = connection.inspect(key);
  const text = new vscode.MarkdownString(undefined, true);
  text.isTrusted = { enabledCommands: [commands.revealObject] };
  text.appendMarkdown(`**${escape(title(key, inspection))}**`);
  text
    .appendMarkdown('  \n')
    .appendText(vscode.l10n.t('namespace {0}, context {1}', key.namespace, connection.context.name));
  text.appendMarkdown('\n\n').appendText(existence(connection, key, reference, inspection));
  if (inspection?.content.state === 'object') {
    const copy = inspection.content.object;
    const chosen = at.on === 'key' && at.key !== undefined ? [at.key] : namedKeys(reference);
    text.appendMarkdown(`\n\n${keyLines(copy, chosen, reference)}`);
    text.appendMarkdown('\n\n').appendText(versionLine(copy));
  }
  text.appendMarkdown('\n\n').appendText(freshnessSentence(connection, connection.freshness(key)));
  text.appendMarkdown('  \n').appendText(vscode.l10n.t('TTL {0}.', duration(connection.ttl.ms)));
  text.appendMarkdown('\n\n').appendText(usersSentence(connection, key));
  const argument = encodeURIComponent(JSON.stringify([key]));
  text.appendMarkdown(
    `\n\n[${escape(vscode.l10n.t('Show in Kubefresh'))}](command:${commands.revealObject}?${argument})`,
  );
  return text;
}

/** What can be said without a connection: how to get one. */
export function explainUnconnected(
  state: SessionState,
  { reference: { reference } }: ReferenceAt,
): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.isTrusted = { enabledCommands: [commands.connect] };
  text.appendMarkdown(`**${escape(`${reference.kind}: ${reference.name}`)}**\n\n`);
  if (state.state === 'untrusted') {
    text.appendText(vscode.l10n.t('Kubefresh does not connect in a workspace that is not trusted.'));
    return text;
  }
  text.appendText(vscode.l10n.t('Kubefresh is not connected to a cluster.'));
  text.appendMarkdown(` [${escape(vscode.l10n.t('Connect'))}](command:${commands.connect})`);
  return text;
}

function title(key: ObjectKey, inspection: Inspection<ObjectCopy> | undefined): string {
  const content = inspection?.content;
  return content?.state === 'object' ? `${kindOfObject(content.object)}: ${key.name}` : `${key.kind}: ${key.name}`;
}

/** Whether the object and the key are there, and whether that matters. */
function existence(
  connection: Connection,
  key: ObjectKey,
  reference: Reference,
  inspection: Inspection<ObjectCopy> | undefined,
): string {
  const content = inspection?.content;
  if (content?.state === 'notFound') {
    if (reference.optional)
      return vscode.l10n.t('It does not exist. The reference is optional: the pod starts without it.');
    return reference.route === 'imagePull'
      ? vscode.l10n.t('It does not exist. The kubelet passes over it, and a private image cannot be pulled.')
      : vscode.l10n.t('It does not exist, and is required: a container that needs it does not start.');
  }
  if (content?.state !== 'object') {
    return connection.freshness(key).state === 'notFetched'
      ? vscode.l10n.t('It has not been read, so nothing is known about it.')
      : vscode.l10n.t('It could not be read, so whether it exists is not known.');
  }
  const missing = namedKeys(reference).filter((name) => !content.object.data.has(name));
  if (missing.length === 0) return vscode.l10n.t('It exists.');
  const names = missing.join(', ');
  return reference.optional
    ? vscode.l10n.t('It exists, but has no key {0}. The reference is optional: the pod starts without it.', names)
    : vscode.l10n.t('It exists, but has no key {0}, which is required: the container does not start.', names);
}

function namedKeys({ keys }: Reference): string[] {
  return keys.choose === 'some' ? keys.keys.map(({ key }) => key) : [];
}

/** The keys with their sizes, those that the reference names first and marked. */
function keyLines(copy: ObjectCopy, chosen: readonly string[], reference: Reference): string {
  const all = [...copy.data.keys()];
  const isChosen = (name: string): boolean => chosen.includes(name);
  const sorted = [...all.filter(isChosen), ...all.filter((name) => !isChosen(name)).sort()];
  const lines = [
    ...chosen
      .filter((name) => !copy.data.has(name))
      .map((name) => `- $(error) ${escape(name)} — ${escape(vscode.l10n.t('no such key'))}`),
    ...sorted.slice(0, listedKeys).map((name) => {
      const size = escape(byteSize(copy.data.get(name)?.size ?? 0));
      return isChosen(name) || reference.keys.choose === 'all'
        ? `- $(arrow-right) **${escape(name)}** ${size}`
        : `- ${escape(name)} ${size}`;
    }),
  ];
  if (sorted.length > listedKeys) lines.push(`- ${escape(vscode.l10n.t('and {0} more', sorted.length - listedKeys))}`);
  if (all.length === 0) lines.push(`- ${escape(vscode.l10n.t('no keys'))}`);
  return lines.join('\n');
}

function versionLine(copy: ObjectCopy): string {
  const version = vscode.l10n.t('Resource version {0}.', copy.metadata.resourceVersion ?? '');
  return copy.immutable ? `${version} ${vscode.l10n.t('Immutable: it never changes.')}` : version;
}

/** Escapes a text for the inside of a Markdown line. */
function escape(text: string): string {
  return new vscode.MarkdownString().appendText(text).value;
}
