import { scopeOf } from '../connection/scope';
import type { WindowMemory } from '../session/session';
import { wishedNamesOf } from '../session/wishes';

/** The state that the editor keeps for the workspace. */
export interface WorkspaceState {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

/** What the user chose and asked for in this window, kept in the workspace's state. */
export function windowMemory(state: WorkspaceState): WindowMemory {
  return {
    context: () => {
      const name = state.get('context');
      return typeof name === 'string' ? name : undefined;
    },
    rememberContext: (name) => {
      void state.update('context', name);
    },
    scopeOf: (name) => scopeOf(state.get(`scope/${name}`)),
    rememberScope: (name, scope) => {
      void state.update(`scope/${name}`, scope);
    },
    wishesAt: (place) => wishedNamesOf(state.get(`wishes/${place}`)),
    rememberWishes: (place, names) => {
      const isEmpty = names.pins.length === 0 && names.pods.length === 0;
      void state.update(`wishes/${place}`, isEmpty ? undefined : names);
    },
  };
}
