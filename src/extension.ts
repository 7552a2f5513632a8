import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { changeScope } from './commands/changeScope';
import { changeStrategy } from './commands/changeStrategy';
import { connect } from './commands/connect';
import { startDemo } from './commands/demo';
import { copyKeyValue } from './commands/copyKeyValue';
import { copyName } from './commands/copyName';
import { copyReference } from './commands/copyReference';
import { explainReference } from './commands/explainReference';
import { fetchObject } from './commands/fetchObject';
import { filterRows } from './commands/filterRows';
import { groupingOf, pickGrouping } from './commands/groupPods';
import { keyInArgument } from './commands/names';
import { openInTerminal } from './commands/openInTerminal';
import { openManifest } from './commands/openManifest';
import { refresh, refreshAll } from './commands/refresh';
import { unpin, unregisterPod } from './commands/letGo';
import { registerPod } from './commands/registerPod';
import { switchContext } from './commands/switchContext';
import { revealKey } from './commands/revealKey';
import { RevealPanel } from './commands/revealPanel';
import { SecretClipboard } from './commands/secretClipboard';
import { scopeOf } from './connection/scope';
import { Session } from './connection/session';
import { systemClock } from './connection/systemClock';
import { commands, demoScheme, manifestScheme, views } from './ids';
import { DemoManifests } from './language/demoManifests';
import { DocumentHolds } from './language/documentHolds';
import { LiveManifests, type ManifestWriter } from './language/liveManifests';
import { Manifests, manifestSelector } from './language/manifests';
import { ReferenceHover } from './language/referenceHover';
import { DisposableList, type Disposable } from './objects/disposable';
import type { ObjectKey } from './objects/objectKey';
import { FreshnessDecorations } from './views/decorations';
import { Filter } from './views/filter';
import { ObjectsView } from './views/objectsView';
import { PodsView } from './views/podsView';
import { StatusBar } from './views/statusBar';
import { ViewStatus } from './views/viewStatus';
import { editorSettings } from './window/editorSettings';
import { watchFiles } from './window/fileWatch';
import type { WindowSettings } from './window/windowSettings';
import { settingsInUse } from './window/workspaceValues';

/** What tests see of the extension. */
export interface TestApi {
  readonly settings: WindowSettings;
  readonly session: Session;
  readonly pods: PodsView;
  readonly objects: ObjectsView;
  readonly decorations: FreshnessDecorations;
  readonly hover: ReferenceHover;
  readonly statusBar: StatusBar;
}

