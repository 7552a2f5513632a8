import type { Disposable } from '../objects/disposable';
import type { ObjectMeta } from '../objects/kubernetes';
import type { Reading } from './reading';
import type { Store } from './store';

/** What a manager knows a pod by: its namespace, name and uid. */
export interface PodIdentity {
  readonly metadata: ObjectMeta;
}

/**
 * Keeps the objects that registered pods refer to. Registering and unregistering may be repeated, and never wait for
 * the network. (`Manager`, `pkg/kubelet/util/manager/manager.go`, 1.25)
 */
export interface Manager<T> extends Disposable {
  getObject(namespace: string, name: string, signal?: AbortSignal): Promise<Reading<T>>;
  /** @param names The distinct names that the pod refers to, in the order of the kubelet's walk over its spec. */
  registerPod(pod: PodIdentity, names: readonly string[]): void;
  unregisterPod(pod: PodIdentity): void;
  /** The store, for looking at copies without a request. */
  readonly store: Store<T>;
}
