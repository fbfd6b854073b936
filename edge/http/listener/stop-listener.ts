/** Stops a listener: requests that are being handled may finish; clients that only keep it waiting may not. */
import type { Socket } from 'node:net';
import type { GuardedListener } from './guarded-listener.ts';

const IDLE_CHECK_MS = 20;
/** A client has so long to send the rest of its request, or to take the rest of its response. */
const CLIENT_GRACE_MS = 1_000;

/** Resolves when all connections are closed, at the latest at the deadline. */
export async function stopListener(listener: GuardedListener, { deadlineMs }: { readonly deadlineMs: number }): Promise<void> {
  const { server } = listener;
  const { promise, resolve } = Promise.withResolvers<void>();
  const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs);
  const idleCheck = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  let waiting: ReadonlySet<Socket> = new Set();
  const clientCheck = setInterval(() => {
    const still = listener.waitingForClient();
    for (const socket of still) if (waiting.has(socket)) socket.destroy();
    waiting = new Set(still);
  }, CLIENT_GRACE_MS);
  server.close(() => resolve());
  listener.destroyUnused();
  await promise;
  clearTimeout(deadline);
  clearInterval(idleCheck);
  clearInterval(clientCheck);
  listener[Symbol.dispose]();
}
