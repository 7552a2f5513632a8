import type { Node, ObjectKind, Pod } from '../../src/objects/kubernetes';
import { CacheBasedManager } from '../../src/manager/cacheBasedManager';
import { GetStore } from '../../src/manager/getStore';
import { ttlAnnotation, ttlOfNode } from '../../src/manager/nodeTtl';
import { rulesOf } from '../../src/manager/rules';
import type { FetchObject, Store } from '../../src/manager/store';
import { TtlStore } from '../../src/manager/ttlStore';
import { podNames } from '../references/podNames';
import { settle } from '../connection/fakeClock';
import { resultOf, type Token } from './results';
import { ScriptedServer } from './scriptedServer';
import { minorOf, podOf, type Operation, type TraceHeader } from './trace';

/** Replays a trace of the TTL store, or of the store that asks at each get. */
export class CacheReplayer {
  readonly #pods: ReadonlyMap<string, Pod>;
  readonly #kind: ObjectKind;
  readonly #server: ScriptedServer;
  readonly #manager: CacheBasedManager<Token>;
  readonly #store: Store<Token>;
  #now: number;
  #node: Node | undefined | 'error' = nodeWith(null);
  #ttl: string | null = null;
  #ended: [id: number | string, result: unknown][] = [];

  constructor(header: TraceHeader, pods: ReadonlyMap<string, Pod>) {
    this.#pods = pods;
    this.#kind = header.kind === 'secret' ? 'Secret' : 'ConfigMap';
    this.#now = header.t0;
    const rules = rulesOf(minorOf(header));
    const server = new ScriptedServer(header.kind === 'secret' ? 'secrets' : 'configmaps');
    this.#server = server;
    const fetchObject: FetchObject<Token> = (namespace, name, version) => server.get(namespace, name, version);
    const now = (): number => this.#now;
    const ttlMs = ttlOfNode(() => (this.#node === 'error' ? undefined : this.#node));
    this.#store =
      header.strategy === 'get' ? new GetStore({ fetchObject, now }) : new TtlStore({ fetchObject, now, ttlMs });
    this.#manager = new CacheBasedManager({ store: this.#store, rule: () => rules.registration });
  }

  /** Applies the arguments of an operation and answers its observations. */
  async run(operation: Operation): Promise<unknown[]> {
    const [name, ...rest] = operation;
    const text = (index: number): string => String(rest[index]);
    switch (name) {
      case 'reg': {
        const pod = podOf(this.#pods, text(0));
        this.#manager.registerPod(pod, podNames(pod, this.#kind));
        return [];
      }
      case 'unreg':
        this.#manager.unregisterPod(podOf(this.#pods, text(0)));
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
        await settle();
        const result = this.#ended.find(([ended]) => ended === id)?.[1] ?? null;
        this.#ended = this.#ended.filter(([ended]) => ended !== id);
        return [result, this.#server.takeCalls()];
      }
      case 'unblock': {
        for (const held of this.#server.unblock(`${text(0)}/${text(1)}`)) {
          held.answer();
          await settle();
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

  dispose(): void {
    this.#manager.dispose();
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
