import type { Failure } from '../objects/failure';
import type { Node } from '../objects/kubernetes';
import { defaultTtlMs, ttlOfNode } from '../manager/nodeTtl';
import type { Cluster } from '../cluster/contract';
import type { NodeFacts, TtlOrigin } from './facts';

export interface NodeSourceOptions {
  readonly cluster: Pick<Cluster, 'getNode'>;
  /** Seconds, if the user has fixed them. */
  readonly fixedSeconds: () => number | undefined;
  /** Whether it is asked which kubelet the node runs. */
  readonly needsVersion: () => boolean;
  /** The node that counts: the chosen one, or one that runs a registered pod. */
  readonly chooseNode: () => string | undefined;
  readonly changed: () => void;
}

/**
 * What a node says of its kubelet: the TTL of cached objects, which the setting or 60 s stand in for, and the version.
 * The node is read once a sync pass, where the kubelet has a watch on its own.
 */
export class NodeSource implements NodeFacts {
  readonly #options: NodeSourceOptions;
  readonly #ttlOfNode: () => number;
  #node: Node | undefined;
  #failure: Failure | undefined;
  #askedFor: string | undefined;
  #refreshing: Promise<void> | undefined;

  constructor(options: NodeSourceOptions) {
    this.#options = options;
    this.#ttlOfNode = ttlOfNode(() => this.#node);
  }

  get ttl(): { readonly ms: number; readonly origin: TtlOrigin } {
    return { ms: this.ttlMs(), origin: this.origin };
  }

  /** Milliseconds. */
  ttlMs(): number {
    const fixed = this.#options.fixedSeconds();
    if (fixed !== undefined) return fixed * 1000;
    return this.#node === undefined ? defaultTtlMs : this.#ttlOfNode();
  }

  get origin(): TtlOrigin {
    if (this.#options.fixedSeconds() !== undefined) return { from: 'setting' };
    if (this.#node !== undefined) return { from: 'node', node: this.#node.metadata.name };
    return { from: 'default', because: this.#failure ?? 'noNode' };
  }

  /** Of the kubelet's version: 29 for `v1.29.3`. `undefined` as long as no node says it. */
  get kubeletMinor(): number | undefined {
    const minor = /^v?1\.(\d{1,4})(?!\d)/.exec(this.#node?.status?.nodeInfo?.kubeletVersion ?? '')?.[1];
    return minor === undefined ? undefined : Number(minor);
  }

  /** Reads the node again; at most one request at a time. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#read().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #read(): Promise<void> {
    const name = this.#options.chooseNode();
    const { fixedSeconds, needsVersion } = this.#options;
    if (name === undefined || (fixedSeconds() !== undefined && !needsVersion())) return;
    // Who may not read a node once, may not the next time; asking each minute would only fill the server's log.
    if (this.#failure?.kind === 'forbidden' && this.#askedFor === name) return;
    this.#askedFor = name;
    const before = this.#text();
    const answer = await this.#options.cluster.getNode(name);
    if (answer.ok) {
      this.#node = answer.value;
      this.#failure = undefined;
    } else {
      this.#failure = answer.failure;
      // A node that is gone says nothing any more; one that cannot be asked has not changed its mind.
      if (answer.failure.kind === 'notFound') this.#node = undefined;
    }
    if (this.#text() !== before) this.#options.changed();
  }

  /** All that the source says, to compare. */
  #text(): string {
    return JSON.stringify([this.ttlMs(), this.origin, this.kubeletMinor]);
  }
}
