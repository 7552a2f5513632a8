import * as vscode from 'vscode';
import type { Connection } from '../connection/connection';
import type { Session } from '../connection/session';
import type { Manifest } from '../manifest/manifest';
import { DisposableList, type Disposable } from '../objects/disposable';
import { keyText, type ObjectKey } from '../objects/objectKey';
import { keyOf } from './explanation';
import type { Manifests } from './manifests';

/** How long after the last keystroke a manifest's names are taken for meant. */
const settledMs = 500;

/**
 * Holds the objects that the manifests in tabs refer to, so that they can be read although no pod refers to them.
 * A hold counts as no reference and drops nothing that is cached.
 */
export class DocumentHolds implements Disposable {
  readonly #session: Session;
  readonly #manifests: Manifests;
  readonly #owned = new DisposableList();
  readonly #held = new Map<string, Map<string, Disposable>>();
  #connection: Connection | undefined;
  #timer: NodeJS.Timeout | undefined;
  #updates = 0;

  constructor(session: Session, manifests: Manifests) {
    this.#session = session;
    this.#manifests = manifests;
    const soon = (): void => {
      this.#updateSoon();
    };
    this.#owned.add(
      session.onDidChangeState(() => {
        void this.#update();
      }),
    );
    this.#owned.add(vscode.window.tabGroups.onDidChangeTabs(soon));
    this.#owned.add(vscode.workspace.onDidOpenTextDocument(soon));
    this.#owned.add(vscode.workspace.onDidChangeTextDocument(soon));
    this.#owned.add(vscode.window.onDidChangeTextEditorSelection(soon));
    void this.#update();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#owned.dispose();
    this.#releaseAll();
  }

  #updateSoon(): void {
    if (this.#session.connection === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      void this.#update();
    }, settledMs);
  }

  async #update(): Promise<void> {
    clearTimeout(this.#timer);
    this.#updates += 1;
    const update = this.#updates;
    const { connection } = this.#session;
    if (connection !== this.#connection) {
      // Those holds ended with their connection.
      this.#releaseAll();
      this.#connection = connection;
    }
    if (connection === undefined) return;
    const shown = documentsInTabs();
    const manifests = new Map<string, Manifest | undefined>();
    for (const [id, document] of shown) manifests.set(id, await this.#manifests.of(document));
    // A later update knows better, and after the end there is nothing to hold.
    if (update !== this.#updates || this.#owned.disposed || connection !== this.#session.connection) return;
    for (const [id, holds] of this.#held) {
      if (shown.has(id)) continue;
      release(holds);
      this.#held.delete(id);
    }
    for (const [id, document] of shown) {
      const manifest = manifests.get(id);
      const wanted = manifest === undefined ? new Map<string, ObjectKey>() : namesIn(manifest, document, connection);
      const holds = this.#held.get(id) ?? new Map<string, Disposable>();
      this.#held.set(id, holds);
      for (const [text, hold] of holds) {
        if (wanted.has(text)) continue;
        hold.dispose();
        holds.delete(text);
      }
      for (const [text, key] of wanted) if (!holds.has(text)) holds.set(text, connection.hold(key));
    }
  }

  #releaseAll(): void {
    for (const holds of this.#held.values()) release(holds);
    this.#held.clear();
  }
}

function release(holds: ReadonlyMap<string, Disposable>): void {
  for (const hold of holds.values()) hold.dispose();
}

/** Documents that a tab shows: `textDocuments` also lists diff sides and what other extensions opened. */
function documentsInTabs(): Map<string, vscode.TextDocument> {
  const inTabs = new Set<string>();
  for (const { input } of vscode.window.tabGroups.all.flatMap((group) => group.tabs)) {
    if (input instanceof vscode.TabInputText) inTabs.add(input.uri.toString());
  }
  const documents = vscode.workspace.textDocuments.filter(({ uri }) => inTabs.has(uri.toString()));
  return new Map(documents.map((document) => [document.uri.toString(), document]));
}

/** The objects that a manifest names for certain: not the name that somebody is typing. */
function namesIn(manifest: Manifest, document: vscode.TextDocument, connection: Connection): Map<string, ObjectKey> {
  const carets = vscode.window.visibleTextEditors
    .filter((editor) => editor.document === document && document.isDirty)
    .flatMap(({ selections }) => selections.map(({ active }) => document.offsetAt(active)));
  const names = new Map<string, ObjectKey>();
  for (const template of manifest.templates) {
    for (const reference of template.references) {
      const { name, literal } = reference;
      if (!literal || carets.some((caret) => caret >= name.start && caret <= name.end)) continue;
      const key = keyOf(connection, template, reference);
      names.set(keyText(key), key);
    }
  }
  return names;
}
