import * as vscode from 'vscode';
import type { OpenConnection } from '../connection/facts';
import type { Session } from '../session/session';
import type { Clock } from '../objects/clock';
import type { ObjectCopy } from '../objects/objectCopy';
import { DisposableList, type Disposable } from '../objects/disposable';
import type { Sealed } from '../objects/sealed';
import { freshnessSentence } from '../wording/freshnessWording';
import { shownName, shownText } from '../wording/labels';
import { byteSize, timeOfDay } from '../wording/times';
import { copySecretValue } from './copyKeyValue';
import type { DataKey } from './names';
import type { SecretClipboard } from './secretClipboard';
import { tell } from './tell';
import { hasControls, valuePage, type PageMessage } from './valuePage';
import { viewOf, type ValueView } from './valueView';

export interface RevealedKey extends DataKey {
  readonly copy: ObjectCopy;
  readonly value: Sealed;
}

interface RevealPanelOptions {
  readonly session: Session;
  readonly clock: Clock;
  readonly secrets: SecretClipboard;
}

const shownMs = 30_000;

/**
 * Shows one value of a Secret, for a short time and only while somebody looks: a web view that nothing keeps. It goes
 * when its time is over, when its tab is left, and when the object is no longer the one that was read.
 */
export class RevealPanel implements Disposable {
  readonly #options: RevealPanelOptions;
  #open = new DisposableList();

  constructor(options: RevealPanelOptions) {
    this.#options = options;
  }

  show(connection: OpenConnection, revealed: RevealedKey): void {
    this.#open.dispose();
    const { session, clock } = this.#options;
    const title = titleOf(revealed);
    const panel = vscode.window.createWebviewPanel('kubefresh.value', title, vscode.ViewColumn.Active, {
      enableScripts: true,
      localResourceRoots: [],
    });
    const open = new DisposableList();
    this.#open = open;
    const close = (): void => {
      open.dispose();
    };
    open.add(panel);
    open.add(panel.onDidDispose(close));
    open.add(
      panel.onDidChangeViewState(() => {
        if (!panel.visible) close();
      }),
    );
    open.add(
      panel.webview.onDidReceiveMessage((message: PageMessage) => {
        if (message === 'close') close();
        if (message === 'copy') void this.#copy(panel, open, connection, revealed);
      }),
    );
    open.add(
      session.onDidChangeState(() => {
        if (session.connection !== connection) close();
      }),
    );
    open.add(
      connection.onDidChange(() => {
        if (isCurrent(connection, revealed)) return;
        close();
        tell(vscode.l10n.t('{0} was closed, since the object is no longer what was read.', title));
      }),
    );
    open.add(clock.after(shownMs, close));
    panel.webview.html = pageOf(connection, revealed, clock.wallTime() + shownMs);
  }

  dispose(): void {
    this.#open.dispose();
  }

  async #copy(
    panel: vscode.WebviewPanel,
    open: DisposableList,
    connection: OpenConnection,
    revealed: RevealedKey,
  ): Promise<void> {
    const said = await copySecretValue(this.#options.secrets, connection, revealed);
    tell(said);
    if (!open.disposed) await panel.webview.postMessage(said);
  }
}

/** Names the object and the key, never the value: it stands on a tab. */
function titleOf({ key, dataKey }: RevealedKey): string {
  return shownText(`${key.kind} ${key.namespace}/${key.name} · ${dataKey}`);
}

/** Whether the copy is still the one that the value was taken from. */
function isCurrent(connection: OpenConnection, { key, copy }: RevealedKey): boolean {
  const content = connection.objects.inspect(key)?.content;
  if (content?.state !== 'object') return false;
  const { uid, resourceVersion } = content.object.metadata;
  return uid === copy.metadata.uid && resourceVersion === copy.metadata.resourceVersion;
}

function pageOf(connection: OpenConnection, revealed: RevealedKey, closesAt: number): string {
  const { key, dataKey, value } = revealed;
  const view = viewOf(value.reveal());
  return valuePage({
    nonce: crypto.randomUUID(),
    language: vscode.env.language,
    title: titleOf(revealed),
    facts: [
      { label: vscode.l10n.t('Context'), text: shownName(connection.context.name) },
      {
        label: vscode.l10n.t('Freshness'),
        text: shownText(freshnessSentence(connection.times, connection.objects.freshness(key))),
      },
      { label: vscode.l10n.t('Size'), text: byteSize(value.size) },
    ],
    view,
    notes: notesOn(view),
    valueLabel: vscode.l10n.t('Value of {0}', dataKey),
    closes: vscode.l10n.t('This closes at {0}.', timeOfDay(closesAt)),
    copy: vscode.l10n.t('Copy'),
    close: vscode.l10n.t('Close'),
  });
}

function notesOn(view: ValueView): string[] {
  if (view.shows === 'nothing') return [vscode.l10n.t('The value is empty.')];
  const notes: string[] = [];
  if (view.shows === 'bytes') notes.push(vscode.l10n.t('It is not UTF-8 text, so its bytes are shown.'));
  else {
    if (view.left === 0 && /^\s|\s$/.test(view.text)) {
      notes.push(vscode.l10n.t('It begins or ends with white space, such as a line break.'));
    }
    if (hasControls(view.text)) notes.push(vscode.l10n.t('Control characters are shown as symbols, such as ␀.'));
  }
  if (view.left > 0) {
    notes.push(vscode.l10n.t('Only its beginning is shown; {0} more are left out.', byteSize(view.left)));
  }
  return notes;
}
