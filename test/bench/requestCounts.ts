import type { AuditEvent } from '../harness/apiServer';

/** What the extension asked of the server, among what others did. */
export function ownEvents(events: readonly AuditEvent[]): AuditEvent[] {
  return events.filter(({ userAgent }) => userAgent === 'kubefresh');
}

export interface RequestCounts {
  /** Pages of lists of pods. */
  readonly pages: number;
  readonly watches: number;
  readonly nodeReads: number;
  /** Reads of Secrets and ConfigMaps, by path. */
  readonly reads: ReadonlyMap<string, number>;
  /** Requests of any other kind: a list or watch of Secrets would be one. */
  readonly others: readonly string[];
}

export function countRequests(events: readonly AuditEvent[]): RequestCounts {
  let pages = 0;
  let watches = 0;
  let nodeReads = 0;
  const reads = new Map<string, number>();
  const others: string[] = [];
  for (const { stage, verb, requestURI, objectRef } of events) {
    const resource = objectRef?.resource;
    const path = requestURI.split('?')[0] ?? '';
    if (verb === 'watch' && resource === 'pods') {
      // A watch is told of twice, when it is open and when it ends.
      if (stage === 'ResponseStarted') watches += 1;
    } else if (stage !== 'ResponseComplete') others.push(`${verb} ${requestURI} ${stage}`);
    else if (verb === 'list' && resource === 'pods') pages += 1;
    else if (verb === 'get' && resource === 'nodes') nodeReads += 1;
    else if (verb === 'get' && (resource === 'secrets' || resource === 'configmaps')) {
      reads.set(path, (reads.get(path) ?? 0) + 1);
    } else others.push(`${verb} ${requestURI}`);
  }
  return { pages, watches, nodeReads, reads, others };
}

/** How many tokens a bucket that is filled with so many a second must hold at least for these reads. */
export function burstOf(events: readonly AuditEvent[], perSecond: number): number {
  const times = events
    .filter(({ objectRef }) => objectRef?.resource === 'secrets' || objectRef?.resource === 'configmaps')
    .map(({ requestReceivedTimestamp }) => Date.parse(requestReceivedTimestamp))
    .sort((a, b) => a - b);
  // Before read i, (i - start) reads were made since a read at `start`: the most that the bucket was short of then.
  let burst = 0;
  let lowest = Infinity;
  for (const [i, at] of times.entries()) {
    const made = i - (at / 1000) * perSecond;
    lowest = Math.min(lowest, made);
    burst = Math.max(burst, made - lowest + 1);
  }
  return burst;
}
