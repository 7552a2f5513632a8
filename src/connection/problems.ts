import type { ObjectCopy } from '../objects/copies';
import type { ObjectKey } from '../objects/objectKey';
import type { Inspection } from '../manager/reading';
import { isProblem, type Freshness, type FreshnessState } from './freshness';
import type { Needs } from './objectUsers';
import { Tally, type Summary } from './summary';

/** What of a pod's references a person should look at. */
export interface PodProblems {
  readonly count: number;
  /** Whether one of them keeps the pod from starting. */
  readonly blocking: boolean;
}

export interface ProblemsOptions {
  readonly inspect: (key: ObjectKey) => Inspection<ObjectCopy> | undefined;
  readonly freshness: (key: ObjectKey) => Freshness;
  readonly needs: (key: ObjectKey) => Needs;
  readonly isPinned: (key: ObjectKey) => boolean;
  /** Ids of the pods that use an object. */
  readonly users: (key: ObjectKey) => Iterable<string>;
  /** Looks at each reference of a pod; `undefined` for one without a problem. */
  readonly ofPod: (podId: string) => PodProblems | undefined;
}

/**
 * Which pods and objects have problems, kept up to date change by change. A pod is looked at again only if what is
 * wrong with one of its objects is another thing than before: each pass reads every object, and changes nothing.
 */
export class Problems {
  readonly #options: ProblemsOptions;
  readonly #tally = new Tally();
  /** What is wrong with an object, by its key; those with which nothing is wrong are left out. */
  readonly #wrong = new Map<string, string>();
  readonly #pods = new Map<string, PodProblems>();

  constructor(options: ProblemsOptions) {
    this.#options = options;
  }

  get summary(): Summary {
    return this.#tally.summary;
  }

  /** @param text The text of the object's key. */
  isProblem(text: string): boolean {
    return this.#tally.isProblem(text);
  }

  ofPod(podId: string): PodProblems | undefined {
    return this.#pods.get(podId);
  }

  /**
   * @param objects Objects that may have changed, by the text of their keys.
   * @param pods Ids of pods that came, went or changed.
   * @returns ids of the other pods whose problems may have changed.
   */
  update(objects: ReadonlyMap<string, ObjectKey>, pods: ReadonlySet<string>): Set<string> {
    const affected = new Set<string>();
    for (const [text, key] of objects) {
      const { state, missingKeys } = this.#lookAt(text, key);
      const wrong = [...(state === undefined ? [] : [state]), ...missingKeys].join('\n');
      if (wrong === (this.#wrong.get(text) ?? '')) continue;
      if (wrong === '') this.#wrong.delete(text);
      else this.#wrong.set(text, wrong);
      for (const podId of this.#options.users(key)) if (!pods.has(podId)) affected.add(podId);
    }
    for (const podId of [...pods, ...affected]) {
      const problems = this.#options.ofPod(podId);
      if (problems === undefined) this.#pods.delete(podId);
      else this.#pods.set(podId, problems);
    }
    return affected;
  }

  /** Counts the object, and answers what is wrong with it, whether that matters to anybody or not. */
  #lookAt(
    text: string,
    key: ObjectKey,
  ): { readonly state: FreshnessState | undefined; readonly missingKeys: readonly string[] } {
    const { inspect, freshness, needs, isPinned } = this.#options;
    const inspection = inspect(key);
    const needed = needs(key);
    if (inspection === undefined || (needed.required + needed.optional === 0 && !isPinned(key))) {
      this.#tally.set(text, undefined, undefined);
      return { state: undefined, missingKeys: [] };
    }
    const now = freshness(key);
    const { content } = inspection;
    const missing =
      content.state === 'object' ? [...needed.keys].filter(([name]) => !content.object.data.has(name)) : [];
    this.#tally.set(
      text,
      now.state,
      problemState(
        now,
        needed,
        missing.some(([, counts]) => counts.required > 0),
        isPinned(key),
      ),
    );
    return { state: isProblem(now) ? now.state : undefined, missingKeys: missing.map(([name]) => name) };
  }
}

/** The state that a person should look at. What everybody can do without may well be missing. */
function problemState(
  freshness: Freshness,
  { required }: Needs,
  lacksRequiredKey: boolean,
  pinned: boolean,
): FreshnessState | undefined {
  if (freshness.state === 'notFound' && required === 0 && !pinned) return undefined;
  if (isProblem(freshness)) return freshness.state;
  return lacksRequiredKey ? 'notFound' : undefined;
}
