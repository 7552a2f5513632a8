import type { PodActs } from '../connection/facts';
import { isRecord } from './names';

/** Unregisters a pod that was registered by its name. */
export function unregisterPod(pods: Pick<PodActs, 'unregister'>, row: unknown): Promise<void> {
  const podId = isRecord(row) ? row['podId'] : undefined;
  if (typeof podId === 'string') pods.unregister(podId);
  return Promise.resolve();
}
