import { disposable, type Disposable } from '../objects/disposable';
import { keyText, type ObjectKey } from '../objects/objectKey';
import type { HoldActs, HoldFacts, ObjectFacts, ObjectReads } from './facts';
import type { OpenManifest } from './openManifest';
import type { Wishes } from './wishes';

/** What pins and open manifests hold. A hold counts as no reference, and drops nothing that is cached. */
export class Holds implements HoldFacts, HoldActs, Disposable {
  readonly #objects: Pick<ObjectFacts & ObjectReads, 'hold' | 'freshness' | 'inspect'>;
  readonly #wishes: Pick<Wishes, 'pins'>;
  readonly #pins = new Map<string, { readonly key: ObjectKey; readonly hold: Disposable }>();
  readonly #manifests = new Map<string, OpenManifest>();
  /** The text of the key of each restored pin. */
  #restored: ReadonlySet<string> = new Set();

  /** Holds nothing before {@link restorePins}. */
  constructor(
    objects: Pick<ObjectFacts & ObjectReads, 'hold' | 'freshness' | 'inspect'>,
    wishes: Pick<Wishes, 'pins'>,
  ) {
    this.#objects = objects;
    this.#wishes = wishes;
  }

  get pins(): readonly ObjectKey[] {
    return [...this.#pins.values()].map(({ key }) => key);
  }

  isPinned(key: ObjectKey): boolean {
    return this.#pins.has(keyText(key));
  }

  pin(key: ObjectKey): void {
    const text = keyText(key);
    if (this.#pins.has(text)) return;
    this.#pins.set(text, { key, hold: this.#objects.hold(key) });
    this.#wishes.pins.add(key);
  }

  unpin(key: ObjectKey): void {
    const text = keyText(key);
    const pin = this.#pins.get(text);
    if (pin === undefined) return;
    this.#pins.delete(text);
    this.#wishes.pins.delete(key);
    pin.hold.dispose();
  }

  /** Pins what the user pinned before there was this connection. */
  restorePins(): void {
    const { all } = this.#wishes.pins;
    this.#restored = new Set(all.map(keyText));
    for (const key of all) this.pin(key);
  }

  /** Pins of which the server has said nothing yet: those that were restored, and those that were read in vain. */
  get unansweredPins(): readonly ObjectKey[] {
    return this.pins.filter((key) => {
      const isAsked = this.#restored.has(keyText(key)) || this.#objects.inspect(key)?.setback !== undefined;
      return isAsked && ['notFetched', 'failed'].includes(this.#objects.freshness(key).state);
    });
  }

  get manifests(): Iterable<OpenManifest> {
    return this.#manifests.values();
  }

  manifest(id: string): OpenManifest | undefined {
    return this.#manifests.get(id);
  }

  /** A changed manifest is held before the hold of its former text ends, so that nothing goes that is in both. */
  holdManifest(manifest: OpenManifest): Disposable {
    const keys = new Map(manifest.uses.map(({ key }) => [keyText(key), key]));
    const holds = [...keys.values()].map((key) => this.#objects.hold(key));
    this.#manifests.set(manifest.id, manifest);
    return disposable(() => {
      if (this.#manifests.get(manifest.id) === manifest) this.#manifests.delete(manifest.id);
      for (const hold of holds) hold.dispose();
    });
  }

  /** Lets go of what is pinned, which stays the user's wish. Manifests are let go of by whoever opened them. */
  dispose(): void {
    for (const { hold } of this.#pins.values()) hold.dispose();
  }
}
