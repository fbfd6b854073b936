/** A network that can be cut: passes TCP connections on to an address, and counts those that it cut while they were open. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export type CuttableProxy = AsyncDisposable & {
  readonly port: number;
  /** How many connections were cut. */
  readonly cuts: () => number;
  /** Ends all connections at once, without a word to either side. */
  cut(): void;
  /** Ends a connection in the middle of what it sends: when so many bytes more have come from clients. */
  cutAfter(bytes: number): void;
  /** Refuses new connections from now on, or lets them through again. */
  setOpen(isOpen: boolean): void;
};

/** `target`: asked for at each connection, for a server that was started again may have another port. */
export async function startCuttableProxy(target: () => { readonly host: string; readonly port: number }): Promise<CuttableProxy> {
  const sockets = new Set<Socket>();
  let cuts = 0;
  let isOpen = true;
  let bytesLeft = Infinity;
  const server = createServer((client) => {
    if (!isOpen) return void client.destroy();
    const upstream = connect(target());
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      socket.on('error', () => undefined);
      socket.once('close', () => other.destroy());
    }
    sockets.add(client);
    client.once('close', () => sockets.delete(client));
    client.pipe(upstream).pipe(client);
    client.on('data', ({ length }: Buffer) => {
      bytesLeft -= length;
      if (bytesLeft > 0) return;
      bytesLeft = Infinity;
      cuts++;
      client.resetAndDestroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cuts: () => cuts,
    cut: () => {
      for (const socket of sockets) {
        cuts++;
        socket.resetAndDestroy();
      }
    },
    cutAfter: (bytes) => {
      bytesLeft = bytes;
    },
    setOpen: (open) => {
      isOpen = open;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
