import * as vscode from 'vscode';
import type { LiveManifests } from './language/liveManifests';
import type { Manifests } from './language/manifests';
import { DisposableList, type Disposable } from './objects/disposable';
import type { ObjectKey } from './objects/objectKey';
import type { Session } from './session/session';
import type { ObjectsView } from './views/objectsView';
import type { PodsView } from './views/podsView';

export interface OnlookersOptions {
  readonly session: Session;
  readonly pods: PodsView;
  readonly objects: ObjectsView;
  readonly podsTree: vscode.TreeView<Parameters<PodsView['getTreeItem']>[0]>;
  readonly objectsTree: vscode.TreeView<Parameters<ObjectsView['getTreeItem']>[0]>;
  readonly manifests: Manifests;
  readonly liveManifests: LiveManifests;
}

/** Tells the session whether somebody looks, connects when a view is opened, and reads what a person expands. */
export class Onlookers implements Disposable {
  readonly #options: OnlookersOptions;
  readonly #owned = new DisposableList();

  constructor(options: OnlookersOptions) {
    this.#options = options;
    const { session, pods, podsTree, objectsTree, manifests, liveManifests } = options;
    const viewChanged = (): void => {
      this.#viewChanged();
    };
    const manifestsChanged = (): void => {
      this.#tell();
    };
    this.#owned.add(podsTree.onDidChangeVisibility(viewChanged));
    this.#owned.add(objectsTree.onDidChangeVisibility(viewChanged));
    this.#owned.add(manifests.onDidChangeVisibility(manifestsChanged));
    this.#owned.add(liveManifests.onDidChangeVisibility(manifestsChanged));
    this.#owned.add(
      podsTree.onDidExpandElement(({ element }) => {
        this.#read(pods.keysOf(element));
      }),
    );
    this.#owned.add(
      objectsTree.onDidExpandElement(({ element }) => {
        if (element.row === 'object') this.#read([element.key]);
      }),
    );
    this.#owned.add(
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        if (session.state.state === 'untrusted') void session.connect();
      }),
    );
    this.#viewChanged();
  }

  dispose(): void {
    this.#owned.dispose();
  }

  /** Opening a view is the act that connects; opening or closing a manifest beside it is not. */
  #viewChanged(): void {
    this.#tell();
    const { session, podsTree, objectsTree } = this.#options;
    if (podsTree.visible || objectsTree.visible) void session.connect();
  }

  #tell(): void {
    const { session, pods, objects, podsTree, objectsTree, manifests, liveManifests } = this.#options;
    pods.setVisible(podsTree.visible);
    objects.setVisible(objectsTree.visible);
    session.setActive(podsTree.visible || objectsTree.visible || manifests.visible || liveManifests.visible);
  }

  /** By the rules of the cache. */
  #read(keys: readonly ObjectKey[]): void {
    for (const key of keys) void this.#options.session.connection?.objects.read(key);
  }
}
