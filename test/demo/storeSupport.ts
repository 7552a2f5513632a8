import fc from 'fast-check';
import type { ApiObject } from '../../src/demo/apiObject';
import { listOptions, type ListOptions } from '../../src/demo/listOptions';
import { listObjects, type ListAnswer } from '../../src/demo/lists';
import type { ObjectStore } from '../../src/demo/objectStore';
import { resourceOfKind } from '../../src/demo/resources';
import type { Outcome, Status } from '../../src/demo/status';
import { prepareWatch, type WatchEvent } from '../../src/demo/watches';
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
/** The query of a list or watch that takes everything, or all but one name. */
export const selection: fc.Arbitrary<Readonly<Record<string, string>>> = fc.constantFrom(
  {},
  { fieldSelector: 'metadata.name!=x' },
);
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

export function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.refusal.message);
  return outcome.value;
}

export function refusalOf(outcome: Outcome<unknown>): Status {
  if (outcome.ok) throw new Error('granted');
  return outcome.refusal;
}

export function optionsOf(query: Readonly<Record<string, string>>): ListOptions {
  return valueOf(listOptions(new URLSearchParams(query), configMaps));
}

/** A list of ConfigMaps. */
export function list(
  store: ObjectStore,
  namespace: string | undefined,
  query: Readonly<Record<string, string>> = {},
): Outcome<ListAnswer> {
  return listObjects(store, configMaps, namespace, optionsOf(query));
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
  namespace: string | undefined,
  query: Readonly<Record<string, string>>,
): Watching {
  const events: WatchEvent[] = [];
  let ended = false;
  const start = valueOf(prepareWatch(store, clock, { resource: configMaps, namespace, options: optionsOf(query) }));
  const started = start({
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
