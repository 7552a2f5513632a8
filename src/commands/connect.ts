import type { Session } from '../session/session';
import { connected } from './connected';

/** Connects. Where pods cannot be listed, connects anew, since the user may have logged in meanwhile. */
export async function connect(session: Session): Promise<void> {
  if (session.connection?.pods.feed.state === 'interrupted') await session.reconnect();
  await connected(session);
}
