import type { ApiObject } from './apiObject';
import { continuationIn, continueToken } from './continueTokens';
import type { ListOptions } from './listOptions';
import type { ObjectStore } from './objectStore';
import type { Resource } from './resources';
import { badRequest, expired, granted, refused, tooLargeVersion, type Outcome } from './status';
import { versionIn } from './versions';

export interface ListAnswer {
  readonly kind: string;
  readonly apiVersion: 'v1';
  readonly metadata: {
    readonly resourceVersion: string;
    readonly continue?: string;
    /** Only where everything is selected: else nobody has counted. */
    readonly remainingItemCount?: number;
  };
  readonly items: readonly object[];
}

/**
 * One page of the objects in a namespace, or in all. The pages of a list are of one version, which their tokens hold:
 * what changes between two pages does not show.
 */
export function listObjects(
  store: ObjectStore,
  resource: Resource,
  namespace: string | undefined,
  options: ListOptions,
): Outcome<ListAnswer> {
  const part = partOf(store, options);
  if (!part.ok) return part;
  const { version, start, limit } = part.value;
  const prefix = namespace === undefined ? '' : `${namespace}/`;
  const range = store.at(resource, version).filter(([key]) => key.startsWith(prefix) && key >= prefix + start);
  const items: object[] = [];
  let seen = 0;
  while (seen < range.length && (limit === 0 || items.length < limit)) {
    const [, object] = range[seen] ?? [];
    if (object !== undefined && options.selector.matches(object)) items.push(withoutKind(object));
    seen += 1;
  }
  const [next] = range[seen] ?? [];
  return granted({
    kind: `${resource.kind}List`,
    apiVersion: 'v1',
    metadata: {
      resourceVersion: String(version),
      ...(next === undefined ? {} : { continue: continueToken({ version, start: next.slice(prefix.length) }) }),
      ...(next === undefined || !options.selector.isEmpty ? {} : { remainingItemCount: range.length - seen }),
    },
    items,
  });
}

/** Items do not repeat what their list says. */
function withoutKind({ apiVersion: _version, kind: _kind, ...item }: ApiObject): object {
  return item;
}

/** Which version is listed, from which key, and how many objects at most. */
interface Part {
  readonly version: number;
  readonly start: string;
  readonly limit: number;
}

/** Mirrors `ValidateListOptions` (`pkg/storage/interfaces.go` of apiserver, 1.37). */
function partOf(store: ObjectStore, options: ListOptions): Outcome<Part> {
  const { resourceVersion, match, limit } = options;
  if (options.continue !== '') return nextPart(store, options);
  const asked = versionIn(resourceVersion, (problem) => badRequest(`invalid resource version: ${problem}`));
  if (!asked.ok) return asked;
  const isExact = match === 'Exact' || (match === '' && limit > 0 && asked.value > 0);
  if (asked.value > store.version) return refused(tooLargeVersion(asked.value, store.version));
  if (isExact && asked.value < store.oldestVersion) return refused(expired(tooOldList));
  return granted({
    version: isExact ? asked.value : store.version,
    start: '',
    // Whoever takes any version is given what the server has at hand, and that is the whole.
    limit: resourceVersion === '0' ? 0 : limit,
  });
}

function nextPart(store: ObjectStore, { continue: token, resourceVersion, limit }: ListOptions): Outcome<Part> {
  const from = continuationIn(token);
  if (!from.ok) return from;
  if (resourceVersion !== '' && resourceVersion !== '0') {
    return refused(badRequest('specifying resource version is not allowed when using continue'));
  }
  const { version, start } = from.value;
  if (version === 'newest') return granted({ version: store.version, start, limit });
  if (version > store.version) return refused(tooLargeVersion(version, store.version));
  if (version < store.oldestVersion) return refused(expired(tooOldPage, continueToken({ version: 'newest', start })));
  return granted({ version, start, limit });
}

const tooOldList = 'The resourceVersion for the provided list is too old.';
const tooOldPage =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
  'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
  'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or ' +
  'deleted between the time the first chunk was returned and now may show up in the list.';
