import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Registered ports begin here, and the ports that the system gives to clients' ends of connections come after. */
const PORT_FROM = 10_000;
const PORT_UNTIL = 32_000;

/** A free port that the system gives to nobody meanwhile, for a server that is stopped and started again. `alsoAbove`: the port that lies so far above it is free as well. */
export async function freePort({ alsoAbove }: { readonly alsoAbove?: number } = {}): Promise<number> {
  for (;;) {
    const port = randomInt(PORT_FROM, PORT_UNTIL);
    if ((await isFree(port)) && (alsoAbove === undefined || (await isFree(port + alsoAbove)))) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  const listens = await new Promise<boolean>((resolve) => probe.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true)));
  if (listens) await new Promise((resolve) => probe.close(resolve));
  return listens;
}
