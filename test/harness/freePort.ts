import { createServer } from 'node:net';

/**
 * Answers a TCP port that is free on the loopback address. Another program may take it before it is used: whoever
 * starts a server on it tries again with another one.
 */
export function freePort(address = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, address, () => {
      const bound = server.address();
      server.close(() => {
        if (bound === null || typeof bound === 'string') reject(new Error(`no port on ${address}`));
        else resolve(bound.port);
      });
    });
  });
}
