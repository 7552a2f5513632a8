import type { Reading, Inspection } from '../manager/reading';
import type { Clock } from '../objects/clock';
import type { ObjectCopy } from '../objects/objectCopy';
import type { Disposable } from '../objects/disposable';
import { objectKinds } from '../objects/kubernetes';
import type { ObjectKey } from '../objects/objectKey';
import type { HealthFacts, ObjectFacts, ObjectReads } from './facts';
import { freshnessOf, type Freshness } from './freshness';
import type { ObjectManagers, Strategy } from './objectManagers';

/** The Secrets and ConfigMaps that are referenced or held, through the managers of both kinds. */
export class Objects implements ObjectFacts, ObjectReads {
  readonly #managers: ObjectManagers;
  readonly #health: HealthFacts;
  readonly #clock: Clock;

  constructor(managers: ObjectManagers, health: HealthFacts, clock: Clock) {
    this.#health = health;
    this.#managers = managers;
    this.#clock = clock;
  }

  get strategy(): Strategy {
    return this.#managers.strategy;
  }

  *keys(): Iterable<ObjectKey> {
    for (const kind of objectKinds) {
      for (const { namespace, name } of this.#managers.store(kind).keys()) yield { kind, namespace, name };
    }
  }

  inspect({ kind, namespace, name }: ObjectKey): Inspection<ObjectCopy> | undefined {
    return this.#managers.store(kind).inspect(namespace, name);
  }

  freshness(key: ObjectKey): Freshness {
    const inspection = this.inspect(key);
    if (inspection === undefined) return { state: 'notFetched' };
    const { server } = this.#health;
    const outage = server.state === 'outage' ? server : undefined;
    return freshnessOf(inspection, this.#managers.store(key.kind).ttlMs(), this.#clock.now(), outage);
  }

  read({ kind, namespace, name }: ObjectKey, signal?: AbortSignal): Promise<Reading<ObjectCopy>> {
    return this.#managers[kind].getObject(namespace, name, signal);
  }

  refresh({ kind, namespace, name }: ObjectKey, signal?: AbortSignal): Promise<Reading<ObjectCopy>> {
    return this.#managers.store(kind).refresh(namespace, name, signal);
  }

  hold(key: ObjectKey): Disposable {
    return this.#managers.hold(key);
  }
}
