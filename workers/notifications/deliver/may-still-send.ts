/** Checks on the log whether a delivery may be sent at this very moment: much may have changed since it was planned. */
import { maySend, type Frequency } from '../../../domain/notifications/planning/may-send.ts';
import type { SendDecision } from '../../../domain/notifications/delivery/delivery-commands.ts';
import type { Plan, SuppressionReason } from '../../../domain/notifications/events.ts';
import { currentDestination, type Destination } from '../../../domain/notifications/planning/destinations.ts';
import { plus, type Instant } from '../../../domain/shared/instant.ts';
import type { Presence } from '../../../ports/presence/port.ts';
import type { Limit, RateLimit } from '../../../ports/rate-limit/port.ts';
import { inboxId } from '../../../projections/read-models/inbox.ts';
import type { TidingsViews } from '../../../projections/query/tidings-views.ts';
import type { LogReader } from '../../dependencies.ts';
import { loadRecipient } from '../plan/recipient.ts';
import { loadNotification, type NotificationRequest } from '../plan/load-notification.ts';

type Dependencies = {
  readonly reader: LogReader;
  readonly views: Pick<TidingsViews, 'get'>;
  readonly presence: Pick<Presence, 'receivedBy'>;
  readonly rateLimit: Pick<RateLimit, 'takeOnce'>;
  readonly frequencyCap: Limit;
  readonly clock: () => Instant;
};

export type SendCheck =
  | { readonly action: 'send'; readonly request: NotificationRequest; readonly destination: Destination }
  | Exclude<SendDecision, { readonly action: 'send' }>
  /** The notification was cancelled. */
  | { readonly action: 'cancel' };

/** `frequencyCap`: `count` before the first attempt, which counts towards how often an app may notify a person; else `skip`. */
export type MayStillSend = (plan: Plan, options: { readonly frequencyCap: 'count' | 'skip' }) => Promise<SendCheck>;

export const mayStillSendWith =
  (dependencies: Dependencies): MayStillSend =>
  async (plan, options) => {
    const { reader, clock } = dependencies;
    const [request, recipient, redundant] = await Promise.all([
      loadNotification(reader, plan.notification),
      loadRecipient(reader.loadState, plan.recipient, plan.source),
      redundantBecause(dependencies, plan),
    ]);
    if (request === undefined || request.cancelled) return { action: 'cancel' };
    if (redundant !== undefined) return { action: 'suppress', reason: redundant };
    const at = clock();
    const permission = maySend(plan, { ...recipient, at });
    if (permission.action !== 'send') return permission;
    const frequency = options.frequencyCap === 'count' ? await frequencyOverCap(dependencies, plan) : undefined;
    const capped = frequency === undefined ? permission : maySend(plan, { ...recipient, frequency, at });
    if (capped.action !== 'send') return capped;
    const destination = currentDestination(recipient.contacts, plan);
    return destination === undefined ? { action: 'suppress', reason: 'endpoint-removed' } : { action: 'send', request, destination };
  };

/**
 * A push about a message that has reached the person meanwhile, or about a channel that was muted or left, is redundant. Only here a
 * view may answer: where it is late, it costs one push that wasn't needed.
 */
async function redundantBecause({ presence, views }: Dependencies, { source, recipient }: Plan): Promise<SuppressionReason | undefined> {
  if (source.kind !== 'chat') return undefined;
  const { channel: chatChannel, seq } = source;
  const [received, row] = await Promise.all([presence.receivedBy(recipient, chatChannel), views.get('inbox', inboxId(recipient, chatChannel))]);
  if (Math.max(received ?? -1, row?.readUpTo ?? -1) >= seq) return 'received-meanwhile';
  return row !== undefined && (row.muted || !row.member) ? 'opted-out' : undefined;
}

/**
 * Notifications of apps, other than critical ones, are counted for each person and app; chat and feed limit themselves. A delivery
 * counts once, however often its attempt fails before it is recorded, or the cap would hold back the very delivery that it counted.
 */
async function frequencyOverCap(
  { rateLimit, frequencyCap, clock }: Dependencies,
  { delivery, source, recipient, critical }: Plan,
): Promise<Frequency | undefined> {
  if (source.kind !== 'app' || critical) return undefined;
  const taken = await rateLimit.takeOnce(frequencyCap, `${source.app}:${recipient}`, delivery);
  return taken.allowed ? undefined : { sent: frequencyCap.points, max: frequencyCap.points, resetsAt: plus(clock(), taken.retryAfterMs) };
}
