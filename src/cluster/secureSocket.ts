import type { Agent } from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket, type ConnectionOptions } from 'node:tls';
import { addressOf, keepAliveMs } from './transport';
import type { ConnectSignal } from './tunnel';

/**
 * Opens a TLS connection as the agent opens its own, through its proxy and with its certificates, but offers HTTP/2 as
 * well. The socket's `alpnProtocol` tells what the server chose. Rejects with the error of the connection.
 */
export function openSecureSocket(agent: Agent, server: URL, signal: AbortSignal): Promise<TLSSocket> {
  const { host, port } = addressOf(server);
  const own: ConnectionOptions = agent.options;
  const options: ConnectionOptions & ConnectSignal & { readonly protocol: string } = {
    ...own,
    protocol: server.protocol,
    host,
    port,
    // TLS sends names only. Node compares the certificate with the host even so.
    servername: own.servername ?? (isIP(host) === 0 ? host : ''),
    ALPNProtocols: ['h2', 'http/1.1'],
    connectSignal: signal,
  };
  return new Promise((resolve, reject) => {
    let isOpening = false;
    const awaitHandshake = (socket: Duplex | null | undefined): void => {
      // The agent returns the socket at once, or passes it to the callback if a proxy has to be asked first.
      if (isOpening || !(socket instanceof TLSSocket)) return;
      isOpening = true;
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
    awaitHandshake(
      agent.createConnection(options, (error, socket) => {
        if (error === null) awaitHandshake(socket);
        else reject(error);
      }),
    );
  });
}
