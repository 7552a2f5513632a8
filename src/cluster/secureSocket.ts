import type { Agent } from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket, type ConnectionOptions } from 'node:tls';
import { addressOf, keepAliveMs } from './transport';
import type { SocketWish } from './tunnel';

/**
 * Opens a connection as the agent opens its own, through its proxy and with its certificates, and offers HTTP/2 as
 * well. What the server chose is `alpnProtocol` of the socket. Rejects with the error of the connection.
 */
export function openSecureSocket(agent: Agent, server: URL, signal: AbortSignal): Promise<TLSSocket> {
  const { host, port } = addressOf(server);
  const own: ConnectionOptions = agent.options;
  const options: ConnectionOptions & SocketWish & { readonly protocol: string } = {
    ...own,
    protocol: server.protocol,
    host,
    port,
    // An address of numbers is no name to be sent, but is compared with the certificate all the same.
    servername: own.servername ?? (isIP(host) === 0 ? host : ''),
    ALPNProtocols: ['h2', 'http/1.1'],
    wanted: signal,
  };
  return new Promise((resolve, reject) => {
    let taken = false;
    const take = (socket: Duplex | null | undefined): void => {
      // The agent answers at once, or later where a proxy comes first.
      if (taken || !(socket instanceof TLSSocket)) return;
      taken = true;
      const giveUp = (): void => void socket.destroy(new Error('aborted'));
      const stopListening = (): void => {
        signal.removeEventListener('abort', giveUp);
      };
      socket.setKeepAlive(true, keepAliveMs);
      socket.on('error', reject);
      socket.once('secureConnect', () => {
        stopListening();
        resolve(socket);
      });
      socket.once('close', () => {
        stopListening();
        reject(Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' }));
      });
      if (signal.aborted) giveUp();
      else signal.addEventListener('abort', giveUp, { once: true });
    };
    take(
      agent.createConnection(options, (error, socket) => {
        if (error === null) take(socket);
        else reject(error);
      }),
    );
  });
}
