/** For what is asked of a server that was gone or hung: its client takes a while to connect again, longer on a busy machine. */
import { setTimeout as delay } from 'node:timers/promises';
import { Outage } from '../../ports/outage.ts';

/** Far longer than any client waits before it tries again. */
const BACK_WITHIN_MS = 60_000;
const POLL_MS = 50;

/** Asks until the answer isn't such an outage. Anything else is thrown at once, and so is an outage that is still there after a minute. */
export async function onceBack<Answer>(ask: () => Promise<Answer>, Unavailable: abstract new (message: string) => Outage = Outage): Promise<Answer> {
  for (const until = performance.now() + BACK_WITHIN_MS; ; await delay(POLL_MS)) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Unavailable) || performance.now() > until) throw error;
    }
  }
}
