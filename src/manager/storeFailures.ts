import type { Answer, Failure } from '../objects/failure';
import { quoteGo } from './quote';
import type { Reading } from './reading';

/** A kind in the kubelet's own texts. They have the singular where an API server has the plural. */
export type ResourceName = 'secret' | 'configmap';

/** The answer to a caller that gave up, or whose store ended. */
export const cancelledReading = {
  outcome: 'failed',
  failure: { kind: 'cancelled', message: 'the request was cancelled' },
} as const satisfies Reading<never>;

export function notRegistered(namespace: string, name: string): Failure {
  return { kind: 'notRegistered', message: `object ${quoteGo(namespace)}/${quoteGo(name)} not registered` };
}

/** The failure of a get for which no list came in time. */
export function notSynced(resource: ResourceName): Failure {
  return { kind: 'notSynced', message: `failed to sync ${resource} cache: timed out waiting for the condition` };
}

/** The failure where a list or a watch shows no such object. The API server makes no text then. */
export function notListed(resource: ResourceName, name: string): Failure {
  return { kind: 'notFound', message: `${resource} ${quoteGo(name)} not found` };
}

/** Sends a request. A request should not throw; one that does becomes a failure, so that no caller waits for ever. */
export async function askFor<T>(name: string, request: () => Promise<Answer<T>>): Promise<Answer<T>> {
  try {
    return await request();
  } catch (error) {
    const what = error instanceof Error ? error.name : 'an unknown error';
    return { ok: false, failure: { kind: 'invalid', message: `reading ${name} ended with ${what}` } };
  }
}
