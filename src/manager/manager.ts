import type { Disposable } from '../objects/disposable';
import type { Pod } from '../objects/kubernetes';
import type { Reading } from './reading';
import type { Store } from './store';

/**
 * Keeps the objects that registered pods refer to. Registering and unregistering may be repeated, and never wait for
 * the network. (`Manager`, `pkg/kubelet/util/manager/manager.go`, 1.25)
 */
export interface Manager<T> extends Disposable {
  getObject(namespace: string, name: string, signal?: AbortSignal): Promise<Reading<T>>;
  registerPod(pod: Pod): void;
  unregisterPod(pod: Pod): void;
  /** What is kept, for looking without asking. */
  readonly store: Store<T>;
}
