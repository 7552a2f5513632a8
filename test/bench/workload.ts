import { systemClock } from '../../src/objects/systemClock';
import type { Answer } from '../../src/objects/failure';
import type { Node, Pod } from '../../src/objects/kubernetes';
import { CacheBasedManager } from '../../src/manager/cacheBasedManager';
import { ttlAnnotation, ttlOfNode } from '../../src/manager/nodeTtl';
import { TtlStore } from '../../src/manager/ttlStore';
import { objectAccess } from '../../src/references/objectAccess';
import { nameIn, visitReferences } from '../../src/references/walk';

/** The workload of `kubelet/workload.go`, which says the same in Go: 100 namespaces, pods with four Secrets each. */
const namespaces = 100;

export interface Key {
  readonly namespace: string;
  readonly name: string;
}

export interface BenchObject {
  readonly metadata: { readonly resourceVersion: string };
  readonly data: Readonly<Record<string, string>>;
}

export interface Bench {
  readonly store: TtlStore<BenchObject>;
  readonly manager: CacheBasedManager<BenchObject>;
}

/** A manager over a server without latency. @param ttl The node's annotation, in seconds. */
export function makeBench(ttl: string, keys: Iterable<Key> = []): Bench {
  const annotations = { [ttlAnnotation]: ttl, 'node.example/a': 'x', 'node.example/b': 'y' };
  const node: Node = { metadata: { name: 'node', annotations } };
  const answers = makeAnswers(keys);
  const store = new TtlStore<BenchObject>({
    fetchObject: (namespace, name) => answers.get(namespace)!.get(name)!,
    ttlMs: ttlOfNode(() => node),
    now: systemClock().now,
  });
  return { store, manager: new CacheBasedManager({ store, rule: () => '1.29' }) };
}

/** As the kubelet registers a pod: with one walk over its spec, which looks for names and for nothing else. */
export function register({ manager }: Bench, pod: Pod): void {
  manager.registerPod(pod, secretNames(pod));
}

export function secretNames(pod: Pod): readonly string[] {
  const names: string[] = [];
  visitReferences<unknown>(pod.spec, objectAccess, (field, holder) => {
    if (field.kind !== 'Secret') return;
    const name = nameIn(field, holder, objectAccess);
    if (name !== undefined && !names.includes(name)) names.push(name);
  });
  return names;
}

/** What the server says, ready, by namespace and name. */
function makeAnswers(keys: Iterable<Key>): Map<string, Map<string, Promise<Answer<BenchObject>>>> {
  const answers = new Map<string, Map<string, Promise<Answer<BenchObject>>>>();
  for (const { namespace, name } of keys) {
    const value: BenchObject = { metadata: { resourceVersion: '12345' }, data: { key: 'x'.repeat(32) } };
    const ofNamespace = answers.get(namespace) ?? new Map<string, Promise<Answer<BenchObject>>>();
    answers.set(namespace, ofNamespace.set(name, Promise.resolve({ ok: true, value })));
  }
  return answers;
}

export function makeKeys(count: number): Key[] {
  return Array.from({ length: count }, (_, i) => ({ namespace: namespaceOf(i), name: `obj-${padded(i, 6)}` }));
}

export function makePods(from: number, count: number): Pod[] {
  return Array.from({ length: count }, (_, i) => makePod(from + i));
}

/** A pod with a pull Secret, one that ten pods share, and two of its own. */
function makePod(i: number): Pod {
  const shared = `shared-${padded(Math.floor(Math.floor(i / namespaces) / 10), 5)}`;
  return {
    metadata: {
      name: `pod-${padded(i, 6)}`,
      namespace: namespaceOf(i),
      uid: `00000000-0000-4000-8000-${padded(i, 12)}`,
    },
    spec: {
      imagePullSecrets: [{ name: 'pull' }],
      containers: [
        {
          name: 'main',
          env: [{ name: 'PLAIN' }, { name: 'FROM_SECRET', valueFrom: { secretKeyRef: { name: shared, key: 'key' } } }],
        },
      ],
      volumes: [
        { name: 'a', secret: { secretName: `own-a-${padded(i, 6)}` } },
        { name: 'b', secret: { secretName: `own-b-${padded(i, 6)}` } },
        { name: 'scratch', emptyDir: {} },
      ],
    },
  };
}

/** Indices below `n` in the order of a linear congruential generator. */
export function pseudoRandomOrder(n: number, count: number): Uint32Array {
  const order = new Uint32Array(count);
  let x = 1;
  for (let i = 0; i < count; i += 1) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    order[i] = Math.floor((x * n) / 2 ** 32);
  }
  return order;
}

function namespaceOf(i: number): string {
  return `ns-${padded(i % namespaces, 3)}`;
}

function padded(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
