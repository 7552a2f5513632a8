import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';

/** An HTTP proxy for TLS connections, which counts them. */
export interface ConnectProxy {
  /** `http://ADDRESS:PORT` */
  readonly url: string;
  /** How many tunnels were asked for. */
  readonly tunnels: () => number;
  readonly stop: () => Promise<void>;
}

export async function startConnectProxy(address: string): Promise<ConnectProxy> {
  let tunnels = 0;
  const sockets = new Set<net.Socket>();
  const server = http.createServer();
  server.on('connect', (request, client: net.Socket) => {
    tunnels += 1;
    const [host = '', port = ''] = (request.url ?? '').split(':');
    const upstream = net.connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(upstream).pipe(client);
    });
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => sockets.delete(one));
    }
  });
  server.listen(0, address);
  await once(server, 'listening');
  return {
    url: `http://${address}:${(server.address() as AddressInfo).port}`,
    tunnels: () => tunnels,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
