import { isDeepStrictEqual } from 'node:util';
import type { Node, Pod } from '../../src/objects/kubernetes';
import { CacheBasedManager } from '../../src/manager/cacheBasedManager';
import { ttlAnnotation, ttlOfNode } from '../../src/manager/nodeTtl';
import type { Reading } from '../../src/manager/reading';
import { TtlStore } from '../../src/manager/ttlStore';
import { referencedNames } from '../../src/references/names';
import { ScriptedServer, type Token } from './scriptedServer';
import type { Operation, Trace, TraceHeader } from './trace';

/** An operation whose observations differ from the recorded ones. */
export interface Difference {
  readonly trace: string;
  /** 0-based number of the operation within its trace; -1 for the trace as a whole. */
  readonly operation: number;
  readonly recorded: unknown;
  readonly seen: unknown;
}

/** Replays a trace on a fresh manager and store. */
export async function replay(trace: Trace, pods: ReadonlyMap<string, Pod>): Promise<Difference[]> {
  const { header, operations } = trace;
  if (header.strategy !== 'cache') {
    return [
      {
        trace: header.trace,
        operation: -1,
        recorded: `strategy ${header.strategy}`,
        seen: 'strategy is not supported',
      },
    ];
  }
  const replayer = new CacheReplayer(header, pods);
  const differences: Difference[] = [];
  for (const [index, operation] of operations.entries()) {
    const observed = await replayer.run(operation);
    // What a replayer observes stands at the end of the operation.
    const recorded = operation.slice(operation.length - observed.length);
    if (!isDeepStrictEqual(observed, recorded)) {
      differences.push({ trace: header.trace, operation: index, recorded: operation, seen: observed });
    }
  }
  return differences;
}

class CacheReplayer {
  readonly #pods: ReadonlyMap<string, Pod>;
  readonly #server: ScriptedServer;
  readonly #manager: CacheBasedManager<Token>;
  readonly #store: TtlStore<Token>;
  #now: number;
  #node: Node | undefined | 'error' = nodeWith(null);
  #ttl: string | null = null;
  #ended: [id: number | string, result: unknown][] = [];

  constructor(header: TraceHeader, pods: ReadonlyMap<string, Pod>) {
    this.#pods = pods;
    this.#now = header.t0;
    const server = new ScriptedServer(header.kind === 'secret' ? 'secrets' : 'configmaps');
    this.#server = server;
    this.#store = new TtlStore<Token>({
      fetchObject: (namespace, name, resourceVersion) => server.get(namespace, name, resourceVersion),
      now: () => this.#now,
      ttlMs: ttlOfNode(() => (this.#node === 'error' ? undefined : this.#node)),
    });
    this.#manager = new CacheBasedManager({
      store: this.#store,
      namesOf: (pod) => referencedNames(pod, header.kind === 'secret' ? 'Secret' : 'ConfigMap'),
      rule: header.profile === '1.25' ? '1.25' : '1.29',
    });
  }

  /** Applies the arguments of an operation and answers its observations. */
  async run(operation: Operation): Promise<unknown[]> {
    const [name, ...rest] = operation;
    const text = (index: number): string => String(rest[index]);
    switch (name) {
      case 'reg':
        this.#manager.registerPod(this.#pod(text(0)));
        return [];
      case 'unreg':
        this.#manager.unregisterPod(this.#pod(text(0)));
        return [];
      case 'add':
        this.#store.addReference(text(0), text(1));
        return [];
      case 'del':
        this.#store.deleteReference(text(0), text(1));
        return [];
      case 'get': {
        const reading = await this.#manager.getObject(text(0), text(1));
        return [resultOf(reading), this.#server.takeCalls()];
      }
      case 'adv':
        this.#now += Number(rest[0]);
        return [];
      case 'set':
        this.#server.set(text(0) as 'L' | 'C' | 'B', `${text(1)}/${text(2)}`, {
          metadata: { resourceVersion: text(3) },
          token: text(4),
        });
        return [];
      case 'rm':
        this.#server.set(text(0) as 'L' | 'C' | 'B', `${text(1)}/${text(2)}`, undefined);
        return [];
      case 'fail':
        this.#server.fail(`${text(0)}/${text(1)}`, text(2), Number(rest[3]));
        return [];
      case 'ttl':
        this.#ttl = rest[0] === null ? null : text(0);
        if (this.#node !== 'error' && this.#node?.metadata.annotations !== undefined) this.#node = nodeWith(this.#ttl);
        return [];
      case 'node':
        this.#node = this.#nodeIn(text(0));
        return [];
      case 'block':
        this.#server.block(`${text(0)}/${text(1)}`, text(2));
        return [];
      case 'spawn': {
        const id = rest[0] as number | string;
        void this.#manager.getObject(text(1), text(2)).then((reading) => {
          this.#ended.push([id, resultOf(reading)]);
        });
        await quiet();
        const result = this.#ended.find(([ended]) => ended === id)?.[1] ?? null;
        this.#ended = this.#ended.filter(([ended]) => ended !== id);
        return [result, this.#server.takeCalls()];
      }
      case 'unblock': {
        for (const held of this.#server.unblock(`${text(0)}/${text(1)}`)) {
          held.answer();
          await quiet();
        }
        const ended = this.#ended.sort(([a], [b]) => (a < b ? -1 : 1));
        this.#ended = [];
        return [ended, this.#server.takeCalls()];
      }
      case 'refs': {
        const counts: Record<string, number> = {};
        for (const key of this.#store.keys()) {
          counts[`${key.namespace}/${key.name}`] = this.#store.inspect(key.namespace, key.name)?.references ?? 0;
        }
        return [counts];
      }
      default:
        return [`unknown operation ${name}`];
    }
  }

  #pod(id: string): Pod {
    const pod = this.#pods.get(id);
    if (pod === undefined) throw new Error(`pod ${id} is in none of the given pod libraries`);
    return pod;
  }

  #nodeIn(state: string): Node | undefined | 'error' {
    switch (state) {
      case 'ok':
        return nodeWith(this.#ttl);
      case 'err':
        return 'error';
      case 'nil':
        return undefined;
      case 'noann':
        return { metadata: { name: 'node' } };
      default:
        throw new Error(`unknown node state ${state}`);
    }
  }
}

function nodeWith(ttl: string | null): Node {
  return { metadata: { name: 'node', annotations: { other: 'x', ...(ttl === null ? {} : { [ttlAnnotation]: ttl }) } } };
}

function resultOf(reading: Reading<Token>): unknown[] {
  if (reading.outcome !== 'failed') return ['ok', reading.object.metadata.resourceVersion, reading.object.token];
  const { failure } = reading;
  if (failure.kind === 'notRegistered') return ['err', 'NotRegistered', failure.message];
  if (failure.kind === 'notFound') return ['err', 'NotFound', failure.message];
  return ['err', failure.status?.reason ?? 'Other', failure.message];
}

/** Lets everything run that can: all of it is promises, which are done before the next turn of the event loop. */
function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
