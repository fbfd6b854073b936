/** Everything that a gateway does by itself, from two timers for the whole process. Work that is still under way is not started again. */
import { SECOND_MS } from '../domain/shared/instant.ts';
import type { AcceptedConnections } from './lifecycle/accept-connections.ts';
import { tickKeepalive } from './lifecycle/keepalive.ts';
import { runDeviceChecks, runHeadChecks, runSessionChecks } from './lifecycle/run-checks.ts';
import { flushPresence, tickPresence } from './presence/presence.ts';
import { refreshSubscriptions, STATUS_REFRESH_MS } from './presence/presence-subscriptions.ts';
import { flushDeliveredCounts } from './receipts/delivered-counts.ts';
import { flushDeliveryReceipts } from './receipts/delivery-receipts.ts';
import { writeDueReadReceipts } from './receipts/read-receipts.ts';
import { announce, ANNOUNCE_MS, recordLostGateways, startReminding, type Registration } from './registration.ts';
import type { WiredGateway } from './wire-gateway.ts';

/** Changes of presence go out in batches of half a second. */
const FLUSHES_A_TICK = 2;

export type TimersDependencies = {
  readonly parts: WiredGateway;
  readonly registration: Registration;
  readonly accepted: AcceptedConnections;
  readonly reportError: (error: unknown) => void;
};

export function startTimers({ parts, registration, accepted, reportError }: TimersDependencies, { tickMs }: { readonly tickMs: number }): Disposable {
  const { checks, keepalive, presence, subscriptions, readReceipts, deliveryReceipts, deliveredCounts } = parts;
  const oneAtATime = (run: () => Promise<unknown>) => notOverlapping(run, reportError);
  const runChecks = [runDeviceChecks, runHeadChecks, runSessionChecks].map((run) => oneAtATime(() => run(checks)));
  const flush = oneAtATime(() => Promise.all([flushPresence(presence), flushDeliveryReceipts(deliveryReceipts), flushDeliveredCounts(deliveredCounts)]));
  const refresh = oneAtATime(() => refreshSubscriptions(subscriptions));
  const announceLoad = oneAtATime(() => announce(registration, { connections: accepted.connections.size, draining: !accepted.isAccepting }));
  const sweep = oneAtATime(() => recordLostGateways(registration));
  const remind = oneAtATime(startReminding(registration));
  let ticks = 0;

  const ticking = setInterval(() => {
    ticks++;
    try {
      tickPresence(presence);
      writeDueReadReceipts(readReceipts);
      tickKeepalive(keepalive);
    } catch (error) {
      reportError(error);
    }
    for (const run of runChecks) run();
    if (ticks % (ANNOUNCE_MS / SECOND_MS) === 0) {
      announceLoad();
      remind();
      sweep();
    }
    if (ticks % (STATUS_REFRESH_MS / SECOND_MS) === 0) refresh();
  }, tickMs);
  const flushing = setInterval(flush, tickMs / FLUSHES_A_TICK);

  return {
    [Symbol.dispose]: () => {
      clearInterval(ticking);
      clearInterval(flushing);
    },
  };
}

function notOverlapping(run: () => Promise<unknown>, reportError: (error: unknown) => void): () => void {
  let isRunning = false;
  return () => {
    if (isRunning) return;
    isRunning = true;
    run()
      .catch(reportError)
      .finally(() => (isRunning = false));
  };
}
