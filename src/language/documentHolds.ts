import * as vscode from 'vscode';
import type { ConnectionSource, OpenConnection } from '../connection/facts';
import { keyInManifest } from '../connection/keyInManifest';
import type { ManifestUse, OpenManifest } from '../connection/openManifest';
import type { Manifest } from '../manifest/manifest';
import { DisposableList, type Disposable } from '../objects/disposable';
import type { Manifests } from './manifests';

/** How long after the last keystroke a manifest's names are taken for meant. */
const settledMs = 500;

/**
 * Holds the objects that the manifests in tabs refer to, so that they can be read although no pod refers to them.
 * A hold counts as no reference and drops nothing that is cached.
 */
export class DocumentHolds implements Disposable {
  readonly #session: ConnectionSource<OpenConnection>;
  readonly #manifests: Manifests;
  readonly #owned = new DisposableList();
  readonly #held = new Map<string, { readonly manifest: OpenManifest; readonly hold: Disposable }>();
  #connection: OpenConnection | undefined;
  #timer: NodeJS.Timeout | undefined;
  #updates = 0;

  constructor(session: ConnectionSource<OpenConnection>, manifests: Manifests) {
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
    const ended = new Map(this.#held);
    this.#held.clear();
    for (const [id, document] of shown) {
      const manifest = manifests.get(id);
      const open = manifest === undefined ? undefined : openManifest(manifest, document, connection);
      const before = ended.get(id);
      if (open !== undefined && before !== undefined && isSame(before.manifest, open)) {
        this.#held.set(id, before);
        ended.delete(id);
      } else if (open !== undefined && open.uses.length > 0) {
        this.#held.set(id, { manifest: open, hold: connection.holds.holdManifest(open) });
      }
    }
    // Last, so that nothing goes that is still referred to: a document that is saved for the first time is another one.
    for (const { hold } of ended.values()) hold.dispose();
  }

  #releaseAll(): void {
    for (const { hold } of this.#held.values()) hold.dispose();
    this.#held.clear();
  }
}

function isSame(a: OpenManifest, b: OpenManifest): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
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

/** What a manifest refers to for certain: not the name that somebody is typing. */
function openManifest(manifest: Manifest, document: vscode.TextDocument, connection: OpenConnection): OpenManifest {
  const carets = vscode.window.visibleTextEditors
    .filter((editor) => editor.document === document && document.isDirty)
    .flatMap(({ selections }) => selections.map(({ active }) => document.offsetAt(active)));
  const uses: ManifestUse[] = [];
  for (const template of manifest.templates) {
    for (const found of template.references) {
      const { name, literal, reference } = found;
      if (!literal || carets.some((caret) => caret >= name.start && caret <= name.end)) continue;
      const { line, character } = document.positionAt(name.start);
      uses.push({ key: keyInManifest(connection.context, template, reference), reference, line, character });
    }
  }
  return { id: document.uri.toString(), name: document.uri.path.split('/').at(-1) ?? '', uses };
}
