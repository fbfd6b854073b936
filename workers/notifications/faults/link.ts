/** The network between a sender and its vendor's simulator: it can be cut, and is back at the same address. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export type Link = AsyncDisposable & {
  /** `https://127.0.0.1:<port>`: what the simulator answers there. */
  readonly origin: string;
  /** Ends all connections without a word, and lets nobody connect. */
  cut(): Promise<void>;
  restore(): Promise<void>;
};

export async function startLink(toPort: number): Promise<Link> {
  const sockets = new Set<Socket>();
  const join = (near: Socket) => {
    const far = connect(toPort, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket
        .on('error', () => undefined)
        .on('close', () => {
          sockets.delete(socket);
          other.destroy();
        });
    }
    near.pipe(far);
    far.pipe(near);
  };
  const listen = async (port: number): Promise<Server> => {
    const server = createServer(join).listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server;
  };
  let server: Server | undefined = await listen(0);
  const { port } = server.address() as AddressInfo;
  const cut = async () => {
    const closing = server;
    server = undefined;
    closing?.close();
    for (const socket of sockets) socket.destroy();
    if (closing !== undefined) await once(closing, 'close');
  };
  return {
    origin: `https://127.0.0.1:${port}`,
    cut,
    restore: async () => {
      server ??= await listen(port);
    },
    [Symbol.asyncDispose]: cut,
  };
}
