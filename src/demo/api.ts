import type { Clock } from '../objects/clock';
import { denialOf, isAuthenticated, type Attributes, type User } from './access';
import { documentAt } from './discovery';
import { isWatch, listOptions } from './listOptions';
import { listObjects } from './lists';
import { keyOf, type ObjectStore } from './objectStore';
import { routeOf, type CollectionRoute, type ObjectRoute } from './routes';
import { fieldSelector } from './selectors';
import {
  granted,
  methodNotAllowed,
  notFound,
  refused,
  tooLargeVersion,
  unauthorized,
  unknownResource,
  unreadableVersion,
  type Outcome,
} from './status';
import { versionIn } from './versions';
import { prepareWatch, type StartWatch } from './watches';

/** The parts of an HTTP request that the API reads. */
export interface ApiRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly authorization: string | undefined;
}

export type ApiAnswer =
  | { readonly form: 'object'; readonly object: object }
  | { readonly form: 'text'; readonly code: number; readonly text: string }
  | { readonly form: 'events'; readonly start: StartWatch };

/** The parts of a read-only Kubernetes API. */
export interface Api {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly user: User;
}

/** Answers a request. As a real server, it checks the token first, then the permission, then whether the object exists. */
export function answerTo(api: Api, { method, target, authorization }: ApiRequest): Outcome<ApiAnswer> {
  if (!isAuthenticated(api.user, authorization)) return refused(unauthorized());
  const [path = '', ...rest] = target.split('?');
  const query = new URLSearchParams(rest.join('?'));
  const route = routeOf(path);
  if (route.to === 'nothing') return granted({ form: 'text', code: 404, text: '404 page not found\n' });
  if (route.to === 'unknownResource') return refused(unknownResource());
  if (route.to !== 'document') {
    const denial = denialOf(api.user, attributesOf(method, route, query));
    if (denial !== undefined) return refused(denial);
  }
  if (method !== 'GET') return refused(methodNotAllowed());
  switch (route.to) {
    case 'document': {
      const document = documentAt(route.path);
      return granted(
        typeof document === 'string'
          ? { form: 'text', code: 200, text: document }
          : { form: 'object', object: document },
      );
    }
    case 'object':
      return getObject(api, route, query);
    case 'collection':
      return listOrWatch(api, route, query);
  }
}

const verbs: Readonly<Record<string, string>> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

function attributesOf(method: string, route: CollectionRoute | ObjectRoute, query: URLSearchParams): Attributes {
  const verb = verbs[method] ?? '';
  const { to, resource, ...place } = route;
  const attributes = { ...place, verb, resource: resource.plural };
  if (to === 'object' || verb !== 'get') return attributes;
  // Authorization takes a list that is restricted to one name for a request for that object.
  const fields = fieldSelector(query.get('fieldSelector') ?? '', resource);
  const name = fields.ok ? fields.value.name : undefined;
  return { ...attributes, verb: isWatch(query) ? 'watch' : 'list', ...(name === undefined ? {} : { name }) };
}

function getObject({ store }: Api, route: ObjectRoute, query: URLSearchParams): Outcome<ApiAnswer> {
  const { resource, name } = route;
  const version = versionIn(query.get('resourceVersion') ?? '', unreadableVersion);
  if (!version.ok) return version;
  if (version.value > store.version) return refused(tooLargeVersion(version.value, store.version));
  const object = store.get(resource, keyOf(resource, route));
  return object === undefined ? refused(notFound(resource.plural, name)) : granted({ form: 'object', object });
}

function listOrWatch(
  { store, clock }: Api,
  { resource, namespace }: CollectionRoute,
  query: URLSearchParams,
): Outcome<ApiAnswer> {
  const options = listOptions(query, resource);
  if (!options.ok) return options;
  if (options.value.watch) {
    const watch = prepareWatch(store, clock, { resource, namespace, options: options.value });
    return watch.ok ? granted({ form: 'events', start: watch.value }) : watch;
  }
  const list = listObjects(store, resource, namespace, options.value);
  return list.ok ? granted({ form: 'object', object: list.value }) : list;
}
