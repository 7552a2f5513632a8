import { DisposableList, type Disposable } from '../objects/disposable';
import type { Session, WindowMemory } from '../session/session';
import type { WindowSettings } from './windowSettings';
import { settingsInUse } from './workspaceValues';

/** Asks for consent to what the workspace sets, as soon as the session makes it matter. */
export function askForConsent(
  settings: Pick<WindowSettings, 'askFor' | 'onDidChange'>,
  session: Pick<Session, 'state' | 'demo' | 'onDidChangeState'>,
  memory: Pick<WindowMemory, 'context'>,
): Disposable {
  const ask = (): void => {
    const { state, demo } = session;
    void settings.askFor(
      settingsInUse({ state: state.state, isDemo: demo !== undefined, chosenContext: memory.context() }),
    );
  };
  const owned = new DisposableList();
  owned.add(session.onDidChangeState(ask));
  owned.add(settings.onDidChange(ask));
  return owned;
}
