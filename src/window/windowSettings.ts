import type { Settings } from '../connection/settings';
import { DisposableList, type Disposable } from '../objects/disposable';
import { Emitter, type Event } from '../objects/emitter';
import { settingsFrom } from './settingValues';
import {
  countingValue,
  needsConsent,
  valueToConsent,
  type ConsentSetting,
  type ValuesByPlace,
  type WorkspaceValue,
} from './workspaceValues';

/** The user's answer to whether a value of the workspace counts. */
export type Consent = 'use' | 'ignore';

/** The values of the settings at one moment, by their names without the section. */
export interface SettingValues {
  get(name: string): unknown;
  inspect(name: string): ValuesByPlace | undefined;
}

/** What the settings need of the editor. */
export interface SettingsHost {
  readonly read: () => SettingValues;
  readonly onDidChange: Event<void>;
  /** Writes to the settings of the workspace or to those of the user. */
  readonly write: (name: ConsentSetting, value: unknown, place: 'workspace' | 'user') => Promise<void>;
  /** What this workspace remembers between windows. */
  readonly memory: { get(key: string): unknown; update(key: string, value: unknown): PromiseLike<void> };
  readonly isTrusted: () => boolean;
  /** Asks the user whether the value counts. `undefined`: the user has not decided. */
  readonly askUser: (value: WorkspaceValue) => Promise<Consent | undefined>;
}

/**
 * The settings of this window, read once until they change. What the workspace sets without the user's consent does not
 * count. It is asked for when it starts to matter; whoever connects says when.
 */
export class WindowSettings implements Disposable {
  readonly #host: SettingsHost;
  readonly #owned = new DisposableList();
  readonly #changes = this.#owned.add(new Emitter<void>());
  /** Values that the user was asked about in this window. */
  readonly #asked = new Set<string>();
  readonly #toAsk = new Set<ConsentSetting>();
  #isAsking = false;
  #current: Settings | undefined;

  /** Also fires when an answer of the user makes a value count. */
  readonly onDidChange: Event<void> = this.#changes.event;

  constructor(host: SettingsHost) {
    this.#host = host;
    this.#owned.add(
      host.onDidChange(() => {
        this.#changed();
      }),
    );
  }

  get current(): Settings {
    this.#current ??= this.#read();
    return this.#current;
  }

  /** Whether a hover may connect. If it might with the user's consent, that is asked for. */
  mayAutoConnect(): boolean {
    if (!this.current.autoConnect) void this.askFor(['autoConnect']);
    return this.current.autoConnect;
  }

  /** Asks for consent to what the workspace sets of these, one after the other and each value once in a window. */
  async askFor(settings: readonly ConsentSetting[]): Promise<void> {
    for (const setting of settings) this.#toAsk.add(setting);
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      for (const setting of this.#toAsk) {
        this.#toAsk.delete(setting);
        await this.#ask(setting);
      }
    } finally {
      this.#isAsking = false;
    }
  }

  /** Writes what the user chose where the setting has its value, and counts that as consent. */
  async choose<Name extends ConsentSetting>(setting: Name, value: Settings[Name]): Promise<void> {
    const inWorkspace = this.#host.read().inspect(setting)?.workspaceValue !== undefined;
    if (inWorkspace) await this.#host.memory.update(memoryKey({ setting, value }), 'use');
    await this.#host.write(setting, value, inWorkspace ? 'workspace' : 'user');
    // VS Code tells of no change where the workspace had this value already, without it having counted.
    this.#changed();
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #read(): Settings {
    const values = this.#host.read();
    return settingsFrom((name) =>
      needsConsent(name)
        ? countingValue(name, values.inspect(name) ?? {}, (value) => this.#consentTo(value) === 'use')
        : values.get(name),
    );
  }

  async #ask(setting: ConsentSetting): Promise<void> {
    if (!this.#host.isTrusted() || this.#owned.disposed) return;
    const value = valueToConsent(setting, this.#host.read().inspect(setting) ?? {});
    if (value === undefined || this.#consentTo(value) !== undefined) return;
    const key = memoryKey(value);
    if (this.#asked.has(key)) return;
    this.#asked.add(key);
    const answer = await this.#host.askUser(value);
    if (answer === undefined) return;
    await this.#host.memory.update(key, answer);
    if (answer === 'use') this.#changed();
  }

  #consentTo(value: WorkspaceValue): Consent | undefined {
    const answer = this.#host.memory.get(memoryKey(value));
    return answer === 'use' || answer === 'ignore' ? answer : undefined;
  }

  #changed(): void {
    this.#current = undefined;
    this.#changes.fire();
  }
}

function memoryKey({ setting, value }: WorkspaceValue): string {
  return `consent/${setting}/${JSON.stringify(value)}`;
}
