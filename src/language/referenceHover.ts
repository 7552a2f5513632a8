import * as vscode from 'vscode';
import { keyInManifest } from '../connection/keyInManifest';
import type { Session } from '../session/session';
import type { Range } from '../manifest/manifest';
import { referenceAt, type ReferenceAt } from '../manifest/referenceAt';
import { explain, explainUnconnected } from './explanation';
import type { Manifests } from './manifests';

/** Explains the reference under the pointer, reading its object by the rules of the cache. */
export class ReferenceHover implements vscode.HoverProvider {
  readonly #session: Session;
  readonly #manifests: Manifests;
  readonly #mayConnect: () => boolean;

  constructor(session: Session, manifests: Manifests, mayConnect: () => boolean) {
    this.#session = session;
    this.#manifests = manifests;
    this.#mayConnect = mayConnect;
  }

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | undefined> {
    const manifest = await this.#manifests.of(document);
    const at = manifest === undefined ? undefined : referenceAt(manifest, document.offsetAt(position));
    if (at?.reference.literal !== true) return undefined;
    if (this.#session.connection === undefined && this.#mayConnect()) await this.#session.connect();
    if (token.isCancellationRequested) return undefined;
    const { start, end } = rangeOf(at);
    const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
    const { connection } = this.#session;
    if (connection === undefined) return new vscode.Hover(explainUnconnected(this.#session.state, at), range);
    const key = keyInManifest(connection.context, at.template, at.reference.reference);
    // A name that nobody references or holds is held for as long as this hover reads it.
    const hold = connection.objects.inspect(key) === undefined ? connection.objects.hold(key) : undefined;
    const abort = new AbortController();
    const cancellation = token.onCancellationRequested(() => {
      abort.abort();
    });
    try {
      await connection.objects.read(key, abort.signal);
      if (abort.signal.aborted) return undefined;
      return new vscode.Hover(explain(connection, key, at, hold === undefined ? 0 : 1), range);
    } finally {
      cancellation.dispose();
      hold?.dispose();
    }
  }
}

function rangeOf({ on, key, reference }: ReferenceAt): Range {
  if (on === 'field') return reference.field;
  const { keys } = reference.reference;
  const index = on === 'key' && keys.choose === 'some' ? keys.keys.findIndex((use) => use.key === key) : -1;
  return reference.keys[index] ?? reference.name;
}
