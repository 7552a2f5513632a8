import type { Facts } from '../connection/facts';
import type { ManifestUse, OpenManifest } from '../connection/openManifest';
import { ownerOf } from '../connection/owners';
import type { RegisteredPod } from '../connection/podRegistry';
import { assessReference } from '../connection/assess';
import { isProblem } from '../connection/problems';
import type { Disposable } from '../objects/disposable';
import { Emitter } from '../objects/emitter';
import type { ObjectKey } from '../objects/objectKey';

/** Which rows both views show: those that hold each word of a text, or those that a person should look at, or both. */
export class Filter implements Disposable {
  readonly #changed = new Emitter<void>();
  #text = '';
  #words: readonly string[] = [];
  #problemsOnly = false;

  readonly onDidChange = this.#changed.event;

  get text(): string {
    return this.#text;
  }

  get problemsOnly(): boolean {
    return this.#problemsOnly;
  }

  get active(): boolean {
    return this.#words.length > 0 || this.#problemsOnly;
  }

  setText(text: string): void {
    this.#set(text.trim(), this.#problemsOnly);
  }

  setProblemsOnly(problemsOnly: boolean): void {
    this.#set(this.#text, problemsOnly);
  }

  clear(): void {
    this.#set('', false);
  }

  /** Words are looked for in the pod's name, namespace, node and owner, and in the names of what it refers to. */
  showsPod(facts: Facts, { id, pod, references }: RegisteredPod): boolean {
    if (this.#problemsOnly && facts.problems.ofPod(id) === undefined) return false;
    if (this.#words.length === 0) return true;
    const { name, namespace = '' } = pod.metadata;
    const names = references.filter(({ injected }) => !injected).map((reference) => reference.name);
    return this.#isIn([name, namespace, pod.spec?.nodeName ?? '', ownerOf(pod)?.name ?? '', ...names]);
  }

  /** Words are looked for in the manifest's name and in the names of what it refers to. */
  showsManifest(facts: Facts, { name, uses }: OpenManifest): boolean {
    const hasProblem = ({ key, reference }: ManifestUse): boolean =>
      isProblem(assessReference(facts.objects, key.namespace, reference));
    if (this.#problemsOnly && !uses.some(hasProblem)) return false;
    return this.#isIn([name, ...uses.map(({ key }) => key.name)]);
  }

  /** Words are looked for in the object's kind, name and namespace, and in the keys that it has or should have. */
  showsObject(facts: Facts, key: ObjectKey): boolean {
    if (this.#problemsOnly && !facts.problems.isProblem(key)) return false;
    if (this.#words.length === 0) return true;
    const content = facts.objects.inspect(key)?.content;
    const dataKeys = content?.state === 'object' ? content.object.data.keys() : [];
    return this.#isIn([key.name, key.namespace, key.kind, ...dataKeys, ...facts.pods.needsOf(key).keys.keys()]);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #set(text: string, problemsOnly: boolean): void {
    if (text === this.#text && problemsOnly === this.#problemsOnly) return;
    this.#text = text;
    this.#words = text
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    this.#problemsOnly = problemsOnly;
    this.#changed.fire(undefined);
  }

  #isIn(texts: readonly string[]): boolean {
    return this.#words.every((word) => texts.some((text) => text.toLowerCase().includes(word)));
  }
}
