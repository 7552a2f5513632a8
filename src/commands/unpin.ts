import type { HoldActs } from '../connection/facts';
import { keyInArgument } from './names';

/** Ends the pin of an object that was fetched by its name. */
export function unpin(holds: Pick<HoldActs, 'unpin'>, row: unknown): Promise<void> {
  const key = keyInArgument(row);
  if (key !== undefined) holds.unpin(key);
  return Promise.resolve();
}
