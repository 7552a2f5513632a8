import type { ConfigMapCopy, SecretCopy } from '../objects/objectCopy';
import { answered, type Answer } from '../objects/failure';
import type { Listing, ListWatch, WatchedObject, WatchEnd, WatchEvents, WatchStart } from '../objects/listWatch';
import type { Sealed } from '../objects/sealed';
import { configMapCopy, maxObjectBytes, secretCopy, type ExpectedObject } from './decode';
import { collectionPath, describe, fieldSelector } from './paths';
import type { Requests } from './requests';
import { Selection } from './selection';

/** The API's two names for a kind of objects, such as `Secret` and `secrets`, and what decodes one of them. */
interface ObjectResource<T> {
  readonly kind: string;
  readonly resource: string;
  readonly decode: (object: unknown, expected: ExpectedObject) => Answer<T>;
}

export function secretSource(requests: Requests, seal: (base64: string) => Sealed): ListWatch<SecretCopy> {
  const decode = (object: unknown, expected: ExpectedObject): Answer<SecretCopy> => secretCopy(object, expected, seal);
  return new ApiObjects(requests, { kind: 'Secret', resource: 'secrets', decode });
}

export function configMapSource(requests: Requests): ListWatch<ConfigMapCopy> {
  return new ApiObjects(requests, { kind: 'ConfigMap', resource: 'configmaps', decode: configMapCopy });
}

/** Secrets or ConfigMaps, each listed and watched by itself. */
class ApiObjects<T extends WatchedObject> implements ListWatch<T> {
  readonly #requests: Requests;
  readonly #resource: ObjectResource<T>;

  constructor(requests: Requests, resource: ObjectResource<T>) {
    this.#requests = requests;
    this.#resource = resource;
  }

  async list(
    namespace: string,
    name: string,
    resourceVersion: string,
    signal: AbortSignal,
  ): Promise<Answer<Listing<T>>> {
    const selection = this.#select(namespace, name);
    if (!selection.ok) return selection;
    const objects: T[] = [];
    const take = (some: readonly T[]): void => void objects.push(...some);
    const query = { resourceVersion: resourceVersion === '' ? undefined : resourceVersion };
    const answer = await selection.value.list(query, take, signal);
    return answer.ok ? answered({ objects, resourceVersion: answer.value.resourceVersion }) : answer;
  }

  async watch(
    namespace: string,
    name: string,
    start: WatchStart,
    timeoutSeconds: number,
    events: WatchEvents<T>,
    signal: AbortSignal,
  ): Promise<Answer<WatchEnd>> {
    const selection = this.#select(namespace, name);
    return selection.ok ? selection.value.watch(start, timeoutSeconds, events, signal) : selection;
  }

  #select(namespace: string, name: string): Answer<Selection<T>> {
    const { kind, resource, decode } = this.#resource;
    const path = collectionPath(resource, namespace, name);
    if (!path.ok) return path;
    const subject = describe(resource, namespace, name);
    const selected = {
      path: path.value,
      fieldSelector: fieldSelector('metadata.name', name),
      kind,
      subject,
      maxPageBytes: maxObjectBytes,
      decode: (object: unknown) => decode(object, { kind, namespace, name, subject }),
    };
    return answered(new Selection(this.#requests, selected));
  }
}
