import type { ContextInfo } from '../cluster/contract';
import type { Connection } from '../connection/connection';
import type { Failure } from '../objects/failure';

/** Who chose the context: the kubeconfig, which calls it current, the settings, the user for this window, or the demo. */
export type ContextChooser = 'current' | 'setting' | 'window' | 'demo';

export type SessionState =
  /** Nothing was asked for, so nothing is connected. */
  | { readonly state: 'idle' }
  /** The workspace is not trusted: a kubeconfig may run programs. */
  | { readonly state: 'untrusted' }
  | { readonly state: 'connecting' }
  | Unconnectable
  | {
      readonly state: 'connected';
      readonly connection: Connection;
      readonly chosenBy: ContextChooser;
      /** Present while the kubeconfig cannot be read and the connection goes on as it was. */
      readonly kubeconfigFailure?: string;
    };

/** Why there is nothing to connect to. */
export type Unconnectable =
  | { readonly state: 'noKubeconfig'; readonly searched: readonly string[] }
  | { readonly state: 'brokenKubeconfig'; readonly file: string; readonly failure: Failure }
  /** The kubeconfig names no current context, or one that it does not have. */
  | { readonly state: 'noContext'; readonly wanted: string | undefined; readonly contexts: readonly string[] }
  | { readonly state: 'failed'; readonly failure: Failure };

/** What there is to switch to, and who chose what: the window counts before the settings, they before the kubeconfig. */
export interface ContextList {
  readonly contexts: readonly ContextInfo[];
  /** The kubeconfig's current context. */
  readonly current: string | undefined;
  /** The context that the settings name. */
  readonly setting: string | undefined;
  /** The context that was chosen for this window. */
  readonly window: string | undefined;
}

/** Why there is no connection, or why it cannot be made anew. */
export function reasonOf(state: SessionState): string | undefined {
  switch (state.state) {
    case 'brokenKubeconfig':
    case 'failed':
      return state.failure.message;
    case 'connected':
      return state.kubeconfigFailure;
    default:
      return undefined;
  }
}

export function isSameState(a: SessionState, b: SessionState): boolean {
  if (a.state === 'connected' && b.state === 'connected') {
    return a.connection === b.connection && a.chosenBy === b.chosenBy && a.kubeconfigFailure === b.kubeconfigFailure;
  }
  return a.state === b.state && a.state !== 'connected' && JSON.stringify(a) === JSON.stringify(b);
}
