import type { Answer, Failure } from '../objects/failure';
import { quoteGo } from './quote';
import type { Reading } from './reading';

/** The API's name of a kind in texts that the kubelet makes itself: singular, where an API server says the plural. */
export type ResourceName = 'secret' | 'configmap';

/** What a get comes to whose caller gave up, or whose store ended. */
export const cancelledReading = {
  outcome: 'failed',
  failure: { kind: 'cancelled', message: 'the request was cancelled' },
} as const satisfies Reading<never>;

export function notRegistered(namespace: string, name: string): Failure {
  return { kind: 'notRegistered', message: `object ${quoteGo(namespace)}/${quoteGo(name)} not registered` };
}

/** A get of the watch store that no list answered in time. */
export function notSynced(resource: ResourceName): Failure {
  return { kind: 'notSynced', message: `failed to sync ${resource} cache: timed out waiting for the condition` };
}

/** A list or a watch says that there is no such object, so the API server made no text. */
export function notListed(resource: ResourceName, name: string): Failure {
  return { kind: 'notFound', message: `${resource} ${quoteGo(name)} not found` };
}

/** The answer to a request. Requests answer their failures; one that throws must not leave others waiting. */
export async function askFor<T>(name: string, request: () => Promise<Answer<T>>): Promise<Answer<T>> {
  try {
    return await request();
  } catch (error) {
    const what = error instanceof Error ? error.name : 'an unknown error';
    return { ok: false, failure: { kind: 'invalid', message: `reading ${name} ended with ${what}` } };
  }
}
