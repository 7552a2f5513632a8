import * as vscode from 'vscode';
import { DisposableList, type Disposable } from '../objects/disposable';
import { demoScheme } from '../ids';
import { isManifest } from '../manifest/isManifest';
import type { Manifest, ManifestReader } from '../manifest/manifest';

/** Where manifests may be: files and what is not saved yet, also on the other side of a remote window, and the demo. */
const schemes: ReadonlySet<string> = new Set(['file', 'untitled', 'vscode-remote', 'vscode-vfs', demoScheme]);

export const manifestSelector: vscode.DocumentSelector = [...schemes].map((scheme) => ({ language: 'yaml', scheme }));

/** The manifests among the documents of the editor, each read once a version. */
export class Manifests implements Disposable {
  readonly #loadReader: () => Promise<ManifestReader>;
  #reader: Promise<ManifestReader> | undefined;
  readonly #read = new Map<string, { readonly version: number; readonly manifest: Manifest | undefined }>();
  readonly #owned = new DisposableList();
  readonly #visibilityChanged = this.#owned.add(new vscode.EventEmitter<boolean>());
  #visible = false;

  readonly onDidChangeVisibility = this.#visibilityChanged.event;

  /** @param loadReader Called when the first manifest is to be read: most YAML files are none. */
  constructor(loadReader: () => Promise<ManifestReader>) {
    this.#loadReader = loadReader;
    this.#owned.add(
      vscode.workspace.onDidCloseTextDocument((document) => {
        this.#read.delete(document.uri.toString());
      }),
    );
    this.#owned.add(
      vscode.window.onDidChangeVisibleTextEditors(() => {
        this.#updateVisibility();
      }),
    );
    this.#owned.add(
      vscode.workspace.onDidChangeTextDocument(() => {
        // What is being typed may become a manifest.
        if (!this.#visible) this.#updateVisibility();
      }),
    );
    this.#updateVisibility();
  }

  /** Whether an editor shows a manifest. */
  get visible(): boolean {
    return this.#visible;
  }

  /** What a document says about pods, or `undefined` if it is no manifest. */
  async of(document: vscode.TextDocument): Promise<Manifest | undefined> {
    if (!mayBeManifest(document)) return undefined;
    const id = document.uri.toString();
    const known = this.#read.get(id);
    if (known?.version === document.version) return known.manifest;
    const manifest = isManifest(document.getText()) ? (await this.#loadedReader()).read(document.getText()) : undefined;
    // Versions start anew when a document is opened again, so nothing is remembered of a closed one.
    if (!document.isClosed) this.#read.set(id, { version: document.version, manifest });
    return manifest;
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #loadedReader(): Promise<ManifestReader> {
    this.#reader ??= this.#loadReader();
    return this.#reader;
  }

  #updateVisibility(): void {
    // Judged by its words: parsing a long file can wait until somebody asks about it.
    const visible = vscode.window.visibleTextEditors.some(
      ({ document }) => mayBeManifest(document) && isManifest(document.getText()),
    );
    if (visible === this.#visible) return;
    this.#visible = visible;
    this.#visibilityChanged.fire(visible);
  }
}

function mayBeManifest(document: vscode.TextDocument): boolean {
  return document.languageId === 'yaml' && schemes.has(document.uri.scheme);
}