/** Builds the parts and connects them. Nothing is read from disk or network before somebody looks. */
export function activate(context: vscode.ExtensionContext): TestApi | undefined {
  // Ended last first, so that what is cut off can still be logged. VS Code ends its subscriptions first first.
  const owned = new DisposableList();
  context.subscriptions.push(owned);
  const own = <T extends Disposable>(item: T): T => owned.add(item);

  const log = own(vscode.window.createOutputChannel('Kubefresh', { log: true }));
  const memory = context.workspaceState;
  const chosenContext = (): string | undefined => {
    const name = memory.get<unknown>('context');
    return typeof name === 'string' ? name : undefined;
  };
  const settings = own(editorSettings(memory));
  const clock = systemClock();
  const session = own(
    new Session({
      clock,
      random: Math.random,
      log: {
        request: (line) => {
          log.info(line);
        },
        warn: (line) => {
          log.warn(line);
        },
      },
      env: process.env,
      home: os.homedir(),
      settings: () => settings.current,
      memory: {
        context: chosenContext,
        rememberContext: (name) => {
          void memory.update('context', name);
        },
        scopeOf: (name) => scopeOf(memory.get(`scope/${name}`)),
        rememberScope: (name, scope) => {
          void memory.update(`scope/${name}`, scope);
        },
      },
      isTrusted: () => vscode.workspace.isTrusted,
      loadCluster: () => import('./cluster/bundle'),
      loadDemo: () => import('./demo/bundle'),
      watchFiles,
    }),
  );

  const filter = own(new Filter());
  const pods = own(new PodsView(session, filter, groupingOf(memory.get('grouping'))));
  const objects = own(new ObjectsView(session, filter));
  const podsTree = own(vscode.window.createTreeView(views.pods, { treeDataProvider: pods, showCollapseAll: true }));
  const objectsTree = own(
    vscode.window.createTreeView(views.objects, { treeDataProvider: objects, showCollapseAll: true }),
  );
  const decorations = own(new FreshnessDecorations(session));
  own(vscode.window.registerFileDecorationProvider(decorations));
  own(
    new ViewStatus({
      session,
      pods: podsTree,
      objects: objectsTree,
      rows: { pods, objects, filter },
      remoteMachine: vscode.env.remoteName === undefined ? undefined : os.hostname(),
    }),
  );
  const statusBar = own(new StatusBar(session));

  const manifests = own(new Manifests(async () => (await import('./manifest/bundle')).makeReader()));
  own(new DocumentHolds(session, manifests));
  own(vscode.workspace.registerTextDocumentContentProvider(demoScheme, own(new DemoManifests(session))));
  const hover = new ReferenceHover(session, manifests, () => settings.mayAutoConnect());
  own(vscode.languages.registerHoverProvider(manifestSelector, hover));

  const loadWriter = async (): Promise<ManifestWriter> => (await import('./manifest/bundle')).writer;
  const liveManifests = own(new LiveManifests(session, loadWriter));
  own(vscode.workspace.registerTextDocumentContentProvider(manifestScheme, liveManifests));

  const secrets = own(
    new SecretClipboard({ clipboard: vscode.env.clipboard, clock, isFocused: () => vscode.window.state.focused }),
  );
  own(
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) void secrets.focused();
    }),
  );
  const panel = own(new RevealPanel({ session, clock, secrets }));

  const reveal = async (key: ObjectKey): Promise<void> => {
    const node = objects.nodeOf(key);
    if (node !== undefined) await objectsTree.reveal(node, { select: true, focus: true });
  };

  const updateActivity = (): void => {
    pods.setVisible(podsTree.visible);
    objects.setVisible(objectsTree.visible);
    session.setActive(podsTree.visible || objectsTree.visible || manifests.visible || liveManifests.visible);
  };
  // Opening a view is the act that connects; opening or closing a manifest beside it is not.
  const updateVisibility = (): void => {
    updateActivity();
    if (podsTree.visible || objectsTree.visible) void session.connect();
  };
  own(podsTree.onDidChangeVisibility(updateVisibility));
  own(objectsTree.onDidChangeVisibility(updateVisibility));
  own(manifests.onDidChangeVisibility(updateActivity));
  own(liveManifests.onDidChangeVisibility(updateActivity));
  own(
    podsTree.onDidExpandElement(({ element }) => {
      readExpanded(session, pods.keysOf(element));
    }),
  );
  own(
    objectsTree.onDidExpandElement(({ element }) => {
      if (element.row === 'object') readExpanded(session, [element.key]);
    }),
  );
  own(
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      if (session.state.state === 'untrusted') void session.connect();
    }),
  );
  const askForConsent = (): void => {
    const { state, demo } = session;
    const isDemo = demo !== undefined;
    void settings.askFor(settingsInUse({ state: state.state, isDemo, chosenContext: chosenContext() }));
  };
  own(session.onDidChangeState(askForConsent));
  own(
    settings.onDidChange(() => {
      void session.settingsChanged();
      askForConsent();
    }),
  );
  updateVisibility();

  const register = (id: string, run: (...arguments_: unknown[]) => Promise<void>): void => {
    own(vscode.commands.registerCommand(id, run));
  };
  register(commands.connect, () => connect(session));
  register(commands.fetch, () => fetchObject(session, reveal));
  register(commands.refresh, (row) => refresh(session, row));
  register(commands.refreshAll, () => refreshAll(session));
  register(commands.changeScope, () => changeScope(session));
  register(commands.registerPod, () => registerPod(session));
  register(commands.explainReference, () => explainReference(session, manifests));
  register(commands.revealObject, async (argument) => {
    const key = keyInArgument(argument);
    if (key === undefined || session.connection === undefined) return;
    // A hover may have been the last to hold it.
    if (session.connection.inspect(key) === undefined) session.connection.pin(key);
    await reveal(key);
  });
  register(commands.switchContext, () => switchContext(session));
  register(commands.startDemo, () => startDemo(session));
  register(commands.stopDemo, async () => {
    await session.stopDemo();
  });
  register(commands.unregisterPod, (row) => unregisterPod(session, row));
  register(commands.unpin, (row) => unpin(session, row));
  register(commands.filterRows, () => filterRows(filter));
  register(commands.showProblemsOnly, () => {
    filter.setProblemsOnly(true);
    return Promise.resolve();
  });
  register(commands.showAllRows, () => {
    filter.setProblemsOnly(false);
    return Promise.resolve();
  });
  register(commands.clearFilter, () => {
    filter.clear();
    return Promise.resolve();
  });
  register(commands.groupPods, async () => {
    const grouping = await pickGrouping(pods.grouping);
    if (grouping === undefined) return;
    await memory.update('grouping', grouping);
    pods.groupBy(grouping);
  });
  register(commands.showMore, (view, parentId) => {
    if (typeof parentId === 'string') (view === views.pods ? pods : objects).showMore(parentId);
    return Promise.resolve();
  });
  register(commands.openManifest, (row) => openManifest(session, liveManifests, row));
  register(commands.revealKey, (row) => revealKey(session, panel, row));
  register(commands.copyKeyValue, (row) => copyKeyValue(session, secrets, row));
  register(commands.copyName, (row) => copyName(session, row));
  register(commands.copyReference, (row) => copyReference(session, loadWriter, row));
  register(commands.openInTerminal, (row) =>
    openInTerminal(session, { clock, kubeconfigVariable: () => kubeconfigVariable(settings.current.kubeconfig) }, row),
  );
  register(commands.changeStrategy, (wanted) => changeStrategy(settings, wanted));
  register(commands.showLog, () => {
    log.show();
    return Promise.resolve();
  });
  register(commands.openSettings, async () => {
    await vscode.commands.executeCommand('workbench.action.openSettings', `@ext:${context.extension.id}`);
  });

  return context.extensionMode === vscode.ExtensionMode.Test
    ? { settings, session, pods, objects, decorations, hover, statusBar }
    : undefined;
}

/** The `KUBECONFIG` of a terminal in which kubectl is to find what the setting names. Without the setting it does anyway. */
function kubeconfigVariable(files: readonly string[]): string | undefined {
  const absolute = (file: string): string => path.resolve(os.homedir(), file.replace(/^~(?=$|[\\/])/, '.'));
  return files.length === 0 ? undefined : files.map(absolute).join(path.delimiter);
}

/** A row that the user expands is looked at, so its objects are read by the rules of the cache. */
function readExpanded(session: Session, keys: readonly ObjectKey[]): void {
  for (const key of keys) void session.connection?.read(key);
}
