import type { OpenConnection } from '../connection/facts';
import type { ObjectKey } from '../objects/objectKey';
import { keyInArgument } from './names';

/** Shows an object among the Secrets and ConfigMaps. One that nothing keeps any more is pinned. */
export async function revealObject(
  { objects, holds }: Pick<OpenConnection, 'objects' | 'holds'>,
  argument: unknown,
  reveal: (key: ObjectKey) => Promise<void>,
): Promise<void> {
  const key = keyInArgument(argument);
  if (key === undefined) return;
  // A hover may have been the last to hold it.
  if (objects.inspect(key) === undefined) holds.pin(key);
  await reveal(key);
}
