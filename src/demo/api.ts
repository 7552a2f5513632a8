import type { Clock } from '../objects/clock';
import { denialOf, isAuthenticated, type Attributes, type User } from './access';
import { valueAt, type ApiObject } from './apiObject';
import { listOptions, type ListOptions } from './listOptions';
import { keyOf, type ObjectStore } from './objectStore';
import { routeOf, type Route } from './routes';
import { badRequest, methodNotAllowed, notFound, unauthorized, unknownResource, type Status } from './status';
import { startWatch, type WatchReader } from './watches';
import type { Disposable } from '../objects/disposable';

/** The parts of an HTTP request that the API reads. */
export interface ApiRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly authorization: string | undefined;
}

export type ApiAnswer =
  | { readonly is: 'object'; readonly object: object }
  | { readonly is: 'refusal'; readonly status: Status }
  /** Disposing what `start` returns ends the watch, and the reader is not told. */
  | { readonly is: 'watch'; readonly start: (reader: WatchReader) => Disposable };

/** The parts of the API of a cluster, as far as Kubefresh asks it. */
export interface Api {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly user: User;
}

/** Answers a request. As a real server, it checks the token first, then the permission, then whether the object exists. */
export function answerTo(api: Api, { method, target, authorization }: ApiRequest): ApiAnswer {
  if (!isAuthenticated(api.user, authorization)) return refusal(unauthorized());
  const [path = '', search] = target.split('?');
  const query = new URLSearchParams(search);
  const route = routeOf(path);
  if (route === undefined) return refusal(unknownResource());
  if (method !== 'GET') return refusal(methodNotAllowed());
  const options = listOptions(query);
  if (options === undefined) return refusal(badRequest(query));
  const denial = denialOf(api.user, attributesOf(route, options));
  if (denial !== undefined) return refusal(denial);
  return route.name === undefined ? listOrWatch(api, route, options) : getObject(api, route, route.name);
}

function refusal(status: Status): ApiAnswer {
  return { is: 'refusal', status };
}

function attributesOf({ resource, namespace, name }: Route, { watch, selected }: ListOptions): Attributes {
  const place = { resource: resource.plural, namespace };
  if (name !== undefined) return { ...place, verb: 'get', name };
  // Authorization takes a list that is restricted to one name for a request for that object.
  const only = selected?.field === 'metadata.name' ? selected.value : undefined;
  return { ...place, verb: watch ? 'watch' : 'list', name: only };
}

function getObject({ store }: Api, { resource, namespace }: Route, name: string): ApiAnswer {
  const object = store.get(resource, keyOf(resource, { namespace, name }));
  return object === undefined ? refusal(notFound(resource.plural, name)) : { is: 'object', object };
}

function listOrWatch({ store, clock }: Api, { resource, namespace }: Route, options: ListOptions): ApiAnswer {
  const { selected } = options;
  const selects = (object: ApiObject): boolean =>
    (namespace === undefined || object.metadata.namespace === namespace) &&
    (selected === undefined || valueAt(object, selected.field) === selected.value);
  if (options.watch) {
    return { is: 'watch', start: (reader) => startWatch(store, clock, { resource, selects, options }, reader) };
  }
  const object = {
    kind: `${resource.kind}List`,
    apiVersion: 'v1',
    metadata: { resourceVersion: String(store.version) },
    items: store.list(resource).filter(selects).map(withoutKind),
  };
  return { is: 'object', object };
}

/** Items have no kind, since their list has it. */
function withoutKind({ apiVersion: _version, kind: _kind, ...item }: ApiObject): object {
  return item;
}
