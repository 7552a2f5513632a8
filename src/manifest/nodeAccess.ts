import {
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Alias,
  type Node,
  type YAMLMap,
} from 'yaml';
import type { Access } from '../references/walk';
import type { Range } from './pieces';
import { resolveScalar, type ScalarValue } from './scalars';

/**
 * Reads the nodes of one YAML document as Kubernetes' decoder does. It follows aliases, applies merge keys, takes the last of
 * repeated keys, takes only strings for texts, and takes null for absent.
 *
 * It returns the node at the requested place, so an alias stays an alias. The place of an alias says more than that of its
 * anchor.
 */
export class NodeAccess implements Access<Node> {
  readonly #masks: readonly Range[];
  readonly #targets = new Map<Alias, Node>();
  readonly #keys = new Map<Node, Node>();
  readonly #merged = new Map<YAMLMap, ReadonlyMap<string, Node>>();
  #problem: string | undefined;

  /** @param masks The ranges of masked template actions, sorted by start. */
  constructor(root: Node | null, masks: readonly Range[]) {
    this.#masks = masks;
    if (root !== null) this.#prepare(root, new Map(), new Set());
  }

  /** Why Kubernetes cannot decode the document, although it is valid YAML. */
  get problem(): string | undefined {
    return this.#problem;
  }

  field(node: Node, name: string): Node | undefined {
    const map = this.#resolve(node);
    if (!isMap(map)) return undefined;
    const value = this.#plainField(map, name) ?? this.#merged.get(map)?.get(name);
    return value === undefined || this.#isNull(value) ? undefined : value;
  }

  names(node: Node): Iterable<string> {
    const map = this.#resolve(node);
    return isMap(map) ? this.#allFields(map).keys() : [];
  }

  items(node: Node): Iterable<Node> {
    const list = this.#resolve(node);
    return isSeq(list) ? list.items.filter(isNode) : [];
  }

  text(node: Node): string | undefined {
    const value = this.#value(node);
    return value?.is === 'text' ? value.text : undefined;
  }

  flag(node: Node): boolean | undefined {
    const value = this.#value(node);
    return value?.is === 'flag' ? value.flag : undefined;
  }

  /** Whether the scalar contains a template action, so that its text is unknown. */
  isTemplated(node: Node): boolean {
    const target = this.#resolve(node);
    const range = isScalar(target) ? target.range : undefined;
    return (
      range !== undefined && range !== null && this.#masks.some((mask) => mask.start < range[1] && mask.end > range[0])
    );
  }

  isMap(node: Node): boolean {
    return isMap(this.#resolve(node));
  }

  isList(node: Node): boolean {
    return isSeq(this.#resolve(node));
  }

  /** The key of the value, if {@link field} has returned the value. */
  keyOf(value: Node): Node | undefined {
    return this.#keys.get(value);
  }

  #plainField(map: YAMLMap, name: string): Node | undefined {
    if (this.#merged.has(map)) return undefined;
    // From the end, for the last of equal keys wins.
    for (let index = map.items.length - 1; index >= 0; index--) {
      const pair = map.items[index];
      if (pair === undefined || !isNode(pair.key) || this.#keyText(pair.key) !== name) continue;
      if (!isNode(pair.value)) return undefined;
      this.#keys.set(pair.value, pair.key);
      return pair.value;
    }
    return undefined;
  }

  #keyText(key: Node): string | undefined {
    // Nearly every key is a plain word, and no requested key could be read as anything but a text.
    const target = this.#resolve(key);
    if (!isScalar(target) || typeof target.value !== 'string') return undefined;
    return target.tag === undefined ? target.value : this.text(target);
  }

  #isNull(node: Node): boolean {
    const target = this.#resolve(node);
    return target === undefined || (isScalar(target) && scalarValue(target).is === 'null' && !this.isTemplated(target));
  }

  #value(node: Node): ScalarValue | undefined {
    const target = this.#resolve(node);
    return isScalar(target) && !this.isTemplated(target) ? scalarValue(target) : undefined;
  }

