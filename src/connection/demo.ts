import type { Clock } from '../objects/clock';
import type { Disposable } from '../objects/disposable';

/** What the demo's bundle offers. Its code is loaded on first use. */
export interface DemoBundle {
  /** Starts a cluster inside this process. Rejects if it cannot listen. */
  readonly startDemo: (host: { readonly clock: Clock }) => Promise<Demo>;
}

/** A cluster in which nothing is real. Disposing it ends it. */
export interface Demo extends Disposable {
  /** The text of a kubeconfig that leads to it, and names no file and no program. */
  readonly kubeconfig: string;
  readonly manifests: readonly DemoManifest[];
}

/** A manifest of what runs in the demo. */
export interface DemoManifest {
  /** As of a file, such as `orders-deployment.yaml`. */
  readonly name: string;
  readonly text: string;
}
