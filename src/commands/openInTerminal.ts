import * as vscode from 'vscode';
import type { OpenConnection } from '../connection/facts';
import type { Clock } from '../objects/clock';
import { DisposableList } from '../objects/disposable';
import { isObjectName } from '../objects/objectKey';
import { targetOf, type RowTarget } from './rowTarget';
import { commandLine, shellOf } from './shellQuoting';

export interface TerminalOptions {
  readonly clock: Clock;
  /** The value of `KUBECONFIG` where the settings name files. */
  readonly kubeconfigVariable: () => string | undefined;
}

/** How long a shell may take from its start to say that it waits for input. Many never say so. */
const readyMs = 2000;

/**
 * Opens a terminal with the kubectl command that describes what a row stands for, and leaves it to the user to run it.
 * `describe`, since `get -o yaml` prints the values of Secrets.
 */
export async function openInTerminal(
  connection: OpenConnection,
  options: TerminalOptions,
  argument: unknown,
): Promise<void> {
  const target = targetOf(connection, argument);
  const subject = target === undefined ? undefined : subjectOf(target);
  if (subject === undefined) return;
  const { resource, namespace, name } = subject;
  // Pods may name objects that cannot exist, and to kubectl such a name may be an option.
  const words = [...contextWords(connection), '--namespace', namespace, 'describe', resource, name];
  const line = isObjectName(name) ? commandLine(['kubectl', ...words], shellOf(vscode.env.shell)) : undefined;
  if (line === undefined) {
    void vscode.window.showWarningMessage(
      vscode.l10n.t(
        'No command was written: the name of the context or of the object holds characters that cannot be written safely for this shell.',
      ),
    );
    return;
  }
  const files = options.kubeconfigVariable();
  // A terminal of its own, as another may be busy, or have half a command in it.
  const terminal = vscode.window.createTerminal({
    name: vscode.l10n.t('Kubefresh: {0}', name),
    ...(files === undefined ? {} : { env: { KUBECONFIG: files } }),
  });
  terminal.show();
  await untilReady(terminal, options.clock);
  terminal.sendText(line, false);
}

/** What is sent before the shell has its prompt is seen twice. */
function untilReady(terminal: vscode.Terminal, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const waits = new DisposableList();
    const end = (): void => {
      waits.dispose();
      resolve();
    };
    waits.add(
      vscode.window.onDidChangeTerminalShellIntegration((change) => {
        if (change.terminal === terminal) end();
      }),
    );
    void terminal.processId.then(() => {
      waits.add(clock.after(readyMs, end));
    });
  });
}

/** Inside a pod without a kubeconfig kubectl finds the same account by itself, and knows no context. */
function contextWords({ context }: OpenConnection): readonly string[] {
  const { name, cluster, user } = context;
  return [name, cluster, user].every((part) => part === 'in-cluster') ? [] : ['--context', name];
}

function subjectOf(
  target: RowTarget,
): { readonly resource: string; readonly namespace: string; readonly name: string } | undefined {
  switch (target.is) {
    case 'pod':
      return { resource: 'pod', namespace: target.namespace, name: target.name };
    case 'object':
    case 'dataKey': {
      const { kind, namespace, name } = target.key;
      return { resource: kind.toLowerCase(), namespace, name };
    }
    case 'group':
      return undefined;
  }
}
