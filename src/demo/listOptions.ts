import type { Resource } from './resources';
import { fieldSelector, type Selector } from './selectors';
import { badRequest, granted, invalidOptions, refused, type Outcome, type StatusCause } from './status';

/** The options in the query of a list or watch. */
export interface ListOptions {
  readonly watch: boolean;
  readonly selector: Selector;
  /** As in the query. The list or the watch checks it. */
  readonly resourceVersion: string;
  readonly match: '' | 'Exact' | 'NotOlderThan';
  /** 0: no limit. */
  readonly limit: number;
  readonly continue: string;
  readonly allowBookmarks: boolean;
  /** Whether a watch begins with the state. Undefined: it depends on the version. */
  readonly initialEvents: boolean | undefined;
  /** 0: the server's own limit. */
  readonly timeoutSeconds: number;
}

/** Reads and checks the query as `ListResource` does (`pkg/endpoints/handlers/get.go` of apiserver, 1.37). */
export function listOptions(query: URLSearchParams, resource: Resource): Outcome<ListOptions> {
  const labels = query.get('labelSelector') ?? '';
  // A list that ignored the selector would be a wrong answer.
  if (labels.trim() !== '') return refused(badRequest(`the demo selects by fields alone, not by labels: '${labels}'`));
  const timeoutSeconds = number(query.get('timeoutSeconds'));
  if (!timeoutSeconds.ok) return timeoutSeconds;
  const limit = number(query.get('limit'));
  if (!limit.ok) return limit;
  const watch = isWatch(query);
  const continued = query.get('continue') ?? '';
  const resourceVersion = query.get('resourceVersion') ?? '';
  const match = query.get('resourceVersionMatch') ?? '';
  const initialEvents = query.has('sendInitialEvents') ? isSet(query.get('sendInitialEvents')) : undefined;
  const causes = watch
    ? problemsOfWatch(match, continued, initialEvents)
    : problemsOfList(match, resourceVersion, continued, initialEvents);
  if (causes.length > 0) return refused(invalidOptions(causes));
  const fields = fieldSelector(query.get('fieldSelector') ?? '', resource);
  if (!fields.ok) return fields;
  return granted({
    watch,
    selector: fields.value,
    resourceVersion,
    match: match === 'Exact' || match === 'NotOlderThan' ? match : '',
    limit: Math.max(0, limit.value),
    continue: continued,
    allowBookmarks: isSet(query.get('allowWatchBookmarks')),
    initialEvents,
    timeoutSeconds: Math.max(0, timeoutSeconds.value),
  });
}

export function isWatch(query: URLSearchParams): boolean {
  return isSet(query.get('watch'));
}

/** A flag is set unless its value is `0` or `false`. */
function isSet(text: string | null): boolean {
  return text !== null && text !== '0' && text.toLowerCase() !== 'false';
}

function number(text: string | null): Outcome<number> {
  if (text === null) return granted(0);
  if (/^[-+]?\d+$/.test(text)) return granted(Number(text));
  return refused(badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`));
}

type Cause = Required<StatusCause>;

function forbids(message: string, field = 'resourceVersionMatch'): Cause {
  return { reason: 'FieldValueForbidden', message: `Forbidden: ${message}`, field };
}

function unsupported(value: string, supported: readonly string[]): Cause {
  const list = supported.map((one) => JSON.stringify(one)).join(', ');
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${list}`;
  return { reason: 'FieldValueNotSupported', message, field: 'resourceVersionMatch' };
}

function problemsOfList(
  match: string,
  resourceVersion: string,
  continued: string,
  initialEvents: boolean | undefined,
): readonly Cause[] {
  const problems: Cause[] = [];
  if (match !== '') {
    if (resourceVersion === '')
      problems.push(forbids('resourceVersionMatch is forbidden unless resourceVersion is provided'));
    if (continued !== '') problems.push(forbids(withContinue));
    if (match !== 'Exact' && match !== 'NotOlderThan') problems.push(unsupported(match, ['Exact', 'NotOlderThan', '']));
    if (match === 'Exact' && resourceVersion === '0') {
      problems.push(forbids('resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
    }
  }
  if (initialEvents !== undefined) {
    problems.push(forbids('sendInitialEvents is forbidden for list', 'sendInitialEvents'));
  }
  return problems;
}

function problemsOfWatch(match: string, continued: string, initialEvents: boolean | undefined): readonly Cause[] {
  const problems: Cause[] = [];
  if (initialEvents !== undefined && match !== 'NotOlderThan') {
    problems.push(forbids('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'));
  }
  if (match === '') return problems;
  if (initialEvents === undefined) {
    problems.push(forbids('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'));
  }
  if (match !== 'NotOlderThan') problems.push(unsupported(match, ['NotOlderThan']));
  if (continued !== '') problems.push(forbids(withContinue));
  return problems;
}

const withContinue = 'resourceVersionMatch is forbidden when continue is provided';
