import * as vscode from 'vscode';
import type { ConnectionSource, OpenConnection } from '../../src/connection/facts';
import type { Scope } from '../../src/connection/scope';
import { Emitter } from '../../src/objects/emitter';
import type { Pod } from '../../src/objects/kubernetes';
import type { OpenManifest } from '../../src/connection/openManifest';
import { objectAccess } from '../../src/references/objectAccess';
import { referencesOf } from '../../src/references/references';
import { FreshnessDecorations } from '../../src/views/decorations';
import { Filter } from '../../src/views/filter';
import { ObjectsView } from '../../src/views/objectsView';
import { PodsView } from '../../src/views/podsView';
import { WindowSettings } from '../../src/window/windowSettings';
import { ConnectionBench } from '../connection/support';
import { PaintedTree } from './paintedTree';

/** Both views of a connection to a scripted cluster, as VS Code shows them. */
export class RowsBench extends ConnectionBench {
  readonly filter = new Filter();
  readonly session: ConnectionSource<OpenConnection>;
  readonly pods: PodsView;
  readonly objects: ObjectsView;
  readonly decorations: FreshnessDecorations;

  readonly #settings: EditedSettings;

  /** @param options.settings Values of settings in place of those that VS Code has, by their names in package.json. */
  constructor(options: { readonly settings?: SettingValues; readonly scope?: Scope } = {}) {
    const edited = new EditedSettings(options.settings ?? {});
    super({ ...options, settings: {}, read: () => edited.window.current });
    this.#settings = edited;
    // Times of day that are shown would else have the date with them.
    this.clock.dayOffset = Date.now();
    this.session = {
      connection: this.connection,
      onDidChange: this.connection.onDidChange,
      onDidChangeState: new Emitter<never>().event,
    };
    this.pods = new PodsView(this.session, this.filter, 'owner');
    this.objects = new ObjectsView(this.session, this.filter);
    this.decorations = new FreshnessDecorations(this.session);
    this.setVisible(true);
  }

  /** How often the settings were read from VS Code. */
  get settingsReads(): number {
    return this.#settings.reads;
  }

  changeSettings(values: SettingValues): void {
    this.#settings.change(values);
    this.connection.settingsChanged();
  }

  setVisible(visible: boolean): void {
    this.pods.setVisible(visible);
    this.objects.setVisible(visible);
  }

  /** Views that were made just now, so that they have missed no change. */
  newViews(): readonly [PodsView, ObjectsView] {
    return [new PodsView(this.session, this.filter, this.pods.grouping), new ObjectsView(this.session, this.filter)];
  }

  dispose(): void {
    for (const one of [this.pods, this.objects, this.decorations, this.filter, this.connection, this.#settings.window])
      one.dispose();
  }
}

type SettingValues = Readonly<Record<string, unknown>>;

/** The settings as the extension reads them, with some values that only the test has. */
class EditedSettings {
  readonly #changes = new Emitter<void>();
  #values: SettingValues;
  reads = 0;
  readonly window: WindowSettings;

  constructor(values: SettingValues) {
    this.#values = values;
    this.window = new WindowSettings({
      read: () => {
        this.reads += 1;
        const section = vscode.workspace.getConfiguration('kubefresh');
        return {
          get: (name) => this.#values[name] ?? section.get<unknown>(name),
          inspect: (name) => section.inspect(name),
        };
      },
      onDidChange: this.#changes.event,
      write: () => Promise.reject(new Error('no view writes settings')),
      memory: { get: () => undefined, update: () => Promise.resolve() },
      isTrusted: () => true,
      askUser: () => Promise.reject(new Error('no view asks')),
    });
  }

  change(values: SettingValues): void {
    this.#values = { ...this.#values, ...values };
    this.#changes.fire();
  }
}

/** A pod with somebody who keeps it running. */
export function owned(pod: Pod, owner: string): Pod {
  const ownerReferences = [{ kind: 'StatefulSet', name: owner, uid: owner, controller: true }];
  return { ...pod, metadata: { ...pod.metadata, ownerReferences } };
}

/** A manifest in a tab, with the references that this pod would have. */
export function manifestOf({ metadata, spec }: Pod): OpenManifest {
  const { name, namespace = 'shop' } = metadata;
  const uses = referencesOf<unknown>(spec ?? {}, objectAccess).map((reference, line) => {
    return { key: { kind: reference.kind, namespace, name: reference.name }, reference, line, character: 0 };
  });
  return { id: `file:///${name}.yaml`, name: `${name}.yaml`, uses };
}

export function paintedPods(bench: RowsBench, opens?: (id: string) => boolean): PaintedTree<PodsNode> {
  return new PaintedTree<PodsNode>(bench.pods, opens);
}

export function paintedObjects(bench: RowsBench, opens?: (id: string) => boolean): PaintedTree<ObjectsNode> {
  return new PaintedTree<ObjectsNode>(bench.objects, opens);
}

type PodsNode = ReturnType<PodsView['getChildren']>[number];
type ObjectsNode = ReturnType<ObjectsView['getChildren']>[number];

/** What VS Code keeps of decorations: as they were when it last asked, which it does again for what has changed. */
export class KeptDecorations {
  readonly #decorations: FreshnessDecorations;
  readonly #kept = new Map<string, string>();

  constructor(decorations: FreshnessDecorations) {
    this.#decorations = decorations;
    decorations.onDidChangeFileDecorations((uris) => {
      if (uris === undefined) this.#kept.clear();
      for (const uri of uris ?? []) this.#kept.set(uri.toString(), this.#ask(uri));
    });
  }

  of(uri: vscode.Uri): string {
    const text = uri.toString();
    const kept = this.#kept.get(text) ?? this.#ask(uri);
    this.#kept.set(text, kept);
    return kept;
  }

  #ask(uri: vscode.Uri): string {
    return JSON.stringify(this.#decorations.provideFileDecoration(uri));
  }
}
