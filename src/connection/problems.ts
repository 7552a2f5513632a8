import type { ObjectKey } from '../objects/objectKey';
import type { Connection } from './connection';
import { isProblem, type Freshness, type FreshnessState } from './freshness';
import type { Needs } from './objectUsers';
import { missingKeys, problemsOfPod } from './referenceState';
import { Tally, type Summary } from './summary';

/** What of a pod's references a person should look at. */
export interface PodProblems {
  readonly count: number;
  /** Whether one of them keeps the pod from starting. */
  readonly blocking: boolean;
}

/**
 * Which pods and objects have problems, kept up to date change by change. A pod is looked at again only if what is
 * wrong with one of its objects is another thing than before: each pass reads every object, and changes nothing.
 */
export class Problems {
  readonly #connection: Connection;
  readonly #tally = new Tally();
  /** What is wrong with an object, by its key; those with which nothing is wrong are left out. */
  readonly #wrong = new Map<string, string>();
  readonly #pods = new Map<string, PodProblems>();

  constructor(connection: Connection) {
    this.#connection = connection;
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
      const wrong = this.#lookAt(text, key);
      if (wrong === (this.#wrong.get(text) ?? '')) continue;
      if (wrong === '') this.#wrong.delete(text);
      else this.#wrong.set(text, wrong);
      for (const podId of this.#connection.userIds(key)) if (!pods.has(podId)) affected.add(podId);
    }
    for (const podId of [...pods, ...affected]) this.#lookAtPod(podId);
    return affected;
  }

  #lookAtPod(podId: string): void {
    const registered = this.#connection.pod(podId);
    const problems = registered === undefined ? [] : problemsOfPod(this.#connection, registered);
    if (problems.length === 0) this.#pods.delete(podId);
    else this.#pods.set(podId, { count: problems.length, blocking: problems.some(({ blocking }) => blocking) });
  }

  /** Counts the object. @returns what is wrong with it, whether that matters to anybody or not; `''` for nothing. */
  #lookAt(text: string, key: ObjectKey): string {
    const connection = this.#connection;
    const needs = connection.needsOf(key);
    const isAsked = needs.required + needs.optional > 0 || connection.isPinned(key);
    if (connection.inspect(key) === undefined || !isAsked) {
      this.#tally.set(text, undefined, undefined);
      return '';
    }
    const freshness = connection.freshness(key);
    const missing = missingKeys(connection, key, [...needs.keys.keys()]);
    const lacksRequiredKey = missing.some((name) => (needs.keys.get(name)?.required ?? 0) > 0);
    this.#tally.set(text, freshness.state, problemState(freshness, needs, lacksRequiredKey, connection.isPinned(key)));
    return [...(isProblem(freshness) ? [freshness.state] : []), ...missing].join('\n');
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
