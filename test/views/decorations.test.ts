import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as vscode from 'vscode';
import type { ConnectionSource } from '../../src/connection/facts';
import { disposable } from '../../src/objects/disposable';
import { keyText, type ObjectKey } from '../../src/objects/objectKey';
import { FreshnessDecorations } from '../../src/views/decorations';
import { uriOf } from '../../src/views/uris';
import { ConnectionBench, secretKey } from '../connection/support';

/** What VS Code keeps of decorations: every URI that it asked for, until an event names it or all. */
class Editor {
  readonly kept = new Set<string>();
  readonly #decorations: FreshnessDecorations;
  readonly #onScreen: readonly ObjectKey[];

  constructor(decorations: FreshnessDecorations, onScreen: readonly ObjectKey[]) {
    this.#decorations = decorations;
    this.#onScreen = onScreen;
    decorations.onDidChangeFileDecorations((changed) => {
      this.#changed(changed);
    });
  }

  ask(key: ObjectKey): void {
    const uri = uriOf({ row: 'object', key });
    this.#decorations.provideFileDecoration(uri);
    this.kept.add(uri.toString());
  }

  #changed(changed: vscode.Uri | vscode.Uri[] | undefined): void {
    if (changed === undefined) {
      this.kept.clear();
      for (const key of this.#onScreen) this.ask(key);
      return;
    }
    for (const uri of Array.isArray(changed) ? changed : [changed]) this.kept.delete(uri.toString());
  }
}

test('names that were painted long ago are forgotten, by VS Code too, and what it keeps is told of each change', () => {
  const { connection } = new ConnectionBench();
  const changes: ((objects: ReadonlyMap<string, ObjectKey>) => void)[] = [];
  const session: ConnectionSource = {
    connection,
    onDidChange: (listener) => {
      changes.push((objects) => {
        listener({ objects, pods: new Set(), status: false });
      });
      return disposable(() => undefined);
    },
    onDidChangeState: () => disposable(() => undefined),
  };
  const decorations = new FreshnessDecorations(session);
  const onScreen = Array.from({ length: 50 }, (_, i) => secretKey(`shown-${i}`));
  const editor = new Editor(decorations, onScreen);
  for (const key of onScreen) editor.ask(key);
  let most = 0;
  for (let i = 0; i < 10_000; i += 1) {
    const key = secretKey(`passing-${i}`);
    editor.ask(key);
    most = Math.max(most, editor.kept.size);
    if (i % 7 !== 0) continue;
    for (const changed of [key, secretKey(`passing-${i - 700}`), secretKey(`shown-${i % 50}`)]) {
      for (const change of changes) change(new Map([[keyText(changed), changed]]));
      // VS Code asks at once for a URI that an event named.
      assert.ok(!editor.kept.has(uriOf({ row: 'object', key: changed }).toString()), changed.name);
      if (changed.name.startsWith('shown')) editor.ask(changed);
    }
  }
  assert.ok(most <= 1000, `VS Code kept ${most}`);
  assert.ok(onScreen.every((key) => editor.kept.has(uriOf({ row: 'object', key }).toString())));
  decorations.dispose();
});
