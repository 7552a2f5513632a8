import * as vscode from 'vscode';
import type { Answer } from '../objects/failure';
import type { Session } from '../session/session';
import type { ContextList } from '../session/sessionState';
import { shortened, shownText, withoutIcons } from '../wording/labels';
import { connected } from './connected';
import { startDemo } from './demo';

interface ContextItem extends vscode.QuickPickItem {
  /** `undefined` for a line between the others. */
  readonly choice?:
    | { readonly to: 'context'; readonly name: string }
    /** What the settings or else the kubeconfig say. */
    | { readonly to: 'followed' }
    | { readonly to: 'demo' };
}

/** Asks for the context of this window, and connects to it. The kubeconfig is left as it is. */
export async function switchContext(session: Session): Promise<void> {
  const answer = await session.contexts();
  const picked = await vscode.window.showQuickPick(itemsOf(session, answer), {
    title: vscode.l10n.t('Switch Context'),
    placeHolder: answer.ok
      ? vscode.l10n.t('For this window only; the kubeconfig is not changed')
      : shownText(vscode.l10n.t('There is no context to choose: {0}', answer.failure.message)),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  switch (picked?.choice?.to) {
    case undefined:
      return;
    case 'demo':
      await startDemo(session);
      return;
    case 'followed':
      await session.switchContext(undefined);
      break;
    case 'context':
      await session.switchContext(picked.choice.name);
      break;
  }
  await connected(session);
}

function itemsOf(session: Session, answer: Answer<ContextList>): ContextItem[] {
  const isDemo = session.demo !== undefined;
  const demo: ContextItem = {
    choice: { to: 'demo' },
    label: marked(isDemo, vscode.l10n.t('Demo cluster')),
    description: vscode.l10n.t('nothing in it is real'),
  };
  if (!answer.ok) return [demo];
  const { contexts, current, setting, window } = answer.value;
  const followed: ContextItem = {
    choice: { to: 'followed' },
    label: marked(
      !isDemo && window === undefined,
      setting === undefined ? vscode.l10n.t('Follow the kubeconfig') : vscode.l10n.t('Follow the settings'),
    ),
    description: withoutIcons(setting ?? current ?? vscode.l10n.t('no current context')),
  };
  const connectedTo = isDemo ? undefined : session.connection?.context.name;
  const named = contexts.map(({ name, cluster, user, namespace }): ContextItem => {
    const about = [
      ...(name === connectedTo ? [vscode.l10n.t('connected')] : []),
      ...(name === current ? [vscode.l10n.t('current')] : []),
    ];
    return {
      choice: { to: 'context', name },
      label: marked(!isDemo && name === window, withoutIcons(name)),
      description: about.join(', '),
      detail: withoutIcons(
        vscode.l10n.t('namespace {0} · cluster {1} · user {2}', namespace, shortly(cluster), shortly(user)),
      ),
    };
  });
  const line = (label: string): ContextItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
  return [followed, line(vscode.l10n.t('contexts of the kubeconfig')), ...named, line(''), demo];
}

/** Clusters and users may be called by an ARN, mostly that of the context itself. */
function shortly(name: string): string {
  return shortened(name, 30);
}

function marked(isChosen: boolean, label: string): string {
  return isChosen ? `$(check) ${label}` : label;
}
