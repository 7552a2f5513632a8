import { keyText, type ObjectKey } from '../objects/objectKey';
import { assessObject, assessReference, type Assessment, type Demand, type Known, type ObjectContext } from './assess';
import type { HealthFacts, PodProblems, ProblemFacts } from './facts';
import { isTrouble, type FreshnessState } from './freshness';
import type { PodRegistry, RegisteredPod } from './podRegistry';
import { Tally, type Summary } from './summary';

/**
 * Whether a person should look at an object, for one who uses it or for all. What everybody can do without may well be
 * missing; what the user fetched by name and nobody uses may not.
 */
export function isProblem({ existence, missingKeys, demand, freshness, pinned }: Assessment): boolean {
  if (existence === 'missing') return isNeeded(demand) || (demand === 'unasked' && pinned);
  return missingKeys.some(({ required }) => required) || isTrouble(freshness);
}

function isNeeded(demand: Demand): boolean {
  return demand === 'required' || demand === 'pull';
}

/** Whether the pod of a reference cannot start: something is missing that it cannot do without. */
export function isBlocking({ existence, missingKeys, demand }: Assessment): boolean {
  return demand === 'required' && (existence === 'missing' || missingKeys.length > 0);
}

/** The references of a pod that a person should look at. What admission added is not the user's doing. */
export function problemsOfPod(objects: Known, { pod, references }: RegisteredPod): Assessment[] {
  return references
    .filter(({ injected }) => !injected)
    .map((reference) => assessReference(objects, pod.metadata.namespace ?? '', reference))
    .filter(isProblem);
}

/** What problems are found in. */
export interface ProblemSource extends ObjectContext {
  readonly pods: Pick<PodRegistry, 'get' | 'needsOf' | 'userIds'>;
  readonly health: HealthFacts;
}

/**
 * Which pods and objects have problems, kept up to date change by change. A pod is looked at again only if what is
 * wrong with one of its objects is another thing than before: each pass reads every object, and changes nothing.
 */
export class Problems implements ProblemFacts {
  readonly #source: ProblemSource;
  readonly #tally = new Tally();
  /** What is wrong with an object, by its key; those with which nothing is wrong are left out. */
  readonly #wrong = new Map<string, string>();
  readonly #pods = new Map<string, PodProblems>();

  constructor(source: ProblemSource) {
    this.#source = source;
  }

  /** An outage is one problem, however many objects it is of. */
  get summary(): Summary {
    const { summary } = this.#tally;
    const outages = this.#source.health.server.state === 'outage' ? 1 : 0;
    return { ...summary, problems: summary.problems + outages };
  }

  isProblem(key: ObjectKey): boolean {
    return this.#tally.isProblem(keyText(key));
  }

  ofPod(podId: string): PodProblems | undefined {
    return this.#pods.get(podId);
  }

  /**
   * @param objects Objects that may have changed, by the text of their keys.
   * @param pods Ids of pods that came, went or changed.
   * @param known What is kept of objects at this moment.
   * @returns ids of the other pods whose problems may have changed.
   */
  update(objects: ReadonlyMap<string, ObjectKey>, pods: ReadonlySet<string>, known: Known): Set<string> {
    const affected = new Set<string>();
    for (const [text, key] of objects) {
      const wrong = this.#lookAt(text, key, known);
      if (wrong === (this.#wrong.get(text) ?? '')) continue;
      if (wrong === '') this.#wrong.delete(text);
      else this.#wrong.set(text, wrong);
      for (const podId of this.#source.pods.userIds(key)) if (!pods.has(podId)) affected.add(podId);
    }
    for (const podId of [...pods, ...affected]) this.#lookAtPod(podId, known);
    return affected;
  }

  #lookAtPod(podId: string, known: Known): void {
    const registered = this.#source.pods.get(podId);
    const problems = registered === undefined ? [] : problemsOfPod(known, registered);
    if (problems.length === 0) this.#pods.delete(podId);
    else this.#pods.set(podId, { count: problems.length, blocking: problems.some(isBlocking) });
  }

  /** Counts the object. @returns what is wrong with it, whether that matters to anybody or not; `''` for nothing. */
  #lookAt(text: string, key: ObjectKey, objects: Known): string {
    const assessment = assessObject({ ...this.#source, objects }, key);
    if (objects.inspect(key) === undefined || (assessment.demand === 'unasked' && !assessment.pinned)) {
      this.#tally.set(text, undefined, undefined);
      return '';
    }
    const { freshness, missingKeys } = assessment;
    this.#tally.set(text, freshness.state, problemState(assessment));
    return [...(isTrouble(freshness) ? [freshness.state] : []), ...missingKeys.map(({ name }) => name)].join('\n');
  }
}

/** The state of an object that a person should look at. A missing key counts as missing. */
function problemState(assessment: Assessment): FreshnessState | undefined {
  if (!isProblem(assessment)) return undefined;
  return isTrouble(assessment.freshness) ? assessment.freshness.state : 'notFound';
}
