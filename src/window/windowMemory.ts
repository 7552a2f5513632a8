import type * as vscode from 'vscode';
import { scopeOf } from '../connection/scope';
import type { WindowMemory } from '../session/session';

/** What the user chose for this window, kept in the state of the workspace. */
export function windowMemory(memento: vscode.Memento): WindowMemory {
  return {
    context: () => {
      const name = memento.get<unknown>('context');
      return typeof name === 'string' ? name : undefined;
    },
    rememberContext: (name) => {
      void memento.update('context', name);
    },
    scopeOf: (name) => scopeOf(memento.get(`scope/${name}`)),
    rememberScope: (name, scope) => {
      void memento.update(`scope/${name}`, scope);
    },
  };
}
