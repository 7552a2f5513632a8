import * as vscode from 'vscode';
import { changeScope } from './commands/changeScope';
import { changeStrategy } from './commands/changeStrategy';
import type { Call } from './commands/chooseValue';
import { connect } from './commands/connect';
import { connected } from './commands/connected';
import { copyKeyValue } from './commands/copyKeyValue';
import { copyName } from './commands/copyName';
import { copyReference } from './commands/copyReference';
import { startDemo } from './commands/demo';
import { explainReference } from './commands/explainReference';
import { fetchObject } from './commands/fetchObject';
import { filterRows } from './commands/filterRows';
import { pickGrouping } from './commands/groupPods';
import { openInTerminal, type TerminalOptions } from './commands/openInTerminal';
import { openManifest } from './commands/openManifest';
import { refresh, refreshAll } from './commands/refresh';
import { registerPod } from './commands/registerPod';
import { revealKey } from './commands/revealKey';
import { revealObject } from './commands/revealObject';
import type { RevealPanel } from './commands/revealPanel';
import type { SecretClipboard } from './commands/secretClipboard';
import { switchContext } from './commands/switchContext';
import { unpin } from './commands/unpin';
import { unregisterPod } from './commands/unregisterPod';
import type { OpenConnection } from './connection/facts';
import { commands, views } from './ids';
import type { LiveManifests, ManifestWriter } from './language/liveManifests';
import type { Manifests } from './language/manifests';
import { DisposableList, type Disposable } from './objects/disposable';
import type { ObjectKey } from './objects/objectKey';
import type { Session } from './session/session';
import type { Filter } from './views/filter';
import type { ObjectsView } from './views/objectsView';
import type { Grouping } from './views/podTree';
import type { PodsView } from './views/podsView';
import type { WindowSettings } from './window/windowSettings';

/** What commands act on. */
export interface CommandParts {
  readonly settings: WindowSettings;
  readonly session: Session;
  readonly pods: PodsView;
  readonly objects: ObjectsView;
  readonly filter: Filter;
  readonly manifests: Manifests;
  readonly liveManifests: LiveManifests;
  readonly loadWriter: () => Promise<ManifestWriter>;
  readonly panel: RevealPanel;
  readonly secrets: SecretClipboard;
  readonly terminal: TerminalOptions;
  readonly log: Pick<vscode.OutputChannel, 'show'>;
  readonly extensionId: string;
  /** Shows the row of an object and selects it. */
  readonly reveal: (key: ObjectKey) => Promise<void>;
  readonly rememberGrouping: (grouping: Grouping) => Thenable<void>;
}

type Command = { readonly id: string } & (
  | { readonly needs: 'nothing'; readonly run: (...arguments_: unknown[]) => unknown }
  /** Connects first. Where that fails the command does nothing, and the Pods view is shown, which says why. */
  | { readonly needs: 'connection'; readonly run: (connection: OpenConnection, row: unknown) => unknown }
  /** Acts on a row of a connection. Without a connection there are no rows, so it does nothing. */
  | { readonly needs: 'row'; readonly run: (connection: OpenConnection, row: unknown) => unknown }
);

