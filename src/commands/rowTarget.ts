import type { Connection } from '../connection/connection';
import type { ObjectKey } from '../objects/objectKey';
import { dataKeyInArgument, isRecord, keyInArgument } from './names';

/** What a row of either view stands for. */
export type RowTarget =
  | { readonly is: 'object'; readonly key: ObjectKey }
  | { readonly is: 'dataKey'; readonly key: ObjectKey; readonly dataKey: string }
  | { readonly is: 'pod'; readonly namespace: string; readonly name: string }
  | { readonly is: 'owner'; readonly name: string };

/** What the argument of a command stands for, which may come from anywhere, or be about a pod that is gone. */
export function targetOf(connection: Pick<Connection, 'pod'>, argument: unknown): RowTarget | undefined {
  if (!isRecord(argument)) return undefined;
  switch (argument['row']) {
    case 'owner':
      return ownerIn(argument['owner']);
    case 'pod':
    case 'use':
      return podIn(connection, argument['podId']);
    case 'reference':
      return referenceIn(connection, argument['podId'], argument['index']);
    case 'dataKey': {
      const found = dataKeyInArgument(argument);
      return found === undefined ? undefined : { is: 'dataKey', ...found };
    }
    default: {
      const key = keyInArgument(argument);
      return key === undefined ? undefined : { is: 'object', key };
    }
  }
}

function ownerIn(owner: unknown): RowTarget | undefined {
  return isRecord(owner) && typeof owner['name'] === 'string' ? { is: 'owner', name: owner['name'] } : undefined;
}

function podIn(connection: Pick<Connection, 'pod'>, podId: unknown): RowTarget | undefined {
  const registered = typeof podId === 'string' ? connection.pod(podId) : undefined;
  if (registered === undefined) return undefined;
  const { namespace = '', name } = registered.pod.metadata;
  return { is: 'pod', namespace, name };
}

/** The object of a reference, or its key if the reference takes just one. */
function referenceIn(connection: Pick<Connection, 'pod'>, podId: unknown, index: unknown): RowTarget | undefined {
  const registered = typeof podId === 'string' ? connection.pod(podId) : undefined;
  const reference = typeof index === 'number' ? registered?.references[index] : undefined;
  if (registered === undefined || reference === undefined) return undefined;
  const { kind, name, keys } = reference;
  const key = { kind, namespace: registered.pod.metadata.namespace ?? '', name };
  const [only, second] = keys.choose === 'some' ? keys.keys : [];
  return only === undefined || second !== undefined ? { is: 'object', key } : { is: 'dataKey', key, dataKey: only.key };
}
