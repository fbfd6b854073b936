/**
 * Makes the parts of a gateway, each of parts made before. A message goes from `lifecycle/accept-connections.ts` through
 * `lifecycle/inbound-frames.ts`, `commands/inbound-queue.ts` and `commands/run-command.ts` into the log. Its hint comes back through
 * `lifecycle/connection-registry.ts`, `lifecycle/handle-hint.ts`, `channels/deliver-to-connections.ts` and `connection/send-queue.ts`.
 */
import { epochMs } from '../domain/shared/instant.ts';
import { positionTokens } from '../edge/position-tokens.ts';
import { FIRST_EPOCH } from '../ports/event-log/port.ts';
import { createAnnouncements } from './channels/announcements.ts';
import { createCatchUp, type CatchUp } from './channels/catch-up.ts';
import { createMessageDelivery, type MessageDelivery } from './channels/deliver-to-connections.ts';
import type { StreamReader } from './channels/history.ts';
import { createInboundQueues, type InboundQueues } from './commands/inbound-queue.ts';
import { createViewQueries } from './channels/view-queries.ts';
import type { GatewaySettings } from './config.ts';
import { createTransport, type Transport } from './connection/connection.ts';
import { sendFrame } from './connection/send-queue.ts';
import { createFrameLimiter } from './connection/rate-limit.ts';
import type { GatewayDependencies } from './dependencies.ts';
import type { AcceptDependencies } from './lifecycle/accept-connections.ts';
import { connectionsOf, createConnectionRegistry, type ConnectionRegistry } from './lifecycle/connection-registry.ts';
import { createDueChecks } from './lifecycle/due-checks.ts';
import type { ForgetDependencies } from './lifecycle/forget-connection.ts';
import type { InboundDependencies } from './lifecycle/inbound-frames.ts';
import { createKeepalive, type Keepalive } from './lifecycle/keepalive.ts';
import type { ChecksDependencies } from './lifecycle/run-checks.ts';
import { createLocalPresence, type LocalPresence } from './presence/presence.ts';
import { momentsOf } from './presence/moments.ts';
import { createPresencePublisher } from './presence/presence-publisher.ts';
import { createPresenceSubscriptions, type PresenceSubscriptions } from './presence/presence-subscriptions.ts';
import type { PresenceRecorder } from './presence/record-presence.ts';
import { createDeliveredCounts, type DeliveredCounts } from './receipts/delivered-counts.ts';
import { createDeliveryReceipts, type DeliveryReceipts } from './receipts/delivery-receipts.ts';
import { createReadReceipts, type ReadReceipts } from './receipts/read-receipts.ts';
import { createSignals } from './receipts/signals.ts';
import { createTypingThrottle } from './receipts/typing-throttle.ts';

/** The parts that the gateway itself uses: for its server, its timers, its drain and its stats. */
export type WiredGateway = {
  readonly accept: AcceptDependencies;
  readonly checks: ChecksDependencies;
  readonly transport: Transport;
  readonly delivery: MessageDelivery;
  readonly catchUp: CatchUp;
  readonly queues: InboundQueues;
  readonly registry: ConnectionRegistry;
  readonly keepalive: Keepalive;
  readonly presence: LocalPresence;
  readonly recorder: PresenceRecorder;
  readonly subscriptions: PresenceSubscriptions;
  readonly readReceipts: ReadReceipts;
  readonly deliveryReceipts: DeliveryReceipts;
  readonly deliveredCounts: DeliveredCounts;
};

export function wireGateway(
  { ports, writing, tokens, epoch = FIRST_EPOCH, clock, monotonicMs = () => performance.now(), reports, channelMembers }: GatewayDependencies,
  settings: GatewaySettings,
): WiredGateway {
  const { broadcast, rateLimit, views } = ports;
  const { commands, contextFor, loadState } = writing;
  const { reportError, reportRefusal = () => undefined, reportSecurity = () => undefined } = reports;
  const { id: gateway, sendQueueBytesMax, presenceTtlMs: ttlMs } = settings;
  const history: StreamReader = { log: ports.log, codec: writing.codec };

  const transport = createTransport({ sendQueueBytesMax, reportRefusal });
  const limiter = createFrameLimiter({ rateLimit, monotonicMs, reportError }, settings.limits);

  const queries = createViewQueries({ views, monotonicMs, ...(channelMembers !== undefined && { tally: channelMembers }) });
  const delivery = createMessageDelivery();
  const catchUp = createCatchUp({ history, loadState, delivery, reportError });
  const announcements = createAnnouncements(broadcast);
  const queues = createInboundQueues({ commands, contextFor, clock, positions: positionTokens(epoch), reportError });

  const recorder: PresenceRecorder = { commands, contextFor, clock, gateway };
  const momentOf = momentsOf({ clock, monotonicMs });
  const publisher = createPresencePublisher({ gateway, presence: ports.presence, broadcast, ttlMs, momentOf });
  const presence = createLocalPresence({ publisher, recorder, ttlMs, monotonicMs, momentOf, reportError });
  const subscriptions = createPresenceSubscriptions({ broadcast, presence: ports.presence, queries, monotonicMs, reportError });

  const readReceipts = createReadReceipts({ writer: { commands, contextFor, clock }, monotonicMs, reportError });
  const { senders } = delivery;
  const deliveryReceipts = createDeliveryReceipts({ presence: ports.presence, broadcast, queries, senders, monotonicMs, reportError });
  const sendTo: DeliveredCounts['sendTo'] = (person, frame) => {
    for (const connection of connectionsOf(registry, person)) if (connection.phase === 'live') sendFrame(connection, frame);
  };
  const deliveredCounts = createDeliveredCounts({ presence: ports.presence, queries, senders, monotonicMs, sendTo, reportError });
  const typing = createTypingThrottle(monotonicMs);
  const signals = createSignals({ queries, history, broadcast, readReceipts, deliveryReceipts, subscriptions, typing });

  const { personConnectionsMax } = settings;
  const registry = createConnectionRegistry({
    broadcast,
    personConnectionsMax,
    hints: { delivery, catchUp, queries, tokens, presence, subscriptions, announcements, deliveredCounts, reportError },
  });
  const due = createDueChecks();
  const keepalive = createKeepalive({ ...settings, checks: due, clockMs: () => epochMs(clock()) });
  const checks: ChecksDependencies = { due, contacts: history, queries, catchUp, announcements, tokens, registry, presence, reportError };
  const inbound: InboundDependencies = {
    limiter,
    hello: { tokens, limiter, registry, presence, reportSecurity, resume: { queries, history, loadState, epoch } },
    welcome: {
      catchUp,
      announcements,
      keepalive,
      clock,
      gateway,
      epoch,
      pingEveryMs: keepalive.pingTicks * settings.tickMs,
      heartbeatEveryMs: settings.heartbeatMs,
    },
    queues,
    signals,
    presence,
    reportError,
  };
  const forget: ForgetDependencies = { keepalive, registry, subscriptions, announcements, readReceipts, presence };
  const accept: AcceptDependencies = { transport, keepalive, inbound, forget };

  return {
    accept,
    checks,
    transport,
    delivery,
    catchUp,
    queues,
    registry,
    keepalive,
    presence,
    recorder,
    subscriptions,
    readReceipts,
    deliveryReceipts,
    deliveredCounts,
  };
}
