import * as vscode from 'vscode';
import type { Session } from '../../src/session/session';
import { ReferenceHover } from '../../src/language/referenceHover';
import { Manifests } from '../../src/language/manifests';
import { ManifestReader } from '../../src/manifest/manifest';
import { DisposableList, type Disposable } from '../../src/objects/disposable';
import { FreshnessDecorations } from '../../src/views/decorations';
import { Filter } from '../../src/views/filter';
import { ObjectsView } from '../../src/views/objectsView';
import { PodsView } from '../../src/views/podsView';
import { ViewStatus } from '../../src/views/viewStatus';

/** A row as a person sees it. */
export interface ShownRow {
  readonly label: string;
  readonly description: string;
  readonly badge: string;
  /** Without the escapes of Markdown. */
  readonly tooltip: () => string;
}

/** The views and the hover of one session, built as the extension builds them, without the workbench around them. */
export class ShownViews implements Disposable {
  readonly #owned = new DisposableList();
  readonly #pods: PodsView;
  readonly #objects: ObjectsView;
  readonly #decorations: FreshnessDecorations;
  readonly #hover: ReferenceHover;
  readonly #podsTitle = { description: '', message: '' };
  readonly #objectsTitle = { description: '', message: '' };

  constructor(session: Session) {
    const filter = this.#owned.add(new Filter());
    this.#pods = this.#owned.add(new PodsView(session, filter, 'owner'));
    this.#objects = this.#owned.add(new ObjectsView(session, filter));
    this.#decorations = this.#owned.add(new FreshnessDecorations(session));
    this.#owned.add(
      new ViewStatus({
        session,
        pods: this.#podsTitle as unknown as vscode.TreeView<unknown>,
        objects: this.#objectsTitle as unknown as vscode.TreeView<unknown>,
        rows: { pods: this.#pods, objects: this.#objects, filter },
        remoteMachine: undefined,
      }),
    );
    const manifests = this.#owned.add(new Manifests(() => Promise.resolve(new ManifestReader())));
    this.#hover = new ReferenceHover(session, manifests, () => ({ autoConnect: false }) as never);
  }

  /** What the Pods view says beside and above its rows. */
  get podsSay(): string {
    return `${this.#podsTitle.description}\n${this.#podsTitle.message}`;
  }

  /** What the Secrets & ConfigMaps view says beside and above its rows. */
  get objectsSay(): string {
    return `${this.#objectsTitle.description}\n${this.#objectsTitle.message}`;
  }

  podRows(): ShownRow[] {
    return this.#rows(this.#pods);
  }

  objectRows(): ShownRow[] {
    return this.#rows(this.#objects);
  }

  /** What a hover at a place of a manifest says. It reads the object by the rules of the cache, as hovers do. */
  async hoverAt(document: vscode.TextDocument, word: string): Promise<string> {
    const position = document.positionAt(document.getText().indexOf(word) + 1);
    const token = new vscode.CancellationTokenSource().token;
    const hover = await this.#hover.provideHover(document, position, token);
    return (hover?.contents ?? []).map(textOf).join('\n');
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #rows<N>(tree: vscode.TreeDataProvider<N>, node?: N): ShownRow[] {
    return (tree.getChildren(node) as N[]).flatMap((child) => {
      const item = tree.getTreeItem(child) as vscode.TreeItem;
      const { description, label = '', resourceUri } = item;
      const decoration = resourceUri === undefined ? undefined : this.#decorations.provideFileDecoration(resourceUri);
      const tooltip = (): string => {
        const token = new vscode.CancellationTokenSource().token;
        return textOf(((tree.resolveTreeItem?.(item, child, token) ?? item) as vscode.TreeItem).tooltip);
      };
      const row: ShownRow = {
        label: typeof label === 'string' ? label : label.label,
        description: description === undefined ? '' : String(description),
        badge: decoration?.badge ?? '',
        tooltip,
      };
      return [row, ...this.#rows(tree, child)];
    });
  }
}

function textOf(text: vscode.Hover['contents'][number] | string | undefined): string {
  const value = text instanceof vscode.MarkdownString ? text.value : typeof text === 'string' ? text : '';
  return value
    .replace(/&#8203;/g, '')
    .replace(/\\([\\`*_{}[\]()#+\-!~|])/g, '$1')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}
