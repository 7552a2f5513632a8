/** The options in the query of a list or watch, as far as Kubefresh sends them. */
export interface ListOptions {
  readonly watch: boolean;
  /** The one field that selects objects. Undefined: all are selected. */
  readonly selected: { readonly field: 'metadata.name' | 'spec.nodeName'; readonly value: string } | undefined;
  /** 0: any version. */
  readonly resourceVersion: number;
  /** Whether a watch is to begin with the state, whatever the version. */
  readonly initialEvents: boolean;
  /** Undefined: the server's own limit. */
  readonly timeoutSeconds: number | undefined;
}

/** The demo has fewer objects than a page, and so may ignore the limit. It always sends bookmarks. */
const known: ReadonlySet<string> = new Set([
  'allowWatchBookmarks',
  'fieldSelector',
  'limit',
  'resourceVersion',
  'resourceVersionMatch',
  'sendInitialEvents',
  'timeoutSeconds',
  'watch',
]);

/** Undefined for a query that Kubefresh does not send. To ignore part of it would give a wrong answer. */
export function listOptions(query: URLSearchParams): ListOptions | undefined {
  if ([...query.keys()].some((name) => !known.has(name))) return undefined;
  const fieldSelector = query.get('fieldSelector');
  const [, field, value = ''] = /^(metadata\.name|spec\.nodeName)=(.*)$/s.exec(fieldSelector ?? '') ?? [];
  if (fieldSelector !== null && field === undefined) return undefined;
  const timeoutSeconds = query.get('timeoutSeconds');
  return {
    watch: query.get('watch') === 'true',
    selected:
      field === 'metadata.name' || field === 'spec.nodeName'
        ? { field, value: value.replaceAll(/\\(.)/gs, '$1') }
        : undefined,
    resourceVersion: Number(query.get('resourceVersion') ?? 0),
    initialEvents: query.get('sendInitialEvents') === 'true',
    timeoutSeconds: timeoutSeconds === null ? undefined : Number(timeoutSeconds),
  };
}