/** Every command: what it needs, and what it runs. */
function commandTable(parts: CommandParts): readonly Command[] {
  const { session, pods, objects, filter, manifests, liveManifests, loadWriter, panel, secrets, terminal } = parts;
  const groupPods = async (): Promise<void> => {
    const grouping = await pickGrouping(pods.grouping);
    if (grouping === undefined) return;
    await parts.rememberGrouping(grouping);
    pods.groupBy(grouping);
  };
  const callWith = (argument: unknown): Call => ({
    argument,
    isOwnRow: pods.isOwnRow(argument) || objects.isOwnRow(argument),
  });
  return [
    { id: commands.connect, needs: 'nothing', run: () => connect(session) },
    { id: commands.switchContext, needs: 'nothing', run: () => switchContext(session) },
    { id: commands.startDemo, needs: 'nothing', run: () => startDemo(session) },
    { id: commands.stopDemo, needs: 'nothing', run: () => session.stopDemo() },
    { id: commands.changeStrategy, needs: 'nothing', run: (row) => changeStrategy(parts.settings, row) },
    { id: commands.explainReference, needs: 'nothing', run: () => explainReference(session, manifests) },
    {
      id: commands.showLog,
      needs: 'nothing',
      run: () => {
        parts.log.show();
      },
    },
    {
      id: commands.openSettings,
      needs: 'nothing',
      run: () => vscode.commands.executeCommand('workbench.action.openSettings', `@ext:${parts.extensionId}`),
    },

    { id: commands.filterRows, needs: 'nothing', run: () => filterRows(filter) },
    {
      id: commands.showProblemsOnly,
      needs: 'nothing',
      run: () => {
        filter.setProblemsOnly(true);
      },
    },
    {
      id: commands.showAllRows,
      needs: 'nothing',
      run: () => {
        filter.setProblemsOnly(false);
      },
    },
    {
      id: commands.clearFilter,
      needs: 'nothing',
      run: () => {
        filter.clear();
      },
    },
    { id: commands.groupPods, needs: 'nothing', run: groupPods },
    {
      id: commands.showMore,
      needs: 'nothing',
      run: (view, parentId) => {
        if (typeof parentId === 'string') (view === views.pods ? pods : objects).showMore(parentId);
      },
    },

    { id: commands.fetch, needs: 'connection', run: (connection) => fetchObject(connection, parts.reveal) },
    { id: commands.refresh, needs: 'connection', run: (connection, row) => refresh(connection, row) },
    { id: commands.refreshAll, needs: 'connection', run: (connection) => refreshAll(connection) },
    { id: commands.changeScope, needs: 'connection', run: (connection) => changeScope(connection, session) },
    { id: commands.registerPod, needs: 'connection', run: (connection) => registerPod(connection) },
    {
      id: commands.openManifest,
      needs: 'connection',
      run: (connection, row) => openManifest(connection, session, liveManifests, row),
    },
    {
      id: commands.revealKey,
      needs: 'connection',
      run: (connection, row) => revealKey(connection, session, panel, callWith(row)),
    },
    {
      id: commands.copyKeyValue,
      needs: 'connection',
      run: (connection, row) => copyKeyValue(connection, session, secrets, callWith(row)),
    },

    { id: commands.revealObject, needs: 'row', run: (connection, row) => revealObject(connection, row, parts.reveal) },
    { id: commands.unregisterPod, needs: 'row', run: ({ pods: acts }, row) => unregisterPod(acts, row) },
    { id: commands.unpin, needs: 'row', run: ({ holds }, row) => unpin(holds, row) },
    { id: commands.copyName, needs: 'row', run: (connection, row) => copyName(connection, row) },
    { id: commands.copyReference, needs: 'row', run: (connection, row) => copyReference(connection, loadWriter, row) },
    {
      id: commands.openInTerminal,
      needs: 'row',
      run: async (connection, row) => {
        // No file leads kubectl to the demo.
        if (session.demo === undefined) await openInTerminal(connection, terminal, row);
      },
    },
  ];
}

/** Registers every command of the table. */
export function registerCommands(parts: CommandParts): Disposable {
  const registered = new DisposableList();
  for (const command of commandTable(parts)) {
    registered.add(
      vscode.commands.registerCommand(command.id, async (...arguments_: unknown[]) => {
        await run(command, parts.session, arguments_);
      }),
    );
  }
  return registered;
}

async function run(command: Command, session: Session, arguments_: readonly unknown[]): Promise<void> {
  if (command.needs === 'nothing') {
    await command.run(...arguments_);
    return;
  }
  const connection = command.needs === 'connection' ? await connected(session) : session.connection;
  if (connection !== undefined) await command.run(connection, arguments_[0]);
}
