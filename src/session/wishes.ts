import type { ContextInfo } from '../cluster/contract';
import { Names, type PodName, type Wishes } from '../connection/wishes';
import { objectKinds } from '../objects/kubernetes';
import { isObjectName, keyText, type ObjectKey } from '../objects/objectKey';

/** What is kept of wishes. Names only. */
export interface WishedNames {
  readonly pins: readonly ObjectKey[];
  readonly pods: readonly PodName[];
}

/** Where wishes are kept. A place is a context and the server that it leads to. */
export interface WishMemory {
  wishesAt(place: string): WishedNames;
  rememberWishes(place: string, names: WishedNames): void;
}

/** How many pins and how many pods are remembered at each place. The oldest are forgotten first. */
const mostNames = 200;

/** The wishes of this window, for each context and server. */
export class WishesByPlace {
  readonly #memory: WishMemory;
  readonly #byPlace = new Map<string, Wishes>();

  constructor(memory: WishMemory) {
    this.#memory = memory;
  }

  /** Credentials make no difference: whoever asks, the names mean the same objects. */
  of({ name, server }: Pick<ContextInfo, 'name' | 'server'>): Wishes {
    const place = JSON.stringify([name, withoutCredentials(server)]);
    const known = this.#byPlace.get(place);
    if (known !== undefined) return known;
    const wishes = makeWishes(this.#memory.wishesAt(place), (names) => {
      this.#memory.rememberWishes(place, names);
    });
    this.#byPlace.set(place, wishes);
    return wishes;
  }
}

/** Wishes that nobody remembers. */
export function passingWishes(): Wishes {
  return makeWishes({ pins: [], pods: [] }, () => undefined);
}

/** Names that were remembered. Anything else is left out. */
export function wishedNamesOf(remembered: unknown): WishedNames {
  const { pins, pods } = fieldsOf(remembered);
  return { pins: eachOf(pins, keyOf), pods: eachOf(pods, podNameOf) };
}

function makeWishes(names: WishedNames, remember: (names: WishedNames) => void): Wishes {
  const changed = (): void => {
    remember({ pins: wishes.pins.all.slice(-mostNames), pods: wishes.pods.all.slice(-mostNames) });
  };
  const wishes: Wishes = {
    pins: new Names(names.pins, keyText, changed),
    pods: new Names(names.pods, ({ namespace, name }) => `${namespace}/${name}`, changed),
  };
  return wishes;
}

/** The address may hold a user and a password, which belong on no disk. */
function withoutCredentials(server: string): string {
  const { origin, pathname } = new URL(server);
  return origin + pathname;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function eachOf<T>(value: unknown, read: (item: unknown) => T | undefined): readonly T[] {
  if (!Array.isArray(value)) return [];
  return value
    .map(read)
    .filter((item) => item !== undefined)
    .slice(-mostNames);
}

function podNameOf(value: unknown): PodName | undefined {
  const { namespace, name } = fieldsOf(value);
  if (typeof namespace !== 'string' || typeof name !== 'string') return undefined;
  return isObjectName(namespace) && isObjectName(name) ? { namespace, name } : undefined;
}

function keyOf(value: unknown): ObjectKey | undefined {
  const kind = objectKinds.find((one) => one === fieldsOf(value)['kind']);
  const named = podNameOf(value);
  return kind === undefined || named === undefined ? undefined : { kind, ...named };
}
