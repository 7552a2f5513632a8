import type { Session } from '../connection/session';
import { keyInArgument } from './names';

/** Takes back that a pod was registered by its name. */
export function unregisterPod(session: Session, row: unknown): Promise<void> {
  if (typeof row === 'object' && row !== null && 'podId' in row && typeof row.podId === 'string') {
    session.connection?.unregister(row.podId);
  }
  return Promise.resolve();
}

/** Lets go of an object that was fetched by its name. */
export function unpin(session: Session, row: unknown): Promise<void> {
  const key = keyInArgument(row);
  if (key !== undefined) session.connection?.unpin(key);
  return Promise.resolve();
}
