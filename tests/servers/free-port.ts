import { randomInt } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Registered ports begin here, and the ports that the system gives to clients' ends of connections come after. */
const PORT_FROM = 10_000;
const PORT_UNTIL = 32_000;
/** One file a port that a test process has taken, with the number of that process. */
const TAKEN_PORTS = join(tmpdir(), 'tidings-test-ports');

/**
 * A free port that neither the system nor another test process takes meanwhile, for a server that is stopped and started again.
 * `alsoAbove`: the port that lies so far above it is free as well.
 */
export async function freePort({ alsoAbove }: { readonly alsoAbove?: number } = {}): Promise<number> {
  for (;;) {
    const port = randomInt(PORT_FROM, PORT_UNTIL);
    if (!takePort(port)) continue;
    if ((await isFree(port)) && (alsoAbove === undefined || (await isFree(port + alsoAbove)))) return port;
  }
}

/** Two servers of two tests that begin at once would else answer for one another. */
function takePort(port: number): boolean {
  mkdirSync(TAKEN_PORTS, { recursive: true });
  const file = join(TAKEN_PORTS, String(port));
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    if (isRunning(Number(readFileSync(file, 'utf8')))) return false;
    writeFileSync(file, String(process.pid)); // of two that find it left at the same moment both take it: seldom enough
    return true;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  const listens = await new Promise<boolean>((resolve) => probe.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true)));
  if (listens) await new Promise((resolve) => probe.close(resolve));
  return listens;
}
