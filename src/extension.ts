import os from 'node:os';
import * as vscode from 'vscode';
import { registerCommands } from './commandTable';
import { groupingOf } from './commands/groupPods';
import { RevealPanel } from './commands/revealPanel';
import { SecretClipboard } from './commands/secretClipboard';
import { demoScheme, manifestScheme, views } from './ids';
import { DemoManifests } from './language/demoManifests';
import { DocumentHolds } from './language/documentHolds';
import { LiveManifests, type ManifestWriter } from './language/liveManifests';
import { Manifests, manifestSelector } from './language/manifests';
import { ReferenceHover } from './language/referenceHover';
import { DisposableList, type Disposable } from './objects/disposable';
import { systemClock } from './objects/systemClock';
import { Onlookers } from './onlookers';
import { Session } from './session/session';
import { FreshnessDecorations } from './views/decorations';
import { Filter } from './views/filter';
import { ObjectsView } from './views/objectsView';
import { PodsView } from './views/podsView';
import { StatusBar } from './views/statusBar';
import { ViewStatus } from './views/viewStatus';
import { askForConsent } from './window/consentQuestions';
import { editorSettings } from './window/editorSettings';
import { watchFiles } from './window/fileWatch';
import { kubeconfigVariable } from './window/kubeconfigVariable';
import { windowMemory } from './window/windowMemory';
import type { WindowSettings } from './window/windowSettings';

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
  const memento = context.workspaceState;
  const memory = windowMemory(memento);
  const settings = own(editorSettings(memento));
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
      memory,
      isTrusted: () => vscode.workspace.isTrusted,
      loadCluster: () => import('./cluster/bundle'),
      loadDemo: () => import('./demo/bundle'),
      watchFiles,
    }),
  );

  const filter = own(new Filter());
  const pods = own(new PodsView(session, filter, groupingOf(memento.get('grouping'))));
  const objects = own(new ObjectsView(session, filter));
  const podsTree = own(vscode.window.createTreeView(views.pods, { treeDataProvider: pods, showCollapseAll: true }));
  const objectsTree = own(
    vscode.window.createTreeView(views.objects, { treeDataProvider: objects, showCollapseAll: true }),
  );
  const decorations = own(new FreshnessDecorations(session));
  own(vscode.window.registerFileDecorationProvider(decorations));
  const remoteMachine = vscode.env.remoteName === undefined ? undefined : os.hostname();
  const rows = { pods, objects, filter };
  own(new ViewStatus({ session, pods: podsTree, objects: objectsTree, rows, remoteMachine }));
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
  own(vscode.window.onDidChangeWindowState(({ focused }) => (focused ? void secrets.focused() : undefined)));
  own(settings.onDidChange(() => void session.settingsChanged()));
  own(askForConsent(settings, session, memory));
  own(new Onlookers({ session, pods, objects, podsTree, objectsTree, manifests, liveManifests }));
  own(
    registerCommands({
      settings,
      session,
      pods,
      objects,
      filter,
      manifests,
      liveManifests,
      loadWriter,
      panel: own(new RevealPanel({ session, clock, secrets })),
      secrets,
      terminal: { clock, kubeconfigVariable: () => kubeconfigVariable(settings.current.kubeconfig, os.homedir()) },
      log,
      extensionId: context.extension.id,
      reveal: async (key) => {
        const node = objects.nodeOf(key);
        if (node !== undefined) await objectsTree.reveal(node, { select: true, focus: true });
      },
      rememberGrouping: (grouping) => memento.update('grouping', grouping),
    }),
  );

  return context.extensionMode === vscode.ExtensionMode.Test
    ? { settings, session, pods, objects, decorations, hover, statusBar }
    : undefined;
}
