import { CacheBasedManager } from '../../src/manager/cacheBasedManager';
import { GetStore } from '../../src/manager/getStore';
import { rulesOf } from '../../src/manager/rules';
import type { FetchObject, Store } from '../../src/manager/store';
import { TtlStore } from '../../src/manager/ttlStore';
import { WatchStore } from '../../src/manager/watchStore';
import type { Answer } from '../../src/objects/failure';
import { failureOfCode } from '../conformance/scriptedServer';
import { ScriptedWatchServer, type WatchedToken } from '../conformance/scriptedWatchServer';
import { FakeClock } from '../connection/fakeClock';
import { managerContract, type ContractServer, type Subject } from './contract';

/** Answers GETs. */
class FetchServer implements ContractServer {
  readonly #objects = new Map<string, WatchedToken>();
  readonly #wanted = new Map<string, number>();
  #version = 100;
  #failures = 0;
  #sent = 0;
  #held: (() => void)[] | undefined;
  mostAtOnce = 0;

  readonly fetch: FetchObject<WatchedToken> = (namespace, name, _resourceVersion, signal) => {
    const key = `${namespace}/${name}`;
    this.#sent += 1;
    const count = (this.#wanted.get(key) ?? 0) + 1;
    this.#wanted.set(key, count);
    this.mostAtOnce = Math.max(this.mostAtOnce, count);
    const answer = this.#answer(key, name);
    return new Promise((resolve) => {
      let open = true;
      const end = (with_: Answer<WatchedToken>): void => {
        if (open) this.#wanted.set(key, (this.#wanted.get(key) ?? 0) - 1);
        open = false;
        resolve(with_);
      };
      signal?.addEventListener('abort', () => {
        end({ ok: false, failure: { kind: 'cancelled', message: 'the request was cancelled' } });
      });
      if (this.#held === undefined) end(answer);
      else
        this.#held.push(() => {
          end(answer);
        });
    });
  };

  get wanted(): number {
    return [...this.#wanted.values()].reduce((sum, count) => sum + count, 0);
  }

  set(key: string, token: string): void {
    this.#version += 1;
    const metadata = { name: key.slice(key.indexOf('/') + 1), resourceVersion: String(this.#version) };
    this.#objects.set(key, { metadata, token, immutable: false });
  }

  remove(key: string): void {
    this.#version += 1;
    this.#objects.delete(key);
  }

  failNext(times: number): void {
    this.#failures = times;
  }

  heal(): void {
    this.#failures = 0;
  }

  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const answer of held.reverse()) answer();
  }

  takeSent(): number {
    const sent = this.#sent;
    this.#sent = 0;
    return sent;
  }

  #answer(key: string, name: string): Answer<WatchedToken> {
    const object = this.#objects.get(key);
    if (this.#failures > 0) {
      this.#failures -= 1;
      return { ok: false, failure: failureOfCode('500', 'secrets', name) };
    }
    return object === undefined
      ? { ok: false, failure: failureOfCode('404', 'secrets', name) }
      : { ok: true, value: object };
  }
}

/** Answers lists and watches. */
class WatchServer extends ScriptedWatchServer implements ContractServer {
  constructor() {
    super('secrets');
    this.answersAsOfArrival = true;
  }

  failNext(times: number): void {
    this.heal();
    this.fail('list', '500', times);
    this.fail('watch', '500', times);
  }

  hold(): void {
    this.holdLists();
  }

  release(): void {
    this.releaseLists();
  }

  takeSent(): number {
    return this.takeCalls().length;
  }
}

function subject(
  minor: number,
  server: ContractServer,
  store: (clock: FakeClock, changed: (namespace: string, name: string) => void) => Store<WatchedToken>,
): Subject {
  const clock = new FakeClock(0);
  const changes: string[] = [];
  const manager = new CacheBasedManager({
    store: store(clock, (namespace, name) => changes.push(`${namespace}/${name}`)),
    rule: () => rulesOf(minor).registration,
  });
  return { manager, server, clock, changes };
}

for (const minor of [25, 28, 31]) {
  managerContract({
    name: `Cache, 1.${minor}`,
    readsReferencedOnly: true,
    shares: false,
    make: () => {
      const server = new FetchServer();
      return subject(minor, server, (clock, changed) => {
        return new TtlStore({ fetchObject: server.fetch, ttlMs: () => 60_000, now: () => clock.now(), changed });
      });
    },
  });
  managerContract({
    name: `Watch, 1.${minor}`,
    readsReferencedOnly: true,
    shares: true,
    make: () => {
      const server = new WatchServer();
      return subject(minor, server, (clock, changed) => {
        const now = (): number => clock.now();
        const rules = rulesOf(minor);
        return new WatchStore({
          source: server,
          resource: 'secret',
          rules: () => rules,
          clock,
          now,
          random: () => 0,
          changed,
        });
      });
    },
  });
}
managerContract({
  name: 'Get',
  readsReferencedOnly: false,
  shares: false,
  make: () => {
    const server = new FetchServer();
    return subject(25, server, (clock, changed) => {
      return new GetStore({ fetchObject: server.fetch, now: () => clock.now(), changed });
    });
  },
});
