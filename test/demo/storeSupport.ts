import fc from 'fast-check';
import type { ApiObject } from '../../src/demo/apiObject';
import type { ObjectStore } from '../../src/demo/objectStore';
import { resourceOfKind } from '../../src/demo/resources';
import { startWatch, type Watched, type WatchEvent } from '../../src/demo/watches';
import type { Clock } from '../../src/objects/clock';
import { configMap } from '../apiContract/apiUnderTest';
import { put } from './demoApi';

export const configMaps = resourceOfKind('ConfigMap');

/** What an actor of the cluster does. */
export interface Act {
  readonly act: 'put' | 'remove';
  readonly namespace: string;
  readonly name: string;
}

export const place = { namespace: fc.constantFrom('a', 'a-b', 'b'), name: fc.constantFrom('x', 'x-1', 'y', 'z') };
export const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.record({ act: fc.constantFrom('put' as const, 'put' as const, 'remove' as const), ...place }),
  { maxLength: 40 },
);

/** Plays an act; removing what is not there does nothing. */
export function play(store: ObjectStore, { act, namespace, name }: Act): void {
  if (act === 'put') {
    put(store, configMap(namespace, name, `v${store.version}`));
  } else if (store.get(configMaps, `${namespace}/${name}`) !== undefined) {
    store.remove({ kind: 'ConfigMap', namespace, name });
  }
}

export interface Watching {
  readonly events: readonly WatchEvent[];
  readonly isEnded: () => boolean;
  dispose(): void;
}

/** A watch of ConfigMaps that writes down what it is told. */
export function watch(
  store: ObjectStore,
  clock: Clock,
  options: Partial<Watched['options']>,
  selects: Watched['selects'] = () => true,
): Watching {
  const events: WatchEvent[] = [];
  let ended = false;
  const watched = {
    resource: configMaps,
    selects,
    options: { resourceVersion: 0, initialEvents: false, timeoutSeconds: undefined, ...options },
  };
  const started = startWatch(store, clock, watched, {
    event: (event) => void events.push(event),
    ended: () => {
      ended = true;
    },
  });
  return {
    events,
    isEnded: () => ended,
    dispose: () => {
      started.dispose();
    },
  };
}

/** What there is after all events, if that was there before. Fails where an event does not fit. */
export function replay(before: readonly ApiObject[], events: readonly WatchEvent[]): readonly ApiObject[] {
  const keyOf = ({ metadata }: ApiObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;
  const objects = new Map(before.map((object) => [keyOf(object), object]));
  for (const event of events) {
    if (event.type === 'BOOKMARK' || event.type === 'ERROR') continue;
    const key = keyOf(event.object);
    if (objects.has(key) !== (event.type !== 'ADDED')) throw new Error(`${event.type} ${key} does not fit`);
    if (event.type === 'DELETED') objects.delete(key);
    else objects.set(key, event.object);
  }
  return [...objects].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, object]) => object);
}
