import type { Failure } from '../objects/failure';
import type { Node } from '../objects/kubernetes';
import { defaultTtlMs, ttlOfNode } from '../manager/nodeTtl';
import type { Cluster } from '../cluster/contract';
import type { NodeFacts, TtlOrigin } from './facts';

export interface NodesOptions {
  readonly cluster: Pick<Cluster, 'getNode'>;
  /** Seconds, if the user has fixed them. */
  readonly fixedSeconds: () => number | undefined;
  /** Whether it is asked which kubelet the node runs. */
  readonly needsVersion: () => boolean;
  /** The name of the node that counts. It may look at every pod: only `choose` and `refresh` ask. */
  readonly chooseNode: () => string | undefined;
  /** Whether a shown pod runs on the node. It may look at every pod: only `refresh` asks. */
  readonly isShown: (name: string) => boolean;
  /** The TTL, its origin or the version of the kubelet is another. */
  readonly changed: () => void;
}

/** What is known of one node. A node that was asked for in vain is known too. */
interface Known {
  readonly says: { readonly ttlMs: number; readonly kubeletMinor: number | undefined } | undefined;
  /** Why the last read brought nothing. */
  readonly failure: Failure | undefined;
}

/**
 * What nodes say of their kubelets: the TTL of cached objects and the version. What the chosen node says counts, and
 * the defaults until it was read. A node is read once a sync pass, where the kubelet has a watch on its own.
 */
export class Nodes implements NodeFacts {
  readonly #options: NodesOptions;
  /** By the name that was asked for. */
  readonly #known = new Map<string, Known>();
  #chosen: string | undefined;
  #isReading = false;

  constructor(options: NodesOptions) {
    this.#options = options;
  }

  get ttl(): NodeFacts['ttl'] {
    return { ms: this.ttlMs(), origin: this.origin };
  }

  /** Milliseconds. It is asked for with each check of freshness, so it looks at no pod. */
  ttlMs(): number {
    const fixed = this.#options.fixedSeconds();
    return fixed === undefined ? (this.#ofChosen?.says?.ttlMs ?? defaultTtlMs) : fixed * 1000;
  }

  get origin(): TtlOrigin {
    if (this.#options.fixedSeconds() !== undefined) return { from: 'setting' };
    const known = this.#ofChosen;
    if (this.#chosen !== undefined && known?.says !== undefined) return { from: 'node', node: this.#chosen };
    return { from: 'default', because: known?.failure ?? 'noNode' };
  }

  /** Of the kubelet's version: 29 for `v1.29.3`. `undefined` as long as the chosen node does not say it. */
  get kubeletMinor(): number | undefined {
    return this.#ofChosen?.says?.kubeletMinor;
  }

  /** Chooses anew, since pods or the scope have changed. A chosen node that is not known is read. */
  choose(): void {
    this.#change(() => {
      this.#chosen = this.#options.chooseNode();
    });
    if (this.#ofChosen === undefined) void this.#readChosen();
  }

  /** Chooses anew, reads the chosen node again, and forgets nodes that run no shown pod. */
  refresh(): Promise<void> {
    this.#change(() => {
      this.#chosen = this.#options.chooseNode();
    });
    this.#forget();
    return this.#readChosen();
  }

  get #ofChosen(): Known | undefined {
    return this.#chosen === undefined ? undefined : this.#known.get(this.#chosen);
  }

  /** At most one request at a time. If another node is chosen meanwhile, that one is read next. */
  async #readChosen(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    let read: string | undefined;
    while (this.#chosen !== undefined && this.#chosen !== read && this.#mayRead(this.#chosen)) {
      read = this.#chosen;
      await this.#read(read);
    }
    this.#isReading = false;
  }

  #mayRead(name: string): boolean {
    const { fixedSeconds, needsVersion } = this.#options;
    if (fixedSeconds() !== undefined && !needsVersion()) return false;
    // Who may not read a node once, may not the next time; asking each minute would only fill the server's log.
    return this.#known.get(name)?.failure?.kind !== 'forbidden';
  }

  async #read(name: string): Promise<void> {
    const answer = await this.#options.cluster.getNode(name);
    this.#change(() => {
      if (answer.ok) {
        this.#known.set(name, {
          says: { ttlMs: ttlOfNode(() => answer.value)(), kubeletMinor: minorOf(answer.value) },
          failure: undefined,
        });
        return;
      }
      const { failure } = answer;
      // A node that is gone says nothing any more; one that cannot be asked has not changed its mind.
      const says = failure.kind === 'notFound' ? undefined : this.#known.get(name)?.says;
      this.#known.set(name, { says, failure });
    });
  }

  #forget(): void {
    for (const [name, { failure }] of this.#known) {
      if (name === this.#chosen || this.#options.isShown(name)) continue;
      // That a node may not be read is remembered, so that it is not asked again.
      if (failure?.kind === 'forbidden') this.#known.set(name, { says: undefined, failure });
      else this.#known.delete(name);
    }
  }

  /** Makes a change, and tells if something that counts is another by it. */
  #change(make: () => void): void {
    const before = this.#whatCounts();
    make();
    if (this.#whatCounts() !== before) this.#options.changed();
  }

  /** All that counts, to compare. */
  #whatCounts(): string {
    return JSON.stringify([this.ttlMs(), this.origin, this.kubeletMinor]);
  }
}

function minorOf(node: Node): number | undefined {
  const minor = /^v?1\.(\d{1,4})(?!\d)/.exec(node.status?.nodeInfo?.kubeletVersion ?? '')?.[1];
  return minor === undefined ? undefined : Number(minor);
}
