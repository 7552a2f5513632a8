import * as vscode from 'vscode';
import type { OpenConnection } from '../connection/facts';
import type { Scope } from '../connection/scope';
import type { Session } from '../session/session';
import { isObjectName } from '../objects/objectKey';
import { failureLabel } from '../wording/failureWording';
import { shownText, withoutIcons } from '../wording/labels';
import { scopeSentence } from '../wording/scopeWording';

type Choice = 'context' | 'namespaces' | 'node' | 'all';

/** Asks which pods to register: those of some namespaces, of a node, or all. */
export async function changeScope(connection: OpenConnection, session: Pick<Session, 'changeScope'>): Promise<void> {
  const choice = await pickChoice(connection);
  if (choice === 'context') {
    session.changeScope(undefined);
    return;
  }
  const scope = choice === undefined ? undefined : await scopeFor(connection, choice);
  if (scope !== undefined) session.changeScope(scope);
}

async function pickChoice(connection: OpenConnection): Promise<Choice | undefined> {
  const { namespace } = connection.context;
  const items: (vscode.QuickPickItem & { readonly choice: Choice })[] = [
    {
      choice: 'context',
      label: vscode.l10n.t('Namespace of the context'),
      description: withoutIcons(namespace),
    },
    {
      choice: 'namespaces',
      label: vscode.l10n.t('Namespaces…'),
      description: vscode.l10n.t('one or several, also those you may not list'),
    },
    { choice: 'node', label: vscode.l10n.t('Node…'), description: vscode.l10n.t('what one kubelet has to keep') },
    { choice: 'all', label: vscode.l10n.t('All namespaces'), description: vscode.l10n.t('needs “list” on all pods') },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Change Scope'),
    placeHolder: shownText(scopeSentence(connection.pods.scope)),
  });
  return picked?.choice;
}

async function scopeFor(connection: OpenConnection, choice: Exclude<Choice, 'context'>): Promise<Scope | undefined> {
  switch (choice) {
    case 'all':
      return { in: 'all' };
    case 'namespaces': {
      const namespaces = await pickNamespaces(connection);
      return namespaces === undefined || namespaces.length === 0 ? undefined : { in: 'namespaces', namespaces };
    }
    case 'node': {
      const node = await pickNode(connection);
      return node === undefined ? undefined : { in: 'node', node };
    }
  }
}

async function pickNamespaces(connection: OpenConnection): Promise<readonly string[] | undefined> {
  const { scope } = connection.pods;
  const inScope = scope.in === 'namespaces' ? scope.namespaces : [connection.context.namespace];
  const answer = await connection.scopeChoices.listNamespaces();
  if (!answer.ok) {
    const typed = await vscode.window.showInputBox({
      title: vscode.l10n.t('Namespaces'),
      prompt: vscode.l10n.t(
        'They cannot be listed ({0}): type them, with commas between.',
        failureLabel(answer.failure),
      ),
      value: inScope.join(', '),
      validateInput: (text) =>
        namesIn(text).every(isObjectName) ? undefined : vscode.l10n.t('A namespace is made of a–z, 0–9 and “-”.'),
    });
    return typed === undefined ? undefined : namesIn(typed);
  }
  const picked = await vscode.window.showQuickPick(
    answer.value.map((name) => ({ name, label: withoutIcons(name), picked: inScope.includes(name) })),
    { title: vscode.l10n.t('Namespaces'), canPickMany: true },
  );
  return picked?.map(({ name }) => name);
}

async function pickNode(connection: OpenConnection): Promise<string | undefined> {
  const answer = await connection.scopeChoices.listNodes();
  const title = vscode.l10n.t('Node');
  if (answer.ok) {
    const items = answer.value.map((name) => ({ name, label: withoutIcons(name) }));
    return (await vscode.window.showQuickPick(items, { title }))?.name;
  }
  return vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('Nodes cannot be listed ({0}): type the name.', failureLabel(answer.failure)),
    validateInput: (text) => (isObjectName(text) ? undefined : vscode.l10n.t('That is not the name of a node.')),
  });
}

function namesIn(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
