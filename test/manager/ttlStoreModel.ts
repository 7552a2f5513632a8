/**
 * The rules of the store once more, written from the fact sheet alone and as plainly as possible: slots as values,
 * the table of answers as a table, and a queue for each slot. Requests are told apart by their number.
 */
export type ModelAnswer =
  | { readonly is: 'object'; readonly version: number }
  | { readonly is: 'notFound'; readonly text: string }
  | { readonly is: 'error'; readonly text: string }
  | { readonly is: 'cancelled' };

interface Turn {
  readonly id: number;
  readonly force: boolean;
  readonly cancellable: boolean;
  wanted: boolean;
}

interface ModelSlot {
  readonly key: string;
  version: number | undefined;
  notFound: string | undefined;
  readAt: number;
  queue: Turn[];
  current: { readonly turn: Turn; readonly request: ModelRequest } | undefined;
}

interface ModelItem {
  references: number;
  holds: number;
  slot: ModelSlot | undefined;
}

export interface ModelRequest {
  readonly key: string;
  readonly option: '' | '0';
  aborted: boolean;
}

export class StoreModel {
  readonly items = new Map<string, ModelItem>();
  /** Every request ever sent, in order. */
  readonly requests: ModelRequest[] = [];
  /** What each get was answered, by its number. */
  readonly answers = new Map<number, string>();
  readonly #slots: ModelSlot[] = [];
  now = 0;
  ttlMs = 0;
  disposed = false;

  add(key: string): void {
    const item = this.#item(key);
    item.references += 1;
    item.slot = undefined;
  }

  delete(key: string): void {
    const item = this.items.get(key);
    if (item === undefined || item.references === 0) return;
    item.references -= 1;
    this.#sweep(key);
  }

  hold(key: string): void {
    this.#item(key).holds += 1;
  }

  release(key: string): void {
    const item = this.items.get(key);
    if (item === undefined || item.holds === 0) return;
    item.holds -= 1;
    this.#sweep(key);
  }

  get(id: number, key: string, force: boolean, cancellable: boolean): void {
    if (this.disposed) {
      this.answers.set(id, 'cancelled');
      return;
    }
    const item = this.items.get(key);
    if (item === undefined) {
      this.answers.set(id, 'notRegistered');
      return;
    }
    if (item.slot === undefined) {
      item.slot = { key, version: undefined, notFound: undefined, readAt: 0, queue: [], current: undefined };
      this.#slots.push(item.slot);
    }
    item.slot.queue.push({ id, force, cancellable, wanted: true });
    this.#serve(item.slot);
  }

  cancel(id: number): void {
    if (this.answers.has(id)) return;
    for (const slot of this.#slots) {
      const { current } = slot;
      if (current?.turn.id === id) current.turn.wanted = false;
      else if (!slot.queue.some((turn) => turn.id === id)) continue;
      slot.queue = slot.queue.filter((turn) => turn.id !== id);
      this.answers.set(id, 'cancelled');
      if (current?.turn.wanted === false && slot.queue.length === 0) current.request.aborted = true;
    }
  }

  answer(request: ModelRequest, answer: ModelAnswer): void {
    const slot = this.#slots.find(({ current }) => current?.request === request);
    if (slot?.current === undefined) return;
    const { turn } = slot.current;
    const returned = this.#apply(slot, answer);
    if (turn.wanted) this.answers.set(turn.id, returned);
    slot.current = undefined;
    this.#serve(slot);
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.items.clear();
    for (const slot of this.#slots) {
      const { current } = slot;
      if (current?.turn.cancellable === true) current.request.aborted = true;
      for (const { id } of [...(current === undefined ? [] : [current.turn]), ...slot.queue]) {
        if (!this.answers.has(id)) this.answers.set(id, 'cancelled');
      }
      slot.current = undefined;
      slot.queue = [];
    }
  }

  /** What inspecting a key shows. */
  look(key: string): string {
    const item = this.items.get(key);
    if (item === undefined) return 'absent';
    const { references, holds, slot } = item;
    const content =
      slot?.version !== undefined
        ? `object ${slot.version} at ${slot.readAt}`
        : slot?.notFound !== undefined
          ? `${slot.notFound} at ${slot.readAt}`
          : 'none';
    return `${references} references, ${holds} holds, ${slot?.current === undefined ? 'quiet' : 'reading'}, ${content}`;
  }

  /** The table of answers. */
  #apply(slot: ModelSlot, answer: ModelAnswer): string {
    const before = slot.version !== undefined ? 'object' : slot.notFound !== undefined ? 'notFound' : 'empty';
    switch (answer.is) {
      case 'object':
        if (slot.version !== undefined && answer.version < slot.version) return `object ${slot.version}`;
        slot.version = answer.version;
        slot.notFound = undefined;
        slot.readAt = this.now;
        return `object ${answer.version}`;
      case 'notFound':
        slot.version = undefined;
        slot.notFound = answer.text;
        slot.readAt = this.now;
        return answer.text;
      default: {
        const kept = { object: `object ${String(slot.version)}`, notFound: String(slot.notFound), empty: undefined };
        return kept[before] ?? (answer.is === 'error' ? answer.text : 'cancelled');
      }
    }
  }

  #serve(slot: ModelSlot): void {
    while (slot.current === undefined) {
      const turn = slot.queue.shift();
      if (turn === undefined) return;
      if (!turn.force && slot.version !== undefined && this.now < slot.readAt + this.ttlMs) {
        this.answers.set(turn.id, `object ${slot.version}`);
        continue;
      }
      const option = slot.version !== undefined && !turn.force ? '0' : '';
      const request: ModelRequest = { key: slot.key, option, aborted: false };
      this.requests.push(request);
      slot.current = { turn, request };
    }
  }

  #item(key: string): ModelItem {
    const item = this.items.get(key) ?? { references: 0, holds: 0, slot: undefined };
    this.items.set(key, item);
    return item;
  }

  #sweep(key: string): void {
    const item = this.items.get(key);
    if (item?.references === 0 && item.holds === 0) this.items.delete(key);
  }
}