  #resolve(node: Node): Node | undefined {
    let target: Node | undefined = node;
    while (isAlias(target)) target = this.#targets.get(target);
    return target;
  }

  /**
   * Finds the target of every alias, applies merge keys, and notes what the decoder would refuse. It goes in the order of the
   * text, since a later anchor may have the same name.
   */
  #prepare(node: Node, anchors: Map<string, Node>, open: Set<Node>): void {
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target === undefined) this.#refuse(`unknown anchor ${node.source}`);
      else if (open.has(target)) this.#refuse(`anchor ${node.source} contains itself`);
      else this.#targets.set(node, this.#resolve(target) ?? target);
      return;
    }
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    if (isScalar(node)) {
      if (scalarValue(node).is === 'invalid') this.#refuse('a value that JSON cannot hold, or that its tag forbids');
    } else if (isMap(node)) {
      open.add(node);
      this.#prepareMap(node, anchors, open);
      open.delete(node);
    } else if (isCollection(node)) {
      open.add(node);
      for (const item of node.items) if (isNode(item)) this.#prepare(item, anchors, open);
      open.delete(node);
    }
  }

  #prepareMap(map: YAMLMap, anchors: Map<string, Node>, open: Set<Node>): void {
    let merges = false;
    for (const { key, value } of map.items) {
      if (isNode(key)) {
        this.#prepare(key, anchors, open);
        if (isMergeKey(key)) merges = true;
        else if (!this.#isKey(key)) this.#refuse('a key that is null, a map or a list');
      }
      if (isNode(value)) this.#prepare(value, anchors, open);
    }
    if (merges) this.#merged.set(map, this.#merge(map));
  }

  #isKey(key: Node): boolean {
    const target = this.#resolve(key);
    // An alias without a target is refused already.
    return target === undefined || isAlias(target) || (isScalar(target) && scalarValue(target).is !== 'null');
  }

  /** Sets keys in the order of the text. A merged key replaces one before it, and a later key replaces a merged one. */
  #merge(map: YAMLMap): ReadonlyMap<string, Node> {
    const fields = new Map<string, Node>();
    for (const { key, value } of map.items) {
      if (!isNode(key)) continue;
      if (isMergeKey(key)) {
        const source = isNode(value) ? this.#resolve(value) : undefined;
        // In a list, earlier maps win over later ones; the list itself cannot be an alias.
        const sources = isSeq(source) && source === value ? source.items.filter(isNode).reverse() : [source];
        for (const each of sources) {
          const from = each === undefined ? undefined : this.#resolve(each);
          if (isMap(from)) for (const [name, merged] of this.#allFields(from)) fields.set(name, merged);
          else this.#refuse('a merge of what is no map');
        }
      } else {
        this.#setField(fields, key, value);
      }
    }
    return fields;
  }

  #allFields(map: YAMLMap): ReadonlyMap<string, Node> {
    const merged = this.#merged.get(map);
    if (merged !== undefined) return merged;
    const fields = new Map<string, Node>();
    for (const { key, value } of map.items) {
      if (isNode(key)) this.#setField(fields, key, value);
    }
    return fields;
  }

  /** The last of repeated keys counts, even without a value. */
  #setField(fields: Map<string, Node>, key: Node, value: unknown): void {
    const name = this.#keyText(key);
    if (name === undefined) return;
    if (isNode(value)) {
      this.#keys.set(value, key);
      fields.set(name, value);
    } else {
      fields.delete(name);
    }
  }

  #refuse(problem: string): void {
    this.#problem ??= problem;
  }
}

function isMergeKey(key: Node): boolean {
  if (!isScalar(key) || key.value !== '<<') return false;
  return key.tag === undefined ? key.type === 'PLAIN' : key.tag === 'tag:yaml.org,2002:merge';
}

function scalarValue(node: { value: unknown; type?: string; tag?: string }): ScalarValue {
  if (typeof node.value !== 'string') return { is: 'null' };
  return resolveScalar(node.value, node.type === 'PLAIN', node.tag);
}

/** The end of the node's own text, without the line ends and comments after it. */
export function endOf(node: Node): number {
  if (isCollection(node) && node.flow !== true) {
    const last: unknown = node.items.at(-1);
    const inner = isPair(last) ? (last.value ?? last.key) : last;
    if (isNode(inner)) return Math.max(endOf(inner), isPair(last) && isNode(last.key) ? endOf(last.key) : 0);
  }
  return node.range?.[1] ?? 0;
}
