/** Everything a gateway does of itself, by two timers for the whole process. What is still under way is not begun again. */
import { SECOND_MS } from '../domain/shared/instant.ts';
import type { WiredGateway } from './wire-gateway.ts';
import { ANNOUNCE_MS, type Registration } from './registration.ts';
import { WATCHED_REFRESH_MS } from './presence/presence-subscriptions.ts';

/** Changes of presence are told in batches of half a second. */
const FLUSHES_A_TICK = 2;

export type TimersDependencies = {
  readonly parts: Pick<WiredGateway, 'everyTick' | 'checkDevices' | 'checkHeads' | 'checkSessions' | 'flush' | 'refreshWatched'>;
  readonly registration: Pick<Registration, 'announce' | 'sweep'>;
  readonly failed: (error: unknown) => void;
};

export function startTimers({ parts, registration, failed }: TimersDependencies, { tickMs }: { readonly tickMs: number }): Disposable {
  const once = (act: () => Promise<void>) => notTwiceAtOnce(act, failed);
  const looks = [parts.checkDevices, parts.checkHeads, parts.checkSessions].map(once);
  const flush = once(parts.flush);
  const announce = once(registration.announce);
  const sweep = once(registration.sweep);
  const refreshWatched = once(parts.refreshWatched);
  let ticks = 0;

  const ticking = setInterval(() => {
    ticks++;
    try {
      parts.everyTick();
    } catch (error) {
      failed(error);
    }
    for (const look of looks) look();
    if (ticks % (ANNOUNCE_MS / SECOND_MS) === 0) {
      announce();
      sweep();
    }
    if (ticks % (WATCHED_REFRESH_MS / SECOND_MS) === 0) refreshWatched();
  }, tickMs);
  const flushing = setInterval(flush, tickMs / FLUSHES_A_TICK);

  return {
    [Symbol.dispose]: () => {
      clearInterval(ticking);
      clearInterval(flushing);
    },
  };
}

function notTwiceAtOnce(act: () => Promise<void>, failed: (error: unknown) => void): () => void {
  let isUnderWay = false;
  return () => {
    if (isUnderWay) return;
    isUnderWay = true;
    act()
      .catch(failed)
      .finally(() => (isUnderWay = false));
  };
}
