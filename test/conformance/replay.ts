import { isDeepStrictEqual } from 'node:util';
import type { Pod } from '../../src/objects/kubernetes';
import { CacheReplayer } from './cacheReplayer';
import type { Operation, Trace } from './trace';
import { WatchReplayer } from './watchReplayer';

/** An operation whose observations differ from the recorded ones. */
export interface Difference {
  readonly trace: string;
  /** 0-based number of the operation within its trace; -1 for the trace as a whole. */
  readonly operation: number;
  readonly recorded: unknown;
  readonly seen: unknown;
}

/** A fresh manager and what it depends on, driven by the operations of a trace. */
interface Replayer {
  /** Applies the arguments of an operation and answers its observations. */
  run(operation: Operation): Promise<unknown[]>;
  dispose(): void;
}

/** Replays a trace on a fresh manager and store. */
export async function replay({ header, operations }: Trace, pods: ReadonlyMap<string, Pod>): Promise<Difference[]> {
  const replayer = replayerFor(header, pods);
  if (replayer === undefined) {
    const seen = 'strategy is not supported';
    return [{ trace: header.trace, operation: -1, recorded: `strategy ${header.strategy}`, seen }];
  }
  const differences: Difference[] = [];
  for (const [index, operation] of operations.entries()) {
    const observed = await replayer.run(operation);
    // What a replayer observes stands at the end of the operation.
    const recorded = operation.slice(operation.length - observed.length);
    if (!isDeepStrictEqual(observed, recorded)) {
      differences.push({ trace: header.trace, operation: index, recorded: operation, seen: observed });
    }
  }
  replayer.dispose();
  return differences;
}

function replayerFor(header: Trace['header'], pods: ReadonlyMap<string, Pod>): Replayer | undefined {
  switch (header.strategy) {
    case 'cache':
    case 'get':
      return new CacheReplayer(header, pods);
    case 'watch':
      return new WatchReplayer(header, pods);
    default:
      return undefined;
  }
}
