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
    /** Absent with a selector, since the rest was not counted. */
    readonly remainingItemCount?: number;
  };
  readonly items: readonly object[];
}

/**
 * One page of the objects in a namespace, or in all namespaces. All pages of a list show the version of the first page, which
 * the tokens contain.
 */
export function listObjects(
  store: ObjectStore,
  resource: Resource,
  namespace: string | undefined,
  options: ListOptions,
): Outcome<ListAnswer> {
  const part = pageRangeOf(store, options);
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

/** Items have no kind, since their list has it. */
function withoutKind({ apiVersion: _version, kind: _kind, ...item }: ApiObject): object {
  return item;
}

/** The version of a page, its first key, and the most objects on it (0: no limit). */
interface PageRange {
  readonly version: number;
  readonly start: string;
  readonly limit: number;
}

/** Mirrors `ValidateListOptions` (`pkg/storage/interfaces.go` of apiserver, 1.37). */
function pageRangeOf(store: ObjectStore, options: ListOptions): Outcome<PageRange> {
  const { resourceVersion, match, limit } = options;
  if (options.continue !== '') return nextPageRange(store, options);
  const requested = versionIn(resourceVersion, (problem) => badRequest(`invalid resource version: ${problem}`));
  if (!requested.ok) return requested;
  const isExact = match === 'Exact' || (match === '' && limit > 0 && requested.value > 0);
  if (requested.value > store.version) return refused(tooLargeVersion(requested.value, store.version));
  if (isExact && requested.value < store.oldestVersion) return refused(expired(tooOldList));
  return granted({
    version: isExact ? requested.value : store.version,
    start: '',
    // A list of any version comes from the server's cache, which ignores limits.
    limit: resourceVersion === '0' ? 0 : limit,
  });
}

function nextPageRange(
  store: ObjectStore,
  { continue: token, resourceVersion, limit }: ListOptions,
): Outcome<PageRange> {
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
