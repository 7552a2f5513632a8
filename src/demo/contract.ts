import type { Clock } from '../objects/clock';
import type { Disposable } from '../objects/disposable';

/** The exports of the demo bundle, which is loaded on first use. */
export interface DemoBundle {
  /** Starts the demo cluster on a free port of 127.0.0.1. Rejects if there is none. */
  readonly startDemo: (host: DemoHost) => Promise<Demo>;
}

export interface DemoHost {
  readonly clock: Clock;
  /** The only credential of the cluster. Absent: a random one. */
  readonly token?: string;
}

/** A running demo cluster. Disposing it closes every socket and forgets everything. */
export interface Demo extends Disposable {
  /** The text of a kubeconfig with one context, `demo`. It holds the token: it goes into no log and no document. */
  readonly kubeconfig: string;
  /** Manifests whose references lead to objects of the demo. */
  readonly manifests: readonly DemoManifest[];
  /** `http://127.0.0.1:PORT` */
  readonly server: string;
}

export interface DemoManifest {
  /** A file name, such as `storefront.yaml`. */
  readonly name: string;
  readonly text: string;
}
