import * as vscode from 'vscode';
import type { OpenConnection } from '../connection/facts';
import type { Session } from '../session/session';
import { manifestScheme } from '../ids';
import type * as writer from '../manifest/write';
import { DisposableList, type Disposable } from '../objects/disposable';
import { objectKinds } from '../objects/kubernetes';
import { keyText, type ObjectKey } from '../objects/objectKey';
import { freshnessSentence } from '../wording/freshnessWording';
import { shownText } from '../wording/labels';
import { byteSize } from '../wording/times';

export type ManifestWriter = typeof writer;

/** What a document shows: an object of one cluster, whatever the window is connected to. */
interface Subject {
  readonly context: string;
  readonly server: string;
  readonly key: ObjectKey;
}

/**
 * Read-only documents that show the copy of an object as YAML, without values of Secrets, and follow it. While a tab
 * shows one, its object is held. Making the text asks nothing of the cluster.
 */
export class LiveManifests implements vscode.TextDocumentContentProvider, Disposable {
  readonly #session: Session;
  readonly #loadWriter: () => Promise<ManifestWriter>;
  readonly #owned = new DisposableList();
  readonly #changed = this.#owned.add(new vscode.EventEmitter<vscode.Uri>());
  readonly #visibilityChanged = this.#owned.add(new vscode.EventEmitter<boolean>());
  readonly #held = new Map<string, { readonly connection: OpenConnection; readonly hold: Disposable }>();
  #visible = false;

  readonly onDidChange = this.#changed.event;
  readonly onDidChangeVisibility = this.#visibilityChanged.event;

  constructor(session: Session, loadWriter: () => Promise<ManifestWriter>) {
    this.#session = session;
    this.#loadWriter = loadWriter;
    this.#owned.add(
      session.onDidChangeState(() => {
        this.#updateHolds();
        for (const { uri } of openDocuments()) this.#changed.fire(uri);
      }),
    );
    this.#owned.add(
      session.onDidChange(({ objects }) => {
        for (const { uri } of openDocuments()) {
          const subject = subjectOf(uri);
          if (subject !== undefined && objects.has(keyText(subject.key))) this.#changed.fire(uri);
        }
      }),
    );
    this.#owned.add(
      vscode.window.tabGroups.onDidChangeTabs(() => {
        this.#updateHolds();
      }),
    );
    this.#owned.add(
      vscode.window.onDidChangeVisibleTextEditors(() => {
        this.#updateVisibility();
      }),
    );
    this.#updateVisibility();
    this.#updateHolds();
  }

  /** Whether an editor shows such a document. */
  get visible(): boolean {
    return this.#visible;
  }

  /** Opens the document of an object, which somebody else holds until this is done. */
  async show(connection: OpenConnection, key: ObjectKey): Promise<void> {
    const document = await vscode.workspace.openTextDocument(uriOf(connection, key));
    await vscode.window.showTextDocument(document);
    this.#updateHolds();
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const { writeObject } = await this.#loadWriter();
    const subject = subjectOf(uri);
    if (subject === undefined) return comment([vscode.l10n.t('This is not the address of an object.')]);
    const { key, context } = subject;
    const what = vscode.l10n.t('{0} {1} in namespace {2}, context {3}', key.kind, key.name, key.namespace, context);
    const connection = this.#connectionOf(subject);
    if (connection === undefined) {
      return comment([what, vscode.l10n.t('Not shown: Kubefresh is not connected to the cluster of this object.')]);
    }
    const content = connection.objects.inspect(key)?.content;
    if (content === undefined) {
      return comment([what, vscode.l10n.t('Nothing refers to it any more, so no copy of it is kept.')]);
    }
    const freshness = freshnessSentence(connection.times, connection.objects.freshness(key));
    if (content.state !== 'object') return comment([what, freshness]);
    const redacted = (size: number): string => vscode.l10n.t('<redacted, {0}>', byteSize(size));
    const binary = (size: number): string => vscode.l10n.t('<bytes, {0}>', byteSize(size));
    const leftOut =
      key.kind === 'Secret'
        ? vscode.l10n.t('Values are redacted. Managed fields and annotations that may repeat values are left out.')
        : vscode.l10n.t('Managed fields and what kubectl last applied are left out.');
    const header = comment([`${vscode.l10n.t('Read-only copy from context {0}.', context)} ${freshness}`, leftOut]);
    return header + writeObject(content.object, { redacted, binary });
  }

  dispose(): void {
    this.#owned.dispose();
    for (const { hold } of this.#held.values()) hold.dispose();
    this.#held.clear();
  }

  /** The connection, if it is to the cluster that the document was opened for. */
  #connectionOf({ context, server }: Subject): OpenConnection | undefined {
    const { connection } = this.#session;
    return connection?.context.name === context && connection.context.server === server ? connection : undefined;
  }

  #updateHolds(): void {
    const wanted = new Map<string, { readonly connection: OpenConnection; readonly key: ObjectKey }>();
    for (const uri of urisInTabs()) {
      const subject = subjectOf(uri);
      const connection = subject === undefined ? undefined : this.#connectionOf(subject);
      if (subject !== undefined && connection !== undefined) {
        wanted.set(uri.toString(), { connection, key: subject.key });
      }
    }
    for (const [id, { connection, hold }] of this.#held) {
      if (wanted.get(id)?.connection === connection) continue;
      hold.dispose();
      this.#held.delete(id);
    }
    for (const [id, { connection, key }] of wanted) {
      if (!this.#held.has(id)) this.#held.set(id, { connection, hold: connection.objects.hold(key) });
    }
  }

  #updateVisibility(): void {
    const visible = vscode.window.visibleTextEditors.some(({ document }) => document.uri.scheme === manifestScheme);
    if (visible === this.#visible) return;
    this.#visible = visible;
    this.#visibilityChanged.fire(visible);
  }
}

function uriOf({ context }: OpenConnection, { kind, namespace, name }: ObjectKey): vscode.Uri {
  return vscode.Uri.from({
    scheme: manifestScheme,
    path: `/${kind}/${namespace}/${name}.yaml`,
    query: new URLSearchParams({ context: context.name, server: context.server }).toString(),
  });
}

function subjectOf(uri: vscode.Uri): Subject | undefined {
  const [, kind, namespace, file, ...rest] = uri.path.split('/');
  const known = objectKinds.find((one) => one === kind);
  const name = file?.replace(/\.yaml$/, '');
  if (uri.scheme !== manifestScheme || known === undefined || rest.length > 0) return undefined;
  if (namespace === undefined || name === undefined) return undefined;
  const query = new URLSearchParams(uri.query);
  const key = { kind: known, namespace, name };
  return { context: query.get('context') ?? '', server: query.get('server') ?? '', key };
}

/** Those that the editor keeps, also for a while after their tab was closed. */
function openDocuments(): readonly vscode.TextDocument[] {
  return vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === manifestScheme);
}

function urisInTabs(): readonly vscode.Uri[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .flatMap(({ input }) => {
      if (input instanceof vscode.TabInputText) return [input.uri];
      return input instanceof vscode.TabInputTextDiff ? [input.original, input.modified] : [];
    })
    .filter(({ scheme }) => scheme === manifestScheme);
}

/** Lines of YAML that say something about it. What is said may come from a server, and stays on its line. */
function comment(lines: readonly string[]): string {
  return lines.map((line) => `# ${shownText(line)}\n`).join('');
}
